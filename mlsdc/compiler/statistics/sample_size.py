"""How many units an experiment needs.

Two proportions, by one of four named methods, or two means; for an uneven split, several
treatments, clusters and a pre-period covariate (CUPED).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from mlsdc.compiler.statistics.comparison import (
    EVEN,
    Correction,
    ErrorRates,
    checked_allocation,
    corrected_alpha,
    cuped_factor,
    design_effect,
    require_positive,
    require_share,
)
from mlsdc.compiler.statistics.power import (
    ProportionsMethod,
    means_power,
    proportion_deviations,
    proportion_distance,
)
from mlsdc.compiler.statistics.solve import rising_root

MeansMethod = Literal["t", "normal"]
METHODS = {
    "pooled": "pooled variance under the null, unpooled under the alternative (Fleiss 1981; R "
    "power.prop.test)",
    "unpooled": "unpooled variance under both hypotheses (Wald)",
    "baseline": "the baseline's variance under the null (Evan Miller's calculator)",
    "arcsine": "difference of arcsines (Cohen 1988, h; statsmodels NormalIndPower)",
    "t": "two-sample t, noncentral t (Cohen 1988; R power.t.test)",
    "normal": "two-sample z, known variance (Kohavi, Tang and Xu 2020, section 17.5)",
}


@dataclass(frozen=True, slots=True)
class SampleSize:
    """Units to collect. `arms` are exact, the control first; whole units are those rounded up."""

    arms: tuple[float, ...]
    method: str
    """Which formula, in words."""
    alpha: float
    """Of one comparison, after the correction."""
    because: tuple[str, ...] = ()
    """The arithmetic, line by line."""

    @property
    def per_arm(self) -> tuple[int, ...]:
        """Whole units of each arm, the control first."""
        return tuple(math.ceil(round(arm, 9)) for arm in self.arms)

    @property
    def total(self) -> int:
        """Whole units of all arms."""
        return sum(self.per_arm)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What makes the sample larger or smaller than that of independent units.

    `cluster_size` and `intraclass_correlation` for whole clusters randomised; `cuped_correlation`
    of the outcome with its pre-period covariate.
    """

    cluster_size: float = 1.0
    intraclass_correlation: float = 0.0
    cuped_correlation: float = 0.0

    @property
    def factor(self) -> float:
        """What the sample is multiplied by."""
        clustering = design_effect(self.cluster_size, self.intraclass_correlation)
        return clustering * cuped_factor(self.cuped_correlation)

    @property
    def because(self) -> tuple[str, ...]:
        """The factors in words; none where they change nothing."""
        lines: list[str] = []
        if (effect := design_effect(self.cluster_size, self.intraclass_correlation)) != 1.0:
            lines.append(
                f"clusters: x (1 + ({self.cluster_size:g} - 1) x "
                f"{self.intraclass_correlation:g}) = {effect:.6g}"
            )
        if self.cuped_correlation:
            left = cuped_factor(self.cuped_correlation)
            lines.append(f"CUPED: x (1 - {self.cuped_correlation:g}^2) = {left:.6g}")
        return tuple(lines)


INDEPENDENT = Adjustment()


def alternative(
    baseline: float, *, absolute: float | None = None, relative: float | None = None
) -> float:
    """The value to be told from the baseline; exactly one effect is given, either may be negative.

    Raises ValueError for none or both, and for an effect of 0.
    """
    if (absolute is None) == (relative is None):
        raise ValueError("give the effect either absolute or relative")
    effect = absolute if absolute is not None else baseline * (relative or 0.0)
    if not effect or not math.isfinite(effect):
        raise ValueError("an effect of 0 cannot be detected")
    return baseline + effect


