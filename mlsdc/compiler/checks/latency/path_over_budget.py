"""LAT002"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.latency import Latencies, RequestLatency
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.request import Objective, Request
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import Quantity, show_duration

QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p999": 0.999}


@check(
    "LAT002",
    "path-over-budget",
    Severity.ERROR,
    source="Dean and Barroso, The Tail at Scale (2013); composition by convolution of the hops",
)
def path_over_budget(design: Design, latencies: Latencies) -> Iterator[Finding]:
    """A request is slower than its budget.

    Why: the caller gives up, or the payment terminal answers without the score. Quantiles of hops
    do not add up; the whole path's distribution is composed and compared with the objective.

    Bad:

        endpoint score: container {
          image   = "registry.example.com/score:1.0.0"
          latency { p50 = 30ms  p99 = 90ms  at = 100/s }
        }
        request rank { rate = 50/s  budget { p99 <= 50ms }  call score }

    Good:

        endpoint score: container {
          image   = "registry.example.com/score:1.0.0"
          latency { p50 = 8ms  p99 = 30ms  at = 100/s }
        }
        request rank {
          rate = 50/s
          budget { p99 <= 50ms }
          call score
        }
    """
    for request in design.of(Request):
        latency = latencies.requests.get(request.name)
        if latency is None or request.budget is None:
            continue
        for at, objective in enumerate(request.budget.objectives):
            quantile = QUANTILES.get(objective.measure)
            if quantile is None or not isinstance(objective.limit, Quantity):
                continue
            found = _judge(design, request, latency, objective, quantile, at)
            if found is not None:
                yield found


def _judge(
    design: Design,
    request: Request,
    latency: RequestLatency,
    objective: Objective,
    quantile: float,
    at: int,
) -> Finding | None:
    assert isinstance(objective.limit, Quantity)
    limit, reached = objective.limit.value, latency.independent(quantile)
    place = design.place(request, "budget", "objectives", at)
    if reached <= limit:
        if not latency.missing:
            return None
        return Finding(
            place,
            f"{objective.measure} is at least {show_duration(reached)} of "
            f"{show_duration(limit)}; some hops are unknown",
            subject=request.name,
            missing=latency.missing,
        )
    slowest = sorted(latency.hops, key=lambda hop: -hop.p99)
    least = "at least " if latency.missing else ""
    return Finding(
        place,
        f"{objective.measure} is {least}{show_duration(reached)}, "
        f"{show_duration(reached - limit)} over its {show_duration(limit)} budget",
        subject=request.name,
        labels=tuple(
            Label(hop.place, f"{hop.component}: p99 {show_duration(hop.p99)} ({hop.method})")
            for hop in slowest[:3]
        ),
        arithmetic=(
            *(
                f"{hop.component}: p50 {show_duration(hop.p50)}, p99 {show_duration(hop.p99)}"
                for hop in latency.hops
            ),
            f"all slow together: {show_duration(latency.correlated(quantile))}",
        ),
        help=f"{slowest[0].component} is the slowest hop: make it faster, give its call a "
        "`timeout` with a `fallback`, or raise the budget"
        if slowest
        else "",
    )
