"""`mlsdc experiment size`: an experiment's aim and traffic in, units and days out."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mlsdc.cli.exits import Exit
from mlsdc.cli.outputs import Unusable, say
from mlsdc.compiler.experiments.estimate import Aim, Estimate, Traffic, estimate, power_of
from mlsdc.compiler.statistics.duration import Ramp
from mlsdc.compiler.statistics.sample_size import Adjustment
from mlsdc.units import DAY, DURATION, NUMBER, RATE, Dimension, UnitError, parse_quantity


@dataclass(frozen=True)
class Asked:
    """The options as they were typed."""

    baseline: str | None = None
    deviation: float | None = None
    absolute: str | None = None
    relative: str | None = None
    alpha: float = 0.05
    power: str = "80%"
    sides: int = 2
    method: str = "pooled"
    allocation: str = "50%,50%"
    metrics: int = 1
    correction: str = "bonferroni"
    cluster_size: float = 1.0
    intraclass_correlation: float = 0.0
    cuped: float = 0.0
    looks: int = 1
    spending: str = "obrien_fleming"
    traffic: str | None = None
    exposure: str = "100%"
    ramp: str | None = None
    matures: str = "0d"
    units: float | None = None
    """Given units: their power is asked for."""
    json: bool = False


def size(asked: Asked) -> Exit:
    """Print the units and days of an experiment, with the arithmetic.

    Raises Unusable for an option that cannot be followed.
    """
    aim = Aim(
        baseline=_share("--baseline", asked.baseline) if asked.baseline else None,
        deviation=asked.deviation,
        absolute=_share("--absolute", asked.absolute) if asked.absolute else None,
        relative=_share("--relative", asked.relative) if asked.relative else None,
        alpha=asked.alpha,
        power=_share("--power", asked.power),
        sides=asked.sides,
        method=_as(asked.method),
        allocation=tuple(_share("--allocation", part) for part in asked.allocation.split(",")),
        metrics=asked.metrics,
        correction=_as(asked.correction),
        adjustment=Adjustment(asked.cluster_size, asked.intraclass_correlation, asked.cuped),
        looks=asked.looks,
        spending=_as(asked.spending),
    )
    try:
        if not 1 <= asked.looks <= 50:
            raise ValueError(f"there are 1 to 50 looks, not {asked.looks}")
        if asked.units is not None:
            return _tell_power(asked, aim)
        found = estimate(aim, _traffic(asked))
    except ValueError as error:
        raise Unusable(str(error)) from error
    say(_json(found) if asked.json else _text(found), sys.stdout)
    return Exit.CLEAN


def _as(word: str) -> Any:
    return word.replace("-", "_")


def _tell_power(asked: Asked, aim: Aim) -> Exit:
    if asked.looks > 1:
        raise ValueError("the power of given units is that of one look")
    found = power_of(aim, asked.units or 0.0)
    text = json.dumps({"units": asked.units, "power": found}, indent=2)
    say(text if asked.json else f"power {found:.4g} with {asked.units:g} units", sys.stdout)
    return Exit.CLEAN


def _traffic(asked: Asked) -> Traffic | None:
    if asked.traffic is None:
        if asked.ramp is not None:
            raise ValueError("--ramp wants --traffic")
        return None
    steps: list[Ramp] = []
    for part in asked.ramp.split(",") if asked.ramp else []:
        days, equals, share = part.partition("=")
        if not equals:
            raise ValueError(f"--ramp {asked.ramp}: write DURATION=SHARE,... such as 1d=5%,2d=20%")
        steps.append(Ramp(_measured("--ramp", days, DURATION) / DAY, _share("--ramp", share)))
    return Traffic(
        _measured("--traffic", asked.traffic, RATE) * DAY,
        _share("--exposure", asked.exposure),
        tuple(steps),
        _measured("--matures", asked.matures, DURATION) / DAY,
    )


_EXAMPLES: dict[Dimension, str] = {RATE: "20000/d", DURATION: "2d", NUMBER: "5%"}


def _share(option: str, text: str) -> float:
    return _measured(option, text, NUMBER)


def _measured(option: str, text: str, dimension: Dimension) -> float:
    """The number in base units; a sign may stand before it."""
    typed = text.strip()
    sign: Callable[[float], float] = float.__neg__ if typed.startswith("-") else float.__pos__
    try:
        found = parse_quantity(typed.lstrip("+-"))
    except UnitError as error:
        raise Unusable(f"{option} {text}: {error}") from error
    if found.dimension != dimension:
        raise Unusable(f"{option} {text}: write it such as {_EXAMPLES[dimension]}")
    return sign(found.value)


def _text(found: Estimate) -> str:
    arms = " + ".join(str(arm) for arm in found.size.per_arm)
    lines = [f"{found.size.total} units ({arms})"]
    if found.duration is not None:
        lines.append(f"{found.duration.days} days")
        if found.duration.decided_after > found.duration.days:
            lines.append(f"decided after {found.duration.decided_after:g} days")
    return "\n".join([*lines, "", *(f"  {line}" for line in found.because)])


def _json(found: Estimate) -> str:
    needed = found.duration
    return json.dumps(
        {
            "version": 1,
            "units": found.size.total,
            "per_arm": list(found.size.per_arm),
            "exact_per_arm": list(found.size.arms),
            "method": found.size.method,
            "alpha_per_comparison": found.size.alpha,
            "effect": found.effect,
            "days": needed.days if needed else None,
            "exact_days": needed.exact_days if needed else None,
            "decided_after_days": needed.decided_after if needed else None,
            "because": list(found.because),
        },
        indent=2,
        allow_nan=False,
    )
