"""LAT002"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.latency import Hop, Latencies, RequestLatency
from mlsdc.compiler.checks.objectives import tail_objective
from mlsdc.compiler.checks.typed import duration_at_least
from mlsdc.compiler.design import Design
from mlsdc.compiler.latency.alone import hop_over, way_over
from mlsdc.compiler.latency.leverage import worths
from mlsdc.compiler.latency.path import attempts
from mlsdc.compiler.measured import QUANTILES
from mlsdc.compiler.model.request import FIRST_TOKEN, Request
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import Quantity, show, show_duration

ROUNDING = 1 + 1e-9


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
            whole = objective.measure not in FIRST_TOKEN  # LAT023 judges those
            if whole and isinstance(objective.limit, Quantity):
                yield from _judge(design, request, latency, objective.measure, objective.limit, at)
        yield from _parts(design, request, latency)


def _parts(design: Design, request: Request, latency: RequestLatency) -> Iterator[Finding]:
    """Calls that take more than the part of the budget that they are given (`within`)."""
    objective = tail_objective(design, request)
    stated = [a for a in attempts(latency.path) if a.call.within and not a.call.asynchronous]
    if objective is None or objective.quantile is None or not stated:
        return
    from mlsdc.compiler.latency.compose_path import compose_path

    for attempt in stated:
        call, part = attempt.call, attempt.call.within
        if part is None or attempt.request != request.name:
            continue
        reached = compose_path(attempt, latency.times.get).independent.quantile(objective.quantile)
        if reached > part.value * ROUNDING:
            yield Finding(
                design.place(request, *attempt.place, "within"),
                f"the call of `{call.target}` takes {show_duration(reached)} at "
                f"{objective.measure}, over its {show(part)} part of the budget",
                subject=request.name,
                labels=(Label(objective.place, f"the budget of `{request.name}`"),),
                help=f"within {duration_at_least(reached)}, or a `timeout` with a `fallback`",
            )


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
    one_alone = quantile is not None and hop_over(latency, quantile, limit.value) is not None
    if one_alone or way_over(design, latency, limit.value) is not None:
        return  # one thing alone is over it, whatever the others do: another finding (LAT004)
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
            *ledger(latency.hops),
            f"hops slow independently of each other: {measure} {show_duration(reached)}",
            *((f"all slow together: {show_duration(together)}",) if together is not None else ()),
        ),
        help=_help(latency, slowest, measure, reached) if slowest else "",
    )


def _help(latency: RequestLatency, slowest: list[Hop], measure: str, reached: float) -> str:
    """What is worth the most where it is made faster."""
    name, bought = slowest[0].component, "is the slowest hop"
    quantile = QUANTILES.get(measure)
    if quantile is not None and len(latency.hops) > 1:
        best = next(iter(worths(latency, quantile).values()), None)
        if best is not None and best.bought > 0.0:
            called = {leaf.answering: leaf.component for leaf in latency.times if not leaf.aside}
            name = called.get(best.component, best.component)
            bought = (
                f"buys the most: {show_duration(best.off)} off it are "
                f"{show_duration(best.bought)} off {measure}"
            )
    return (
        f"{name} {bought}; make it faster, give its call a `timeout` with a `fallback`, or "
        f"{measure} <= {duration_at_least(reached)}"
    )


def ledger(hops: tuple[Hop, ...]) -> Iterator[str]:
    """A line for each hop: its quantiles, where they come from, its share of the tail."""
    whole = sum(hop.p99 for hop in hops)
    for hop in hops:
        notes = "".join(f", {note}" for note in hop.notes)
        yield (
            f"{hop.component}: p50 {show_duration(hop.p50)}, p99 {show_duration(hop.p99)} "
            f"({hop.method}{notes}), {hop.p99 / whole:.0%} of the sum of p99s"
        )
