"""What expressions evaluate to, and how messages name it."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import cast

from mlsdc.units import Accelerators, Quantity, show


class Symbol(str):
    """A bare name used as a value."""

    __slots__ = ()


class Verbatim(str):
    """A text in another language, with its form in the design: places in it can be found again."""

    __slots__ = ("form",)

    def __new__(cls, text: str, form: str = "") -> Verbatim:
        """The text, and how it is written: with its quotes, escapes and indentation."""
        made = super().__new__(cls, text)
        made.form = form
        return made

    form: str


class Unreadable:
    """The value of an expression that was already reported; it causes no further report."""

    def __repr__(self) -> str:
        return "<unreadable>"


UNREADABLE = Unreadable()
Value = Quantity | Accelerators | Symbol | str | bool | int | float | list["Value"] | Unreadable


def plain(value: Quantity | Accelerators | str | bool) -> Value:
    """Dimensionless numbers become plain ones, so that counts are whole numbers."""
    if isinstance(value, Quantity) and not value.dimension.powers and not value.percent:
        if math.isnan(value.value):
            return UNREADABLE
        whole = value.value == int(value.value) if abs(value.value) < 2**53 else False
        return int(value.value) if whole else value.value
    return value


def as_quantity(value: Value) -> Quantity | None:
    """A number as a quantity without a dimension; None for what is no number."""
    if isinstance(value, Quantity):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Quantity(float(value))
    return None


def describe(value: object) -> str:
    """A value with its kind, as messages name it."""
    if isinstance(value, bool):
        return f"`{str(value).lower()}` (true or false)"
    if isinstance(value, int | float):
        return f"`{show(Quantity(float(value)))}` (number)"
    if isinstance(value, Quantity):
        return f"`{show(value)}` ({'share' if value.percent else value.dimension.name})"
    if isinstance(value, Accelerators):
        return f"`{value}` (accelerators)"
    if isinstance(value, Symbol):
        return f"`{value}` (a name)"
    if isinstance(value, str):
        return f'"{value if len(value) < 40 else value[:37] + "..."}" (text)'
    if isinstance(value, list):
        return f"`{_list_text(cast('list[Value]', value))}` (list)"
    return "a block" if isinstance(value, dict) else "this value"


def in_words(value: object) -> str:
    """A value as it would be written in a design."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return show(Quantity(float(value)))
    if isinstance(value, Quantity):
        return show(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(in_words, cast('list[object]', value)))}]"
    return str(value) if isinstance(value, Symbol) else f'"{value}"'


def combine_accelerators(sign: str, left: Value, right: Value) -> Value | None:
    """`2 * (4 x h100)`, `8 x h100 - 2 x h100`, `4 x l4 < 8 x l4`; None where it has no meaning."""
    if isinstance(left, Accelerators) and isinstance(right, Accelerators):
        if left.model != right.model:
            return None
        if sign in _ORDER:
            return _ORDER[sign](left.count, right.count)
        if sign == "/" and right.count:
            return plain(Quantity(left.count / right.count))
        count = {"+": left.count + right.count, "-": left.count - right.count}.get(sign, -1)
        return Accelerators(count, left.model) if count >= 0 else None
    some, factor = (left, right) if isinstance(left, Accelerators) else (right, left)
    if not isinstance(some, Accelerators) or not isinstance(factor, int) or sign != "*":
        return None
    return Accelerators(some.count * factor, some.model) if 0 <= factor < _MOST else None


_MOST = 10**9
_ORDER: Mapping[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def _list_text(value: list[Value]) -> str:
    shown = [
        "[...]"
        if isinstance(item, list)
        else "..."
        if isinstance(item, Unreadable)
        else f'"{item}"'
        if isinstance(item, str) and not isinstance(item, Symbol)
        else text_of(item)
        for item in value[:3]
    ]
    return f"[{', '.join([*shown, '...'] if len(value) > 3 else shown)}]"


def text_of(value: Value) -> str:
    """A value as it stands in a text: as the language writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return show(Quantity(float(value))) if abs(value) < 2**53 else str(value)
    return show(value) if isinstance(value, Quantity) else str(value)
