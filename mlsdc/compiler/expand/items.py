"""The head of a `for` in, the items it goes over out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mlsdc.compiler import composition_rules
from mlsdc.compiler.evaluate import Scope, evaluate
from mlsdc.compiler.values import Symbol, Unreadable, Value, describe, text_of
from mlsdc.diagnostics import Label, Span
from mlsdc.dsl import ast
from mlsdc.dsl.yaml_words import quote
from mlsdc.units import Accelerators, Quantity

_EXAMPLE = "for region in [eu, us] { ... }"
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_]+")


@dataclass(frozen=True)
class Item:
    """What the variable stands for, and what is put behind the names declared in the loop."""

    expression: ast.Expression
    suffix: str


@dataclass(frozen=True)
class Items:
    """The variable of a loop and what it stands for, one after the other."""

    variable: str
    items: list[Item]


def items_of(loop: ast.Declaration, scope: Scope) -> Items | None:
    """What a loop goes over; None, with a complaint, where that cannot be said."""
    words = loop.words
    variable = words[0] if words else None
    joined = len(words) == 3 and isinstance(words[1], ast.Reference) and words[1].name == "in"
    if not joined or not isinstance(variable, ast.Reference):
        place = words[0].span.to(words[-1].span) if words else loop.span
        scope.diagnostics.append(
            composition_rules.BAD_LOOP.at(
                place, "a `for` is written `for name in list { ... }`", help=_EXAMPLE
            )
        )
        return None
    found = evaluate(words[2], scope)
    if isinstance(found, Unreadable):
        return None
    if not isinstance(found, list):
        scope.diagnostics.append(
            composition_rules.BAD_LOOP.at(
                words[2].span, f"`in` wants a list, this is {describe(found)}", help=_EXAMPLE
            )
        )
        return None
    if any(isinstance(value, Unreadable) for value in found):
        return None
    source = words[2].value if isinstance(words[2], ast.Bound) else words[2]
    items = [
        Item(_expression(value, _written(source, at), source.span), _suffix(value, at))
        for at, value in enumerate(found)
    ]
    return Items(variable.name, items) if _differ(items, scope) else None


def _written(source: ast.Expression, at: int) -> ast.Expression | None:
    """The item as it stands in the list, where the list is written out."""
    return source.items[at] if isinstance(source, ast.ListLiteral) else None


def _expression(value: Value, written: ast.Expression | None, span: Span) -> ast.Expression:
    if written is not None:
        return written
    if isinstance(value, list):
        return ast.ListLiteral([_expression(item, None, span) for item in value], span)
    if isinstance(value, Symbol):
        return ast.Reference(str(value), span)
    if isinstance(value, str):
        return ast.Literal(value, quote(value), span)
    if isinstance(value, bool | Quantity | Accelerators):
        return ast.Literal(value, text_of(value), span)
    assert isinstance(value, int | float)
    return ast.Literal(Quantity(float(value)), text_of(value), span)


def _suffix(value: Value, at: int) -> str:
    """The item as a part of names; its number where it is a list or says nothing in letters."""
    if isinstance(value, list):
        return str(at)
    return _NOT_IN_NAMES.sub("_", text_of(value)).strip("_")[:64] or str(at)


def _differ(items: list[Item], scope: Scope) -> bool:
    seen: dict[str, Item] = {}
    for item in items:
        first = seen.setdefault(item.suffix, item)
        if first is not item:
            scope.diagnostics.append(
                composition_rules.BAD_LOOP.at(
                    item.expression.span,
                    f"`{item.suffix}` would name two things: it comes twice in the list",
                    labels=[Label(first.expression.span, "first here")],
                    help="remove one of them",
                )
            )
            return False
    return True
