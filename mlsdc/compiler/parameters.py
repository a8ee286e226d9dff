"""Declared types of parameters: `param peak: rate` takes rates only, whoever gives the value."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mlsdc.compiler import rules
from mlsdc.compiler.collect import Collected
from mlsdc.compiler.evaluate import Scope, Symbol, Unreadable, Value, describe
from mlsdc.diagnostics import Diagnostic, Label, nearest
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
"""The types a parameter may declare, with an example of each."""


def check_parameters(collected: Collected, scope: Scope) -> list[Diagnostic]:
    """Complaints about unknown types, and about values that are not of their parameter's type."""
    return [
        said
        for name, statement in sorted(collected.values.items())
        if statement.type is not None
        for said in _check(name, statement, statement.type, scope)
    ]


def _check(
    name: str, statement: ast.Declaration, declared: ast.TypeName, scope: Scope
) -> list[Diagnostic]:
    known = TYPES.get(declared.name)
    if known is None:
        near = nearest(declared.name, TYPES)
        return [
            rules.WRONG_TYPE.at(
                declared.span,
                f"`{declared.name}` is not a type of parameters",
                subject=name,
                help=f"did you mean `{near}`?" if near else "types: " + ", ".join(TYPES),
            )
        ]
    given = scope.given.get(name) or statement.value
    if given is None:
        return []  # reported where the parameter is used
    used = name in scope.used
    value = scope.lookup(name, given.span)
    if not used:
        scope.used.discard(name)  # looking at it here is no use of it
    if value is None or isinstance(value, Unreadable) or known[0](value):
        return []
    return [
        rules.WRONG_TYPE.at(
            given.span,
            f"parameter `{name}` wants a {declared.name} such as `{known[1]}`, this is "
            f"{describe(value)}",
            subject=name,
            labels=[Label(declared.span, "its type is declared here")],
            help=f"param {name}: {declared.name} = {known[1]}",
        )
    ]
