"""Latency distributions in seconds: built from what a design states, combined along its paths.

In: quantiles, histograms, constants, waits. Out: immutable `Distribution`s and their quantiles.
Law: independent composition; point masses (constants, timeouts) stay exact; the distribution
function is a monotone polyline whose sums are good to about 1 % from p50 to p99.9.

This module imports numpy (about 70 ms): import it inside the function that needs it.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np

from mlsdc.compiler.latency import distribution_combine as combine
from mlsdc.compiler.latency import distribution_shapes as shapes
from mlsdc.compiler.latency.distribution_knots import Knots, ended, refined
from mlsdc.compiler.latency.distribution_sum import Summand, shifted, summand, total

_BLOCK = 8
_SHOWN = (0.5, 0.99, 0.999)


class TimeoutOutcome(NamedTuple):
    """A call with a time limit.

    `answer` is the time to the answer (the fallback's included), None where none can come;
    `timed_out` is P(call > limit); `elapsed` is the time until there is an answer or the caller
    gives up.
    """

    answer: "Distribution | None"
    timed_out: float
    elapsed: "Distribution"


class RetryOutcome(NamedTuple):
    """A call tried again after each timeout.

    `elapsed` is the time until there is an answer or the last attempt has timed out; `failure` is
    the probability of the latter; `load` is the expected number of attempts for each call;
    `answer` is the time to the answer given that there is one, None where none can come.
    """

    elapsed: "Distribution"
    failure: float
    load: float
    answer: "Distribution | None"


class HedgeOutcome(NamedTuple):
    """A call sent twice if it is slow: the faster answer, and P(a second copy is sent)."""

    answer: "Distribution"
    extra_load: float


@dataclass(frozen=True, eq=False, repr=False)
class Distribution:
    """An immutable latency distribution in seconds, compared by identity.

    `bound` is a time that is never exceeded: infinite for a fitted tail, finite where constants,
    ranges or timeouts guarantee it. Operations treat their operands as independent.
    """

    knots: Knots
    bound: float

    def __repr__(self) -> str:
        shown = ", ".join(f"p{level * 100:g}={self.quantile(level):.6g}" for level in _SHOWN)
        return f"Distribution({shown}, bound={self.bound:g})"

    @classmethod
    def constant(cls, seconds: float) -> Self:
        """Always the same time. Raises ValueError if it is negative or not finite."""
        _check_time(seconds)
        return cls(_between(seconds, seconds), float(seconds))

    @classmethod
    def lognormal(cls, *, p50: float, p99: float) -> Self:
        """The lognormal with this median and 99th percentile (seconds).

        Raises ValueError unless 0 < p50 <= p99 < infinity.
        """
        return cls.from_quantiles({0.5: p50, 0.99: p99})

    @classmethod
    def from_quantiles(cls, quantiles: Mapping[float, float]) -> Self:
        """Stated quantiles, {0.5: seconds, 0.99: seconds, ...}; each comes back exactly.

        Two give the lognormal through them; with more, log time is linear in the normal score
        in between, and both tails are lognormal. Raises ValueError for fewer than two, for times
        that are not positive and finite, and where a higher quantile has a lower time.
        """
        knots = shapes.quantile_knots(quantiles)
        highest, *others = sorted(quantiles, reverse=True)
        flat = quantiles[highest] == quantiles[others[0]]
        return cls(knots, quantiles[highest] if flat else math.inf)

    @classmethod
    def from_mean(cls, mean: float, scv: float) -> Self:
        """The lognormal with this mean (seconds) and squared coefficient of variation.

        Raises ValueError unless the mean is positive and finite, and the scv not negative.
        """
        if not (0.0 < mean < math.inf and 0.0 <= scv < math.inf):
            raise ValueError(f"no latency has mean {mean!r} s and squared variation {scv!r}")
        if scv == 0.0:
            return cls.constant(mean)
        variance = math.log1p(scv)
        return cls(shapes.lognormal(math.log(mean) - variance / 2.0, math.sqrt(variance)), math.inf)

    @classmethod
    def uniform(cls, low: float, high: float) -> Self:
        """Any time from `low` to `high` seconds alike. Raises ValueError unless low <= high."""
        _check_time(low)
        _check_time(high)
        if high < low:
            raise ValueError(f"a range runs upwards, not from {low!r} to {high!r}")
        return cls(refined(_between(low, high)), float(high))

    @classmethod
    def exponential_tail(cls, probability_of_zero: float, rate: float) -> Self:
        """A waiting time: zero with a probability, else exponential with `rate` per second.

        Raises ValueError for a probability outside [0, 1] or a rate that is not positive.
        """
        if probability_of_zero == 1.0:
            return cls.constant(0.0)
        return cls(shapes.exponential_knots(probability_of_zero, rate), math.inf)

    @classmethod
    def from_histogram(cls, edges: Sequence[float], counts: Sequence[float]) -> Self:
        """Measured buckets: `counts[i]` calls between `edges[i]` and `edges[i + 1]` seconds.

        Raises ValueError for edges that do not increase or are open (infinite: what such a bucket
        holds is unknown), and for counts that are negative or all zero.
        """
        knots = shapes.histogram_knots(edges, counts)
        return cls(refined(knots), float(knots.seconds[-1]))

    @classmethod
    def from_points(cls, points: Iterable[tuple[float, float]], bound: float = math.inf) -> Self:
        """A distribution function given as sorted (seconds, probability) points, linear between.

        Two points at one time are a point mass. Raises ValueError where either column falls, a
        time is negative, or the probability does not run from 0 to 1.
        """
        table = np.array(list(points), dtype=np.float64)
        if table.ndim != 2 or len(table) < 2 or not np.isfinite(table).all():
            raise ValueError("a distribution function needs two or more finite points")
        if table[0, 0] < 0.0 or (np.diff(table, axis=0) < 0.0).any():
            raise ValueError("neither times nor probabilities of a distribution function fall")
        if table[0, 1] != 0.0 or table[-1, 1] != 1.0:
            raise ValueError("a distribution function runs from probability 0 to 1")
        return cls(refined(ended(table[:, 0].copy(), table[:, 1].copy())), bound)

    @staticmethod
    def series(distributions: Iterable["Distribution"]) -> "Distribution":
        """One after the other. In any order; none gives zero."""
        parts = list(distributions)
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return Distribution.constant(0.0)
        bound = math.fsum(part.bound for part in parts)
        return Distribution(total([part._summand for part in parts]), bound)

    @staticmethod
    def maximum(distributions: Iterable["Distribution"]) -> "Distribution":
        """All of them in parallel: the slowest. Raises ValueError for none."""
        parts = _counted(distributions)
        if len(parts) == 1 and parts[0][1] == 1:
            return parts[0][0]
        knots = combine.latest([(part.knots, count) for part, count in parts])
        return Distribution(knots, max(part.bound for part, _ in parts))

    @staticmethod
    def first_of(distributions: Iterable["Distribution"], k: int) -> "Distribution":
        """All in parallel, done when `k` have answered (1: the fastest).

        Raises ValueError unless 1 <= k <= the number of distributions.
        """
        parts = _counted(distributions)
        bounds = sorted(part.bound for part, count in parts for _ in range(count))
        if not 1 <= k <= len(bounds):
            raise ValueError(f"cannot wait for {k} of {len(bounds)} answers")
        if k == len(bounds):
            return Distribution.maximum([part for part, count in parts for _ in range(count)])
        knots = combine.order_statistic([(part.knots, count) for part, count in parts], k)
        return Distribution(knots, bounds[k - 1])

    @staticmethod
    def mixture(weighted: Iterable[tuple[float, "Distribution"]]) -> "Distribution":
        """One of several, by probability: a branch, a cache hit or miss.

        Raises ValueError unless the weights are not negative and sum to 1 (within 1e-9).
        """
        parts = list(weighted)
        total = math.fsum(weight for weight, _ in parts)
        if any(weight < 0.0 for weight, _ in parts) or not abs(total - 1.0) <= 1e-9:
            raise ValueError(f"branch weights sum to 1, not to {total!r}, and none is negative")
        taken = [(weight / total, part) for weight, part in parts if weight > 0.0]
        if len(taken) == 1:
            return taken[0][1]
        knots = combine.weighted([(weight, part.knots) for weight, part in taken])
        return Distribution(knots, max(part.bound for _, part in taken))

    @staticmethod
    def comonotone_sum(distributions: Iterable["Distribution"]) -> "Distribution":
        """One after the other, fully correlated: each quantile is the sum of equal quantiles."""
        parts = list(distributions)
        if not parts:
            return Distribution.constant(0.0)
        knots = combine.comonotone([part.knots for part in parts])
        return Distribution(knots, math.fsum(part.bound for part in parts))

    def __add__(self, other: "Distribution") -> "Distribution":
        """One after the other, independent."""
        return Distribution.series((self, other))

    def repeated(self, times: int) -> "Distribution":
        """`times` sequential independent draws. Raises ValueError if it is negative."""
        if times < 0:
            raise ValueError(f"a call is made zero times or more, not {times}")
        parts: list[Distribution] = []
        block = self
        while times:
            times, rest = divmod(times, _BLOCK)
            parts += [block] * rest
            if times:
                block = Distribution.series([block] * _BLOCK)
        return Distribution.series(parts)

    def scaled(self, factor: float) -> "Distribution":
        """Every time multiplied by a factor. Raises ValueError if it is negative or infinite."""
        _check_time(factor)
        if factor == 0.0:
            return Distribution.constant(0.0)
        seconds, probability = self.knots
        return Distribution(ended(seconds * factor, probability.copy()), self.bound * factor)

    def between(self, low: float, high: float) -> "Distribution":
        """The latency given that it lies between two of its own quantiles.

        Raises ValueError unless 0 <= low < high <= 1.
        """
        if not 0.0 <= low < high <= 1.0:
            raise ValueError(f"no quantile lies between {low!r} and {high!r}")
        return Distribution(combine.between(self.knots, low, high), self.quantile(high))

    @staticmethod
    def comonotone_maximum(distributions: Iterable["Distribution"]) -> "Distribution":
        """All in parallel, fully correlated: each quantile is the largest of equal quantiles.

        Raises ValueError for none.
        """
        parts = list(distributions)
        if not parts:
            raise ValueError("of no latencies, none is the largest")
        knots = combine.comonotone([part.knots for part in parts], np.maximum)
        return Distribution(knots, max(part.bound for part in parts))

    def with_timeout(self, limit: float, fallback: "Distribution | None" = None) -> TimeoutOutcome:
        """Given up after `limit` seconds, then answered by the fallback if there is one.

        Without a fallback `answer` is the latency of the calls that succeed. An answer exactly at
        the limit is in time. Raises ValueError for a limit that is negative or not finite.
        """
        _check_time(limit)
        knots, inside = combine.within(self.knots, limit)
        answer = Distribution(knots, min(self.bound, limit)) if knots else None
        if fallback is None:
            cut = Distribution(combine.capped(self.knots, limit), min(self.bound, limit))
            return TimeoutOutcome(answer, 1.0 - inside, cut)
        late = Distribution.constant(limit) + fallback
        answer = late if answer is None else _either(inside, answer, late)
        return TimeoutOutcome(answer, 1.0 - inside, answer)

    def with_retry(
        self, attempts: int, timeout: float, backoff: float | Sequence[float] = 0.0
    ) -> RetryOutcome:
        """Up to `attempts` independent attempts, each given up after `timeout` seconds.

        `backoff` is the pause before each further attempt: one number, or one for each of the
        `attempts - 1` pauses. Raises ValueError for no attempt, or another number of pauses.
        """
        if attempts < 1:
            raise ValueError(f"a call is attempted at least once, not {attempts} times")
        pauses = [backoff] * (attempts - 1) if isinstance(backoff, int | float) else list(backoff)
        if len(pauses) != attempts - 1:
            raise ValueError(f"{attempts} attempts have {attempts - 1} pauses, not {len(pauses)}")
        once = self.with_timeout(timeout)
        late = once.timed_out
        starts = [math.fsum([timeout * n, *pauses[:n]]) for n in range(attempts)]
        end = starts[-1] + timeout
        parts = [(late**attempts, Distribution.constant(end))]
        if once.answer:
            for n, start in enumerate(starts):
                weight = (1.0 - late) * late**n
                parts.append((weight, once.answer + Distribution.constant(start)))
        elapsed = Distribution.mixture(parts)
        answer = _given(parts[1:]) if once.answer else None
        load = math.fsum(late**n for n in range(attempts))
        return RetryOutcome(elapsed, late**attempts, load, answer)

    def hedged(self, at: float, other: "Distribution | None" = None) -> HedgeOutcome:
        """A second copy sent after `at` seconds; the faster answer counts.

        The second copy has the latency of `other`, else the same as the first, independently.
        """
        _check_time(at)
        copy = other or self
        knots = combine.earliest([self.knots, shifted(copy.knots, at)])
        return HedgeOutcome(
            Distribution(knots, min(self.bound, at + copy.bound)), self.survival(at)
        )

    def quantile(self, level: float) -> float:
        """The time (seconds) that a share `level` of the calls stays within; 1 gives `bound`.

        Raises ValueError outside [0, 1].
        """
        if not 0.0 <= level <= 1.0:
            raise ValueError(f"a quantile lies between 0 and 1, not at {level!r}")
        if level == 1.0:
            return self.bound
        seconds, probability = self.knots
        knot = int(probability.searchsorted(level, "left"))
        if level == 0.0 or knot == 0:
            return float(seconds[0])
        below, above = float(probability[knot - 1]), float(probability[knot])
        start, end = float(seconds[knot - 1]), float(seconds[knot])
        return min(self.bound, start + (end - start) * ((level - below) / (above - below)))

    def cdf(self, seconds: float) -> float:
        """P(latency <= seconds)."""
        return float(np.interp(seconds, *self.knots, left=0.0, right=1.0))

    def survival(self, seconds: float) -> float:
        """P(latency > seconds)."""
        return 1.0 - self.cdf(seconds)

    def mean(self) -> float:
        """The expected latency in seconds."""
        return self._summand.start + self._summand.mean

    def variance(self) -> float:
        """The variance in seconds squared."""
        return self._summand.variance

    @property
    def scv(self) -> float:
        """Squared coefficient of variation: variance over mean squared; 0 if always zero."""
        mean = self.mean()
        return self.variance() / (mean * mean) if mean > 0.0 else 0.0

    @cached_property
    def _summand(self) -> Summand:
        return summand(self.knots)


def _check_time(seconds: float) -> None:
    if not 0.0 <= seconds < math.inf:
        raise ValueError(f"a latency is finite and not negative, not {seconds!r} s")


def _between(low: float, high: float) -> Knots:
    return ended(np.array([low, high], dtype=np.float64), np.array([0.0, 1.0]))


def _counted(distributions: Iterable[Distribution]) -> list[tuple[Distribution, int]]:
    """Each distinct distribution once, with how often it was given, in order of appearance."""
    counts: dict[Distribution, int] = {}
    for part in distributions:
        counts[part] = counts.get(part, 0) + 1
    if not counts:
        raise ValueError("there is nothing to wait for")
    return list(counts.items())


def _either(share: float, one: Distribution, other: Distribution) -> Distribution:
    return Distribution.mixture([(share, one), (1.0 - share, other)])


def _given(parts: Sequence[tuple[float, Distribution]]) -> Distribution:
    """The mixture of the parts, given that it is one of them."""
    total = math.fsum(weight for weight, _ in parts)
    return Distribution.mixture([(weight / total, part) for weight, part in parts])
