"""Quantities: numbers that know what they measure.

Text such as `20ms`, `16GiB`, `1200/s`, `80%` or `300EUR/month` comes in; a `Quantity` in base units
(seconds, bytes, currency units ...) goes out. Arithmetic checks dimensions and never guesses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import isinf, isnan

Powers = tuple[tuple[str, int], ...]

TIME, DATA, TOKENS, CORES = "time", "data", "tokens", "cores"
CURRENCIES = ("CHF", "EUR", "GBP", "JPY", "USD")


class UnitError(ValueError):
    """A text that is no quantity; `suggestion` is the quantity the writer may have meant."""

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
_NUMBER = r"[0-9][0-9_]*(?:\.[0-9][0-9_]*)?(?:[eE][+-]?[0-9]+)?"
QUANTITY_PATTERN = rf"{_NUMBER}(?:%|[A-Za-zµ]+)?(?:/[A-Za-zµ]+)?"
_SHAPE = re.compile(rf"({_NUMBER})(%|[A-Za-zµ]+)?(?:/([A-Za-zµ]+))?")
_COMPOUND = re.compile(r"(?:[0-9]+[a-z]+){2,}")
_PIECE = re.compile(r"([0-9]+)([a-z]+)")


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
        return self.model if self.model == "auto" else f"{self.count} x {self.model}"


@lru_cache(maxsize=4096)
def parse_quantity(text: str) -> Quantity:
    """Read a quantity literal: `20ms`, `1200/s`, `300EUR/month`, `25h50m`.

    Raises:
        UnitError: the text is no number, or its unit is not known.
    """
    shape = _SHAPE.fullmatch(text)
    if not shape:
        return _compound(text)
    number, unit, per = shape.groups()
    factor, dimension = 1.0, NUMBER
    if unit:
        if unit not in UNITS:
            meant = _meant(number, unit, UNITS)
            raise UnitError(f"`{unit}` is not a unit", f"{meant}/{per}" if meant and per else meant)
        factor, dimension = UNITS[unit]
    if per:
        if per not in PER:
            meant = _meant(f"{number}{unit or ''}/", per, PER)
            raise UnitError(f"`{per}` is no unit of time; a division has spaces around it", meant)
        factor, dimension = factor / PER[per], dimension.times(DURATION, -1)
    value = float(number.replace("_", "")) * factor
    if isinf(value):
        raise UnitError(f"`{text}` is larger than any quantity this language can hold")
    return Quantity(value, dimension, unit == "%")


def _compound(text: str) -> Quantity:
    """`25h50m`: durations in falling order."""
    pieces: list[tuple[str, str]] = _PIECE.findall(text) if _COMPOUND.fullmatch(text) else []
    factors = [_DURATIONS.get(unit, 0.0) for _, unit in pieces]
    if not factors or 0.0 in factors or factors != sorted(set(factors), reverse=True):
        raise UnitError(f"`{text}` is not a number")
    return Quantity(sum(float(n) * f for (n, _), f in zip(pieces, factors, strict=True)), DURATION)


_ALIASES = {
    **dict.fromkeys(("sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("msec", "msecs", "millis", "milliseconds"), "ms"),
    **dict.fromkeys(("mins", "minute", "minutes"), "m"),
    **dict.fromkeys(("hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("day", "days"), "d"), **dict.fromkeys(("week", "weeks"), "w"),
    **dict.fromkeys(("year", "years"), "y"), **dict.fromkeys(("percent", "pct"), "%"),
    **dict.fromkeys(("gi", "g"), "GiB"), **dict.fromkeys(("mi",), "MiB"), "ki": "KiB",
    **dict.fromkeys(("qps", "rps", "tps", "hz"), "/s"),
    **dict.fromkeys(("req", "reqs", "requests", "calls", "events", "messages", "rows"), ""),
    "mbps": "Mbit/s", "gbps": "Gbit/s", "tok": "tokens", "vcpu": "cores", "cpu": "cores",
    **dict.fromkeys(("euro", "euros"), "EUR"), **dict.fromkeys(("dollar", "dollars"), "USD"),
}  # fmt: skip


def _meant(before: str, unit: str, known: Mapping[str, object]) -> str | None:
    """The text before a unit with the unit that the writer may have meant."""
    same_letters = [name for name in known if name.lower() == unit.lower()]
    if same_letters:
        return before + same_letters[0]
    alias = _ALIASES.get(unit.lower())
    if alias is not None and (alias in known or (known is UNITS and not alias.isalpha())):
        return before + alias
    from mlsdc.diagnostics import nearest

    found = nearest(unit, known)
    return before + found if found else None


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
    """The quantity as the language writes it; three significant digits unless exact."""
    value, dimension = quantity.value, quantity.dimension
    if quantity.percent:
        return show_percent(value)
    if dimension == NUMBER:
        return digits(value)
    if isnan(value) or isinf(value):
        return digits(value)
    if dimension == DURATION:
        return show_duration(value)
    if dimension == RATE:
        return _show_rate(value)
    if dimension == BYTES:
        return show_bytes(value)
    if dimension == DATA_RATE:
        return f"{show_bytes(value)}/s"
    base = dimension.powers[0][0]
    if dimension.powers == ((base, 1),) and base in UNITS:
        return f"{digits(value)}{base}"
    if dimension.powers == ((base, 1), (TIME, -1)) and base in CURRENCIES:
        return f"{digits(value * MONTH)}{base}/month"
    if dimension == TOKEN_RATE:
        return f"{digits(value)}tokens/s"
    return f"{digits(value)} {dimension.name}"


def show_percent(share: float) -> str:
    """`80%`, `99.95%`: as many digits as tell it from neither 0% nor 100%."""
    percent = share * 100
    if isnan(percent) or isinf(percent):
        return digits(percent)
    if abs(percent - round(percent, 4)) < 1e-9 <= abs(percent):
        return f"{round(percent, 4):.10g}%"
    near = min(abs(percent), abs(100 - percent)) or abs(percent)
    for places in range(12):
        if abs(round(percent, places) - percent) <= 0.005 * near:
            return f"{round(percent, places):.12g}%"
    return f"{percent:.3g}%"


def show_duration(seconds: float) -> str:
    """`850us`, `12ms`, `1.5s`, `25h50m`, `45d`: the form people say aloud."""
    if isnan(seconds) or isinf(seconds):
        return digits(seconds)
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
    if seconds < 2 * HOUR:
        hours, rest = divmod(whole, int(HOUR))
        minutes, rest = divmod(rest, 60)
        last = f"{rest:02d}s" if rest and (hours or minutes) else ""
        return (f"{hours}h" if hours else "") + _minutes(minutes, bool(hours), bool(rest)) + last
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours}h{minutes:02d}m" if minutes else f"{hours}h"


def _minutes(minutes: int, behind_hours: bool, before_seconds: bool) -> str:
    if not behind_hours:
        return f"{minutes}m"
    return f"{minutes:02d}m" if minutes or before_seconds else ""


def show_bytes(size: float) -> str:
    """Binary units where they are exact or customary: `16GiB`, `1.5MiB`, `900B`."""
    if isnan(size) or isinf(size):
        return digits(size)
    if size < 0:
        return f"-{show_bytes(-size)}"
    for unit, factor in (("PiB", 2.0**50), ("TiB", 2.0**40), ("GiB", 2.0**30),
                         ("MiB", 2.0**20), ("KiB", 2.0**10)):  # fmt: skip
        if size >= factor:
            return f"{digits(size / factor)}{unit}"
    return f"{digits(size)}B"


def _show_rate(per_second: float) -> str:
    if per_second < 0:
        return f"-{_show_rate(-per_second)}"
    if per_second == 0 or per_second >= 1:
        return f"{digits(per_second)}/s"
    for unit, factor in (("m", MINUTE), ("h", HOUR), ("d", DAY)):
        if per_second * factor >= 1:
            return f"{digits(per_second * factor)}/{unit}"
    return f"{digits(per_second * DAY)}/d"


def digits(value: float) -> str:
    """A number without noise: whole numbers in full, others to three significant digits."""
    if isnan(value):
        return "unknown"
    if isinf(value):
        return "unbounded" if value > 0 else "-unbounded"
    if abs(value) >= 1e15:
        return f"{value:.3g}"
    if value == round(value) or abs(value) >= 1000:
        return f"{round(value)}"
    return f"{float(f'{value:.3g}'):.10g}"
