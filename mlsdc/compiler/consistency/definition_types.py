"""A feature's definition in, the type that it makes out; None where nobody can tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mlsdc.compiler.consistency.dtypes import family, wider
from mlsdc.compiler.functions import is_aggregation
from mlsdc.compiler.model.types import DataType
from mlsdc.dsl import ast
from mlsdc.units import Quantity

_COUNTS = ("count", "count_distinct", "length", "hour_of_day", "day_of_week")
_REAL = ("mean", "stddev", "variance", "percentile", "log", "log1p", "exp", "sqrt", "haversine",
         "dot", "cosine")  # fmt: skip
_KEEPING = ("min", "max", "last", "first", "abs", "coalesce", "sum")
_TEXTS = ("lower", "concat")


@dataclass(frozen=True)
class Made:
    """The type a definition makes; `loose` where any width of its family, or a wider one, is as
    good."""

    type: DataType
    loose: bool = False


Lookup = Callable[[str], DataType | None]
"""A dotted name of a definition to its type."""


def made_by(node: ast.Expression, lookup: Lookup) -> Made | None:
    """The type of an expression over rows or over one row."""
    if isinstance(node, ast.Reference):
        found = lookup(node.name)
        return Made(found) if found is not None else None
    if isinstance(node, ast.Attribute) and isinstance(node.base, ast.Reference):
        found = lookup(f"{node.base.name}.{node.name.text}")
        return Made(found) if found is not None else None
    if isinstance(node, ast.Unary) and node.operator == "-":
        return made_by(node.operand, lookup)
    if isinstance(node, ast.Binary):
        return _binary(node, lookup)
    return _call(node, lookup) if isinstance(node, ast.Call) else None


def _binary(node: ast.Binary, lookup: Lookup) -> Made | None:
    if node.operator not in ("+", "-", "*", "/"):
        return None
    sides = [
        made_by(side, lookup) for side in (node.left, node.right) if not _is_number(side)
    ]  # a plain number takes the type of the other side
    known = [side for side in sides if side is not None]
    if len(known) != len(sides) or any(side.type.dimensions for side in known):
        return None
    if node.operator == "/":
        names = [side.type.name for side in known]
        if not all(family(name) in ("int", "float") for name in names):
            return None
        if "float64" in names and not any(side.loose for side in known):
            return Made(DataType("float64"))
        return Made(DataType("float64"), loose=True)
    return _joined(known)


def _joined(known: list[Made]) -> Made | None:
    if not known:
        return None
    name: str | None = known[0].type.name
    for side in known[1:]:
        name = wider(name, side.type.name) if name is not None else None
    loose = any(side.loose for side in known)
    return Made(DataType(name), loose) if name is not None else None


def _is_number(node: ast.Expression) -> bool:
    return isinstance(node, ast.Literal) and isinstance(node.value, Quantity)


def _call(node: ast.Call, lookup: Lookup) -> Made | None:
    name = node.function.name if isinstance(node.function, ast.Reference) else ""
    if name in _COUNTS:
        return Made(DataType("int64"), loose=True)
    if name in _TEXTS:
        return Made(DataType("string"))
    first = [made_by(argument.value, lookup) for argument in node.arguments[:1]]
    inner = first[0] if first else None
    if name in _REAL:
        if inner is not None and name in ("mean", "percentile") and _is_float(inner):
            return Made(inner.type, inner.loose)
        return Made(DataType("float64"), loose=True)
    if name == "last_n" and inner is not None and len(node.arguments) == 2:
        size = node.arguments[1].value
        if isinstance(size, ast.Literal) and isinstance(size.value, Quantity):
            return Made(DataType(inner.type.name, (int(size.value.value),)))
    if name not in _KEEPING:
        return None
    if is_aggregation(name, len(node.arguments)) or name == "abs":
        return inner
    every = [made_by(a.value, lookup) for a in node.arguments if not _is_number(a.value)]
    known = [one for one in every if one is not None]
    return _joined(known) if len(known) == len(every) else None


def _is_float(made: Made) -> bool:
    return family(made.type.name) == "float" and not made.type.dimensions
