"""A quantity in, the one token that says it exactly out.

Law: reading the token back gives the same quantity; where the text a person would write is
rounded, the number is written in full instead.
"""

from __future__ import annotations

import math

from mlsdc.units import (
    BYTES,
    CURRENCIES,
    DURATION,
    MONTH,
    RATE,
    UNITS,
    Quantity,
    UnitError,
    parse_quantity,
    show,
)

_UNUSUAL = ("µs", "min", "kbit", "Mbit", "Gbit")


def quantity_text(quantity: Quantity) -> str:
    """A quantity as one token of the language."""
    for text in _candidates(quantity):
        try:
            if parse_quantity(text.lstrip("-")).value == abs(quantity.value):
                return text
        except UnitError:
            continue
    return show(quantity)


def _candidates(quantity: Quantity) -> list[str]:
    value, dimension = quantity.value, quantity.dimension
    shown = show(quantity).replace(" ", "")
    if quantity.percent:
        return [shown, f"{value * 100!r}%"]
    if dimension in (DURATION, BYTES):
        units = sorted(
            (factor, unit)
            for unit, (factor, measures) in UNITS.items()
            if measures == dimension and unit not in _UNUSUAL
        )
        whole = [
            f"{round(value / factor)}{unit}"
            for factor, unit in reversed(units)
            if math.isclose(value / factor, round(value / factor)) and round(value / factor)
        ]
        return [shown, *whole, f"{value!r}{'s' if dimension == DURATION else 'B'}"]
    if dimension == RATE:
        return [shown, f"{value!r}/s"]
    (base, _), *rest = sorted(dimension.powers, key=lambda p: -p[1]) or [("", 0)]
    unit = base if base in CURRENCIES or base in ("tokens", "cores") else "B"
    per = "/s" if rest else ""
    monthly = f"{value * MONTH!r}{base}/month"
    return [shown, monthly, f"{value!r}{unit if base else ''}{per}"]
