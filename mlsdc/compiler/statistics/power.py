"""What a given number of units can detect: the power, and the smallest effect."""

from __future__ import annotations

import math
from typing import Literal

from mlsdc.compiler.statistics.comparison import (
    ErrorRates,
    require_positive,
    require_share,
)
from mlsdc.compiler.statistics.normal import normal_probability
from mlsdc.compiler.statistics.solve import rising_root
from mlsdc.compiler.statistics.tails import noncentral_student_probability, student_score

ProportionsMethod = Literal["pooled", "unpooled", "baseline", "arcsine"]


def proportion_distance(baseline: float, changed: float, method: ProportionsMethod) -> float:
    """How far two shares lie apart on the method's scale: their difference, or Cohen's h."""
    if method == "arcsine":
        return abs(2.0 * math.asin(math.sqrt(changed)) - 2.0 * math.asin(math.sqrt(baseline)))
    if method not in ("pooled", "unpooled", "baseline"):
        raise ValueError(f"method is pooled, unpooled, baseline or arcsine, not {method!r}")
    return abs(changed - baseline)


def proportion_deviations(
    baseline: float, changed: float, ratio: float, method: ProportionsMethod
) -> tuple[float, float]:
    """Deviation of the difference under the null and the alternative, times the root of n.

    n counts the control's units; the treatment has `ratio` times as many.
    """
    if method == "arcsine":
        same = math.sqrt(1.0 + 1.0 / ratio)
        return same, same
    first, second = baseline * (1.0 - baseline), changed * (1.0 - changed)
    real = math.sqrt(first + second / ratio)
    if method == "unpooled":
        return real, real
    middle = (baseline + ratio * changed) / (1.0 + ratio) if method == "pooled" else baseline
    return math.sqrt(middle * (1.0 - middle) * (1.0 + 1.0 / ratio)), real


def proportions_power(
    baseline: float,
    changed: float,
    control: float,
    treatment: float | None = None,
    *,
    alpha: float = 0.05,
    sides: int = 2,
    method: ProportionsMethod = "pooled",
) -> float:
    """The probability of telling `changed` from `baseline` with this many units in each arm.

    `treatment` is as large as `control` where absent. Source: Fleiss 1981; as R's power.prop.test,
    the side away from the effect is not counted.
    """
    require_share("the baseline", baseline)
    require_share("the changed share", changed)
    units = require_positive("the control's sample", control)
    ratio = require_positive("the treatment's sample", treatment or control) / units
    null, real = proportion_deviations(baseline, changed, ratio, method)
    distance = proportion_distance(baseline, changed, method)
    critical = ErrorRates(alpha, 1.0 - 1e-9, sides).critical
    return normal_probability((distance * math.sqrt(units) - critical * null) / real)


def means_power(
    effect: float,
    deviation: float,
    control: float,
    treatment: float | None = None,
    *,
    alpha: float = 0.05,
    sides: int = 2,
) -> float:
    """The probability of detecting a difference of means by a two-sample t test.

    Source: Cohen 1988, through the noncentral t; as R's power.t.test, the side away from the effect
    is not counted.

    Raises ValueError for arms of fewer than 2 units together with 2 degrees of freedom.
    """
    require_positive("the standard deviation", deviation)
    units = require_positive("the control's sample", control)
    others = require_positive("the treatment's sample", treatment or control)
    degrees = units + others - 2.0
    if degrees < 1.0:
        raise ValueError(f"{units:g} and {others:g} units are too few for a t test")
    shift = abs(effect) / deviation * math.sqrt(units * others / (units + others))
    critical = student_score(1.0 - alpha / sides, degrees)
    return 1.0 - noncentral_student_probability(critical, degrees, shift)


def smallest_difference(
    baseline: float,
    control: float,
    treatment: float | None = None,
    *,
    rates: ErrorRates,
    method: ProportionsMethod = "pooled",
) -> float:
    """The smallest rise of a share that this many units detect (minimum detectable effect).

    Raises ValueError where not even a rise to 100% would be detected.
    """
    require_share("the baseline", baseline)

    def short(difference: float) -> float:
        changed = min(baseline + difference, 1.0 - 1e-12)
        found = proportions_power(
            baseline, changed, control, treatment, alpha=rates.alpha, sides=rates.sides,
            method=method,
        )  # fmt: skip
        return found - rates.power

    widest = 1.0 - baseline
    if short(widest) < 0:
        raise ValueError("no rise of this share would be detected with so few units")
    return rising_root(short, 1e-12 * widest, widest)


def smallest_mean_difference(
    deviation: float, control: float, treatment: float | None = None, *, rates: ErrorRates
) -> float:
    """The smallest difference of means that this many units detect, in the deviation's unit.

    By the normal approximation: (z_a + z_b) x deviation x sqrt(1/n1 + 1/n2).
    """
    require_positive("the standard deviation", deviation)
    units = require_positive("the control's sample", control)
    others = require_positive("the treatment's sample", treatment or control)
    return (rates.critical + rates.detecting) * deviation * math.sqrt(1.0 / units + 1.0 / others)
