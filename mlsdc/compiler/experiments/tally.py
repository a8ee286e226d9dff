"""Pairs of numbers in, one after the other; count, means and spreads out.

Law: adding rows one by one and merging tallies give the same moments, to rounding. Source: Welford
1962; Chan, Golub and LeVeque 1983, Algorithms for computing the sample variance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from mlsdc.compiler.statistics.intervals import Moments, RatioMoments


@dataclass(slots=True)
class Tally:
    """Moments of pairs (x, y): an outcome with its covariate, or a numerator and denominator."""

    count: int = 0
    total: float = 0.0
    """Sum of x: exact for whole numbers below 2^53, so that successes are counted exactly."""
    x: float = 0.0
    """Mean."""
    y: float = 0.0
    """Mean."""
    xx: float = 0.0
    """Sum of squares about the mean."""
    yy: float = 0.0
    xy: float = 0.0
    binary: bool = True
    """Whether every x was 0 or 1."""
    lost: bool = False
    """Whether units differ by less than can be squared, so that the variance is not known."""

    def add(self, x: float, y: float = 1.0) -> None:
        """One unit more."""
        self.count += 1
        self.total += x
        before_x, before_y = x - self.x, y - self.y
        self.x += before_x / self.count
        self.y += before_y / self.count
        self.xx += before_x * (x - self.x)
        self.yy += before_y * (y - self.y)
        self.xy += before_x * (y - self.y)
        if x not in (0.0, 1.0):
            self.binary = False
        if before_x and not before_x * before_x:
            self.lost = True

    def merge(self, other: Tally) -> None:
        """All units of another tally more."""
        count = self.count + other.count
        if not other.count:
            return
        step_x, step_y = other.x - self.x, other.y - self.y
        weight = self.count * other.count / count
        self.xx += other.xx + step_x * step_x * weight
        self.yy += other.yy + step_y * step_y * weight
        self.xy += other.xy + step_x * step_y * weight
        self.x += step_x * other.count / count
        self.y += step_y * other.count / count
        self.count, self.total = count, self.total + other.total
        self.binary = self.binary and other.binary
        self.lost = self.lost or other.lost

    @property
    def finite(self) -> bool:
        """Whether no sum left the range of numbers."""
        return all(math.isfinite(sum_) for sum_ in (self.xx, self.yy, self.xy, self.total))

    def outcome(self) -> Moments:
        """The moments of x."""
        return Moments(self.count, self.x, _variance(self.xx, self.count))

    def covariate(self) -> Moments:
        """The moments of y."""
        return Moments(self.count, self.y, _variance(self.yy, self.count))

    def covariance(self) -> float:
        """Of x and y, with n - 1 in the denominator."""
        return _variance(self.xy, self.count)

    def ratio(self) -> RatioMoments:
        """The moments of x over y."""
        outcome, other = self.outcome(), self.covariate()
        return RatioMoments(
            self.count, self.x, self.y, outcome.variance, other.variance, self.covariance()
        )


def _variance(squares: float, count: int) -> float:
    return squares / (count - 1) if count > 1 else 0.0


def merged(tallies: list[Tally]) -> Tally:
    """One tally of all units."""
    whole = Tally()
    for tally in tallies:
        whole.merge(tally)
    return whole
