"""LAT015"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.latency import Latencies, RequestLatency
from mlsdc.compiler.analyses.modes import Modes
from mlsdc.compiler.checks.objectives import TimeObjective, reached, time_objectives
from mlsdc.compiler.design import Design
from mlsdc.compiler.latency.path import Chosen, lookups
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import show_duration, show_percent


@check(
    "LAT015",
    "hit-ratio-assumed",
    Severity.WARNING,
    source="Composition of cache and miss path as a mixture; Dean and Barroso, The Tail at Scale "
    "(2013)",
)
def hit_ratio_assumed(design: Design, latencies: Latencies, modes: Modes) -> Iterator[Finding]:
    """A budget is met only while a cache answers as often as assumed.

    Why: a cache does not make the slow path faster, it makes it rarer. With 90 % hits, p99 of the
    request is p90 of the miss path. When the hit ratio falls (a release, a new key, an empty cache)
    the request takes what a miss takes, and the budget is broken.

    Bad:

        cache answers { latency { p50 = 0.3ms  p99 = 1ms  at = 9000/s } }
        endpoint score { latency { p50 = 30ms  p99 = 90ms  at = 100/s } }
        request rank {
          rate = 50/s
          budget { p99 <= 50ms }
          cached by answers hit 99.5% { call score }
        }

    Good:

        cache answers { latency { p50 = 0.3ms  p99 = 1ms  at = 9000/s } }
        endpoint score { latency { p50 = 12ms  p99 = 40ms  at = 100/s } }
        request rank {
          rate = 50/s
          budget { p99 <= 50ms }
          cached by answers hit 99.5% { call score }
        }
    """
    for name, latency in latencies.requests.items():
        request = design.get(name, Request)
        caches = list(lookups(latency.path, waited=True))
        if request is None or not caches:
            continue
        for objective in time_objectives(design, request):
            if not objective.within(reached(latency, objective)):
                continue  # over budget as it is: another finding (LAT002)
            missed = modes.uncached(name)
            if missed is not None and not objective.within(reached(missed, objective)):
                yield _finding(request, objective, latency, missed, caches)
                break


def _finding(
    request: Request, objective: TimeObjective, latency: RequestLatency, missed: RequestLatency,
    caches: list[Chosen],
) -> Finding:  # fmt: skip
    measure = objective.measure
    usual, late = (show_duration(reached(one, objective)) for one in (latency, missed))
    hits = " and ".join(show_percent(1 - cache.share) for cache in caches)
    share = min(1.0, sum(cache.share for cache in caches))
    lines = [f"with {hits} hits: {measure} {usual}", f"with no hit: {measure} {late}"]
    if objective.quantile is not None and len(caches) == 1 and share > 1 - objective.quantile:
        behind = 1 - (1 - objective.quantile) / share
        lines.insert(1, f"{measure} of the request is p{behind * 100:.4g} of the miss path: "
                        f"1 - (1 - {objective.quantile:g}) / {share:.4g}")  # fmt: skip
    return Finding(
        caches[0].place,
        f"{measure} is {usual} of {show_duration(objective.limit)} only while {hits} of look-ups "
        f"hit; a miss takes {late}",
        subject=request.name,
        labels=(
            Label(objective.place, f"the budget of `{request.name}`"),
            *(Label(cache.place, "assumed as well") for cache in caches[1:]),
        ),
        arithmetic=tuple(lines),
        help="make the miss path meet the budget: a faster callee, or a `timeout` with a "
        "`fallback` behind the cache",
    )
