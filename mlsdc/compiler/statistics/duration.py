"""How long an experiment runs: units needed and traffic in, days out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mlsdc.compiler.statistics.comparison import require_positive

WEEK = 7
"""Days of the weekly cycle. Source: Kohavi, Tang and Xu 2020, chapter 2: behaviour differs between
weekdays, so an experiment runs for whole weeks."""


@dataclass(frozen=True, slots=True)
class Ramp:
    """One step before the full exposure: this share of the traffic for so many days."""

    days: float
    exposure: float


@dataclass(frozen=True, slots=True)
class Duration:
    """How long it takes to collect the units."""

    exact_days: float
    days: int
    """Whole weeks, unless the caller asked for days alone."""
    decided_after: float
    """Days until the last unit's outcome is known."""
    because: tuple[str, ...] = ()


def duration(
    units: float,
    per_day: float,
    *,
    exposure: float = 1.0,
    ramp: Sequence[Ramp] = (),
    matures: float = 0.0,
    whole_weeks: bool = True,
) -> Duration:
    """Days until `units` have entered the experiment, over all arms.

    `per_day` are new units of randomisation a day (users, not requests, where users are
    randomised); `exposure` is the share of them that takes part in any arm once the ramp is over;
    units that enter during the ramp count. `matures` is the days until an outcome is known.

    Raises ValueError for traffic or an exposure of 0.
    """
    require_positive("the number of units", units)
    require_positive("new units a day", per_day)
    lines: list[str] = []
    entered = days = 0.0
    for step in ramp:
        require_positive("the length of a ramp's step", step.days)
        _require_exposure(step.exposure, least=0.0)
        arriving = step.days * per_day * step.exposure
        lines.append(f"ramp: {step.days:g} d x {per_day:g}/d x {step.exposure:.4g} = {arriving:g}")
        if entered + arriving >= units:
            days += (units - entered) / (per_day * step.exposure)
            return _whole(days, matures, whole_weeks, lines)
        entered, days = entered + arriving, days + step.days
    _require_exposure(exposure, least=math.ulp(0.0))
    rest = (units - entered) / (per_day * exposure)
    lines.append(
        f"({units:g} - {entered:g}) / ({per_day:g}/d x {exposure:.4g}) = {rest:.4g} d"
        if entered
        else f"{units:g} / ({per_day:g}/d x {exposure:.4g}) = {rest:.4g} d"
    )
    return _whole(days + rest, matures, whole_weeks, lines)


def _require_exposure(value: float, least: float) -> None:
    if not least <= value <= 1.0:
        raise ValueError(f"an exposure is a share above 0 and at most 1, not {value!r}")


def _whole(days: float, matures: float, whole_weeks: bool, lines: list[str]) -> Duration:
    whole = math.ceil(round(days, 9))
    if whole_weeks:
        weeks = math.ceil(whole / WEEK)
        lines.append(f"{whole} d, in whole weeks {weeks * WEEK} d")
        whole = weeks * WEEK
    if matures:
        lines.append(f"outcomes are known {matures:g} d later: {whole + matures:g} d")
    return Duration(days, whole, whole + matures, tuple(lines))
