"""LAT005"""

from collections.abc import Iterator
from itertools import accumulate

from mlsdc.compiler.analyses.latency import Latencies
from mlsdc.compiler.analyses.service import service_time
from mlsdc.compiler.availability.structure import at_least, how_many
from mlsdc.compiler.checks.objectives import TimeObjective, tail_objective
from mlsdc.compiler.design import Design
from mlsdc.compiler.latency.path import Attempt, Leaf, Node, Race, Series, leaves
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import digits, show_percent

HISTOGRAM = 0.999
"""A histogram is taken to tell as much as this quantile."""


@check(
    "LAT005",
    "fan-out-beyond-quantile",
    Severity.WARNING,
    source="Dean and Barroso, The Tail at Scale (2013): 100 leaves that are slow 1 % of the time "
    "delay 63 % of requests",
)
def fan_out_beyond_quantile(design: Design, latencies: Latencies) -> Iterator[Finding]:
    """A request waits for more calls at once than their quantiles are known for.

    Why: all of n calls are in time with q to the power of n. Where each is known at p99 and ten are
    waited for, 10 % of the requests wait for a time that nobody has measured: the tail of the
    request is made of extrapolation, and it is longer than any of the p99s.

    Bad:

        index a { latency { p50 = 4ms  p99 = 12ms  at = 900/s } }
        index b { latency { p50 = 4ms  p99 = 12ms  at = 900/s } }
        index c { latency { p50 = 4ms  p99 = 12ms  at = 900/s } }
        request find {
          rate = 50/s
          budget { p99 <= 80ms }
          parallel {
            call a
            call b
            call c
          }
        }

    Good:

        index a { latency { p50 = 4ms  p99 = 12ms  at = 900/s } }
        index b { latency { p50 = 4ms  p99 = 12ms  at = 900/s } }
        index c { latency { p50 = 4ms  p99 = 12ms  at = 900/s } }
        request find {
          rate = 50/s
          budget { p99 <= 80ms }
          parallel first 2 {
            call a
            call b
            call c
          }
        }
    """
    for request in design.of(Request):
        objective, latency = tail_objective(design, request), latencies.requests.get(request.name)
        if objective is None or latency is None or objective.quantile is None:
            continue
        for race in _races(latency.path):
            yield from _judge(design, request, objective, objective.quantile, race)


def _races(node: Node) -> Iterator[Race]:
    """Every race that is waited for."""
    if isinstance(node, Race):
        yield node
    if isinstance(node, Attempt):
        if not node.call.asynchronous:
            yield from _races(node.part)
    elif isinstance(node, Series | Race):
        for part in node.parts:
            yield from _races(part)
    elif not isinstance(node, Leaf):
        yield from _races(node.part)


def _judge(
    design: Design, request: Request, objective: TimeObjective, asked: float, race: Race
) -> Iterator[Finding]:
    known = [_known(design, part) for part in race.parts]
    open_ended = [quantile for quantile in known if quantile is not None]
    needed = (race.first or len(race.parts)) - (len(race.parts) - len(open_ended))
    if needed < 1 or len(open_ended) < 2:
        return
    met = at_least(min(needed, len(open_ended)), open_ended)
    if met >= asked:
        return
    weakest, n = min(open_ended), len(open_ended)
    awaited = f"all of {n} calls" if needed == n else f"{needed} of {n} calls"
    each = asked ** (1 / n)
    in_time = accumulate(reversed(how_many(open_ended)))  # n of n, at least n - 1, n - 2 ...
    fewer = next((n - late for late, chance in enumerate(in_time) if chance >= asked), 0)
    partial = f"parallel first {fewer}, " if 0 < fewer < n else ""
    yield Finding(
        race.place,
        f"{awaited} are known at p{weakest * 100:g}, so {show_percent(met)} of requests meet all "
        f"of these times; the budget asks for {show_percent(asked)}",
        subject=request.name,
        labels=(Label(objective.place, f"the budget of `{request.name}`"),),
        arithmetic=(
            f"{digits(weakest)}^{n} = {digits(met)} < {digits(asked)}"
            if needed == n and len(set(open_ended)) == 1
            else f"P(at least {needed} of {n} in time) = {digits(met)} < {digits(asked)}",
            f"each of {n} would have to be known at p{each * 100:.6g}",
        ),
        help=f"{partial}`hedge at` their p95, a `timeout` with a `fallback`, or fewer shards",
    )


def _known(design: Design, part: Node) -> float | None:
    """The highest quantile that is known of a part; None where its tail is cut or not known."""
    if isinstance(part, Attempt):
        call = part.call
        if call.timeout is not None or call.hedge is not None or call.asynchronous:
            return None
    found: list[float] = []
    for leaf in leaves(part, waited=True):
        component = design.components.get(leaf.answering or "")
        service = service_time(design, component) if component is not None else None
        if service is None:
            return None
        found.append(HISTOGRAM if service.histogram else max(service.quantiles, default=0.0))
    return min(found, default=None)
