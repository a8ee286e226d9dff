"""Knots of the latency shapes a design can state: quantiles, moments, ranges, histograms, waits.

In: plain numbers, seconds and probabilities. Out: knots. Law: every stated quantile is a knot, so
it comes back exactly; a number that no distribution can have raises ValueError.
"""

import math
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise

import numpy as np

from mlsdc.compiler.latency.distribution_knots import TAIL, Floats, Knots, ended, frozen
from mlsdc.compiler.statistics.normal import normal_probability, normal_score

_USUAL = (0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999)
_STEPS = 20
_EDGE = 6


@cache
def _normal_grid(stated: tuple[float, ...]) -> tuple[Floats, Floats]:
    """Scores from -6 to 6 with every usual and every stated quantile, and their probabilities."""
    regular = [step / _STEPS for step in range(-_EDGE * _STEPS, _EDGE * _STEPS + 1)]
    exact = {normal_score(level): level for level in (*_USUAL, *stated)}
    scores = sorted({*regular, *exact})
    levels = [exact.get(score, normal_probability(score)) for score in scores]
    return frozen(np.array(scores)), frozen(np.array(levels))


def lognormal(log_median: float, log_deviation: float) -> Knots:
    """exp of a normal with this mean and standard deviation (of the logarithm of seconds)."""
    scores, probability = _normal_grid(())
    return ended(np.exp(log_median + log_deviation * scores), probability.copy())


def quantile_knots(quantiles: Mapping[float, float]) -> Knots:
    """A lognormal through two quantiles; through more, log time is linear in the normal score.

    Beyond the outermost quantiles the nearest segment goes on, which makes the tails lognormal.
    Raises ValueError for fewer than two quantiles, a time that is not positive and finite, or a
    higher quantile with a lower time.
    """
    if len(quantiles) < 2:
        raise ValueError("a distribution needs at least two quantiles")
    stated = tuple(sorted(quantiles))
    seconds = [quantiles[level] for level in stated]
    if not all(0.0 < value < math.inf for value in seconds):
        raise ValueError(f"quantiles are positive and finite seconds, not {seconds}")
    if any(later < earlier for earlier, later in pairwise(seconds)):
        raise ValueError(f"a higher quantile cannot be a shorter time: {dict(quantiles)}")
    at = np.array([normal_score(level) for level in stated])
    logs = np.log(np.array(seconds))
    scores, probability = _normal_grid(stated)
    slopes = np.diff(logs) / np.diff(at)
    curve = np.interp(scores, at, logs)
    curve += np.minimum(scores - at[0], 0.0) * slopes[0]
    curve += np.maximum(scores - at[-1], 0.0) * slopes[-1]
    times = np.exp(curve)
    for level, value in zip(stated, seconds, strict=True):
        times[probability.searchsorted(level)] = value
    # Equal quantiles are a point mass, which rounding in exp must not split.
    flat: list[int] = np.flatnonzero(slopes == 0.0).tolist()
    for segment in flat:
        low = -math.inf if segment == 0 else at[segment]
        high = math.inf if segment == slopes.size - 1 else at[segment + 1]
        times[(scores >= low) & (scores <= high)] = seconds[segment]
    return ended(np.maximum.accumulate(times), probability.copy())


@cache
def _exponential_grid() -> tuple[Floats, Floats]:
    """Survival probabilities from 1 to `TAIL` and the multiples of the mean they belong to."""
    body = np.linspace(1.0, 0.1, 91)
    tail = 0.1 * np.exp(-0.1 * np.arange(1, 1 + math.ceil(10.0 * math.log(0.1 / TAIL))))
    survival = np.concatenate([body, tail])
    return frozen(survival), frozen(0.0 - np.log(survival))


def exponential_knots(probability_of_zero: float, rate: float) -> Knots:
    """Zero with the given probability, else exponential with `rate` per second."""
    if not 0.0 <= probability_of_zero < 1.0:
        raise ValueError(f"the probability of zero is in [0, 1), not {probability_of_zero!r}")
    if not 0.0 < rate < math.inf:
        raise ValueError(f"the rate is positive and finite (per second), not {rate!r}")
    survival, multiples = _exponential_grid()
    return ended(multiples / rate, 1.0 - (1.0 - probability_of_zero) * survival)


def histogram_knots(edges: Sequence[float], counts: Sequence[float]) -> Knots:
    """Counts spread evenly over their buckets; `edges` has one entry more than `counts`.

    Raises ValueError for edges that are not increasing, negative or infinite (what an open last
    bucket holds is unknown), and for counts that are negative or all zero.
    """
    times = np.array(edges, dtype=np.float64)
    mass = np.array(counts, dtype=np.float64)
    if times.size != mass.size + 1 or not mass.size:
        raise ValueError(f"{mass.size} counts need {mass.size + 1} edges, not {times.size}")
    if times[0] < 0.0 or not np.isfinite(times).all() or (np.diff(times) <= 0.0).any():
        raise ValueError(f"bucket edges are finite, increasing seconds, not {list(edges)}")
    if not np.isfinite(mass).all() or (mass < 0.0).any() or mass.sum() <= 0.0:
        raise ValueError(f"counts are not negative and not all zero, not {list(counts)}")
    filled = np.flatnonzero(mass)
    first, last = int(filled[0]), int(filled[-1])
    mass = mass[first : last + 1]
    probability = np.concatenate([np.zeros(1), np.cumsum(mass) / mass.sum()])
    return ended(times[first : last + 2], probability)