def proportions(
    baseline: float,
    changed: float,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    sides: int = 2,
    method: ProportionsMethod = "pooled",
    allocation: Sequence[float] = EVEN,
    correction: Correction = "bonferroni",
    comparisons: int | None = None,
    adjustment: Adjustment = INDEPENDENT,
) -> SampleSize:
    """Units to tell the share `changed` from `baseline` (`alternative` makes it from an effect).

    `allocation` gives each arm's share of traffic, the control first; each treatment is compared
    with the control, and `comparisons` (treatments x metrics; the treatments alone where absent)
    share the alpha. Two-sided tests count the side of the effect only, as R does.

    Source: Fleiss 1981, Statistical Methods for Rates and Proportions, chapter 3, with unequal
    groups; the other methods as `METHODS` names them.

    Raises ValueError for shares that are not strictly between 0 and 1, or equal ones.
    """
    require_share("the baseline", baseline)
    require_share("the changed share", changed)
    if baseline == changed:
        raise ValueError("the two shares are equal: no sample tells them apart")
    shares = checked_allocation(allocation)
    many = len(shares) - 1 if comparisons is None else comparisons
    rates = ErrorRates(corrected_alpha(alpha, many, correction), power, sides)
    distance = proportion_distance(baseline, changed, method)

    def control(ratio: float) -> float:
        null, real = proportion_deviations(baseline, changed, ratio, method)
        return ((rates.critical * null + rates.detecting * real) / distance) ** 2

    return _sized(control, shares, adjustment, rates, METHODS[method], many)


def means(
    effect: float,
    deviation: float,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    sides: int = 2,
    method: MeansMethod = "t",
    allocation: Sequence[float] = EVEN,
    correction: Correction = "bonferroni",
    comparisons: int | None = None,
    adjustment: Adjustment = INDEPENDENT,
) -> SampleSize:
    """Units to detect a difference of two means, in the unit of their standard deviation.

    For a standardised effect (Cohen's d) the deviation is 1. Source: as `METHODS` names it; "t"
    agrees with R's power.t.test, "normal" is 2 (z_a + z_b)^2 (deviation / effect)^2 for an even
    split.

    Raises ValueError for an effect of 0, or a deviation that is not positive.
    """
    require_positive("the standard deviation", deviation)
    size = require_positive("the effect", abs(effect)) / deviation
    if method not in ("t", "normal"):
        raise ValueError(f"method is t or normal, not {method!r}")
    shares = checked_allocation(allocation)
    many = len(shares) - 1 if comparisons is None else comparisons
    rates = ErrorRates(corrected_alpha(alpha, many, correction), power, sides)

    def control(ratio: float) -> float:
        known = (rates.critical + rates.detecting) ** 2 * (1.0 + 1.0 / ratio) / size**2
        if method == "normal":
            return known
        least = max(2.0, 2.0 / ratio)
        if _short(least, ratio, size, rates) >= 0:
            return least
        # The exact number exceeds the normal one by z^2 / 4 in each arm at most, about.
        return rising_root(lambda n: _short(n, ratio, size, rates), least, max(2 * least, known))

    return _sized(control, shares, adjustment, rates, METHODS[method], many)


def _short(control: float, ratio: float, size: float, rates: ErrorRates) -> float:
    found = means_power(size, 1.0, control, control * ratio, alpha=rates.alpha, sides=rates.sides)
    return found - rates.power


def _sized(
    control: Callable[[float], float],
    shares: tuple[float, ...],
    adjustment: Adjustment,
    rates: ErrorRates,
    method: str,
    comparisons: int,
) -> SampleSize:
    """The total that suffices for every treatment, divided by the shares."""
    base, *treated = shares
    needed = [control(share / base) / base for share in treated]
    total = max(needed) * adjustment.factor
    arms = tuple(total * share for share in shares)
    because = (
        method,
        f"alpha {rates.alpha:.6g} ({rates.sides}-sided"
        + (f", {comparisons} comparisons" if comparisons > 1 else "")
        + f"): z = {rates.critical:.5g}; power {rates.power:g}: z = {rates.detecting:.5g}",
        *adjustment.because,
        "units: "
        + " + ".join(f"{math.ceil(round(arm, 9))}" for arm in arms)
        + f" = {sum(math.ceil(round(arm, 9)) for arm in arms)}",
    )
    return SampleSize(arms, method, rates.alpha, because)
