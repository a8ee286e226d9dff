"""A path in, a time that a share of its requests certainly meets out, without composing anything.

The share that may be slower is divided over all draws (Boole's inequality): if each of n draws
meets its quantile with probability 1 - s / n, all of them do with 1 - s, whatever depends on
whatever. Law: never less than the quantile of the composition, where that counts the same leaves.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from mlsdc.compiler.latency.path import Attempt, Chosen, Leaf, Node, Race

Quantiles = Callable[[Leaf, float], float]
"""A quantile of a leaf's time in seconds: infinite where no answer comes, 0 where nobody states
it."""


def longest(node: Node, times: Quantiles, quantile: float) -> float:
    """Seconds that the quantile of a path does not exceed; infinite where nothing ends it."""
    each = 1.0 - (1.0 - quantile) / max(1, _draws(node))
    return _time(node, times, each)


def _draws(node: Node) -> int:
    """How many draws a request makes at most, each of which may be slow."""
    if isinstance(node, Leaf):
        return 1
    if isinstance(node, Chosen):
        return _draws(node.part)
    if isinstance(node, Attempt):
        call = node.call
        if call.asynchronous:
            return 0
        # What is late is counted as its time limit: only errors make several attempts matter.
        again = call.retry + 1 if call.errors else 1
        aside = _draws(node.fallback) if node.fallback is not None else 0
        return call.times * (again * _draws(node.part) + aside)
    return sum(_draws(part) for part in node.parts)


def _time(node: Node, times: Quantiles, each: float) -> float:
    if isinstance(node, Leaf):
        return times(node, each)
    if isinstance(node, Chosen):
        return _time(node.part, times, each)
    if isinstance(node, Attempt):
        return _attempt(node, times, each)
    parts = [_time(part, times, each) for part in node.parts]
    if isinstance(node, Race):
        awaited = min(node.first or len(parts), len(parts))
        return sorted(parts)[awaited - 1] if parts else 0.0
    return sum(parts)


def _attempt(node: Attempt, times: Quantiles, each: float) -> float:
    call = node.call
    if call.asynchronous:
        return 0.0
    own = _time(node.part, times, each)
    limit = call.timeout.value if call.timeout is not None else inf
    if own > limit or call.errors:
        pause = call.retry * (call.backoff.value if call.backoff is not None else 0.0)
        aside = _time(node.fallback, times, each) if node.fallback is not None else 0.0
        own = (call.retry + 1) * min(own, limit) + pause + aside
    return own * call.times
