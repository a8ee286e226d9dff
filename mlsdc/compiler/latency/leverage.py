"""A request's latency in, what each of its components is worth out: milliseconds off, bought, room.

What is changed is all times of one component, by one factor, in every place where the request
reaches it. Times are in seconds. Law: a component that the quantile does not depend on buys
nothing, and has no limit (infinite) where it could not break the budget at any speed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from mlsdc.compiler.analyses.latency import RequestLatency

_PART = 0.25
"""At most this share of a component's time is taken off it."""
_STEPS = 6
_CLOSE = 2e-3
_LARGEST = 1000.0
"""A component that may take this many times as long as it does has no limit."""


@dataclass(frozen=True)
class Worth:
    """`off` seconds less of the component's quantile make the request's `bought` seconds less."""

    component: str
    off: float
    bought: float


def worths(latency: RequestLatency, quantile: float) -> dict[str, Worth]:
    """What each component is worth, those that buy the most first."""
    whole = latency.independent(quantile)
    found: list[Worth] = []
    for name, seconds in slowest(latency, quantile).items():
        off = _step(seconds)
        if off > 0.0:
            after = _scaled(latency, name, 1 - off / seconds).independent(quantile)
            found.append(Worth(name, off, max(0.0, whole - after)))
    found.sort(key=lambda worth: (-worth.bought / worth.off, worth.component))
    return {worth.component: worth for worth in found}


def room(latency: RequestLatency, quantile: float, limit: float, worth: Worth) -> float | None:
    """The time in seconds that one component alone may take at the quantile; None where the
    request is over its limit already."""
    own, whole = slowest(latency, quantile)[worth.component], latency.independent(quantile)
    if whole > limit or own <= 0.0:
        return None
    low, high = 1.0, math.inf
    if _scaled(latency, worth.component, _LARGEST).independent(quantile) <= limit:
        return math.inf
    slope = max(worth.bought / worth.off, 1e-3)
    guess = 1.0 + max((limit - whole) / slope / own, 1e-6)
    for _ in range(_STEPS):
        guess = min(guess, _LARGEST)
        reached = _scaled(latency, worth.component, guess).independent(quantile)
        if abs(reached - limit) <= _CLOSE * limit:
            return own * guess
        if reached <= limit:
            low, whole = guess, reached
            step = (limit - reached) / max(slope, 1e-3) / own
            guess = min(guess + step, guess * 4, (low + high) / 2 if math.isfinite(high) else 1e9)
        else:
            slope = (reached - whole) / ((guess - low) * own) if guess > low else slope
            high = guess
            guess = low + max((limit - whole) / max(slope, 1e-6) / own, (high - low) / 8)
            guess = min(guess, (low + high) / 2)
    return own * low


def slowest(latency: RequestLatency, quantile: float) -> dict[str, float]:
    """Each component that answers, with its longest time at the quantile, in order of the path."""
    found: dict[str, float] = {}
    for leaf, time in latency.times.items():
        if not leaf.aside and leaf.answering is not None:
            seconds = time.quantile(quantile)
            found[leaf.answering] = max(found.get(leaf.answering, 0.0), seconds)
    return found


def _scaled(latency: RequestLatency, name: str, factor: float) -> RequestLatency:
    times = {
        leaf: time.scaled(factor) if leaf.answering == name else time
        for leaf, time in latency.times.items()
    }
    return latency.with_times(times)


def _step(seconds: float) -> float:
    """A round part of a time: 1, 2 or 5 of a power of ten, at most a quarter of it."""
    if seconds <= 0.0:
        return 0.0
    most = seconds * _PART
    power = 10.0 ** math.floor(math.log10(most) + 1e-12)
    return next(power * n for n in (5, 2, 1) if power * n <= most * (1 + 1e-9))
