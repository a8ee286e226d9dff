"""LAT018"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.latency import Latencies
from mlsdc.compiler.analyses.service import service_time, stated
from mlsdc.compiler.checks.waited import Wait, first_waits
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.component import Latency
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import show_duration


@check(
    "LAT018",
    "figures-not-comparable",
    Severity.WARNING,
    source="Google SRE workbook, Implementing SLOs: percentiles, not averages; MLPerf inference "
    "rules: a result belongs to its accelerator and its batch",
)
def figures_not_comparable(design: Design, latencies: Latencies) -> Iterator[Finding]:
    """A budget on the tail rests on a mean, on another accelerator or on another batch.

    Why: half of the requests may be slower than their mean, a measurement on an H100 says little of
    an L4, and a batch of one is over long before a batch of eight. The objective is then compared
    with a figure of another kind.

    Bad:

        endpoint score { latency { p50 = 8ms  p99 = 20ms  at = 60/s  on = h100 }  gpus = 1 x l4 }
        request rank {
          rate = 50/s
          budget { p99 <= 50ms }
          call score
        }

    Good:

        endpoint score { latency { p50 = 14ms  p99 = 33ms  at = 60/s  on = l4 }  gpus = 1 x l4 }
        request rank {
          rate = 50/s
          budget { p99 <= 50ms }
          call score
        }
    """
    for wait in first_waits(design, latencies).values():
        latency: object = getattr(wait.component, "latency", None)
        if isinstance(latency, Latency):
            yield from _figures(design, wait, latency)
            if isinstance(wait.component, Endpoint):
                yield from _conditions(design, wait, wait.component, latency)


def _figures(design: Design, wait: Wait, latency: Latency) -> Iterator[Finding]:
    """A mean, or one quantile below the one that is asked for."""
    service = service_time(design, wait.component)
    given = stated(service)
    asked, name = wait.objective.quantile or 0.0, wait.component.name
    if not given and latency.mean is not None:
        known = f"its mean of {latency.mean}"
    elif len(given) == 1 and max(given) < asked:
        ((quantile, seconds),) = given.items()
        known = f"its p{quantile * 100:g} of {show_duration(seconds)}"
    else:
        return
    yield _finding(
        design, wait, ("latency",),
        f"only {known} is known of `{name}`, and the budget asks for {wait.objective.measure}",
        f"latency {{ p50 = ...  {wait.objective.measure} = ...  at = ... }} of `{name}`",
    )  # fmt: skip


def _conditions(
    design: Design, wait: Wait, endpoint: Endpoint, latency: Latency
) -> Iterator[Finding]:
    """Another accelerator, or another batch."""
    runs, measured = endpoint.gpus, latency.on
    if runs is not None and measured is not None and measured.lower() != runs.model.lower():
        yield _finding(
            design, wait, ("latency", "on"),
            f"`{endpoint.name}` runs on {runs}, its latency was measured on {measured}",
            f"gpus = {runs.count} x {measured}, or measure it on {runs.model}",
            Label(design.place(endpoint, "gpus"), "it runs on these"),
        )  # fmt: skip
    batching = endpoint.batching
    if latency.batch is None or (batching is not None and batching.base is not None):
        return
    serves = batching.size if batching is not None else 1
    if latency.batch != serves:
        place = ("batching", "size") if batching is not None else ("name",)
        yield _finding(
            design, wait, ("latency", "batch"),
            f"`{endpoint.name}` answers up to {serves} request{'' if serves == 1 else 's'} at once,"
            f" its latency was measured with a batch of {latency.batch}",
            f"measure it with a batch of {serves}, or say what a batch costs: batching "
            "{ base = ...  per_item = ... }",
            Label(design.place(endpoint, *place), f"up to {serves} at once"),
        )  # fmt: skip


def _finding(
    design: Design, wait: Wait, place: tuple[str, ...], message: str, help: str, *labels: Label
) -> Finding:
    return Finding(
        design.place(wait.component, *place),
        message,
        subject=wait.component.name,
        labels=(Label(wait.objective.place, f"the budget of `{wait.request.name}`"), *labels),
        help=help,
    )
