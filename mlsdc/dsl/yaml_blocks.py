"""Nodes of a YAML file in, statements out: how mappings and lists say what blocks say.

Law: a mapping's entries are a block's statements, in order; what cannot be read is reported once
and leaves its names behind, so that nothing else is reported because of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from mlsdc.diagnostics import Span
from mlsdc.dsl import ast
from mlsdc.dsl import yaml_rules as rules
from mlsdc.dsl.yaml_fragments import Fragments
from mlsdc.dsl.yaml_nodes import Mapping, Node, Scalar, Sequence
from mlsdc.dsl.yaml_words import MEMBER_BLOCKS, NAME, OBJECTIVE

Entry = tuple[Scalar, Node]


class Blocks:
    """Reads the blocks of one file."""

    def __init__(self, fragments: Fragments) -> None:
        self.read = fragments

    # Blocks ------------------------------------------------------------------------------------

    def block(self, node: Node, members: bool = False) -> ast.Block | None:
        """A mapping of entries, or a list of statements; None where nothing is written."""
        if isinstance(node, Mapping):
            return ast.Block(self.entries(node.entries, members), node.span)
        if isinstance(node, Sequence):
            return ast.Block(self.steps(node), node.span)
        if not node.empty:
            self.read.refuse(node.span, "a block is a mapping or a list", "key: {name: value}")
        return None

    def entries(self, entries: Iterable[Entry], members: bool = False) -> list[ast.Statement]:
        """The statements that the entries of a mapping stand for."""
        made: list[ast.Statement] = []
        for key, node in entries:
            if key.value == "steps":
                made += self.listed(node)
            else:
                made.append(self.entry(key, node, members) or _broken(key, node))
        return made

    def listed(self, node: Node) -> list[ast.Statement]:
        """The statements of a list, which may also be a mapping."""
        block = self.block(node)
        return block.statements if block else []

    def entry(self, key: Scalar, node: Node, members: bool = False) -> ast.Statement | None:
        """One entry of a mapping."""
        if " " in key.value.strip():
            return self._qualified(key, node)
        name = self.name(key)
        if name is None:
            return None
        if isinstance(node, Scalar):
            if members:
                return self.member(ast.Name(name.text, name.span), node)
            return self.read.assignment(name, node) if self._written(name, node) else None
        if isinstance(node, Sequence):
            return self._list(name, node)
        if node.get("is") is not None:
            return self._configured(name, node)
        if node.get("type") is not None:
            return self.member(name, node)
        if _explicit(node):
            value = self.value(node)
            return value and ast.Assignment(name, value, None, name.span.to(node.span))
        return self._nested(name, node)

    def _written(self, name: ast.Name, scalar: Scalar) -> bool:
        if scalar.empty:
            self.read.refuse(
                name.span, f"`{name.text}` has no value", f"{name.text}: ..., or {{}} for a block"
            )
        return not scalar.empty

    def _nested(self, name: ast.Name, node: Node) -> ast.Declaration:
        block = self.block(node, name.text in MEMBER_BLOCKS)
        return _declaration(name.span.to(node.span), head=name, body=block)

    def _list(self, name: ast.Name, node: Sequence) -> ast.Statement:
        if node.items and all(_is_objective(item) for item in node.items):
            return self._nested(name, node)
        return ast.Assignment(name, self._values(node), None, name.span.to(node.span))

    def _configured(self, name: ast.Name, node: Mapping) -> ast.Statement | None:
        chosen = node.get("is")
        value = self.value(chosen) if chosen is not None else None
        rest = self.entries((k, v) for k, v in node.entries if k.value != "is")
        if value is None:
            return None
        return ast.Assignment(name, value, ast.Block(rest, node.span), name.span.to(node.span))

    # Members -----------------------------------------------------------------------------------

    def _qualified(self, key: Scalar, node: Node) -> ast.Statement | None:
        heading = self.read.heading(key)
        if heading is None or heading.name is None:
            return None
        made = self.member(heading.name, node)
        if made is not None:
            made.head, made.words = heading.head, heading.words
            made.span = key.span.to(node.span)
        return made

    def member(self, name: ast.Name, node: Node, valued: bool = False) -> ast.Declaration | None:
        """`name: type = value` from a scalar or a mapping; `valued` where a scalar is the value."""
        if valued and (not isinstance(node, Mapping) or _explicit(node)):
            made = self._tail(node)
        elif isinstance(node, Scalar):
            made = self.read.typed(node)
        elif isinstance(node, Mapping):
            made = self._parts(node)
        else:
            self.read.refuse(node.span, "a member has a type: a name, or {type: name}")
            made = None
        if made is not None:
            made.head, made.words, made.name = None, [], name
            made.span = name.span.to(node.span)
        return made

    def _parts(self, node: Mapping) -> ast.Declaration | None:
        made, target = _declaration(node.span), None
        for key, value in node.entries:
            if key.value == "type":
                typed = self._scalar(value, "a type") and self.read.typed(value)  # type: ignore[arg-type]
                if not typed:
                    return None
                made.type, made.modifiers = typed.type, typed.modifiers
                made.value, made.value_modifiers = typed.value, typed.value_modifiers
                target = made.value_modifiers if made.value is not None else made.modifiers
            elif key.value == "value":
                given = self._tail(value)
                if given is None:
                    return None
                made.value, target = given.value, given.value_modifiers
                made.value_modifiers = target
            elif key.value == "block":
                made.body = self.block(value)
            else:
                words = self._option(key, value)
                if words is None or target is None:
                    if target is None:
                        self.read.refuse(key.span, "`type` or `value` comes first in a member")
                    return None
                target += words
        return made

    def _tail(self, node: Node) -> ast.Declaration | None:
        """A value, with the words behind it where it is a plain scalar."""
        if isinstance(node, Scalar) and not node.style:
            return self.read.given(node)
        value = self.value(node)
        return _declaration(node.span, value=value) if value is not None else None

    def _option(self, key: Scalar, node: Node) -> list[ast.Expression] | None:
        """`timeout: 20ms` is the words `timeout 20ms`; `asynchronous: true` is the word alone."""
        name = self.name(key)
        if name is None or not self._scalar(node, "a word or a value"):
            return None
        assert isinstance(node, Scalar)
        own = ast.Reference(name.text, name.span)
        if node.value == "true" and not node.style:
            return [own]
        words = self.read.words(node)
        return None if words is None else [own, *words]

    # Lists of statements -----------------------------------------------------------------------

    def steps(self, node: Sequence) -> list[ast.Statement]:
        """The statements that the items of a list stand for."""
        return [self._step(item) or _broken(None, item) for item in node.items]

    def _step(self, node: Node) -> ast.Statement | None:
        if isinstance(node, Scalar):
            return self.read.statement("", node, "a statement")
        if isinstance(node, Sequence) or not node.entries:
            self.read.refuse(node.span, "a statement is a text or a mapping", "- call: name")
            return None
        if node.entries[0][0].value == "statement":
            return self._headed(node)
        return self._clause(node)

    def _headed(self, node: Mapping) -> ast.Statement | None:
        """`{statement: drift = psi, block: {...}}`"""
        written = node.entries[0][1]
        if not self._scalar(written, "a statement"):
            return None
        assert isinstance(written, Scalar)
        made = self.read.statement("", written, "a statement")
        rest = [(k, v) for k, v in node.entries[1:] if k.value == "block"]
        for key, _ in node.entries[1:]:
            if key.value != "block":
                self.read.refuse(key.span, f"`{key.value}` does not go with `statement`")
        block = self.block(rest[0][1]) if rest else None
        if isinstance(made, ast.Assignment):
            made.configuration = block or made.configuration
        elif isinstance(made, ast.Declaration):
            made.body = block or made.body
        elif block is not None:
            self.read.refuse(block.span, "this statement takes no block")
        if made is not None:
            made.span = node.span
        return made

    def _clause(self, node: Mapping) -> ast.Statement | None:
        """`{call: score, timeout: 20ms, steps: [...]}`"""
        (key, first), *rest = node.entries
        head = self.name(key)
        if head is None:
            return None
        made = _declaration(node.span, head=head)
        if not isinstance(first, Scalar):
            made.body = self.block(first, head.text in MEMBER_BLOCKS)
        elif not first.empty:
            words = self.read.words(first)
            if words is None:
                return None
            made.words = words
        for option, value in rest:
            if option.value == "steps":
                made.body = self.block(value)
                continue
            words = self._option(option, value)
            if words is None:
                return None
            made.words += words
        return made

    # Values ------------------------------------------------------------------------------------

    def value(self, node: Node) -> ast.Expression | None:
        """An expression: plain is read, quoted is text, a list is a list."""
        if isinstance(node, Scalar):
            return self.read.expression(node)
        if isinstance(node, Sequence):
            return self._values(node)
        if not _explicit(node):
            self.read.refuse(
                node.span, "a value is needed here, not a block", "{text: ...} or {expression: ...}"
            )
            return None
        key, inner = node.entries[0]
        assert isinstance(inner, Scalar)
        if key.value == "text":
            return self.read.literal(inner)
        made = self.read.statement("x = ", inner, "one value")
        if isinstance(made, ast.Assignment) and made.configuration is None:
            return made.value
        return None

    def _values(self, node: Sequence) -> ast.ListLiteral:
        values = [self.value(item) for item in node.items]
        return ast.ListLiteral([value for value in values if value is not None], node.span)

    def _scalar(self, node: Node, wanted: str) -> bool:
        if isinstance(node, Scalar):
            return True
        self.read.refuse(node.span, f"{wanted} is needed here, not a list or a mapping")
        return False

    def name(self, key: Scalar) -> ast.Name | None:
        """The name that a key stands for."""
        text = key.value.removeprefix("$")
        if NAME.fullmatch(text) and len(text) <= 256:
            start = key.span.start + (len(text) < len(key.value) and not key.style)
            return ast.Name(text, Span(key.span.file, start, key.span.end))
        self.read.said.append(
            rules.BAD_KEY.at(
                key.span,
                f"the key `{key.value[:40]}` is no name",
                help="names consist of letters a-z, digits and `_`",
            )
        )
        return None


def _declaration(
    span: Span,
    head: ast.Name | None = None,
    value: ast.Expression | None = None,
    body: ast.Block | None = None,
) -> ast.Declaration:
    return ast.Declaration(head, [], None, None, [], value, [], body, span)


def _broken(key: Scalar | None, node: Node) -> ast.Broken:
    """What stays of a statement that could not be read."""
    span = key.span.to(node.span) if key is not None else node.span
    names = [key.value] if key is not None else []
    if isinstance(node, Scalar):
        names += NAME.findall(node.value[:1000])
    return ast.Broken(names, None, span)


def _explicit(node: Node) -> bool:
    """`{text: ...}` and `{expression: ...}`: a value that says of which kind it is."""
    if not isinstance(node, Mapping) or len(node.entries) != 1:
        return False
    key, inner = node.entries[0]
    return key.value in ("text", "expression") and isinstance(inner, Scalar)


def _is_objective(node: Node) -> bool:
    return isinstance(node, Scalar) and not node.style and bool(OBJECTIVE.match(node.value))
