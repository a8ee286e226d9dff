"""Expressions in, values out.

Quantities, texts, truth values, lists and symbols. A name that is neither parameter nor `let` stays
a `Symbol`: the field that receives it knows whether it means a component or one of its words.
Evaluation always ends: values may not depend on themselves, and there are no loops.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

from mlsdc.compiler import composition_rules, rules
from mlsdc.compiler.evaluate_complaints import mismatch, no_condition, too_many
from mlsdc.compiler.expand.substitute import mentioned
from mlsdc.compiler.needed_names import always_read, circle, in_order
from mlsdc.compiler.value_functions import EXAMPLES, FUNCTIONS, LONGEST_TEXT, MOST_ITEMS
from mlsdc.compiler.values import UNREADABLE as UNREADABLE
from mlsdc.compiler.values import Symbol as Symbol
from mlsdc.compiler.values import Unreadable as Unreadable
from mlsdc.compiler.values import Value as Value
from mlsdc.compiler.values import as_quantity, combine_accelerators, plain, text_of
from mlsdc.compiler.values import describe as describe
from mlsdc.diagnostics import Diagnostic, Label, Span, nearest
from mlsdc.dsl import ast
from mlsdc.units import Accelerators, DimensionError, Quantity, combine

DEEPEST = 200
"""Operations inside each other; one expression holds fewer, so only choices between values can."""


@dataclass
class Scope:
    """The named values of a design: parameters and lets, evaluated when first asked for.

    `given` are values from the command line or an environment, which win over defaults.
    """

    definitions: dict[str, ast.Declaration] = field(default_factory=dict[str, ast.Declaration])
    given: Mapping[str, ast.Expression] = field(default_factory=dict[str, ast.Expression])
    diagnostics: list[Diagnostic] = field(default_factory=list[Diagnostic])
    used: set[str] = field(default_factory=set[str])
    inside: Callable[[str, ast.Attribute], Value | None] | None = None
    """What a path such as `score.replicas` means, where components can be looked into."""
    local: dict[str, Value] = field(default_factory=dict[str, Value])
    """The variables of the comprehensions that are being evaluated."""
    known: Collection[str] = ()
    """The names of components; where there are none, a name may mean anything."""
    made: int = 0
    """Items that comprehensions and ranges have made so far."""
    depth: int = 0
    """Operations that wait for the one being evaluated."""
    _known: dict[str, Value] = field(default_factory=dict[str, Value])
    _open: dict[str, None] = field(default_factory=dict[str, None])
    """The values being evaluated, each needed by the one before it."""

    def lookup(self, name: str, span: Span) -> Value | None:
        """The value of a parameter or let, or None where the name is neither."""
        if self.local and name in self.local:
            return self.local[name]
        definition = self.definitions.get(name)
        if definition is None:
            return None
        self.used.add(name)
        if name in self._known:
            return self._known[name]
        if name in self._open:
            self._report_cycle(name, span)
            return UNREADABLE
        around, self.local = self.local, {}
        self.depth += 2  # it takes the place of as many operations on the stack
        for ready in in_order(name, self._needed, self._known, self._open):
            self._known[ready] = self._value(ready)
        self.depth -= 2
        self.local = around
        return self._known[name]

    def _needed(self, name: str) -> Iterator[str]:
        """The values that another cannot be evaluated without."""
        expression = self._expression(name)
        read = always_read(expression) if expression is not None else iter(())
        return (each for each in read if each in self.definitions)

    def _expression(self, name: str) -> ast.Expression | None:
        return self.given.get(name) or self.definitions[name].value

    def _value(self, name: str) -> Value:
        expression, definition = self._expression(name), self.definitions[name]
        if expression is not None:
            return evaluate(expression, self)
        self.diagnostics.append(
            rules.MISSING_FIELD.at(
                definition.name.span if definition.name else definition.span,
                f"parameter `{name}` has no default and no value was given",
                help=f"--set {name}=..., or a default after `=`",
            )
        )
        return UNREADABLE

    def reject(self, name: str) -> None:
        """Take a value for unreadable: it has been told why."""
        self._known[name] = UNREADABLE

    def unknown(self, node: ast.Expression, value: Value) -> Diagnostic | None:
        """A complaint about a name that means nothing; None where it may mean something."""
        if type(node) is not ast.Reference or not isinstance(value, Symbol) or value != node.name:
            return None
        if not self.known or value in self.known or value in self.definitions:
            return None
        near = nearest(value, [*self.definitions, *self.local])
        return rules.UNKNOWN_NAME.at(
            node.span,
            f"nothing is called `{value}`",
            help=f"did you mean `{near}`?" if near else f"let {value} = ...",
        )

    def _report_cycle(self, name: str, span: Span) -> None:
        chain = circle(name, self._open)
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
        return plain(node.value)
    if isinstance(node, ast.Reference):
        if isinstance(node, ast.Bound):
            return evaluate(node.value, scope)
        value = scope.lookup(node.name, node.span)
        return Symbol(node.name) if value is None else value
    if scope.depth >= DEEPEST:
        scope.diagnostics.append(
            composition_rules.TOO_MUCH.at(
                node.span,
                f"a value needs more than {DEEPEST} operations, each the result of the next",
                help="choose between values in fewer steps, or write the value itself",
            )
        )
        return UNREADABLE
    scope.depth += 1
    value = _EVALUATE[type(node)](node, scope)
    scope.depth -= 1
    return value


def _unary(node: ast.Unary, scope: Scope) -> Value:
    value = evaluate(node.operand, scope)
    if isinstance(value, Unreadable):
        return value
    if node.operator == "not" and isinstance(value, bool):
        return not value
    number = as_quantity(value)
    if node.operator == "-" and number is not None:
        return plain(Quantity(-number.value, number.dimension, number.percent))
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
        return mismatch(node, left, right, scope)
    if node.operator in ("==", "!="):
        return (left == right) == (node.operator == "==")
    if isinstance(left, Accelerators) or isinstance(right, Accelerators):
        made = combine_accelerators(node.operator, left, right)
        return mismatch(node, left, right, scope) if made is None else made
    a, b = as_quantity(left), as_quantity(right)
    if a is None or b is None:
        return mismatch(node, left, right, scope)
    if node.operator in ("<", ">", "<=", ">="):
        if a.dimension != b.dimension:
            return mismatch(node, left, right, scope)
        return _COMPARE[node.operator](a.value, b.value)
    try:
        result = combine(node.operator, a, b)
        if math.isfinite(result.value):
            return plain(result)
        scope.diagnostics.append(
            rules.NO_VALUE.at(
                node.span,
                f"`{node.operator}` of {describe(left)} and {describe(right)} is larger than any "
                "quantity can be",
                help="divide before you multiply, or write smaller numbers",
            )
        )
        return UNREADABLE
    except DimensionError:
        return mismatch(node, left, right, scope)
    except ZeroDivisionError:
        scope.diagnostics.append(
            rules.NO_VALUE.at(
                node.span,
                f"division of {describe(left)} by zero",
                labels=[Label(node.right.span, "this is 0")],
                help="divide by something that is not 0",
            )
        )
        return UNREADABLE


_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


def _list(node: ast.ListLiteral, scope: Scope) -> Value:
    items = [evaluate(item, scope) for item in node.items]
    return UNREADABLE if any(isinstance(item, Unreadable) for item in items) else items


def _attribute(node: ast.Attribute, scope: Scope) -> Value:
    base = evaluate(node.base, scope)
    if isinstance(base, Symbol):
        found = scope.inside(f"{base}.{node.name.text}", node) if scope.inside else None
        if found is not None:
            return found
        return Symbol(f"{base}.{node.name.text}")
    if isinstance(base, Accelerators) and node.name.text in ("count", "model"):
        return base.count if node.name.text == "count" else Symbol(base.model)
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


def _conditional(node: ast.Conditional, scope: Scope) -> Value:
    chosen = evaluate(node.condition, scope)
    if isinstance(chosen, bool):
        scope.used.update(mentioned(node.otherwise if chosen else node.then))
        return evaluate(node.then if chosen else node.otherwise, scope)
    if not isinstance(chosen, Unreadable):
        scope.diagnostics.append(no_condition(node.condition.span, chosen))
    return UNREADABLE


def _comprehension(node: ast.Comprehension, scope: Scope) -> Value:
    source = evaluate(node.source, scope)
    if isinstance(source, Unreadable):
        return source
    if not isinstance(source, list):
        scope.diagnostics.append(
            rules.WRONG_TYPE.at(
                node.source.span,
                f"`in` wants a list, this is {describe(source)}",
                help="[a, b], range(3), or a parameter that holds a list",
            )
        )
        return UNREADABLE
    made: list[Value] = []
    around = scope.local
    for item in source:
        scope.made += 1
        if scope.made > MOST_ITEMS:
            too_many(node.span, scope)
            made = []
            break
        scope.local = {**around, node.name.text: item}
        kept = True if node.condition is None else evaluate(node.condition, scope)
        if isinstance(kept, bool):
            if kept:
                made.append(evaluate(node.value, scope))
            continue
        if not isinstance(kept, Unreadable) and node.condition is not None:
            scope.diagnostics.append(no_condition(node.condition.span, kept))
        scope.local = around
        return UNREADABLE
    scope.local = around
    broken = scope.made > MOST_ITEMS or any(isinstance(value, Unreadable) for value in made)
    return UNREADABLE if broken else made


def _template(node: ast.Template, scope: Scope) -> Value:
    values = [part if isinstance(part, str) else evaluate(part, scope) for part in node.parts]
    texts: list[str] = []
    for value, part in zip(values, node.parts, strict=True):
        if isinstance(value, Unreadable):
            return value
        inside = not isinstance(part, str) and node.span.start < part.span.start < node.span.end
        unknown = scope.unknown(part, value) if inside and not isinstance(part, str) else None
        if unknown is not None and part.span.file == node.span.file:  # type: ignore[union-attr]
            scope.diagnostics.append(unknown)
            return UNREADABLE
        if isinstance(value, list):
            scope.diagnostics.append(
                rules.WRONG_TYPE.at(
                    node.span if isinstance(part, str) else part.span,
                    "a list cannot stand in a text",
                    help='join(list, ", ") makes one text of it',
                )
            )
            return UNREADABLE
        texts.append(text_of(value))
    if sum(map(len, texts)) > LONGEST_TEXT:
        scope.diagnostics.append(
            composition_rules.TOO_MUCH.at(
                node.span,
                f"this text has {sum(map(len, texts)):,} characters, {LONGEST_TEXT:,} are the most",
                help="shorten what it is made of",
            )
        )
        return UNREADABLE
    return "".join(texts)


def _call(node: ast.Call, scope: Scope) -> Value:
    if node.parameters:
        scope.diagnostics.append(
            rules.BAD_CALL.at(
                node.parameters[0].span,
                "a value is given with `=`; `:` stands before a type",
                help=f"{node.parameters[0].name.text} = ...",
            )
        )
        return UNREADABLE
    values = [evaluate(argument.value, scope) for argument in node.arguments]
    name = node.function.name if isinstance(node.function, ast.Reference) else ""
    if name not in FUNCTIONS:
        near = nearest(name, FUNCTIONS)
        scope.diagnostics.append(
            rules.BAD_CALL.at(
                node.function.span,
                f"there is no function `{name}`",
                help=f"did you mean `{near}`?" if near else "functions: " + ", ".join(FUNCTIONS),
            )
        )
        return UNREADABLE
    if any(isinstance(value, Unreadable) for value in values):
        return UNREADABLE
    try:
        made = FUNCTIONS[name](values)
        if isinstance(made, list):
            scope.made += len(made)
            if scope.made > MOST_ITEMS:
                too_many(node.span, scope)
                return UNREADABLE
        return made
    except (TypeError, ValueError, DimensionError) as error:
        shown = ", ".join(describe(value) for value in values)
        scope.diagnostics.append(
            rules.BAD_CALL.at(
                node.span,
                f"{name}({shown}) has no value: {error}",
                help=f"for example {EXAMPLES[name][0]}",
            )
        )
        return UNREADABLE


_EVALUATE: dict[type, Callable[..., Value]] = {
    ast.Unary: _unary,
    ast.Binary: _binary,
    ast.ListLiteral: _list,
    ast.Attribute: _attribute,
    ast.Index: _index,
    ast.Call: _call,
    ast.Conditional: _conditional,
    ast.Comprehension: _comprehension,
    ast.Template: _template,
}
