"""A path in, what every request of it passes through out, and what no request is faster than.

Law: what only some requests meet (branches, misses, races that others may win) and what a time
limit cuts off is not counted; the floor is stated round trips, bytes over bandwidth, and medians of
network and mesh: what remains where every component answers at once.
"""

from __future__ import annotations

from collections.abc import Iterator

from mlsdc.compiler.analyses.latency import Hop, RequestLatency
from mlsdc.compiler.design import Design
from mlsdc.compiler.latency.crossing import crossing
from mlsdc.compiler.latency.path import Chosen, Leaf, Node, Race, Series


def always(node: Node, limit: float) -> Iterator[Leaf]:
    """The leaves that every request waits for, and that nothing cuts off before `limit` seconds."""
    if isinstance(node, Leaf):
        yield node
    elif isinstance(node, Series):
        for part in node.parts:
            yield from always(part, limit)
    elif isinstance(node, Race):
        if node.first is None or node.first >= len(node.parts):
            for part in node.parts:
                yield from always(part, limit)
    elif isinstance(node, Chosen):
        if node.share >= 1.0:
            yield from always(node.part, limit)
    else:
        call = node.call
        cut = call.timeout is not None and call.timeout.value <= limit
        if not (call.asynchronous or cut or call.hedge is not None or call.tied):
            yield from always(node.part, limit)


def floor(design: Design, node: Node) -> float:
    """Seconds that the way alone takes."""
    if isinstance(node, Leaf):
        crossed = crossing(design, node.call)
        return crossed.floor if crossed is not None else 0.0
    if isinstance(node, Series):
        return sum(floor(design, part) for part in node.parts)
    if isinstance(node, Race):
        times = sorted(floor(design, part) for part in node.parts)
        return times[min(node.first or len(times), len(times)) - 1] if times else 0.0
    if isinstance(node, Chosen):
        return floor(design, node.part) if node.share >= 1.0 else 0.0
    if node.call.asynchronous:
        return 0.0
    own = floor(design, node.part)
    if node.call.timeout is not None:
        own = min(own, node.call.timeout.value)
    return own * node.call.times


_MORE = 1 + 1e-9


def way_over(design: Design, latency: RequestLatency, limit: float) -> float | None:
    """The time of the way alone, in seconds, where it is over a limit."""
    seconds = floor(design, latency.path)
    return seconds if seconds > limit * _MORE else None


def hop_over(latency: RequestLatency, quantile: float, limit: float) -> tuple[Hop, float] | None:
    """The first of several hops whose own quantile is over a limit; of a single hop, its own is
    that of the request, and there is nothing else to tell."""
    if len(latency.hops) < 2 or latency.independent(quantile) <= limit * _MORE:
        return None
    alone = set(always(latency.path, limit))
    for hop in latency.hops:
        for leaf, time in latency.times.items():
            seconds = time.quantile(quantile)
            if leaf in alone and leaf.place == hop.place and seconds > limit * _MORE:
                return hop, seconds
    return None
