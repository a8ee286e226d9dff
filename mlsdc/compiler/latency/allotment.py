"""A request's budget in, the parts of it that its hops are given out: holes are filled.

A hop whose time is known keeps it; one that states a part (`within`) is given that; the holes, hops
that nobody has measured yet, share what is left alike, so that the request just meets its
objective. A hole is taken to be lognormal with a p99 of three times its median. Times are seconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlsdc.compiler.analyses.latency import RequestLatency
from mlsdc.compiler.latency.path import Leaf, leaves

if TYPE_CHECKING:
    from mlsdc.compiler.latency.distribution import Distribution

SPREAD = 3.0
"""p99 over p50 of a hop that nobody has measured: between the measured endpoints of the examples
(3 to 4.5) and stores; an assumption, told as one."""
_STEPS = 14


@dataclass(frozen=True)
class Part:
    """What a hop is given of a budget, at the budget's quantile."""

    component: str
    seconds: float
    stated: bool
    """Whether the design gives it (`within`); else it is what is left."""


def holes(latency: RequestLatency) -> list[Leaf]:
    """The hops of which no time is known, in order of the path."""
    return [leaf for leaf in leaves(latency.path, waited=True)
            if leaf not in latency.times and not leaf.aside]  # fmt: skip


def filled(latency: RequestLatency, quantile: float, limit: float) -> tuple[Part, ...] | None:
    """The parts of the holes; None where the known hops alone take more than the limit."""
    unknown = holes(latency)
    stated = {leaf: leaf.call.within.value for leaf in unknown
              if leaf.call is not None and leaf.call.within is not None}  # fmt: skip
    free = [leaf for leaf in unknown if leaf not in stated]
    given = {leaf: _assumed(seconds, quantile) for leaf, seconds in stated.items()}
    share = _share(latency, given, free, quantile, limit) if unknown else 0.0
    if share is None:
        return None
    return tuple(Part(leaf.component, stated.get(leaf, share), leaf in stated) for leaf in unknown)


def _share(
    latency: RequestLatency, given: dict[Leaf, Distribution], free: list[Leaf], quantile: float,
    limit: float,
) -> float | None:  # fmt: skip
    """What each free hole may take, from below, by bisection."""

    def reached(seconds: float) -> float:
        each = _assumed(seconds, quantile)
        times = {**latency.times, **given, **dict.fromkeys(free, each)}
        return latency.with_times(times).independent(quantile)

    low, high = 0.0, limit
    if reached(0.0) > limit:
        return None
    if not free or reached(high) <= limit:
        return high
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if reached(middle) <= limit else (low, middle)
    return low


def _assumed(seconds: float, quantile: float) -> Distribution:
    """A lognormal with this time at the quantile, and the assumed spread."""
    from statistics import NormalDist

    from mlsdc.compiler.latency.distribution import Distribution

    if seconds <= 0.0:
        return Distribution.constant(0.0)
    scores = NormalDist()
    sigma = math.log(SPREAD) / scores.inv_cdf(0.99)
    p50 = seconds / math.exp(sigma * scores.inv_cdf(quantile))
    return Distribution.lognormal(p50=p50, p99=p50 * SPREAD)
