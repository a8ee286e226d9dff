"""LAT016"""

from __future__ import annotations

from collections.abc import Iterator

from mlsdc.compiler.analyses.latency import Latencies, RequestLatency
from mlsdc.compiler.checks.objectives import TimeObjective, tail_objective
from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.latency.crossing import ASSUMED_HOP, crossing
from mlsdc.compiler.latency.path import Leaf
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import show_duration

SHOWN = 4
NOTICED = 0.01
"""Crossings that take less than this share of the budget do not matter to it."""


@check(
    "LAT016",
    "crossings-without-cost",
    Severity.WARNING,
    source="Round trips between zones of AWS, 0.5 to 1.5 ms; Istio, performance: two sidecars add "
    "2.65 ms at p90; gRPC and JSON encoding by payload",
)
def crossings_without_cost(design: Design, latencies: Latencies) -> Iterator[Finding]:
    """Calls cross the network, proxies and encoders, and none of it is counted.

    Why: what an endpoint takes is measured at the endpoint. Each call also pays a round trip, the
    proxies of gateway and mesh, and the encoding of what it carries: 1 to 3 ms a hop is common, and
    ten hops of that are a fifth of a 100 ms budget.

    Bad:

        system ranking { owner = "ranking"  tier = production }
        endpoint score { latency { p50 = 8ms  p99 = 30ms  at = 100/s } }
        request rank {
          rate = 50/s
          budget { p99 <= 50ms }
          call score
        }

    Good:

        system ranking { owner = "ranking"  tier = production }
        endpoint score { latency { p50 = 8ms  p99 = 30ms  at = 100/s } }
        request rank {
          rate = 50/s
          budget { p99 <= 50ms }
          call score
        }
        environment prod { platform = kubernetes { network { round_trip = 1ms } } }
    """
    if design.environment.platform.network is None:
        yield from of_production(design, _findings(design, latencies))


def _findings(design: Design, latencies: Latencies) -> Iterator[Finding]:
    """One for the design, at the request that crosses most often."""
    worst: tuple[Request, TimeObjective, RequestLatency, list[Leaf]] | None = None
    for name, latency in latencies.requests.items():
        request = design.get(name, Request)
        objective = tail_objective(design, request) if request is not None else None
        if request is None or objective is None:
            continue
        free = [leaf for leaf in latency.times
                if not leaf.aside and crossing(design, leaf.call) is None]  # fmt: skip
        matters = len(free) * ASSUMED_HOP[1] >= NOTICED * objective.limit
        if matters and (worst is None or len(free) > len(worst[3])):
            worst = request, objective, latency, free
    if worst is not None:
        yield _finding(*worst)


def _finding(
    request: Request, objective: TimeObjective, latency: RequestLatency, free: list[Leaf]
) -> Finding:
    from mlsdc.compiler.latency.distribution import Distribution

    quantile = objective.quantile or 0.0
    hop = Distribution.lognormal(p50=ASSUMED_HOP[0], p99=ASSUMED_HOP[1])
    slower = {leaf: time + hop if leaf in free else time for leaf, time in latency.times.items()}
    before = latency.independent(quantile)
    after = latency.with_times(slower).independent(quantile)
    count = "1 call crosses" if len(free) == 1 else f"{len(free)} calls cross"
    limit = show_duration(objective.limit)
    return Finding(
        objective.place,
        f"{count} the network for nothing; at an assumed 1 to 3 ms each, {objective.measure} is "
        f"{show_duration(after)} of {limit}, not {show_duration(before)}",
        subject=request.name,
        labels=tuple(
            Label(leaf.place, "no round trip, mesh or encoding is counted") for leaf in free[:SHOWN]
        ),
        arithmetic=(
            f"assumed for each: p50 {show_duration(ASSUMED_HOP[0])}, p99 "
            f"{show_duration(ASSUMED_HOP[1])}",
        ),
        help="network { round_trip = 0.5ms } in the `platform` of the environment, with `mesh`, "
        "`bandwidth` and `encoding` where they count; or `across zones` on a call",
    )
