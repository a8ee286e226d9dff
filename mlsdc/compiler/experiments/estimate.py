"""An experiment's aims and traffic in, its size and length out; or its units in, its power out."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from mlsdc.compiler.statistics.comparison import (
    EVEN,
    Correction,
    ErrorRates,
    checked_allocation,
    corrected_alpha,
)
from mlsdc.compiler.statistics.duration import Duration, Ramp, duration
from mlsdc.compiler.statistics.power import ProportionsMethod, means_power, proportions_power
from mlsdc.compiler.statistics.sample_size import (
    Adjustment,
    MeansMethod,
    SampleSize,
    alternative,
    means,
    proportions,
)
from mlsdc.compiler.statistics.sequential import Spending, equal_looks, inflation


@dataclass(frozen=True, slots=True)
class Aim:
    """What an experiment has to detect.

    A share with its `baseline`, or a mean with its standard `deviation`; the effect `absolute`, or
    `relative` to the baseline.
    """

    baseline: float | None = None
    deviation: float | None = None
    absolute: float | None = None
    relative: float | None = None
    alpha: float = 0.05
    power: float = 0.8
    sides: int = 2
    method: ProportionsMethod = "pooled"
    means_method: MeansMethod = "t"
    allocation: tuple[float, ...] = EVEN
    metrics: int = 1
    correction: Correction = "bonferroni"
    adjustment: Adjustment = field(default_factory=Adjustment)
    looks: int = 1
    spending: Spending = "obrien_fleming"


@dataclass(frozen=True, slots=True)
class Traffic:
    """New units of randomisation a day, and how they are let in."""

    per_day: float
    exposure: float = 1.0
    ramp: tuple[Ramp, ...] = ()
    matures: float = 0.0
    """Days until a unit's outcome is known."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """How large and how long."""

    size: SampleSize
    effect: float
    """Absolute."""
    duration: Duration | None
    because: tuple[str, ...]


def estimate(aim: Aim, traffic: Traffic | None = None) -> Estimate:
    """Units and days of an experiment.

    Raises ValueError for an aim that lacks a baseline or an effect, or numbers that cannot be.
    """
    effect = _effect(aim)
    comparisons = (len(checked_allocation(aim.allocation)) - 1) * _metrics(aim)
    if aim.deviation is not None:
        size = means(
            effect, aim.deviation, alpha=aim.alpha, power=aim.power, sides=aim.sides,
            method=aim.means_method, allocation=aim.allocation, correction=aim.correction,
            comparisons=comparisons, adjustment=aim.adjustment,
        )  # fmt: skip
    else:
        assert aim.baseline is not None
        size = proportions(
            aim.baseline, aim.baseline + effect, alpha=aim.alpha, power=aim.power, sides=aim.sides,
            method=aim.method, allocation=aim.allocation, correction=aim.correction,
            comparisons=comparisons, adjustment=aim.adjustment,
        )  # fmt: skip
    size, lines = _inflated(aim, size)
    needed = None
    if traffic is not None:
        needed = duration(
            size.total, traffic.per_day, exposure=traffic.exposure, ramp=traffic.ramp,
            matures=traffic.matures,
        )  # fmt: skip
        lines = (*lines, *needed.because)
    return Estimate(size, effect, needed, lines)


def _metrics(aim: Aim) -> int:
    if aim.metrics < 1:
        raise ValueError(f"there is at least 1 metric, not {aim.metrics!r}")
    return aim.metrics


def _effect(aim: Aim) -> float:
    if aim.baseline is None and aim.deviation is None:
        raise ValueError("give the baseline of a share, or the standard deviation of a mean")
    if aim.relative is not None and aim.baseline is None:
        raise ValueError("a relative effect wants a baseline")
    baseline = aim.baseline or 0.0
    changed = alternative(baseline, absolute=aim.absolute, relative=aim.relative)
    return changed - baseline


def _inflated(aim: Aim, size: SampleSize) -> tuple[SampleSize, tuple[str, ...]]:
    """The size once the power that looking costs is paid for."""
    if aim.looks == 1:
        return size, size.because
    if aim.sides != 2:
        raise ValueError("boundaries of several looks are two-sided")
    rates = ErrorRates(size.alpha, aim.power)
    factor = inflation(equal_looks(aim.looks), rates, aim.spending)
    grown = SampleSize(tuple(arm * factor for arm in size.arms), size.method, size.alpha)
    words = aim.spending.replace("_", "-")
    line = f"{aim.looks} looks, {words} spending: x {factor:.5g} = {grown.total} units at most"
    return grown, (*size.because, line)


def power_of(aim: Aim, units: float) -> float:
    """The power of this many units over all arms; of the weakest comparison. One look."""
    effect = _effect(aim)
    shares = checked_allocation(aim.allocation)
    alpha = corrected_alpha(aim.alpha, (len(shares) - 1) * _metrics(aim), aim.correction)
    whole = math.fsum(shares)
    base, *treated = (units * share / whole / aim.adjustment.factor for share in shares)
    if aim.deviation is not None:
        deviation = aim.deviation
        return min(
            means_power(effect, deviation, base, one, alpha=alpha, sides=aim.sides)
            for one in treated
        )
    assert aim.baseline is not None
    baseline = aim.baseline
    return min(
        proportions_power(
            baseline, baseline + effect, base, one, alpha=alpha, sides=aim.sides, method=aim.method
        )
        for one in treated
    )
