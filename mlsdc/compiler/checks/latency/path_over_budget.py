"""LAT002"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.latency import Hop, Latencies, RequestLatency
from mlsdc.compiler.checks.typed import duration_at_least
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import Quantity, show, show_duration

ROUNDING = 1 + 1e-9
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
            if isinstance(objective.limit, Quantity):
                yield from _judge(design, request, latency, objective.measure, objective.limit, at)


def _judge(
    design: Design,
    request: Request,
    latency: RequestLatency,
    measure: str,
    limit: Quantity,
    at: int,
) -> Iterator[Finding]:
    quantile = QUANTILES.get(measure)
    reached = latency.mean() if quantile is None else latency.independent(quantile)
    place = design.place(request, "budget", "objectives", at)
    allowed, least = show(limit), "at least " if latency.missing else ""
    if reached <= limit.value * ROUNDING:
        if latency.missing:
            yield Finding(
                place,
                f"{measure} is at least {show_duration(reached)} of {allowed}; some hops are "
                "unknown",
                subject=request.name,
                missing=latency.missing,
            )
        return
    together = latency.correlated(quantile) if quantile is not None else None
    slowest = sorted(latency.hops, key=lambda hop: (-hop.p99, hop.component))
    yield Finding(
        place,
        f"{measure} is {least}{show_duration(reached)}, {show_duration(reached - limit.value)} "
        f"over its {allowed} budget",
        subject=request.name,
        labels=tuple(
            Label(hop.place, f"{hop.component}: p99 {show_duration(hop.p99)} ({hop.method})")
            for hop in slowest[:3]
        ),
        arithmetic=(
            *_ledger(latency.hops),
            f"hops slow independently of each other: {measure} {show_duration(reached)}",
            *((f"all slow together: {show_duration(together)}",) if together is not None else ()),
        ),
        help=f"{slowest[0].component} is the slowest hop: make it faster, give its call a "
        f"`timeout` with a `fallback`, or {measure} <= {duration_at_least(reached)}"
        if slowest
        else "",
    )


def _ledger(hops: tuple[Hop, ...]) -> Iterator[str]:
    """A line for each hop: its quantiles, where they come from, its share of the tail."""
    whole = sum(hop.p99 for hop in hops)
    for hop in hops:
        notes = "".join(f", {note}" for note in hop.notes)
        yield (
            f"{hop.component}: p50 {show_duration(hop.p50)}, p99 {show_duration(hop.p99)} "
            f"({hop.method}{notes}), {hop.p99 / whole:.0%} of the sum of p99s"
        )
