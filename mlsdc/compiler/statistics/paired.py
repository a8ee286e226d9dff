"""Size of a t test of one sample, or of the differences of pairs.

Source: Cohen 1988, section 2.3.4, through the noncentral t; agrees with statsmodels' TTestPower.
"""

from __future__ import annotations

import math

from mlsdc.compiler.statistics.comparison import ErrorRates, require_positive
from mlsdc.compiler.statistics.solve import rising_root
from mlsdc.compiler.statistics.tails import noncentral_student_probability, student_score


def paired_power(effect: float, pairs: float, rates: ErrorRates) -> float:
    """The probability of finding a mean difference of `effect` deviations in so many pairs."""
    critical = student_score(1.0 - rates.alpha / rates.sides, pairs - 1.0)
    return 1.0 - noncentral_student_probability(critical, pairs - 1.0, effect * math.sqrt(pairs))


def paired_units(effect: float, rates: ErrorRates) -> float:
    """Pairs that find a mean difference of `effect` deviations (of the differences).

    Raises ValueError for an effect that is not above 0.
    """
    require_positive("the effect", effect)
    known = ((rates.critical + rates.detecting) / effect) ** 2

    def short(pairs: float) -> float:
        return paired_power(effect, pairs, rates) - rates.power

    least = 3.0
    return least if short(least) >= 0 else rising_root(short, least, max(2 * least, known + 4.0))
