"""A probability distribution as knots: a monotone polyline of (seconds, probability).

In: two float arrays of one length, both non-decreasing, the probability running from 0 to 1.
Out: the same, transformed or thinned. Law: a vertical step (two equal times) is a point mass and
survives every function here exactly; a flat step is a gap that holds no probability.
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

TAIL = 1e-9
"""Probability below which a tail is cut off: far beyond any quantile a budget asks for."""

_LOWER_TAIL = 1e-4
_TIME_FLOOR = 1e-7
_PER_PROBABILITY = 80.0
_PER_UPPER_TAIL = 6.0
_PER_LOWER_TAIL = 3.0
_PER_LOG_TIME = 24.0


class Knots(NamedTuple):
    """`probability[i]` of the answers have come by `seconds[i]`; linear in between."""

    seconds: Floats
    probability: Floats


class Atoms(NamedTuple):
    """Point masses: the knot each one starts at, its time in seconds, its probability."""

    knot: npt.NDArray[np.intp]
    seconds: Floats
    mass: Floats

    def pairs(self) -> list[tuple[float, float]]:
        """(seconds, mass) of each."""
        seconds: list[float] = self.seconds.tolist()
        mass: list[float] = self.mass.tolist()
        return list(zip(seconds, mass, strict=True))


def frozen(values: Floats) -> Floats:
    """The same array, made read-only, so that distributions can share it."""
    values.flags.writeable = False
    return values


def atoms_of(knots: Knots) -> Atoms:
    """Every point mass of the distribution, in order of time."""
    seconds, probability = knots
    start = np.flatnonzero(seconds[1:] == seconds[:-1])
    return Atoms(start, seconds[start], probability[start + 1] - probability[start])


def union_of_times(parts: Sequence[Knots]) -> Floats:
    """All knot times of all parts, sorted, each point mass twice or more (before and after)."""
    return np.sort(np.concatenate([part.seconds for part in parts]), kind="stable")


def probability_at(times: Floats, knots: Knots) -> Floats:
    """P(X <= t) on a sorted grid; the first of several equal times gets P(X < t) at a point mass.

    `times` must hold each point mass of `knots` at least twice, as `union_of_times` gives it.
    """
    result = np.interp(times, knots.seconds, knots.probability, left=0.0, right=1.0)
    _, seconds, mass = atoms_of(knots)
    if seconds.size:
        np.subtract.at(result, times.searchsorted(seconds, "left"), mass)
    return result


def quantiles_at(levels: Floats, knots: Knots) -> tuple[Floats, Floats]:
    """The earliest and the latest time that has each probability (they differ in a gap)."""
    seconds, probability = knots
    latest = np.interp(levels, probability, seconds)
    earliest = np.interp(-levels, -probability[::-1], seconds[::-1])
    return earliest, latest


@cache
def _regular_levels() -> Floats:
    """Probabilities as close as `thinned` would have them: even in the middle, geometric tails."""
    middle = np.arange(1, 80) / 80.0
    upper = np.exp(np.arange(1, 99) / -6.0)
    lower = np.exp(np.arange(1, 29) / -3.0)
    return frozen(np.sort(np.concatenate([middle, 1.0 - upper / 80.0, lower / 80.0])))


def refined(knots: Knots) -> Knots:
    """The same polyline with more knots on its long segments.

    What is straight here is curved after a race or a fan-out; between two far knots that would
    be lost.
    """
    levels = _regular_levels()
    seconds, probability = knots
    knot = probability.searchsorted(levels, "left")
    inside = (seconds[knot] > seconds[knot - 1]) & (probability[knot] > levels)
    added = levels[inside]
    times = np.interp(added, probability, seconds)
    order = np.concatenate([probability, added]).argsort(kind="stable")
    return ended(
        np.concatenate([seconds, times])[order], np.concatenate([probability, added])[order]
    )


def thinned(times: Floats, probability: Floats) -> Knots:
    """The knots worth keeping of a fine polyline: about 150 to 450, each an exact point of it.

    A knot is kept wherever one more unit of resolution has gone by, counted over probability
    (80 of them), both tails (6 and 3 for a factor e) and time (24 for a factor e), so that neither
    a tail nor the edge of a gap is smeared. Tails below `TAIL` are cut.
    """
    probability = np.maximum.accumulate(probability)
    np.clip(probability, 0.0, 1.0, out=probability)
    first = max(0, int(probability.searchsorted(TAIL, "right")) - 1)
    last = min(int(probability.searchsorted(1.0 - TAIL, "left")), times.size - 1)
    times, probability = times[first : last + 1], probability[first : last + 1]
    # The offset keeps round probabilities off the unit boundaries, where a last-bit difference
    # between machines would choose another knot.
    resolution = _PER_PROBABILITY * probability + 0.382
    resolution -= _PER_UPPER_TAIL * np.log(1.0 + TAIL - probability)
    resolution += _PER_LOWER_TAIL * np.log(probability + _LOWER_TAIL)
    floor = max(float(times[-1]) * _TIME_FLOOR, 1e-300)
    resolution += _PER_LOG_TIME * np.log(times + floor)
    whole = np.floor(resolution, out=resolution)
    step = whole[1:] - whole[:-1]
    same = times[1:] == times[:-1]
    step[same] = 2.0
    kept = np.ones(times.size, dtype=np.bool_)
    kept[1:-1] = (step[:-1] > 0.0) | (step[1:] > 1.0)
    kept[1:-1] &= ~(same[1:] & same[:-1])
    return ended(times[kept], probability[kept])


def ended(times: Floats, probability: Floats) -> Knots:
    """Knots that start at probability 0 and end at 1, ready to be shared (arrays are taken over).

    A first knot that already holds more than a cut-off tail is a point mass and gets its step.
    """
    if probability[0] > TAIL:
        times = np.concatenate([times[:1], times])
        probability = np.concatenate([np.zeros(1), probability])
    if probability[-1] < 1.0 - TAIL:
        times = np.concatenate([times, times[-1:]])
        probability = np.concatenate([probability, np.ones(1)])
    probability[0], probability[-1] = 0.0, 1.0
    return Knots(frozen(times), frozen(probability))
