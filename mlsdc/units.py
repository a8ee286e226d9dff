"""Quantities: numbers that know what they measure.

Text such as `20ms`, `16GiB`, `1200/s`, `80%` or `300EUR/month` comes in; a `Quantity` in base units
(seconds, bytes, currency units ...) goes out. Arithmetic checks dimensions and never guesses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

Powers = tuple[tuple[str, int], ...]

TIME, DATA, TOKENS, CORES = "time", "data", "tokens", "cores"
CURRENCIES = ("CHF", "EUR", "GBP", "JPY", "USD")


class UnitError(ValueError):
    """A text that is no quantity; `suggestion` is a unit the writer may have meant."""

    def __init__(self, message: str, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.suggestion = suggestion


class DimensionError(TypeError):
    """Two quantities that cannot be combined by the operator."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """What a quantity measures: a product of base dimensions with whole exponents."""

    powers: Powers = ()

    def times(self, other: Dimension, sign: int = 1) -> Dimension:
        """The dimension of a product (`sign` 1) or a quotient (`sign` -1)."""
        exponents = dict(self.powers)
        for base, power in other.powers:
            exponents[base] = exponents.get(base, 0) + sign * power
        return Dimension(tuple(sorted((b, p) for b, p in exponents.items() if p)))

    @property
    def name(self) -> str:
        """The everyday name: "duration", "rate", "bytes" ..."""
        known = _DIMENSION_NAMES.get(self.powers)
        if known:
            return known
        above = [b if p == 1 else f"{b}^{p}" for b, p in self.powers if p > 0]
        below = [b if p == -1 else f"{b}^{-p}" for b, p in self.powers if p < 0]
        return " * ".join(above or ["1"]) + "".join(f" / {b}" for b in below)


NUMBER = Dimension()
DURATION = Dimension(((TIME, 1),))
RATE = Dimension(((TIME, -1),))
BYTES = Dimension(((DATA, 1),))
DATA_RATE = Dimension(((DATA, 1), (TIME, -1)))
TOKEN_COUNT = Dimension(((TOKENS, 1),))
TOKEN_RATE = Dimension(((TIME, -1), (TOKENS, 1)))
CPU_CORES = Dimension(((CORES, 1),))
_DIMENSION_NAMES: dict[Powers, str] = {
    (): "number",
    DURATION.powers: "duration",
    RATE.powers: "rate",
    BYTES.powers: "bytes",
    DATA_RATE.powers: "data rate",
    TOKEN_COUNT.powers: "tokens",
    TOKEN_RATE.powers: "token rate",
    CPU_CORES.powers: "cores",
    **{((c, 1),): f"money ({c})" for c in CURRENCIES},
    **{((c, 1), (TIME, -1)): f"money per time ({c})" for c in CURRENCIES},
}

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
MONTH = 730 * HOUR
"""A billing month, as cloud price lists count it."""

_DURATIONS = {
    "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": MINUTE, "min": MINUTE,
    "h": HOUR, "d": DAY, "w": 7 * DAY, "y": 365 * DAY,
}  # fmt: skip
_SIZES = {
    "B": 1.0, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "PB": 1e15,
    "KiB": 2.0**10, "MiB": 2.0**20, "GiB": 2.0**30, "TiB": 2.0**40, "PiB": 2.0**50,
    "kbit": 125.0, "Mbit": 125e3, "Gbit": 125e6,
}  # fmt: skip
UNITS: dict[str, tuple[float, Dimension]] = {
    "%": (0.01, NUMBER),
    **{unit: (factor, DURATION) for unit, factor in _DURATIONS.items()},
    **{unit: (factor, BYTES) for unit, factor in _SIZES.items()},
    **dict.fromkeys(("tokens", "token"), (1.0, TOKEN_COUNT)),
    **dict.fromkeys(("cores", "core"), (1.0, CPU_CORES)),
    **{unit: (1.0, Dimension(((unit, 1),))) for unit in CURRENCIES},
}
PER: dict[str, float] = {**_DURATIONS, "month": MONTH, "day": DAY, "hour": HOUR, "sec": 1.0}
QUANTITY_PATTERN = r"\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?(?:%|[A-Za-zµ]+)?(?:/[A-Za-zµ]+)?"
_SHAPE = re.compile(r"(\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?)(%|[A-Za-zµ]+)?(?:/([A-Za-zµ]+))?")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in base units (seconds, bytes, per second, currency ...) and its dimension."""

    value: float
    dimension: Dimension = NUMBER
    percent: bool = False

    def __str__(self) -> str:
        return show(self)


@dataclass(frozen=True, slots=True)
class Accelerators:
    """A number of accelerators of one model, written `8 x h100`."""

    count: int
    model: str

    def __str__(self) -> str:
        return f"{self.count} x {self.model}"


def parse_quantity(text: str) -> Quantity:
    """Read a quantity literal.

    Raises:
        UnitError: the text is no number, or its unit is not known.
    """
    shape = _SHAPE.fullmatch(text)
    if not shape:
        raise UnitError(f"`{text}` is not a number")
    digits, unit, per = shape.groups()
    number = float(digits.replace("_", ""))
    if number in (float("inf"), float("-inf")):
        raise UnitError(f"`{text}` is larger than any quantity this language can hold")
    factor, dimension = _unit(unit) if unit else (1.0, NUMBER)
    if per:
        if per not in PER:
            raise UnitError(f"`{per}` is no unit of time", _nearest_unit(per, PER))
        factor, dimension = factor / PER[per], dimension.times(DURATION, -1)
    return Quantity(number * factor, dimension, unit == "%")


