"""A difference between two arms, with its confidence interval and p-value.

Sources: Newcombe 1998, Interval estimation for the difference between independent proportions,
method 10 (without continuity correction); Welch 1947 for means; Deng, Knoblich and Lu 2018,
Applying the delta method in metric analytics, for ratios of means.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from mlsdc.compiler.statistics.comparison import require_share
from mlsdc.compiler.statistics.normal import normal_score, two_sided
from mlsdc.compiler.statistics.tails import student_score, student_two_sided


@dataclass(frozen=True, slots=True)
class Difference:
    """Treatment minus control, in the unit of the metric."""

    control: float
    treatment: float
    low: float
    high: float
    p_value: float
    """Two-sided, against no difference."""
    standard_error: float
    degrees: float
    """Degrees of freedom; infinite for a normal statistic."""
    method: str

    @property
    def value(self) -> float:
        """The estimated difference."""
        return self.treatment - self.control

    @property
    def relative(self) -> float | None:
        """The difference as a share of the control's value; None where that is 0."""
        return self.value / abs(self.control) if self.control else None


@dataclass(frozen=True, slots=True)
class Moments:
    """One arm of a mean: number of units, mean, and variance with n - 1 in the denominator."""

    count: int
    mean: float
    variance: float


@dataclass(frozen=True, slots=True)
class RatioMoments:
    """One arm of a ratio of means, with the variances and covariance of units (n - 1)."""

    count: int
    numerator: float
    """Mean."""
    denominator: float
    """Mean."""
    numerator_variance: float
    denominator_variance: float
    covariance: float


def wilson(successes: int, count: int, alpha: float = 0.05) -> tuple[float, float]:
    """The interval of one share (Wilson 1927).

    Raises ValueError for no units, or more successes than units.
    """
    _require_counts(successes, count)
    z = normal_score(1.0 - require_share("alpha", alpha) / 2.0)
    share = successes / count
    middle = share + z * z / (2.0 * count)
    spread = z * math.sqrt(share * (1.0 - share) / count + z * z / (4.0 * count * count))
    scale = 1.0 + z * z / count
    low, high = (middle - spread) / scale, (middle + spread) / scale
    # Rounding must not leave the estimate outside, which is at an end where all or none succeed.
    return max(0.0, min(low, share)), min(1.0, max(high, share))


def proportions(
    control: tuple[int, int],
    treatment: tuple[int, int],
    *,
    alpha: float = 0.05,
    method: Literal["newcombe", "wald"] = "newcombe",
) -> Difference:
    """The difference of two shares; each arm is (successes, units).

    The p-value is that of the z test with pooled variance (the chi-squared test of the 2 x 2
    table); 1 where every unit of both arms has the same outcome.
    """
    (x, n), (y, m) = control, treatment
    _require_counts(x, n)
    _require_counts(y, m)
    z = normal_score(1.0 - require_share("alpha", alpha) / 2.0)
    p, q = x / n, y / m
    error = math.sqrt(p * (1.0 - p) / n + q * (1.0 - q) / m)
    pooled = (x + y) / (n + m)
    null = math.sqrt(pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m))
    p_value = two_sided((q - p) / null) if null else 1.0
    if method == "wald":
        low, high = q - p - z * error, q - p + z * error
    elif method == "newcombe":
        (p_low, p_high), (q_low, q_high) = wilson(x, n, alpha), wilson(y, m, alpha)
        low = q - p - math.hypot(q - q_low, p_high - p)
        high = q - p + math.hypot(q_high - q, p - p_low)
    else:
        raise ValueError(f"method is newcombe or wald, not {method!r}")
    return Difference(p, q, low, high, p_value, error, math.inf, method)


def _require_counts(successes: int, count: int) -> None:
    if count < 1 or not 0 <= successes <= count:
        raise ValueError(f"wants 0 <= successes <= units and units > 0, not {successes} of {count}")


def means(control: Moments, treatment: Moments, *, alpha: float = 0.05) -> Difference:
    """The difference of two means, by Welch's t test.

    Raises ValueError for fewer than 2 units in an arm.
    """
    shares: list[float] = []
    for arm in (control, treatment):
        if arm.count < 2 or not arm.variance >= 0.0:
            raise ValueError("a variance needs at least 2 units in each arm")
        shares.append(arm.variance / arm.count)
    first, second = shares
    error = math.sqrt(first + second)
    degrees = math.inf
    if error:
        within = first**2 / (control.count - 1) + second**2 / (treatment.count - 1)
        degrees = (first + second) ** 2 / within if within else math.inf
    return _symmetric(control.mean, treatment.mean, error, degrees, alpha, "welch")


def ratios(control: RatioMoments, treatment: RatioMoments, *, alpha: float = 0.05) -> Difference:
    """The difference of two ratios of means (clicks per view), by the delta method.

    Raises ValueError for fewer than 2 units in an arm, or a denominator with mean 0.
    """
    variances: list[float] = []
    for arm in (control, treatment):
        if arm.count < 2:
            raise ValueError("a variance needs at least 2 units in each arm")
        if not arm.denominator:
            raise ValueError("the denominator's mean is 0, so the ratio has no value")
        ratio = arm.numerator / arm.denominator
        spread = (
            arm.numerator_variance
            - 2.0 * ratio * arm.covariance
            + ratio**2 * arm.denominator_variance
        )
        variances.append(max(spread, 0.0) / arm.denominator**2 / arm.count)
    error = math.sqrt(sum(variances))
    return _symmetric(
        control.numerator / control.denominator,
        treatment.numerator / treatment.denominator,
        error, math.inf, alpha, "delta method",
    )  # fmt: skip


def _symmetric(
    control: float, treatment: float, error: float, degrees: float, alpha: float, method: str
) -> Difference:
    require_share("alpha", alpha)
    value = treatment - control
    reach = student_score(1.0 - alpha / 2.0, degrees) * error
    certain = 1.0 if value == 0 else 0.0
    p_value = student_two_sided(value / error, degrees) if error else certain
    return Difference(
        control, treatment, value - reach, value + reach, p_value, error, degrees, method
    )


def cuped(
    outcome: Moments, covariate: Moments, covariance: float, slope: float, centre: float
) -> Moments:
    """One arm's outcome with the part that its pre-period covariate explains taken out.

    `slope` is cov(outcome, covariate) / var(covariate) over all arms together, and `centre` the
    covariate's mean over all of them: the same for each arm. Source: Deng, Xu, Kohavi and Walker
    2013.
    """
    mean = outcome.mean - slope * (covariate.mean - centre)
    spread = outcome.variance - 2.0 * slope * covariance + slope**2 * covariate.variance
    return Moments(outcome.count, mean, max(spread, 0.0))
