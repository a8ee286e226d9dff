"""What is said of expressions that have no value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlsdc.compiler import composition_rules, rules
from mlsdc.compiler.value_functions import MOST_ITEMS
from mlsdc.compiler.values import UNREADABLE, Symbol, Unreadable, Value, describe
from mlsdc.diagnostics import Diagnostic, Label, Span
from mlsdc.dsl import ast

if TYPE_CHECKING:
    from mlsdc.compiler.evaluate import Scope

_TOLD = 10**9
"""The count of items once too many were told of."""


def mismatch(node: ast.Binary, left: Value, right: Value, scope: Scope) -> Unreadable:
    """Complain about operands that an operator cannot combine, with both of them."""
    for side, value in ((node.left, left), (node.right, right)):
        unknown = scope.unknown(side, value)
        if unknown is not None and node.operator != "-":
            scope.diagnostics.append(unknown)
            return UNREADABLE
    scope.diagnostics.append(
        rules.MIXED_DIMENSIONS.at(
            node.span,
            f"`{node.operator}` cannot combine {describe(left)} with {describe(right)}",
            labels=[
                Label(node.left.span, describe(left)),
                Label(node.right.span, describe(right)),
            ],
            help=_advice(node, left, right),
        )
    )
    return UNREADABLE


def _advice(node: ast.Binary, left: Value, right: Value) -> str:
    if node.operator == "-" and isinstance(left, Symbol) and isinstance(right, Symbol):
        return f"a name is written with `_`: `{left}_{right}`"
    return "both sides must measure the same; * and / may mix dimensions"


def no_condition(span: Span, value: Value) -> Diagnostic:
    """A complaint about a condition that is neither true nor false."""
    return rules.WRONG_TYPE.at(
        span,
        f"a condition is true or false, this is {describe(value)}",
        help="compare it: `== ...`, `> ...`",
    )


def too_many(span: Span, scope: Scope) -> None:
    """Complain, once, that lists are longer than they may be."""
    if scope.made < _TOLD:
        scope.made = _TOLD
        scope.diagnostics.append(
            composition_rules.TOO_MUCH.at(
                span,
                f"the lists of this design make more than {MOST_ITEMS:,} items",
                help="a design lists what people decide on; data belongs into files",
            )
        )
