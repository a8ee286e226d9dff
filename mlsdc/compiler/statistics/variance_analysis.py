"""Power and size of a one-way analysis of variance, by the noncentral F distribution.

Source: Cohen 1988, chapter 8; agrees with statsmodels' FTestAnovaPower.
"""

from __future__ import annotations

import math

from mlsdc.compiler.statistics.comparison import ErrorRates, require_positive
from mlsdc.compiler.statistics.incomplete import incomplete_beta
from mlsdc.compiler.statistics.solve import rising_root


def _probability(at: float, first: float, second: float, noncentrality: float = 0.0) -> float:
    """P(F <= at) with these degrees of freedom: a Poisson mixture of beta distributions."""
    share = first * at / (first * at + second)
    half = noncentrality / 2.0
    if half == 0.0:
        return incomplete_beta(share, first / 2.0, second / 2.0)
    reach = 12.0 * math.sqrt(half) + 30.0
    few, many = max(0, math.floor(half - reach)), math.ceil(half + reach)
    terms = (
        math.exp(k * math.log(half) - half - math.lgamma(k + 1.0))
        * incomplete_beta(share, first / 2.0 + k, second / 2.0)
        for k in range(few, many + 1)
    )
    return min(1.0, math.fsum(terms))


def variance_power(effect: float, each: float, groups: int, alpha: float) -> float:
    """The probability of finding an effect (Cohen's f) with `each` units in each of the groups."""
    first, second = groups - 1.0, groups * (each - 1.0)
    border = rising_root(lambda at: _probability(at, first, second) - (1.0 - alpha), 1e-9, 16.0)
    return 1.0 - _probability(border, first, second, effect * effect * each * groups)


def variance_units(effect: float, groups: int, rates: ErrorRates) -> float:
    """Units of each group to find an effect (Cohen's f).

    Raises ValueError for fewer than two groups, or an effect that is not above 0.
    """
    require_positive("the effect", effect)
    if not 2 <= groups <= 1000:
        raise ValueError("an analysis of variance has 2 to 1000 groups")
    if not 0.001 <= effect <= 10.0:
        raise ValueError("an effect f lies between 0.001 and 10")

    def short(each: float) -> float:
        return variance_power(effect, each, groups, rates.alpha) - rates.power

    return 2.0 if short(2.0) >= 0 else rising_root(short, 2.0, 64.0)
