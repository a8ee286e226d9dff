"""Units of columns in, the unit of an expression and the places where units do not fit, out.

A number without a unit fits everything. Two units that are added or compared have to be the same;
two that are divided or multiplied may differ, but not be two scales of one thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from mlsdc.compiler.functions import AGGREGATIONS
from mlsdc.diagnostics import Span
from mlsdc.dsl import ast
from mlsdc.units import CURRENCIES

SCALES = (
    ("ns", "us", "ms", "s", "min", "h", "d", "seconds", "milliseconds", "minutes", "hours", "days"),
    ("mm", "cm", "km", "mi", "ft", "metres", "miles"),
    ("g", "kg", "lb"),
    ("%", "percent", "ratio", "bp", "share"),
    ("celsius", "fahrenheit", "kelvin"),
    (
        *(c.lower() for c in CURRENCIES),
        "cent",
        "cents",
        *(f"{c.lower()} cents" for c in CURRENCIES),
    ),
)
"""Names of units that measure one thing."""
_FAMILY = {unit: at for at, family in enumerate(SCALES) for unit in family}
KEEPS = frozenset(AGGREGATIONS) - {"count", "count_distinct", "variance"} | {"abs", "coalesce"}
"""Functions whose result has the unit of their arguments."""


@dataclass(frozen=True)
class Measured:
    """A name with its unit, and where that is stated."""

    name: str
    unit: str
    place: Span


@dataclass(frozen=True)
class Misfit:
    """Two units that do not go together, and the word that joins them."""

    one: Measured
    other: Measured
    joined: str


Lookup = Callable[[str], Measured | None]


def same(one: str, other: str) -> bool:
    """Whether two units are the same."""
    return one.strip().lower() == other.strip().lower()


def two_scales(one: str, other: str) -> bool:
    """Whether two units measure one thing on two scales."""
    mine, theirs = _FAMILY.get(one.strip().lower()), _FAMILY.get(other.strip().lower())
    return not same(one, other) and mine is not None and mine == theirs


def measure(
    node: ast.Expression, lookup: Lookup, found: list[Misfit]
) -> Measured | None:  # fmt: skip
    """The unit of an expression, None where it has none or nobody says; misfits are added."""
    if isinstance(node, ast.Reference | ast.Attribute):
        return lookup(_dotted(node))
    if isinstance(node, ast.Unary):
        return measure(node.operand, lookup, found)
    if isinstance(node, ast.Binary):
        return _binary(node, lookup, found)
    if isinstance(node, ast.Call) and isinstance(node.function, ast.Reference):
        return _call(node, node.function.name, lookup, found)
    return None


def _binary(node: ast.Binary, lookup: Lookup, found: list[Misfit]) -> Measured | None:
    left, right = measure(node.left, lookup, found), measure(node.right, lookup, found)
    if node.operator in ("*", "/"):
        if left and right and two_scales(left.unit, right.unit):
            found.append(Misfit(left, right, "divided by" if node.operator == "/" else "times"))
        return None
    if left and right and not same(left.unit, right.unit):
        found.append(Misfit(left, right, f"`{node.operator}`"))
    return left or right if node.operator in ("+", "-") else None


def _call(node: ast.Call, name: str, lookup: Lookup, found: list[Misfit]) -> Measured | None:
    arguments = [measure(argument.value, lookup, found) for argument in node.arguments]
    known = [one for one in arguments if one is not None]
    if name not in KEEPS or not known:
        return None
    for one, other in pairwise(known):
        if not same(one.unit, other.unit):
            found.append(Misfit(one, other, f"in one `{name}` with"))
    return known[0]


def _dotted(node: ast.Expression) -> str:
    return ".".join(_parts(node))


def _parts(node: ast.Expression) -> Iterator[str]:
    if isinstance(node, ast.Attribute):
        yield from _parts(node.base)
        yield node.name.text
    elif isinstance(node, ast.Reference):
        yield node.name
