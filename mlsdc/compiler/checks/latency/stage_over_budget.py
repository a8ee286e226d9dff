"""LAT004"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.latency import Hop, Latencies, RequestLatency
from mlsdc.compiler.checks.objectives import TimeObjective, time_objectives
from mlsdc.compiler.design import Design
from mlsdc.compiler.latency.alone import hop_over, way_over
from mlsdc.compiler.latency.crossing import crossing
from mlsdc.compiler.latency.path import leaves
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import show_duration


@check(
    "LAT004",
    "stage-over-budget",
    Severity.ERROR,
    source="AADL latency analysis: a component's budget does not exceed that of its flow; "
    "round trips between regions, 50 ms to several hundred",
)
def stage_over_budget(design: Design, latencies: Latencies) -> Iterator[Finding]:
    """One hop alone, or the way alone, takes more than the whole budget.

    Why: nothing that is done about the other hops can help. A model that takes 90 ms has no place
    in a 50 ms budget, and a call to another region is over it before anything has answered.

    Bad:

        endpoint score { latency { p50 = 4ms  p99 = 12ms  at = 900/s } }
        request rank {
          rate = 50/s
          budget { p99 <= 50ms }
          call score across regions
        }

    Good:

        endpoint score { latency { p50 = 4ms  p99 = 12ms  at = 900/s } }
        request rank {
          rate = 50/s
          budget { p99 <= 50ms }
          call score across zones
        }
    """
    for name, latency in latencies.requests.items():
        request = design.get(name, Request)
        if request is None:
            continue
        for objective in time_objectives(design, request):
            found = _judge(design, request, latency, objective)
            if found is not None:
                yield found
                break


def _judge(
    design: Design, request: Request, latency: RequestLatency, objective: TimeObjective
) -> Finding | None:
    way = way_over(design, latency, objective.limit)
    if way is not None:
        return _way(design, request, latency, objective, way)
    if objective.quantile is None:
        return None
    found = hop_over(latency, objective.quantile, objective.limit)
    return None if found is None else _stage(request, objective, *found)


def _stage(request: Request, objective: TimeObjective, hop: Hop, seconds: float) -> Finding:
    limit, measure = show_duration(objective.limit), objective.measure
    return Finding(
        hop.place,
        f"`{hop.component}` alone takes {show_duration(seconds)} at {measure}, more than the whole "
        f"{limit} budget",
        subject=request.name,
        labels=(Label(objective.place, f"the budget of `{request.name}`"),),
        arithmetic=(
            f"{hop.component}: p50 {show_duration(hop.p50)}, p99 {show_duration(hop.p99)} "
            f"({hop.method})",
            f"{show_duration(seconds)} > {limit}",
        ),
        help=f"call {hop.component} with a `timeout` below {limit} and a `fallback`, or move it "
        "off the path: `asynchronous`, or computed before and read from a store",
    )


def _way(
    design: Design, request: Request, latency: RequestLatency, objective: TimeObjective, way: float
) -> Finding:
    waited = [leaf for leaf in leaves(latency.path, waited=True) if not leaf.aside]
    ways = ((leaf, crossing(design, leaf.call)) for leaf in waited)
    crossed = [(leaf, found) for leaf, found in ways if found is not None]
    crossed.sort(key=lambda pair: -pair[1].floor)
    return Finding(
        crossed[0][0].place,
        f"the way alone takes {show_duration(way)}, more than the whole "
        f"{show_duration(objective.limit)} budget for {objective.measure}",
        subject=request.name,
        labels=(Label(objective.place, f"the budget of `{request.name}`"),),
        arithmetic=tuple(
            f"{leaf.component}: {note}" for leaf, found in crossed for note in found.notes
        ),
        help=f"place `{crossed[0][0].component}` nearer: a copy in the caller's region or zone, or "
        "fewer calls on the path",
    )