def _unit(unit: str) -> tuple[float, Dimension]:
    known = UNITS.get(unit)
    if known is None:
        raise UnitError(f"`{unit}` is not a unit", _nearest_unit(unit, UNITS))
    return known


def _nearest_unit(unit: str, known: dict[str, float] | dict[str, tuple[float, Dimension]]) -> str:
    same_letters = [name for name in known if name.lower() == unit.lower()]
    aliases = {"sec": "s", "secs": "s", "seconds": "s", "second": "s", "msec": "ms", "minutes": "m",
               "mins": "m", "hours": "h", "hr": "h", "hrs": "h", "days": "d", "day": "d",
               "weeks": "w", "percent": "%", "gb": "GB", "Gi": "GiB", "Mi": "MiB", "Ki": "KiB",
               "G": "GiB", "M": "MiB", "K": "KiB", "qps": "/s", "rps": "/s", "tok": "tokens",
               "euro": "EUR", "dollars": "USD", "vcpu": "cores", "cpu": "cores"}  # fmt: skip
    if same_letters:
        return same_letters[0]
    if unit.lower() in aliases or unit in aliases:
        return aliases.get(unit) or aliases[unit.lower()]
    from mlsdc.diagnostics import nearest

    return nearest(unit, known) or ""


def combine(operator: str, left: Quantity, right: Quantity) -> Quantity:
    """Apply `+`, `-`, `*` or `/`.

    Raises:
        DimensionError: a sum of two different dimensions.
        ZeroDivisionError: a division by zero.
    """
    if operator == "*":
        return Quantity(left.value * right.value, left.dimension.times(right.dimension))
    if operator == "/":
        return Quantity(left.value / right.value, left.dimension.times(right.dimension, -1))
    if left.dimension != right.dimension:
        raise DimensionError(f"{left.dimension.name} {operator} {right.dimension.name}")
    value = left.value + right.value if operator == "+" else left.value - right.value
    return Quantity(value, left.dimension, left.percent and right.percent)


def show(quantity: Quantity) -> str:
    """The quantity as a person would write it; three significant digits unless exact."""
    value, dimension = quantity.value, quantity.dimension
    if quantity.percent:
        return f"{round(value * 100, 4):.10g}%"
    if dimension == DURATION:
        return show_duration(value)
    if dimension == RATE:
        return _show_rate(value)
    if dimension == BYTES:
        return show_bytes(value)
    if dimension == DATA_RATE:
        return f"{show_bytes(value)}/s"
    if dimension == NUMBER:
        return digits(value)
    (base, _), *rest = sorted(dimension.powers, key=lambda p: -p[1])
    if base in CURRENCIES and rest:
        return f"{digits(value * MONTH)} {base}/month"
    return f"{digits(value)} {dimension.name if base not in CURRENCIES else base}"


def show_duration(seconds: float) -> str:
    """`850us`, `12ms`, `1.5s`, `25h50m`, `45d`: the form people say aloud."""
    if seconds < 0:
        return f"-{show_duration(-seconds)}"
    if seconds == 0:
        return "0s"
    for unit, factor in (("ns", 1e-9), ("us", 1e-6), ("ms", 1e-3)):
        if seconds < factor * 999.5:
            return f"{digits(seconds / factor)}{unit}"
    if seconds < 2 * MINUTE and seconds != MINUTE:
        return f"{digits(seconds)}s"
    whole = round(seconds)
    if whole % int(DAY) == 0:
        return f"{whole // int(DAY)}d"
    if seconds >= 3 * DAY:
        return f"{digits(seconds / DAY)}d"
    if seconds >= HOUR:
        hours, minutes = divmod(round(seconds / 60), 60)
        return f"{hours}h{minutes:02d}m" if minutes else f"{hours}h"
    return f"{whole // 60}m{whole % 60:02d}s" if whole % 60 else f"{whole // 60}m"


def show_bytes(size: float) -> str:
    """Binary units where they are exact or customary: `16GiB`, `1.5MiB`, `900B`."""
    for unit, factor in (("PiB", 2.0**50), ("TiB", 2.0**40), ("GiB", 2.0**30),
                         ("MiB", 2.0**20), ("KiB", 2.0**10)):  # fmt: skip
        if size >= factor:
            return f"{digits(size / factor)}{unit}"
    return f"{digits(size)}B"


def _show_rate(per_second: float) -> str:
    if per_second == 0 or per_second >= 1:
        return f"{digits(per_second)}/s"
    for unit, factor in (("m", MINUTE), ("h", HOUR), ("d", DAY)):
        if per_second * factor >= 1:
            return f"{digits(per_second * factor)}/{unit}"
    return f"{digits(per_second * DAY)}/d"


def digits(value: float) -> str:
    """A number without noise: whole numbers in full, others to three significant digits."""
    if value == round(value) and abs(value) < 1e15:
        return f"{round(value)}"
    if abs(value) >= 1000:
        return f"{round(value)}"
    text = f"{value:.3g}"
    return f"{float(text):.10g}"
