"""A statement and what its names stand for in, a copy that says so out.

Laws: the statement given is not changed; what stands for a name keeps the place where it was
written, so that a complaint about a pattern's argument points at the argument.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from mlsdc.compiler.expand.declared import instance_name, is_branch, is_loop
from mlsdc.dsl import ast


class Substitution:
    """What names stand for.

    `values` are those of parameters and loop variables; `names` are the new names of what the
    statements declare. Each of `stems` is a name that others are made of, `shop_answers` of `shop`:
    what begins with it is renamed alike. All happens at once, so that no value is taken for a name.
    """

    def __init__(
        self,
        values: Mapping[str, ast.Expression] | None = None,
        names: Mapping[str, str] | None = None,
        stems: Collection[str] = (),
    ) -> None:
        self.values: Mapping[str, ast.Expression] = values or {}
        self.names: Mapping[str, str] = names or {}
        self.stems = tuple(f"{stem}_" for stem in sorted(stems))

    def renamed(self, name: str) -> str | None:
        """The new name, or None where it stays as it is."""
        new = self.names.get(name)
        if new is None and self.stems and name.startswith(self.stems):
            stem = next(stem for stem in self.stems if name.startswith(stem))
            new = self.names[stem[:-1]] + name[len(stem) - 1 :]
        return new

    def _stands_for(self, name: str) -> bool:
        return name in self.values or self.renamed(name) is not None

    # Statements --------------------------------------------------------------------------------

    def outermost(self, statement: ast.Statement) -> ast.Statement:
        """A statement that declares one of the names itself, or an overlay of one of them."""
        made = self.statement(statement)
        if isinstance(made, ast.Declaration):
            assert isinstance(statement, ast.Declaration)
            if is_loop(statement) or is_branch(statement):
                if is_branch(statement):
                    made.body = self._block(statement.body, True)
                return made
            made.words = [_meant(word) for word in made.words[:1]] + made.words[1:]
            if instance_name(statement) is not None:
                made.words[2] = _meant(made.words[2])
            if made.name is not None:
                made.name = self.name(made.name)
            elif made.head is not None and not made.words and made.value is None:
                made.head = self.name(made.head)
        return made

    def name(self, name: ast.Name) -> ast.Name:
        """What a name that is declared or overridden is called now."""
        value = self.values.get(name.text)
        if isinstance(value, ast.Reference):
            return ast.Name(value.name, name.span)
        return ast.Name(self.renamed(name.text) or name.text, name.span)

    def statement(self, statement: ast.Statement) -> ast.Statement:
        """A copy of any statement."""
        if isinstance(statement, ast.Assignment):
            return ast.Assignment(
                statement.key,
                self.expression(statement.value),
                self._block(statement.configuration),
                statement.span,
            )
        if isinstance(statement, ast.Comparison):
            return replace(statement, value=self.expression(statement.value))
        if isinstance(statement, ast.Broken):
            new = filter(None, map(self.renamed, statement.names))
            return ast.Broken([*statement.names, *new], self._block(statement.body), statement.span)
        return self._declaration(statement)

    def _declaration(self, statement: ast.Declaration) -> ast.Declaration:
        if is_loop(statement) and statement.words:
            return self._loop(statement)
        kind = statement.type
        if kind is not None and kind.arguments:
            kind = replace(kind, arguments=self._all(kind.arguments))
        overlays = statement.head is not None and statement.head.text == "environment"
        return ast.Declaration(
            statement.head,
            self._row(statement.words),
            statement.name,
            kind,
            self._row(statement.modifiers),
            self._optional(statement.value),
            self._row(statement.value_modifiers),
            self._block(statement.body, overlays),
            statement.span,
        )

    def _loop(self, statement: ast.Declaration) -> ast.Declaration:
        """A loop's own variable hides what has its name outside."""
        variable = statement.words[0]
        inner = self.without(variable.name) if isinstance(variable, ast.Reference) else self
        body = inner._block(statement.body, True)
        words = [variable, *self._row(statement.words[1:])]
        return replace(statement, words=words, body=body)

    def without(self, name: str) -> Substitution:
        """The same, but for one name."""
        return Substitution(
            {key: value for key, value in self.values.items() if key != name},
            {key: value for key, value in self.names.items() if key != name},
            [stem[:-1] for stem in self.stems if stem[:-1] != name],
        )

    def _block(self, block: ast.Block | None, overlays: bool = False) -> ast.Block | None:
        if block is None:
            return None
        copy = self.outermost if overlays else self.statement
        return ast.Block([copy(statement) for statement in block.statements], block.span)

    def _row(self, words: list[ast.Expression]) -> list[ast.Expression]:
        """Words may be names of fields: what stands for them is put beside them."""
        return [
            ast.Bound(word.name, word.span, self.expression(word))
            if type(word) is ast.Reference and self._stands_for(word.name)
            else self.expression(word)
            for word in words
        ]

    # Expressions -------------------------------------------------------------------------------

    def _all(self, expressions: list[ast.Expression]) -> list[ast.Expression]:
        return [self.expression(each) for each in expressions]

    def _optional(self, node: ast.Expression | None) -> ast.Expression | None:
        return None if node is None else self.expression(node)

    def expression(self, node: ast.Expression) -> ast.Expression:
        """A copy of an expression; parts that mention no name are shared."""
        if isinstance(node, ast.Literal):
            return node
        if isinstance(node, ast.Bound):
            return ast.Bound(node.name, node.span, self.expression(node.value))
        if isinstance(node, ast.Reference):
            known = self.values.get(node.name)
            if known is not None:
                return known
            new = self.renamed(node.name)
            return node if new is None else ast.Reference(new, node.span)
        if isinstance(node, ast.Template):
            parts = [p if isinstance(p, str) else self.expression(p) for p in node.parts]
            return replace(node, parts=parts)
        if isinstance(node, ast.Attribute):
            return replace(node, base=self.expression(node.base))
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.Index):
            return ast.Index(self.expression(node.base), self.expression(node.index), node.span)
        if isinstance(node, ast.ListLiteral):
            return ast.ListLiteral(self._all(node.items), node.span)
        if isinstance(node, ast.Comprehension):
            return self._comprehension(node)
        if isinstance(node, ast.Conditional):
            return ast.Conditional(
                self.expression(node.condition),
                self.expression(node.then),
                self.expression(node.otherwise),
                node.span,
            )
        if isinstance(node, ast.Unary):
            return replace(node, operand=self.expression(node.operand))
        return replace(node, left=self.expression(node.left), right=self.expression(node.right))

    def _call(self, node: ast.Call) -> ast.Call:
        """Functions and patterns have names of their own, which nothing else stands for."""
        arguments = [replace(a, value=self.expression(a.value)) for a in node.arguments]
        return ast.Call(node.function, arguments, node.span, node.parameters)

    def _comprehension(self, node: ast.Comprehension) -> ast.Comprehension:
        inner = self.without(node.name.text)
        return ast.Comprehension(
            inner.expression(node.value),
            node.name,
            self.expression(node.source),
            None if node.condition is None else inner.expression(node.condition),
            node.span,
        )


def _meant(word: ast.Expression) -> ast.Expression:
    return word.value if isinstance(word, ast.Bound) else word


def mentioned(node: Any) -> Iterator[str]:
    """Every name that a piece of the tree reads, or gives a block to."""
    if isinstance(node, ast.Bound):
        yield from mentioned(node.value)
    elif isinstance(node, ast.Reference):
        yield node.name
    elif isinstance(node, list):
        for item in node:  # pyright: ignore[reportUnknownVariableType]
            yield from mentioned(item)
    elif is_dataclass(node):
        if isinstance(node, ast.Declaration) and node.head is not None:
            yield node.head.text
        for each in fields(node):
            yield from mentioned(getattr(node, each.name))
