"""A value of the model in, the text that says it in a design out.

Law: reading the text back gives the same value; where the text a person would write is rounded,
the number is written in full instead.
"""

from __future__ import annotations

import math
from typing import Any, Literal, cast, get_args, get_origin

from mlsdc.compiler.evaluate import Symbol
from mlsdc.compiler.model.part import Field
from mlsdc.compiler.model.types import DataType
from mlsdc.dsl import ast
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

_ESCAPED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
_STRENGTH = {"or": 1, "and": 2, "+": 5, "-": 5, "*": 6, "/": 6}
_COMPARING, _SIGN, _ATOM = 4, 7, 8


def value_text(value: Any, field: Field | None = None, expression: Any = None) -> str:
    """The value as a design writes it.

    `field` tells words and references from texts; `expression` is what was written: its own form
    is kept where it is a literal of the same value.
    """
    if isinstance(expression, ast.Literal) and _same(expression.value, value):
        return expression.text
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Quantity):
        return quantity_text(value)
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, tuple | list):
        listed: list[Any] = list(cast("list[Any]", value))
        written = expression.items if isinstance(expression, ast.ListLiteral) else []
        items = [
            value_text(item, field, written[at] if at < len(written) else None)
            for at, item in enumerate(listed)
        ]
        return f"[{', '.join(items)}]"
    if isinstance(value, str):
        bare = isinstance(value, Symbol) or _is_word(value, field, expression)
        return str(value) if bare else quoted(value)
    if isinstance(value, DataType):
        return str(value)
    if isinstance(value, ast.Expression):
        return expression_text(value)
    return str(value)


def _same(literal: object, value: object) -> bool:
    if not isinstance(literal, Quantity):
        return False
    return (literal if isinstance(value, Quantity) else literal.value) == value


def _number(value: float) -> str:
    return str(int(value)) if abs(value) < 1e15 and value == int(value) else repr(value)


def quantity_text(quantity: Quantity) -> str:
    """A quantity as one token, exact: `1h30m` becomes `90m`."""
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
            (factor, unit) for unit, (factor, d) in UNITS.items() if d == dimension and unit != "µs"
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


def quoted(text: str) -> str:
    """A text between quotes."""
    return f'"{"".join(_ESCAPED.get(character, character) for character in text)}"'


def _is_word(value: str, field: Field | None, expression: Any) -> bool:
    if field is None:
        return False
    if field.refers is not None or _is_choice(value, field.info.annotation):
        return True
    return isinstance(expression, ast.Reference) and expression.name == value


def _is_choice(value: str, annotation: Any) -> bool:
    if get_origin(annotation) is Literal:
        return value in get_args(annotation)
    return any(_is_choice(value, inner) for inner in get_args(annotation))


def expression_text(node: ast.Expression, around: int = 0) -> str:
    """An expression as a design writes it, with the brackets that its order needs."""
    if isinstance(node, ast.Literal):
        return quoted(node.value) if isinstance(node.value, str) else node.text
    if isinstance(node, ast.Reference):
        return node.name
    if isinstance(node, ast.Attribute):
        return f"{expression_text(node.base, _ATOM)}.{node.name.text}"
    if isinstance(node, ast.Index):
        return f"{expression_text(node.base, _ATOM)}[{expression_text(node.index)}]"
    if isinstance(node, ast.ListLiteral):
        return f"[{', '.join(map(expression_text, node.items))}]"
    if isinstance(node, ast.Call):
        arguments = ", ".join(
            (f"{each.name.text} = " if each.name else "") + expression_text(each.value)
            for each in node.arguments
        )
        return f"{expression_text(node.function, _ATOM)}({arguments})"
    if isinstance(node, ast.Unary):
        space, own = (" ", 3) if node.operator == "not" else ("", _SIGN)
        text = f"{node.operator}{space}{expression_text(node.operand, own)}"
    else:
        own = _STRENGTH.get(node.operator, _COMPARING)
        left = expression_text(node.left, own + (own == _COMPARING))
        text = f"{left} {node.operator} {expression_text(node.right, own + 1)}"
    return f"({text})" if own < around else text
