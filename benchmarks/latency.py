"""Hold the latency of requests against simulation.

    python -m benchmarks.latency [--graphs 200] [--requests 1000000] [--events 60000]

Part one draws random request graphs (series, parallel, first k, branches, caches, repetitions,
time limits, retries, hedges, fallbacks), composes each and simulates it: quantiles from p50 to
p99.9. Part two simulates single endpoints under load event by event: queues, retries that load the
queue they wait in, hedges, batches. Seeds are fixed. The error beyond sampling is what is left when
the true quantile is allowed to lie anywhere within 3.5 standard deviations of the simulated share.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mlsdc.compiler.analyses.latency import Latencies, RequestLatency
from mlsdc.diagnostics import Source
from mlsdc.pipeline import check
from mlsdc.stdlib.find import standard_catalog
from tests.compiler.event_simulation import Asked, simulate
from tests.compiler.request_graphs import Graphs, design, independent, one_draw

REACH = {0.5: 0.02, 0.9: 0.02, 0.95: 0.02, 0.99: 0.02, 0.999: 0.03}
"""The error to stay within, at each quantile."""
DEVIATIONS = 3.5
SHORTEST = 1e-6
JUMP = 1.5
AGAIN = 0.35
EVENTS = {
    "M/G/1, 50 % busy": Asked(rate=44, workers=1, p50=0.010, p99=0.030),
    "M/G/4, 70 % busy": Asked(rate=250, workers=4, p50=0.010, p99=0.030),
    "M/G/16, 80 % busy": Asked(rate=1140, workers=16, p50=0.010, p99=0.030),
    "retries in a queue": Asked(
        rate=60, workers=4, p50=0.010, p99=0.040, timeout=0.030, retry=2, backoff=0.002
    ),
    "hedges in a queue": Asked(rate=110, workers=4, p50=0.010, p99=0.060, hedge=0.030),
    "batches, 30 % busy": Asked(
        rate=400, workers=1, p50=0, p99=0, batch=8, delay=0.002, base=0.004, per_item=0.00025
    ),
    "batches, 60 % busy": Asked(
        rate=800, workers=1, p50=0, p99=0, batch=8, delay=0.002, base=0.004, per_item=0.00025
    ),
}
"""Endpoints under load, by what is shown. Where everything repeated at once would overload them, a
burst does, and no steady state can be compared: that is `Workload.metastable`."""


@dataclass(frozen=True)
class Error:
    """One quantile of one graph: relative to what was simulated, and beyond sampling."""

    graph: int
    level: float
    raw: float
    beyond: float
    jump: bool
    """Whether the distribution jumps at this quantile (a 10 % branch at p90), so that one side of
    the jump is as right as the other; `beyond` counts what lies outside of both."""


def composed(text: str) -> RequestLatency:
    """The latency of the request that every one of these designs makes."""
    (one,) = check([Source("bench.mlsd", text)], standard_catalog(), checks=()).compiled
    return one.facts.get(Latencies).requests["asked"]


def graph_errors(graph: int, requests: int, again: float = 0.0) -> Iterator[Error]:
    """How far each quantile of one random graph is from its simulation.

    `again` is the chance that a place is filled by a component that the graph has already: one
    draw for each request, not two.
    """
    graphs = Graphs(graph, again=again)
    steps = graphs.steps(2 + graph % 2)
    found = composed(design(graphs.hops, steps))
    happens = one_draw if again else independent
    simulated = happens(requests, graph + 1000).steps(steps)
    simulated.sort()
    for level in REACH:
        slack = DEVIATIONS * math.sqrt(level * (1 - level) / requests)
        low, middle, high = (
            float(simulated[min(int(max(share, 0.0) * requests), requests - 1)])
            for share in (level - slack, level, level + slack)
        )
        value = found.independent(level)
        least = max(middle, SHORTEST)  # a quantile of 0 is a branch that is not taken
        beyond = max(0.0, low - value, value - high) / least
        yield Error(graph, level, abs(value - middle) / least, beyond, high > JUMP * low)


def graphs_table(errors: Sequence[Error]) -> Iterator[str]:
    """A line for each quantile."""
    heads = ("mean", "p95", "worst", "beyond")
    yield f"{'quantile':<10}{'reach':>8}{''.join(f'{h:>9}' for h in heads)}{'within':>12}  at jumps"
    for level, reach in REACH.items():
        here = [error for error in errors if error.level == level]
        raw = sorted(error.raw for error in here if not error.jump) or [0.0]
        beyond = max(error.beyond for error in here)
        within = sum(error.beyond <= reach for error in here)
        figures = (statistics.fmean(raw), raw[int(0.95 * len(raw))], raw[-1], beyond)
        cells = "".join(f"{figure:>9.2%}" for figure in figures)
        yield (
            f"p{level * 100:<9g}{reach:>8.0%}{cells}{within:>6} of {len(here):<4}"
            f"{sum(error.jump for error in here):>7}"
        )


def events_table(requests: int) -> Iterator[str]:
    """A line for each endpoint: composed and simulated mean, p50 and p99, and the attempts."""
    yield f"{'endpoint':<22}{'mean':>9}{'':>9}{'p50':>9}{'':>9}{'p99':>9}{'':>9}{'p99 error':>11}"
    for name, asked in EVENTS.items():
        found, simulated = composed(asked.design), simulate(asked, requests, seed=7)
        pairs = [
            (found.mean(), simulated.mean),
            (found.independent(0.5), simulated.quantile(0.5)),
            (found.independent(0.99), simulated.quantile(0.99)),
        ]
        cells = "".join(f"{a * 1e3:>9.2f}{b * 1e3:>9.2f}" for a, b in pairs)
        yield f"{name:<22}{cells}{pairs[2][0] / pairs[2][1] - 1:>+11.1%}"
    yield "each pair: composed, simulated, in ms"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 where a quantile is out of reach."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.latency")
    parser.add_argument("--graphs", type=int, default=200)
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=60_000)
    options = parser.parse_args(arguments)
    start = time.perf_counter()
    errors: list[Error] = []
    for graph in range(options.graphs):
        errors += graph_errors(graph, options.requests)
    print(f"{options.graphs} random request graphs, {options.requests:,} requests each")
    print("\n".join(graphs_table(errors)))
    repeated: list[Error] = []
    for graph in range(options.graphs // 4):
        repeated += graph_errors(graph, options.requests, AGAIN)
    if repeated:
        print(f"\n{options.graphs // 4} graphs that reach a third of their components again")
        print("\n".join(graphs_table(repeated)))
    errors += repeated
    far = sorted({error.graph for error in errors if error.beyond > REACH[error.level]})
    print(f"out of reach: {', '.join(map(str, far)) or 'none'}; "
          f"{time.perf_counter() - start:.0f} s")  # fmt: skip
    if options.events:
        print(f"\nendpoints under load, {options.events:,} requests each")
        print("\n".join(events_table(options.events)))
    return 1 if far else 0


if __name__ == "__main__":
    sys.exit(main())
