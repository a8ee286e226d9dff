"""Parameters and lets in, out: which of them a value came through, and who gave each its value.

Law: the value named is the one the design was resolved with: the command line before the
innermost environment, that before the environments it extends, those before the declaration.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal

from mlsdc.compiler.collect import Collected
from mlsdc.compiler.evaluate import Scope, Value
from mlsdc.compiler.overlays import environment_chain
from mlsdc.diagnostics import Span
from mlsdc.dsl import ast


@dataclass(frozen=True, slots=True)
class NamedValue:
    """A parameter or let that a value came through.

    `given_by` is "declaration", "environment" (then `environment` is its name) or "command line";
    `span` is where.
    """

    name: str
    kind: str
    """`param` or `let`."""
    value: Value
    span: Span
    given_by: Literal["declaration", "environment", "command line"]
    environment: str = ""


class NamedValues:
    """The parameters and lets of a design in one environment."""

    def __init__(
        self, collected: Collected, environment: str, given: Mapping[str, ast.Expression]
    ) -> None:
        self.collected = collected
        self.given = given
        self.chain = environment_chain(collected, environment, [])
        self.set_by = {
            key: (name, value)
            for name, statement in self.chain_by_name()
            for key, value in _settings(statement, collected)
        }
        values = {key: value for key, (_, value) in self.set_by.items()}
        self._scope = Scope(collected.values, {**values, **given})

    def chain_by_name(self) -> Iterator[tuple[str, ast.Declaration]]:
        """The environments that apply, the outermost first."""
        named = {id(statement): name for name, statement in self.collected.environments.items()}
        return ((named[id(statement)], statement) for statement in self.chain)

    def environment_of(self, span: Span) -> str:
        """The environment a place lies in; empty outside of them."""
        for name, statement in self.chain_by_name():
            around = statement.span
            if around.file == span.file and around.start <= span.start and span.end <= around.end:
                return name
        return ""

    def read_by(self, expression: ast.Expression | None) -> tuple[NamedValue, ...]:
        """What an expression reads, and what those read in turn; each once."""
        found: dict[str, NamedValue] = {}
        waiting = [expression]
        while waiting:
            for reference in references(waiting.pop(0)):
                name = reference.name
                if name in found or name not in self.collected.values:
                    continue
                found[name], source = self._named(name, reference.span)
                waiting.append(source)
        return tuple(found.values())

    def _named(self, name: str, at: Span) -> tuple[NamedValue, ast.Expression | None]:
        declared = self.collected.values[name]
        kind = declared.head.text if declared.head else "param"
        value = self._scope.lookup(name, at)
        assert value is not None
        if name in self.given:
            source = self.given[name]
            return NamedValue(name, kind, value, source.span, "command line"), source
        if name in self.set_by:
            environment, source = self.set_by[name]
            return NamedValue(name, kind, value, source.span, "environment", environment), source
        span = declared.value.span if declared.value else declared.span
        return NamedValue(name, kind, value, span, "declaration"), declared.value


def references(node: Any) -> Iterator[ast.Reference]:
    """The names an expression reads, in the order written."""
    if isinstance(node, ast.Reference):
        yield node
    elif isinstance(node, list):
        for item in node:  # pyright: ignore[reportUnknownVariableType]
            yield from references(item)
    elif is_dataclass(node):
        for field in fields(node):
            yield from references(getattr(node, field.name))


def _settings(
    statement: ast.Declaration, collected: Collected
) -> Iterator[tuple[str, ast.Expression]]:
    for each in _assignments(statement):
        if each.key.text in collected.values:
            yield each.key.text, each.value


def _assignments(statement: ast.Declaration) -> Iterator[ast.Assignment]:
    for each in statement.body.statements if statement.body else []:
        if isinstance(each, ast.Assignment):
            yield each
