"""Student's t, central and not, and chi-squared: probabilities in both directions.

Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.4.19 (chi-squared through the
incomplete gamma function), 26.7.1 (t through the incomplete beta function) and 26.7.9 (the
noncentral t as a mixture of normals over the spread of the estimated deviation).
"""

from __future__ import annotations

import math
from functools import cache

from mlsdc.compiler.statistics.incomplete import incomplete_beta, incomplete_gamma_survival
from mlsdc.compiler.statistics.normal import normal_probability, normal_score
from mlsdc.compiler.statistics.solve import rising_root

_PANELS = 600
_REACH = 12.0
"""Standard deviations of the spread over which the noncentral t is integrated."""


def chi_squared_survival(value: float, degrees: float) -> float:
    """P(X >= value) of a chi-squared variable: the p-value of a chi-squared test."""
    return incomplete_gamma_survival(degrees / 2.0, max(value, 0.0) / 2.0)


def chi_squared_score(probability: float, degrees: float) -> float:
    """The value that a chi-squared variable stays under with this probability."""
    normal_score(probability)  # refuses what is no probability
    return rising_root(
        lambda x: 1.0 - probability - chi_squared_survival(x, degrees), 0.0, degrees + 1.0
    )


def student_two_sided(statistic: float, degrees: float) -> float:
    """P(|T| >= |statistic|): the p-value of a two-sided t test."""
    if math.isinf(degrees):
        return math.erfc(abs(statistic) / math.sqrt(2.0))
    if math.isinf(statistic):
        return 0.0
    return incomplete_beta(degrees / (degrees + statistic * statistic), degrees / 2.0, 0.5)


def student_probability(statistic: float, degrees: float) -> float:
    """P(T <= statistic)."""
    tail = 0.5 * student_two_sided(statistic, degrees)
    return 1.0 - tail if statistic > 0 else tail


@cache
def student_score(probability: float, degrees: float) -> float:
    """The value that T stays under with this probability.

    Raises ValueError outside the open interval (0, 1), or for degrees of freedom below 1.
    """
    if degrees < 1:
        raise ValueError(f"Student's t has at least 1 degree of freedom, not {degrees!r}")
    if math.isinf(degrees) or probability == 0.5:
        return normal_score(probability)
    if probability < 0.5:
        return -student_score(1.0 - probability, degrees)
    normal_score(probability)  # refuses what is no probability
    tail = 2.0 * (1.0 - probability)
    return rising_root(lambda t: tail - student_two_sided(t, degrees), 0.0, 2.0)


def noncentral_student_probability(statistic: float, degrees: float, shift: float) -> float:
    """P(T <= statistic) of a noncentral t with this noncentrality.

    T = (Z + shift) / S with S^2 chi-squared over its degrees; Simpson's rule over S, of which the
    weights are set to sum to 1; to 1e-6 from 2 degrees of freedom on.
    """
    width = _REACH / math.sqrt(2.0 * degrees)
    low, high = max(0.0, 1.0 - width), 1.0 + width
    step = (high - low) / (2 * _PANELS)
    total = mass = 0.0
    for index in range(1, 2 * _PANELS + 1):
        spread = low + index * step
        weight = 1.0 if index == 2 * _PANELS else 4.0 if index % 2 else 2.0
        # Relative to the density at 1, so that large degrees of freedom do not underflow.
        exponent = (degrees - 1) * math.log(spread) - 0.5 * degrees * (spread * spread - 1.0)
        density = weight * math.exp(exponent)
        mass += density
        total += density * normal_probability(statistic * spread - shift)
    return total / mass
