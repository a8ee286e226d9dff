"""Alternatives, races and fan-outs of latencies, knot by knot.

In: knots of independent latencies. Out: knots of their mixture, maximum, minimum, k-th answer,
of the part within a limit, or of a fully correlated sum. Law: exact at every knot of every part.
"""

from collections.abc import Sequence

import numpy as np

from mlsdc.compiler.latency.distribution_knots import (
    Floats,
    Knots,
    ended,
    probability_at,
    quantiles_at,
    thinned,
    union_of_times,
)


def weighted(parts: Sequence[tuple[float, Knots]]) -> Knots:
    """One of the parts, chosen with its weight; the weights sum to one."""
    times = union_of_times([knots for _, knots in parts])
    total = np.zeros_like(times)
    for weight, knots in parts:
        total += weight * probability_at(times, knots)
    return thinned(times, total)


def latest(parts: Sequence[tuple[Knots, int]]) -> Knots:
    """The slowest of all parts, each taken as many times as its count says."""
    times = union_of_times([knots for knots, _ in parts])
    product = np.ones_like(times)
    for knots, count in parts:
        product *= probability_at(times, knots) ** count
    return thinned(times, product)


def earliest(parts: Sequence[Knots]) -> Knots:
    """The fastest of all parts."""
    times = union_of_times(parts)
    survival = np.ones_like(times)
    for knots in parts:
        survival *= 1.0 - probability_at(times, knots)
    return thinned(times, 1.0 - survival)


def order_statistic(parts: Sequence[tuple[Knots, int]], rank: int) -> Knots:
    """The answer that makes `rank` of them (1 is the fastest), parts counted as in `latest`.

    Counts the answers that are in, or those still missing, whichever has fewer cases: row j holds
    the probability of exactly j (Poisson binomial recursion).
    """
    times = union_of_times([knots for knots, _ in parts])
    missing = sum(count for _, count in parts) - rank
    of_arrived = rank <= missing
    rows = np.zeros((min(rank, missing + 1), times.size))
    rows[0] = 1.0
    for knots, count in parts:
        arrived = probability_at(times, knots)
        counted, other = (arrived, 1.0 - arrived) if of_arrived else (1.0 - arrived, arrived)
        for _ in range(count):
            carried = rows[:-1] * counted
            rows *= other
            rows[1:] += carried
    some = rows.sum(axis=0)
    return thinned(times, 1.0 - some if of_arrived else some)


def within(knots: Knots, limit: float) -> tuple[Knots | None, float]:
    """The latency given that it is at most `limit` seconds, and the probability of that.

    None where no answer can come in time.
    """
    times, probability = _before(knots, limit)
    inside = float(probability[-1])
    if inside <= 0.0:
        return None, 0.0
    return ended(times, probability / inside), inside


def capped(knots: Knots, limit: float) -> Knots:
    """The smaller of the latency and `limit` seconds."""
    if limit <= knots.seconds[0]:
        return ended(np.array([limit, limit]), np.array([0.0, 1.0]))
    times, probability = _before(knots, limit)
    return ended(np.append(times, times[-1]), np.append(probability, 1.0))


def _before(knots: Knots, limit: float) -> tuple[Floats, Floats]:
    """The knots up to `limit`, which becomes the last one if the latency goes on beyond it."""
    seconds, probability = knots
    if limit >= seconds[-1]:
        return seconds.copy(), probability.copy()
    inside = int(seconds.searchsorted(limit, "right"))
    if inside == 0:
        return np.array([limit]), np.zeros(1)
    reached = np.interp(limit, seconds, probability)
    return np.append(seconds[:inside], limit), np.append(probability[:inside], reached)


def between(knots: Knots, low: float, high: float) -> Knots:
    """The latency given that its quantile lies between two levels."""
    seconds, probability = knots
    inside = (probability > low) & (probability < high)
    earliest, latest = quantiles_at(np.array([low, high]), knots)
    times = np.concatenate([latest[:1], seconds[inside], earliest[1:]])
    shares = np.concatenate([[low], probability[inside], [high]])
    return ended(np.maximum.accumulate(times), (shares - low) / (high - low))


def comonotone(parts: Sequence[Knots], joined: np.ufunc = np.add) -> Knots:
    """The sum (or another joint) of latencies that are all at the same quantile at once."""
    levels = np.unique(np.concatenate([knots.probability for knots in parts]))
    earliest_sum, latest_sum = np.zeros_like(levels), np.zeros_like(levels)
    for knots in parts:
        low, high = quantiles_at(levels, knots)
        joined(earliest_sum, low, out=earliest_sum)
        joined(latest_sum, high, out=latest_sum)
    times = np.column_stack([earliest_sum, latest_sum]).ravel()
    return thinned(np.maximum.accumulate(times), np.repeat(levels, 2))
