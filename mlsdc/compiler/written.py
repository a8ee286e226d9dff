"""Statements in; what stands at a place in the text, out: the expression or the block there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mlsdc.diagnostics import Span
from mlsdc.dsl import ast


class Written:
    """The expressions and blocks of some statements, by where they stand."""

    def __init__(self, statements: Iterable[ast.Statement]) -> None:
        self._values: dict[Span, ast.Expression] = {}
        self._bodies: dict[Span, ast.Block] = {}
        for statement in ast.walk(list(statements)):
            for value in _values(statement):
                self._values.setdefault(value.span, value)
            if isinstance(statement, ast.Declaration) and statement.head and statement.body:
                self._bodies.setdefault(statement.head.span, statement.body)

    def value(self, span: Span) -> ast.Expression | None:
        """The expression at a place, where a whole one stands there."""
        return self._values.get(span)

    def assignments(self, head: Span) -> Mapping[str, ast.Assignment]:
        """The assignments of the block behind the word at a place, by key."""
        body = self._bodies.get(head)
        found = [s for s in body.statements if isinstance(s, ast.Assignment)] if body else []
        return {each.key.text: each for each in found}


def _values(statement: ast.Statement) -> Iterator[ast.Expression]:
    if isinstance(statement, ast.Assignment | ast.Comparison):
        yield statement.value
    elif isinstance(statement, ast.Declaration):
        yield from statement.words
        yield from statement.modifiers
        if statement.value is not None:
            yield statement.value
        yield from statement.value_modifiers
