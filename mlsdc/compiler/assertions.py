"""`assert` statements and the facts of a design in, those that do not hold out.

A condition has three outcomes, as a check: it holds, it does not (and the values of both sides are
told), or it cannot be decided (and what the design would have to say is named).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from mlsdc.compiler import composition_rules, rules
from mlsdc.compiler.collect import Collected
from mlsdc.compiler.design import Design
from mlsdc.compiler.evaluate import Scope, evaluate
from mlsdc.compiler.evaluate_complaints import no_condition
from mlsdc.compiler.figures import Unknown
from mlsdc.compiler.measured import measured, measures
from mlsdc.compiler.model.part import Part, shape
from mlsdc.compiler.schedule import Facts
from mlsdc.compiler.values import UNREADABLE, Symbol, Unreadable, Value, describe, plain
from mlsdc.diagnostics import Diagnostic, Label, Severity, nearest
from mlsdc.dsl import ast
from mlsdc.units import Accelerators, Quantity

_MOST_OPERANDS = 8


@dataclass
class _Inside:
    """Looks into the components of a design, and remembers what could not be known."""

    design: Design
    facts: Facts
    said: list[Diagnostic]
    missing: list[str] = field(default_factory=list[str])

    def look(self, path: str, node: ast.Attribute) -> Value | None:
        """The value of `component.field.field`."""
        name, *keys = path.split(".")
        component = self.design.components.get(name)
        if component is None:
            return self._no_component(name, node)
        if name in self.design.tainted:
            return UNREADABLE
        part: Any = component
        for at, key in enumerate(keys):
            found = _field(part, key)
            if at == 0 and (found is None or found == "auto"):
                figure = measured(component, key, self.facts)
                if isinstance(figure, Unknown):
                    self.missing += figure.missing
                    return UNREADABLE
                if figure is not None:
                    return plain(Quantity(figure.value, figure.dimension))
            if found is None:
                return self._nothing(path, key, part, at == 0, node)
            part = found
        return None if isinstance(part, Part) else _value(part)

    def _no_component(self, name: str, node: ast.Attribute) -> Value:
        if not self.design.is_broken(name):
            near = nearest(name, self.design.components)
            self.said.append(
                rules.UNKNOWN_NAME.at(
                    node.base.span,
                    f"nothing is called `{name}`",
                    help=f"did you mean `{near}`?" if near else "name a component of the design",
                )
            )
        return UNREADABLE

    def _nothing(self, path: str, key: str, part: Part, top: bool, node: ast.Attribute) -> Value:
        fields = shape(type(part)).fields
        if key in fields:
            self.missing.append(path)
            return UNREADABLE
        known = [*fields, *(measures(part) if top else ())]  # type: ignore[arg-type]
        near = nearest(key, known)
        self.said.append(
            rules.UNKNOWN_FIELD.at(
                node.name.span,
                f"`{path.rpartition('.')[0]}` has no `{key}`",
                help=f"did you mean `{near}`?" if near else "it has: " + ", ".join(known),
            )
        )
        return UNREADABLE


def check_assertions(
    collected: Collected, design: Design, facts: Facts, scope: Scope
) -> list[Diagnostic]:
    """Every assertion that does not hold, or cannot be decided."""
    said: list[Diagnostic] = []
    for statement in collected.asserts:
        said += check_assertion(statement, design, facts, scope)
    return said


def check_assertion(
    statement: ast.Declaration, design: Design, facts: Facts, scope: Scope
) -> list[Diagnostic]:
    """What is to be said of one assertion: nothing, where it holds."""
    said: list[Diagnostic] = []
    inside = _Inside(design, facts, said)
    own = replace(scope, diagnostics=said, inside=inside.look)
    condition = statement.value
    assert condition is not None
    held = evaluate(condition, own)
    message = next((_text(word, own) for word in statement.value_modifiers), "")
    told = f": {message}" if message else ""
    if inside.missing and not said:
        missing = tuple(dict.fromkeys(inside.missing))
        said.append(
            composition_rules.ASSERTION_FAILED.at(
                condition.span,
                f"it cannot be told whether this holds{told}",
                severity=Severity.NOTE,
                missing=missing,
                help="state " + ", ".join(missing),
            )
        )
    elif held is False:
        operands = dict(_operands(condition, own))
        said.append(
            composition_rules.ASSERTION_FAILED.at(
                condition.span,
                f"this does not hold{told}",
                labels=[Label(node.span, text) for node, text in operands.values()],
                arithmetic=[f"{name} is {text}" for name, (_, text) in operands.items()],
                help="change one of the sides, or what it depends on",
            )
        )
    elif not isinstance(held, bool | Unreadable):
        said.append(no_condition(condition.span, held))
    return said


def _text(word: ast.Expression, scope: Scope) -> str:
    value = evaluate(word, scope)
    return value if isinstance(value, str) else ""


def _operands(
    node: ast.Expression, scope: Scope
) -> Iterator[tuple[str, tuple[ast.Expression, str]]]:
    """The names and paths that a condition reads, with their values."""
    from mlsdc.dsl.yaml_expressions import expression_text

    waiting, found = [node], 0
    while waiting and found < _MOST_OPERANDS:
        here = waiting.pop(0)
        if isinstance(here, ast.Reference | ast.Attribute):
            value = evaluate(here, scope)
            if not isinstance(value, Unreadable) and not _says_itself(here, value):
                found += 1
                yield expression_text(here), (here, describe(value))
        elif isinstance(here, ast.Binary):
            waiting[:0] = [here.left, here.right]
        elif isinstance(here, ast.Unary):
            waiting[:0] = [here.operand]
        elif isinstance(here, ast.Call):
            waiting[:0] = [argument.value for argument in here.arguments]


def _says_itself(node: ast.Expression, value: Value) -> bool:
    return isinstance(node, ast.Reference) and isinstance(value, Symbol) and value == node.name


def _field(part: Part, key: str) -> Any:
    known = shape(type(part)).fields.get(key)
    return None if known is None else getattr(part, known.attribute)


def _value(found: Any) -> Value | None:
    """A field's value as a value of the language; None where it is none."""
    if isinstance(found, Enum):
        return Symbol(found.value)
    if isinstance(found, str):
        return Symbol(found) if found.isidentifier() else found
    if isinstance(found, bool | int | float | Quantity | Accelerators):
        return found
    if isinstance(found, tuple):
        values = [_value(item) for item in found]  # pyright: ignore[reportUnknownVariableType]
        return [value for value in values if value is not None]
    return None
