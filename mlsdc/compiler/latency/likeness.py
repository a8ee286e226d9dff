"""A path and the times of its leaves in, a key out that is equal where the composition is equal.

Names do not matter, only which leaves are answered by the same component. Requests of one pattern
are many, and are composed once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

from mlsdc.compiler.latency.distribution import Distribution
from mlsdc.compiler.latency.path import Attempt, Chosen, Leaf, Node, Race

Times = Callable[[Leaf], Distribution | None]
"""The time of a leaf; None where it is not known, which then counts as a lower bound of 0."""


def likeness(node: Node, times: Times) -> Hashable:
    """The key. Distributions are compared by identity."""
    return _key(node, times, {})


def _key(node: Node, times: Times, met: dict[str | None, int]) -> Hashable:
    if isinstance(node, Leaf):
        return times(node), met.setdefault(node.answering, len(met) if node.answering else -1)
    if isinstance(node, Chosen):
        return node.share, _key(node.part, times, met)
    if isinstance(node, Attempt):
        call = node.call
        if call.asynchronous:
            return None
        does = (
            call.times, call.retry, call.timeout and call.timeout.value,
            call.backoff and call.backoff.value, call.hedge and call.hedge.value, call.errors,
            call.tied,
        )  # fmt: skip
        aside = None if node.fallback is None else _key(node.fallback, times, met)
        return does, _key(node.part, times, met), aside
    kind = ("race", node.first) if isinstance(node, Race) else "series"
    return kind, *(_key(part, times, met) for part in node.parts)
