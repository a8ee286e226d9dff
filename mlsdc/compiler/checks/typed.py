"""Seconds and shares in, text that the language reads back out: what a help line may propose.

Law: a proposed minimum is never below, a proposed maximum never above the exact value.
"""

import math
from collections.abc import Callable

from mlsdc.units import DAY, HOUR, MINUTE, digits

_UNITS = (("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", 1.0), ("ms", 1e-3), ("us", 1e-6))
_FEWEST = 20
"""A proposal is counted in the largest unit of which it holds this many."""


def duration_at_least(seconds: float) -> str:
    """A duration literal that is not shorter: `51h` for 50 h 20 min."""
    return _duration(seconds, math.ceil)


def duration_at_most(seconds: float) -> str:
    """A duration literal that is not longer: `27h` for 27 h 40 min."""
    return _duration(seconds, math.floor)


def _duration(seconds: float, rounded: Callable[[float], int]) -> str:
    for unit, size in _UNITS:
        count = seconds / size
        if count >= 1 and abs(count - round(count)) < 1e-9 * count:
            return f"{round(count)}{unit}"
        if count >= _FEWEST:
            return f"{rounded(count)}{unit}"
    return f"{rounded(seconds * 1e6)}us"


def share_at_most(share: float) -> str:
    """A share literal that is not larger: `0.41%`."""
    scale = 10 ** (2 - math.floor(math.log10(share * 100))) if share > 0 else 1
    return f"{digits(math.floor(share * 100 * scale * (1 + 1e-12)) / scale)}%"
