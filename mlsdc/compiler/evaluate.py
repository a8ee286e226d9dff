"""Expressions in, values out.

Quantities, texts, truth values, lists and symbols. A name that is neither parameter nor `let` stays
a `Symbol`: the field that receives it knows whether it means a component or one of its words.
Evaluation always ends: values may not depend on themselves, and there are no loops.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mlsdc.compiler import rules
from mlsdc.diagnostics import Diagnostic, Label, Span, nearest
from mlsdc.dsl import ast
from mlsdc.units import Accelerators, DimensionError, Quantity, combine, show


class Symbol(str):
    """A bare name used as a value."""

    __slots__ = ()


class Unreadable:
    """The value of an expression that was already reported; it causes no further report."""

    def __repr__(self) -> str:
        return "<unreadable>"


UNREADABLE = Unreadable()
Value = Quantity | Accelerators | Symbol | str | bool | int | float | list["Value"] | Unreadable


@dataclass
class Scope:
    """The named values of a design: parameters and lets, evaluated when first asked for.

    `given` are values from the command line or an environment, which win over defaults.
    """

    definitions: dict[str, ast.Declaration] = field(default_factory=dict[str, ast.Declaration])
    given: Mapping[str, ast.Expression] = field(default_factory=dict[str, ast.Expression])
    diagnostics: list[Diagnostic] = field(default_factory=list[Diagnostic])
    used: set[str] = field(default_factory=set[str])
    _known: dict[str, Value] = field(default_factory=dict[str, Value])
    _open: list[str] = field(default_factory=list[str])

    def lookup(self, name: str, span: Span) -> Value | None:
        """The value of a parameter or let, or None where the name is neither."""
        definition = self.definitions.get(name)
        if definition is None:
            return None
        self.used.add(name)
        if name in self._known:
            return self._known[name]
        if name in self._open:
            self._report_cycle(name, span)
            return UNREADABLE
        expression = self.given.get(name) or definition.value
        if expression is None:
            self.diagnostics.append(
                rules.MISSING_FIELD.at(
                    definition.name.span if definition.name else definition.span,
                    f"parameter `{name}` has no default and no value was given",
                    help=f"--set {name}=..., or a default after `=`",
                )
            )
            self._known[name] = UNREADABLE
            return UNREADABLE
        self._open.append(name)
        self._known[name] = value = evaluate(expression, self)
        self._open.pop()
        return value

    def _report_cycle(self, name: str, span: Span) -> None:
        chain = [*self._open[self._open.index(name) :], name]
        self.diagnostics.append(
            rules.CIRCULAR_VALUE.at(
                span,
                f"`{name}` depends on itself: {' -> '.join(chain)}",
                subject=name,
                help="give one of them a value of its own",
            )
        )


def evaluate(node: ast.Expression, scope: Scope) -> Value:
    """The value of an expression; mistakes are appended to the scope's diagnostics."""
    if isinstance(node, ast.Literal):
        return _plain(node.value)
    if isinstance(node, ast.Reference):
        value = scope.lookup(node.name, node.span)
        return Symbol(node.name) if value is None else value
    return _EVALUATE[type(node)](node, scope)


def _plain(value: Quantity | Accelerators | str | bool) -> Value:
    """Dimensionless numbers become plain ones, so that counts are whole numbers."""
    if isinstance(value, Quantity) and not value.dimension.powers and not value.percent:
        if math.isnan(value.value):
            return UNREADABLE
        whole = value.value == int(value.value) if abs(value.value) < 2**53 else False
        return int(value.value) if whole else value.value
    return value


def _quantity(value: Value) -> Quantity | None:
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
        return "a list"
    return "a block" if isinstance(value, dict) else "this value"


def _unary(node: ast.Unary, scope: Scope) -> Value:
    value = evaluate(node.operand, scope)
    if isinstance(value, Unreadable):
        return value
    if node.operator == "not" and isinstance(value, bool):
        return not value
    number = _quantity(value)
    if node.operator == "-" and number is not None:
        return _plain(Quantity(-number.value, number.dimension, number.percent))
    wanted = "true or false" if node.operator == "not" else "a number"
    scope.diagnostics.append(
        rules.WRONG_TYPE.at(
            node.span, f"`{node.operator}` wants {wanted}, this is {describe(value)}"
        )
    )
    return UNREADABLE


