"""The types that a parameter may declare, and what is no value of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mlsdc.compiler import rules
from mlsdc.compiler.catalog import roles
from mlsdc.compiler.evaluate import Scope, evaluate
from mlsdc.compiler.values import Symbol, Unreadable, Value, describe
from mlsdc.diagnostics import Diagnostic, Label, Span, nearest
from mlsdc.dsl import ast
from mlsdc.units import (
    BYTES,
    CPU_CORES,
    CURRENCIES,
    DATA_RATE,
    DURATION,
    RATE,
    TOKEN_COUNT,
    TOKEN_RATE,
    Accelerators,
    Dimension,
    Quantity,
)


def _measures(dimension: Dimension) -> Callable[[Value], bool]:
    return lambda value: isinstance(value, Quantity) and value.dimension == dimension


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: Value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_share(value: Value) -> bool:
    return isinstance(value, Quantity) and value.percent


def _is_money(value: Value) -> bool:
    return isinstance(value, Quantity) and any(b in CURRENCIES for b, _ in value.dimension.powers)


TYPES: Mapping[str, tuple[Callable[[Value], bool], str]] = {
    "duration": (_measures(DURATION), "20ms"),
    "rate": (_measures(RATE), "1200/s"),
    "bytes": (_measures(BYTES), "16GiB"),
    "data_rate": (_measures(DATA_RATE), "5MiB/s"),
    "tokens": (_measures(TOKEN_COUNT), "512tokens"),
    "token_rate": (_measures(TOKEN_RATE), "50tokens/s"),
    "cores": (_measures(CPU_CORES), "4cores"),
    "share": (_is_share, "80%"),
    "money": (_is_money, "300EUR/month"),
    "count": (_is_count, "3"),
    "number": (_is_number, "0.5"),
    "text": (lambda value: isinstance(value, str) and not isinstance(value, Symbol), '"..."'),
    "name": (lambda value: isinstance(value, Symbol), "payments"),
    "bool": (lambda value: isinstance(value, bool), "true"),
    "gpus": (lambda value: isinstance(value, Accelerators), "2 x l4"),
    "list": (lambda value: isinstance(value, list), "[a, b]"),
}
"""The types a parameter may declare, with an example of each. A role is a type as well."""


@dataclass(frozen=True)
class Demand:
    """A value that has to be the name of a component of this role."""

    name: str
    role: str
    span: Span
    label: Label


def misfit(
    name: str,
    declared: ast.TypeName,
    given: ast.Expression,
    scope: Scope,
    value: Value | None = None,
) -> Diagnostic | Demand | None:
    """What is wrong with a parameter's value; a demand where only the whole design can tell.

    `value` is that of `given`, where it is known already.
    """
    known = TYPES.get(declared.name)
    if known is None and declared.name not in roles():
        return _no_type(name, declared)
    value = evaluate(given, scope) if value is None else value
    if isinstance(value, Unreadable):
        return None
    fits, example = known or TYPES["name"]
    unknown = None if declared.name in ("name", "list") else scope.unknown(given, value)
    if unknown is not None and known is not None:
        return unknown
    if fits(value) and (limit := _beyond(declared.name, value)):
        return rules.OUT_OF_RANGE.at(
            given.span,
            f"parameter `{name}` {limit}, this is {describe(value)}",
            subject=name,
            labels=[Label(declared.span, "its type is declared here")],
            help=f"{name} = {example}",
        )
    if fits(value):
        label = Label(declared.span, "its type is declared here")
        return Demand(str(value), declared.name, given.span, label) if known is None else None
    return rules.WRONG_TYPE.at(
        given.span,
        f"parameter `{name}` wants {_wanted(declared.name, example)}, this is {describe(value)}",
        subject=name,
        labels=[Label(declared.span, "its type is declared here")],
        help=f"{name} = {example}",
    )


def _beyond(type_name: str, value: Value) -> str:
    """What is possible, where a value is beyond it."""
    if not isinstance(value, Quantity) or type_name == "money":
        return ""
    if type_name == "share" and not 0 <= value.value <= 1:
        return "must lie between 0% and 100%"
    return "must be at least 0" if value.value < 0 else ""


def _wanted(type_name: str, example: str) -> str:
    if type_name in TYPES:
        return f"a {type_name} such as `{example}`"
    return f"the name of a component whose role is {type_name}"


def _no_type(name: str, declared: ast.TypeName) -> Diagnostic:
    near = nearest(declared.name, [*TYPES, *roles()])
    return rules.WRONG_TYPE.at(
        declared.span,
        f"`{declared.name}` is not a type of parameters",
        subject=name,
        help=f"did you mean `{near}`?"
        if near
        else "types: " + ", ".join(TYPES) + ", or a role such as endpoint",
    )
