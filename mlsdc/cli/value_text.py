"""A value of the model in, the text that says it in a design out.

Law: reading the text back gives the same value; where the text a person would write is rounded,
the number is written in full instead.
"""

from __future__ import annotations

from typing import Any, Literal, cast, get_args, get_origin

from mlsdc.compiler.evaluate import Symbol
from mlsdc.compiler.model.existing import REFERENCES, Given
from mlsdc.compiler.model.part import Field
from mlsdc.compiler.model.types import DataType
from mlsdc.compiler.quantity_text import quantity_text
from mlsdc.dsl import ast
from mlsdc.dsl.yaml_expressions import expression_text
from mlsdc.dsl.yaml_words import quote
from mlsdc.units import Quantity


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
        return str(value) if bare else quote(value)
    if isinstance(value, DataType):
        return str(value)
    if isinstance(value, ast.Expression):
        return expression_text(value)
    if isinstance(value, Given):
        return _reference(value)
    return str(value)


def _reference(given: Given) -> str:
    """`secret { name = "legacy"  key = "host" }`"""
    word = next(name for name in REFERENCES if getattr(given, name) is not None)
    fields: dict[str, str | None] = getattr(given, word).model_dump()
    said = [f"{name} = {quote(text)}" for name, text in fields.items() if text is not None]
    return f"{word} {{ {'  '.join(said)} }}"


def _same(literal: object, value: object) -> bool:
    if not isinstance(literal, Quantity):
        return False
    return (literal if isinstance(value, Quantity) else literal.value) == value


def _number(value: float) -> str:
    return str(int(value)) if abs(value) < 1e15 and value == int(value) else repr(value)


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
