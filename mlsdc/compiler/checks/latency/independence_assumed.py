"""LAT003"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.latency import Latencies, RequestLatency
from mlsdc.compiler.checks.latency.path_over_budget import QUANTILES, ROUNDING
from mlsdc.compiler.checks.typed import duration_at_least
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.request import Objective, Request
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import Quantity, show_duration

TAIL = 0.9
"""From this quantile on dependence decides; a median hardly depends on it."""


@check(
    "LAT003",
    "independence-assumed",
    Severity.WARNING,
    source="Dean and Barroso, The Tail at Scale (2013); Boole's inequality (union bound)",
)
def independence_assumed(design: Design, latencies: Latencies) -> Iterator[Finding]:
    """A request meets its budget only if its hops are not slow at the same time.

    Why: quantiles of hops add up only under an assumption. Hops share nodes, networks, garbage
    collectors and bursts of load, so they tend to be slow together. What holds whatever depends on
    whatever needs each of n hops at a higher quantile: for p99 over three hops, p99.67 each.

    Bad:

        endpoint a: container {
          image   = "registry.example.com/a:1.0.0"
          latency { p50 = 5ms  p99 = 14ms  at = 100/s }
        }
        endpoint b: container {
          image   = "registry.example.com/b:1.0.0"
          latency { p50 = 5ms  p99 = 14ms  at = 100/s }
        }
        request rank {
          rate = 50/s
          budget { p99 <= 25ms }
          call a
          call b
        }

    Good:

        endpoint a: container {
          image   = "registry.example.com/a:1.0.0"
          latency { p50 = 5ms  p99 = 14ms  at = 100/s }
        }
        endpoint b: container {
          image   = "registry.example.com/b:1.0.0"
          latency { p50 = 5ms  p99 = 14ms  at = 100/s }
        }
        request rank {
          rate = 50/s
          budget { p99 <= 35ms }
          call a
          call b
        }
    """
    for request in design.of(Request):
        latency = latencies.requests.get(request.name)
        if latency is None or request.budget is None:
            continue
        for at, objective in enumerate(request.budget.objectives):
            quantile = QUANTILES.get(objective.measure, 0.0)
            if quantile >= TAIL:
                yield from _judge(design, request, latency, objective, quantile, at)


def _judge(
    design: Design,
    request: Request,
    latency: RequestLatency,
    objective: Objective,
    quantile: float,
    at: int,
) -> Iterator[Finding]:
    assert isinstance(objective.limit, Quantity)
    limit = objective.limit.value * ROUNDING
    place = design.place(request, "budget", "objectives", at)
    independent, certain = latency.independent(quantile), latency.certain(quantile)
    if independent > limit:
        return  # over budget as it is: another finding (LAT002)
    if latency.missing:
        yield Finding(
            place,
            f"whether {objective.measure} holds when hops are slow together is not known",
            subject=request.name,
            missing=latency.missing,
        )
    elif certain > limit:
        each = 100 * (1 - (1 - quantile) / max(1, latency.composition.hops))
        slowest = sorted(latency.hops, key=lambda hop: -hop.p99)
        together = latency.correlated(quantile)
        yield Finding(
            place,
            f"{objective.measure} is {show_duration(independent)} of {show_duration(limit)} if "
            f"hops are slow independently of each other; certain is {show_duration(certain)}",
            subject=request.name,
            labels=tuple(
                Label(hop.place, f"{hop.component}: p99 {show_duration(hop.p99)} ({hop.method})")
                for hop in slowest[:3]
            ),
            arithmetic=(
                f"independent: {show_duration(independent)}",
                f"all slow together: {show_duration(together)}",
                f"certain: {show_duration(certain)}, each of {latency.composition.hops} hops "
                f"at p{each:.4g}",
            ),
            help=f"give the call of `{slowest[0].component}` a `timeout` with a `fallback`, or "
            f"leave room: {objective.measure} <= {duration_at_least(certain)}",
        )
