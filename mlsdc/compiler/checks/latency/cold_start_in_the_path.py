"""LAT012"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.analyses.paths import Paths
from mlsdc.compiler.analyses.surges import Surge, Surges
from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.capacity.spare import carriers
from mlsdc.compiler.checks.objectives import tail_objective
from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Unknown
from mlsdc.compiler.latency.path import attempts
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span
from mlsdc.units import show_duration, show_percent

Wait = tuple[float, str, Span]
"""How long something waits, what it is, and where that is stated."""


@check(
    "LAT012",
    "cold-start-in-the-path",
    Severity.WARNING,
    source="Triton documentation, ModelWarmup; TensorFlow Serving, SavedModel warmup; KServe "
    "documentation, LocalModelCache and scale to zero",
)
def cold_start_in_the_path(
    design: Design, surges: Surges, paths: Paths, capacity: Capacity, workload: Workload
) -> Iterator[Finding]:
    """A replica starts more slowly than it is needed.

    Why: pulling the image, loading the weights and warming up take minutes. An endpoint scaled to
    zero makes its first request wait for all of it; one that scales with the load is overloaded
    from the moment the load has outgrown its replicas until the new ones are ready.

    Bad:

        endpoint rank {
          latency    { p50 = 8ms  p99 = 30ms  at = 100/s }
          cold_start = 3m
          scaling    { minimum = 0  maximum = 8 }
        }
        request search {
          rate = 600/s
          budget { p99 <= 100ms }
          call rank
        }

    Good:

        endpoint rank {
          latency    { p50 = 8ms  p99 = 30ms  at = 100/s }
          cold_start = 3m
          scaling    { minimum = 6  maximum = 8 }
        }
        request search {
          rate = 600/s
          budget { p99 <= 100ms }
          call rank
        }
    """
    waits = _waits(design, paths) if surges.of else {}
    for name, surge in surges.of.items():
        endpoint = design.components[name]
        if not isinstance(endpoint, Endpoint) or endpoint.existing is not None:
            continue
        if surge.scaling.minimum == 0:
            yield from _from_zero(design, endpoint, surge, waits.get(name))
        else:
            yield from _outgrown(design, endpoint, surge, capacity, workload)


def _waits(design: Design, paths: Paths) -> dict[str, Wait]:
    """The shortest that anything waits for each component that is called."""
    found: dict[str, Wait] = {}
    for request in design.of(Request):
        objective = tail_objective(design, request)
        for attempt in attempts(paths.of[request.name]):
            call = attempt.call
            limits: list[Wait] = []
            if call.timeout is not None:
                place = design.place(attempt.request, *attempt.place)
                limits.append((call.timeout.value, "timeout", place))
            if objective is not None:
                limits.append((objective.limit, objective.measure, objective.place))
            for limit in limits if not call.asynchronous else ():
                if limit[0] < found.get(call.target, (limit[0] + 1, "", limit[2]))[0]:
                    found[call.target] = limit
    return found


def _from_zero(
    design: Design, endpoint: Endpoint, surge: Surge, wait: Wait | None
) -> Iterator[Finding]:
    """The first request after a pause starts the first replica, and waits for it."""
    if wait is None:
        return  # nothing waits for it, or nobody says how long
    place = design.place(endpoint, "scaling", "minimum")
    if isinstance(surge.start, Unknown):
        yield Finding(
            place,
            f"how long the first request waits for `{endpoint.name}` is not known",
            subject=endpoint.name,
            missing=surge.start.missing,
        )
    elif surge.start.value > wait[0] * (1 + 1e-9):
        limit, what, where = wait
        yield Finding(
            place,
            f"the first request waits {show_duration(surge.start.value)} for `{endpoint.name}`, "
            f"its {what} is {show_duration(limit)}",
            subject=endpoint.name,
            labels=(
                Label(where, f"the {what}"),
                Label(design.place(endpoint, "cold_start"), "what a start takes"),
            ),
            arithmetic=surge.start.because,
            help="minimum = 1",
        )


def _outgrown(
    design: Design, endpoint: Endpoint, surge: Surge, capacity: Capacity, workload: Workload
) -> Iterator[Finding]:
    """The load outgrows the replicas that are there before more are ready."""
    each, arriving = capacity.sizings[endpoint.name].per_replica, workload.of(endpoint)
    if isinstance(each, Unknown) or not isinstance(arriving, Figure):
        return  # told by CAP001, or nothing calls it
    least = surge.scaling.minimum
    if least is not None and least >= carriers(arriving.value, each.value):
        return  # what always runs carries the peak
    breach = surge.breach
    if breach is None or isinstance(surge.start, Unknown):
        missing = surge.start.missing if isinstance(surge.start, Unknown) else ()
        unknown = Finding(
            design.place(endpoint, "scaling"),
            f"whether replicas of `{endpoint.name}` start before they are needed is not known",
            subject=endpoint.name,
            missing=(*missing, *surge.silent),
        )
        yield from of_production(design, [unknown] if unknown.missing else [])
    elif surge.start.value > breach * (1 + 1e-9):
        yield _late(
            design, endpoint, surge, surge.start, breach, carriers(arriving.value, each.value)
        )


def _late(
    design: Design, endpoint: Endpoint, surge: Surge, start: Figure, breach: float, peak: int
) -> Finding:
    request, busy = surge.doubling, show_percent(surge.target)
    assert request is not None
    assert surge.doubles is not None
    enough = 2.0 ** -(start.value / surge.doubles)
    lower = f"target = {int(enough * 100)}% in `scaling`, or " if enough >= 0.05 else ""
    field = ("scaling", "target") if surge.scaling.target is not None else ("scaling",)
    return Finding(
        design.place(endpoint, *field),
        f"a new replica of `{endpoint.name}` answers after {show_duration(start.value)}, the "
        f"others are overloaded after {show_duration(breach)}",
        subject=endpoint.name,
        labels=(
            Label(design.place(request, "doubles"), "how fast the load grows"),
            Label(design.place(endpoint, "cold_start"), "what a start takes"),
        ),
        arithmetic=(
            *start.because,
            f"busy for {busy}: overloaded after {show_duration(surge.doubles)} x log2(1 / {busy}) "
            f"= {show_duration(breach)}",
        ),
        help=f"{lower}minimum = {peak}",
    )