def _binary(node: ast.Binary, scope: Scope) -> Value:
    left, right = evaluate(node.left, scope), evaluate(node.right, scope)
    if isinstance(left, Unreadable) or isinstance(right, Unreadable):
        return UNREADABLE
    if node.operator in ("and", "or"):
        if isinstance(left, bool) and isinstance(right, bool):
            return (left and right) if node.operator == "and" else (left or right)
        return _mismatch(node, left, right, scope)
    if node.operator in ("==", "!="):
        return (left == right) == (node.operator == "==")
    a, b = _quantity(left), _quantity(right)
    if a is None or b is None:
        return _mismatch(node, left, right, scope)
    if node.operator in ("<", ">", "<=", ">="):
        if a.dimension != b.dimension:
            return _mismatch(node, left, right, scope)
        return _COMPARE[node.operator](a.value, b.value)
    try:
        result = combine(node.operator, a, b)
        if math.isfinite(result.value):
            return _plain(result)
        scope.diagnostics.append(
            rules.NO_VALUE.at(node.span, "the result is larger than any quantity can be")
        )
        return UNREADABLE
    except DimensionError:
        return _mismatch(node, left, right, scope)
    except ZeroDivisionError:
        scope.diagnostics.append(
            rules.NO_VALUE.at(
                node.span,
                f"division of {describe(left)} by zero",
                labels=[Label(node.right.span, "this is 0")],
            )
        )
        return UNREADABLE


_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


def _mismatch(node: ast.Binary, left: Value, right: Value, scope: Scope) -> Unreadable:
    scope.diagnostics.append(
        rules.MIXED_DIMENSIONS.at(
            node.span,
            f"`{node.operator}` cannot combine {describe(left)} with {describe(right)}",
            labels=[
                Label(node.left.span, describe(left)),
                Label(node.right.span, describe(right)),
            ],
            help="both sides must measure the same; * and / may mix dimensions",
        )
    )
    return UNREADABLE


def _list(node: ast.ListLiteral, scope: Scope) -> Value:
    return [evaluate(item, scope) for item in node.items]


def _attribute(node: ast.Attribute, scope: Scope) -> Value:
    base = evaluate(node.base, scope)
    if isinstance(base, Symbol):
        return Symbol(f"{base}.{node.name.text}")
    if not isinstance(base, Unreadable):
        scope.diagnostics.append(
            rules.NO_VALUE.at(
                node.name.span, f"{describe(base)} has no attribute `{node.name.text}`"
            )
        )
    return UNREADABLE


def _index(node: ast.Index, scope: Scope) -> Value:
    base, index = evaluate(node.base, scope), evaluate(node.index, scope)
    if isinstance(base, list) and isinstance(index, int) and -len(base) <= index < len(base):
        return base[index]
    if not isinstance(base, Unreadable) and not isinstance(index, Unreadable):
        size = f"{len(base)} items" if isinstance(base, list) else describe(base)
        scope.diagnostics.append(
            rules.NO_VALUE.at(node.span, f"{size} has no item {describe(index)}")
        )
    return UNREADABLE


def _call(node: ast.Call, scope: Scope) -> Value:
    values = [evaluate(argument.value, scope) for argument in node.arguments]
    name = node.function.name if isinstance(node.function, ast.Reference) else ""
    if name not in _FUNCTIONS:
        near = nearest(name, _FUNCTIONS)
        scope.diagnostics.append(
            rules.BAD_CALL.at(
                node.function.span,
                f"there is no function `{name}`",
                help=f"did you mean `{near}`?" if near else "functions: " + ", ".join(_FUNCTIONS),
            )
        )
        return UNREADABLE
    if any(isinstance(value, Unreadable) for value in values):
        return UNREADABLE
    try:
        return _FUNCTIONS[name](values)
    except (TypeError, ValueError, DimensionError) as error:
        shown = ", ".join(describe(value) for value in values)
        scope.diagnostics.append(
            rules.BAD_CALL.at(node.span, f"{name}({shown}) has no value: {error}")
        )
        return UNREADABLE


def _numbers(values: list[Value]) -> list[Quantity]:
    items = values[0] if len(values) == 1 and isinstance(values[0], list) else values
    numbers = [_quantity(item) for item in items]
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
        return _plain(choose(_numbers(values), key=_size))

    return apply


def _size(quantity: Quantity) -> float:
    return quantity.value


def _total(values: list[Value]) -> Value:
    numbers = _numbers(values)
    return _plain(Quantity(math.fsum(n.value for n in numbers), numbers[0].dimension))


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
    return _plain(Quantity(abs(number.value), number.dimension, number.percent))


_FUNCTIONS: dict[str, Callable[[list[Value]], Value]] = {
    "min": _extreme(min),
    "max": _extreme(max),
    "sum": _total,
    "ceil": _whole(math.ceil),
    "floor": _whole(math.floor),
    "round": _whole(round),
    "abs": _absolute,
    "len": _length,
}
_EVALUATE: dict[type, Callable[..., Value]] = {
    ast.Unary: _unary,
    ast.Binary: _binary,
    ast.ListLiteral: _list,
    ast.Attribute: _attribute,
    ast.Index: _index,
    ast.Call: _call,
}
