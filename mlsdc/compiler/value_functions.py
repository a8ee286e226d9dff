"""The functions of expressions: values in, a value out.

Each raises TypeError or ValueError with the words that complete "has no value: ...".
"""

from __future__ import annotations

import math
from collections.abc import Callable

from mlsdc.compiler.values import Value, as_quantity, plain, text_of
from mlsdc.units import Quantity

MOST_ITEMS = 10_000
"""Items that the lists of a design may make; more is data, no design."""
LONGEST_TEXT = 65_536
"""Characters of a text that the language puts together."""


def _numbers(values: list[Value]) -> list[Quantity]:
    items = values[0] if len(values) == 1 and isinstance(values[0], list) else values
    numbers = [as_quantity(item) for item in items]
    if not numbers or any(number is None for number in numbers):
        raise TypeError("it wants numbers")
    if len({number.dimension for number in numbers if number}) > 1:
        raise TypeError("its arguments do not measure the same")
    return [number for number in numbers if number]


def _one_number(values: list[Value]) -> Quantity:
    if len(values) != 1:
        raise TypeError(f"it wants one number, {len(values)} are given")
    return _numbers(values)[0]


def _extreme(choose: Callable[..., Quantity]) -> Callable[[list[Value]], Value]:
    def apply(values: list[Value]) -> Value:
        return plain(choose(_numbers(values), key=_size))

    return apply


def _size(quantity: Quantity) -> float:
    return quantity.value


def _total(values: list[Value]) -> Value:
    numbers = _numbers(values)
    return plain(Quantity(math.fsum(n.value for n in numbers), numbers[0].dimension))


def _whole(step: Callable[[float], float]) -> Callable[[list[Value]], Value]:
    def apply(values: list[Value]) -> Value:
        number = _one_number(values)
        if number.dimension.powers:
            raise TypeError("it wants a number without a unit; divide by the unit first")
        return int(step(round(number.value, 9)))

    return apply


def _length(values: list[Value]) -> Value:
    if len(values) == 1 and isinstance(values[0], list | str):
        return len(values[0])
    raise TypeError("it wants one list or text")


def _absolute(values: list[Value]) -> Value:
    number = _one_number(values)
    return plain(Quantity(abs(number.value), number.dimension, number.percent))


def _range(values: list[Value]) -> Value:
    """`range(3)` is `[0, 1, 2]`, `range(1, 4)` is `[1, 2, 3]`."""
    whole = [value for value in values if isinstance(value, int) and not isinstance(value, bool)]
    if len(whole) != len(values) or len(values) not in (1, 2):
        raise TypeError("it wants one or two whole numbers")
    if whole[-1] - (whole[0] if len(whole) == 2 else 0) > MOST_ITEMS:
        raise ValueError(f"a list has at most {MOST_ITEMS:,} items")
    return list(range(*whole))


def _contains(values: list[Value]) -> Value:
    if len(values) != 2 or not isinstance(values[0], list):
        raise TypeError("it wants a list and a value")
    return values[1] in values[0]


def _join(values: list[Value]) -> Value:
    """`join([a, b], "-")` is `"a-b"`."""
    if not values or not isinstance(values[0], list) or len(values) > 2:
        raise TypeError("it wants a list, and a text to stand between its items")
    separator = values[1] if len(values) == 2 else ", "
    if not isinstance(separator, str):
        raise TypeError("it wants a text to stand between the items")
    made = separator.join(text_of(item) for item in values[0])
    if len(made) > LONGEST_TEXT:
        raise ValueError(f"a text has at most {LONGEST_TEXT:,} characters")
    return made


FUNCTIONS: dict[str, Callable[[list[Value]], Value]] = {
    "min": _extreme(min),
    "max": _extreme(max),
    "sum": _total,
    "ceil": _whole(math.ceil),
    "floor": _whole(math.floor),
    "round": _whole(round),
    "abs": _absolute,
    "len": _length,
    "range": _range,
    "contains": _contains,
    "join": _join,
}

EXAMPLES: dict[str, tuple[str, str, str]] = {
    "min": ("min(3ms, 2ms)", "2ms", "the least of several values, or of a list"),
    "max": ("max([3ms, 2ms])", "3ms", "the greatest of several values, or of a list"),
    "sum": ("sum([1GiB, 2GiB])", "3GiB", "all of a list together"),
    "abs": ("abs(2ms - 5ms)", "3ms", "without its sign"),
    "ceil": ("ceil(1200/s / 500/s)", "3", "the next whole number above"),
    "floor": ("floor(1200/s / 500/s)", "2", "the next whole number below"),
    "round": ("round(2.4)", "2", "the nearest whole number"),
    "len": ("len([eu, us])", "2", "items of a list, or characters of a text"),
    "range": ("range(1, 4)", "[1, 2, 3]", "whole numbers up to the last, which is left out"),
    "contains": ("contains([eu, us], eu)", "true", "whether a list holds a value"),
    "join": ('join([eu, us], "-")', '"eu-us"', "the items of a list as one text"),
}
"""Each function in use: the expression, its value, and what it does."""
