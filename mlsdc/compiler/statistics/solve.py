"""One root of a rising function."""

from __future__ import annotations

from collections.abc import Callable

_LARGEST = 1e15


def rising_root(
    function: Callable[[float], float], low: float, high: float, tolerance: float = 0.0
) -> float:
    """Where a rising function crosses zero, by bisection; `high` is doubled until it is above.

    To the last bit, or until the bounds lie within the tolerance.

    Raises ValueError where the function is above zero at `low`, or below it everywhere.
    """
    if function(low) > 0:
        raise ValueError(f"the function is above zero at {low!r} already")
    while function(high) < 0:
        low, high = high, 2.0 * high
        if high > _LARGEST:
            raise ValueError("no number is large enough")
    for _ in range(200):
        middle = 0.5 * (low + high)
        if middle in (low, high) or high - low <= tolerance:
            break
        low, high = (middle, high) if function(middle) < 0 else (low, middle)
    return 0.5 * (low + high)
