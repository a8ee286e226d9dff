"""LAT001"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.latency import Latencies
from mlsdc.compiler.analyses.paths import Paths
from mlsdc.compiler.analyses.service import service_time, stated
from mlsdc.compiler.checks.waited import first_waits
from mlsdc.compiler.design import Design
from mlsdc.compiler.latency.path import Leaf, leaves
from mlsdc.compiler.model.component import Component, Latency
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import show_duration


@check(
    "LAT001",
    "latency-without-load",
    Severity.NOTE,
    source="Google SRE workbook, Implementing SLOs: a latency is a share of requests at a load",
)
def latency_without_load(design: Design, paths: Paths, latencies: Latencies) -> Iterator[Finding]:
    """A latency that does not say of how many requests, or at which load, it holds.

    Why: "20 ms" may be a mean, a median or a p99, on an idle machine or at its peak; the p99 of the
    one is three times the other. A single quantile is taken for a constant, and quantiles without a
    load are taken to hold at every load.

    Bad:

        endpoint score { latency { p99 = 20ms } }
        request rank {
          rate = 50/s
          call score
        }

    Good:

        endpoint score { latency { p50 = 8ms  p99 = 20ms  at = 500/s } }
        request rank {
          rate = 50/s
          call score
        }
    """
    judged = first_waits(design, latencies)
    said: set[str] = set()
    for path in paths.of.values():
        for leaf in leaves(path, waited=True):
            component = design.components.get(leaf.answering or "")
            if component is not None and component.name not in said:
                said.add(component.name)
                quantile = judged[component.name].objective.quantile if (
                    component.name in judged) else None  # fmt: skip
                yield from _judge(design, component, leaf, quantile)


def _judge(
    design: Design, component: Component, leaf: Leaf, asked: float | None
) -> Iterator[Finding]:
    latency: object = getattr(component, "latency", None)
    service = service_time(design, component)
    if not isinstance(latency, Latency) or _costed(component):
        return
    given = stated(service)
    unclear = "its mean" if not given and latency.mean is not None else ""
    if len(given) == 1:
        ((quantile, seconds),) = given.items()
        unclear = f"one quantile, p{quantile * 100:g} {show_duration(seconds)}"
    if unclear and asked is not None and max(given, default=0.0) < asked:
        return  # nothing to hold an objective against: another finding (LAT018)
    loaded = bool(service and service.at) or latency.at is not None or _queued(component)
    if not (given or unclear) or (loaded and not unclear):
        return
    lacks = [*((f"only {unclear} is known",) if unclear else ()),
             *(() if loaded else ("it holds at no stated load",))]  # fmt: skip
    yield Finding(
        design.place(component, "latency"),
        f"the latency of `{component.name}` is unclear: {' and '.join(lacks)}",
        subject=component.name,
        labels=(Label(leaf.place, "it is waited for here"),),
        help="latency { p50 = ...  p99 = ...  at = ... }, with the load on one replica at which "
        "it was measured",
    )


def _queued(component: Component) -> bool:
    """Whether the waiting under load is computed, so that the quantiles are of the work alone."""
    return isinstance(component, Endpoint) and component.concurrency is not None


def _costed(component: Component) -> bool:
    batching = component.batching if isinstance(component, Endpoint) else None
    return batching is not None and batching.base is not None and batching.per_item is not None
