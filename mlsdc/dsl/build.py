"""Grammar reductions in, tree nodes out.

Every node gets the span of the text it was read from. Literal values are computed here, so a number
with an unknown unit is reported once, at its place, and reads as an unknown number afterwards.
"""

from __future__ import annotations

from typing import Any, cast

from lark import Token, Transformer

from mlsdc.diagnostics import Confidence, Diagnostic, Edit, Fix, Span
from mlsdc.dsl import ast, rules
from mlsdc.units import Accelerators, Quantity, UnitError, parse_quantity

ERROR_HEAD = "<unreadable>"
"""The head that recovery puts before the block of a statement it could not read."""

_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "$": "$"}
Nodes = list[Any]


class Builder(Transformer[Token, ast.Tree]):
    """Callbacks of the LALR parser; one method a rule, named as the rule."""

    def __init__(self) -> None:
        super().__init__(visit_tokens=False)
        self.file = ""
        self.diagnostics: list[Diagnostic] = []

    def begin(self, file: str) -> None:
        """Forget the last file."""
        self.file, self.diagnostics = file, []

    # Places ------------------------------------------------------------------------------------

    def _span(self, nodes: Nodes) -> Span:
        first, last = nodes[0], nodes[-1]
        start = first.start_pos if isinstance(first, Token) else first.span.start
        end = last.end_pos if isinstance(last, Token) else last.span.end
        return Span(self.file, start or 0, end or 0)

    def _name(self, token: Token) -> ast.Name:
        return ast.Name(str(token), self._span([token]))

    # Statements --------------------------------------------------------------------------------

    def start(self, nodes: Nodes) -> list[ast.Statement]:
        """The statements of the file; the driver wraps them into a Tree."""
        return _statements(nodes)

    def block(self, nodes: Nodes) -> ast.Block:
        """`{ ... }`"""
        return ast.Block(_statements(nodes[1:-1]), self._span(nodes))

    def assignment(self, nodes: Nodes) -> ast.Assignment:
        """`key = value { ... }`"""
        block = nodes[3] if len(nodes) > 3 else None
        return ast.Assignment(self._name(nodes[0]), nodes[2], block, self._span(nodes))

    def comparison(self, nodes: Nodes) -> ast.Comparison:
        """`key <= value`"""
        return ast.Comparison(self._name(nodes[0]), str(nodes[1]), nodes[2], self._span(nodes))

    def member(self, nodes: Nodes) -> ast.Declaration:
        """`name: type ...`"""
        return self._declaration(nodes)

    def declaration(self, nodes: Nodes) -> ast.Statement:
        """`head words ...`"""
        if nodes[0] == ERROR_HEAD:
            body = nodes[-1] if isinstance(nodes[-1], ast.Block) else None
            return ast.Broken([], body, self._span([nodes[0], body or nodes[0]]))
        return self._declaration(nodes)

    def _declaration(self, nodes: Nodes) -> ast.Declaration:
        made = ast.Declaration(None, [], None, None, [], None, [], None, NO_SPAN)
        end = nodes[0]
        for node in nodes:
            if isinstance(node, Token):
                setattr(made, "head" if node.type == "HEAD" else "name", self._name(node))
            elif isinstance(node, ast.Block):
                made.body = node
            elif node[0] == "words":
                made.words = node[1]
            elif node[0] == "typed":
                made.type, made.modifiers = node[1], node[2]
            else:
                made.value, made.value_modifiers = node[1], node[2]
            end = _last(node) or end
        made.span = self._span([nodes[0], end])
        return made

    def typed(self, nodes: Nodes) -> Nodes:
        """`: type words`"""
        return ["typed", nodes[1], nodes[2][1]]

    def given(self, nodes: Nodes) -> Nodes:
        """`= value tail`"""
        return ["given", nodes[1], nodes[2][1]]

    def words(self, nodes: Nodes) -> Nodes:
        """Names and constants in a row."""
        return ["words", nodes]

    tail = words

    def type(self, nodes: Nodes) -> ast.TypeName:
        """`float32[128]`"""
        return ast.TypeName(str(nodes[0]), nodes[2] if len(nodes) > 1 else [], self._span(nodes))

    # Expressions -------------------------------------------------------------------------------

    def path(self, nodes: Nodes) -> ast.Expression:
        """`a.b.c`"""
        made: ast.Expression = self.reference(nodes[:1])
        for at in range(2, len(nodes), 2):
            made = self.attribute([made, nodes[at - 1], nodes[at]])
        return made

    def negative(self, nodes: Nodes) -> ast.Expression:
        """`-3` as a word"""
        return self.unary([nodes[0], self.literal(nodes[1:])])

    def reference(self, nodes: Nodes) -> ast.Reference:
        """A name."""
        return ast.Reference(str(nodes[0]), self._span(nodes))

    def attribute(self, nodes: Nodes) -> ast.Attribute:
        """`base.name`"""
        return ast.Attribute(nodes[0], self._name(nodes[2]), self._span(nodes))

    def call(self, nodes: Nodes) -> ast.Call:
        """`function(arguments)`"""
        return ast.Call(nodes[0], nodes[2], self._span(nodes))

    def index(self, nodes: Nodes) -> ast.Index:
        """`base[index]`"""
        return ast.Index(nodes[0], nodes[2], self._span(nodes))

    def list(self, nodes: Nodes) -> ast.ListLiteral:
        """`[a, b]`"""
        return ast.ListLiteral(nodes[1], self._span(nodes))

    def group(self, nodes: Nodes) -> ast.Expression:
        """`(a)`: only the order of evaluation, which the tree already holds."""
        return nodes[1]

    def items(self, nodes: Nodes) -> Nodes:
        """The values between brackets."""
        return [node for node in nodes if not isinstance(node, Token)]

    arguments = items

    def argument(self, nodes: Nodes) -> ast.Argument:
        """`value` or `name = value`"""
        name = self._name(nodes[0]) if len(nodes) > 1 else None
        return ast.Argument(name, nodes[-1], self._span(nodes))

    def unary(self, nodes: Nodes) -> ast.Unary:
        """`-x`, `not x`"""
        return ast.Unary(str(nodes[0]), nodes[1], self._span(nodes))

    def binary(self, nodes: Nodes) -> ast.Binary:
        """`left operator right`"""
        return ast.Binary(str(nodes[1]), nodes[0], nodes[2], self._span(nodes))

    def literal(self, nodes: Nodes) -> ast.Literal:
        """A constant."""
        token = cast(Token, nodes[0])
        text, span = str(token), self._span(nodes)
        if token.type == "QUANTITY":
            return ast.Literal(self._quantity(text, span), text, span)
        if token.type == "ACCELERATORS":
            count, _, model = text.partition(" x ")
            return ast.Literal(Accelerators(int(count), model), text, span)
        if token.type == "BOOLEAN":
            return ast.Literal(text == "true", text, span)
        return ast.Literal(unquote(text), text, span)

    def _quantity(self, text: str, span: Span) -> Quantity:
        try:
            return parse_quantity(text)
        except UnitError as error:
            unit = error.suggestion
            number = text.rstrip("%/ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzµ")
            written = f"{number}{unit}" if unit else ""
            self.diagnostics.append(
                rules.BAD_QUANTITY.at(
                    span,
                    str(error),
                    help=f"did you mean `{written}`?"
                    if written
                    else "for example `20ms`, `16GiB`, `1200/s`, `80%`, `300EUR/month`",
                    fix=Fix(f"write `{written}`", (Edit(span, written),), Confidence.UNSAFE)
                    if written
                    else None,
                )
            )
            return Quantity(float("nan"))


NO_SPAN = Span("", 0, 0)


def _statements(nodes: Nodes) -> list[ast.Statement]:
    return [node for node in nodes if not isinstance(node, Token)]


def _last(node: Any) -> Any:
    if isinstance(node, Token | ast.Block):
        return node
    if node[0] == "words":
        return node[1][-1] if node[1] else None
    return node[2][-1] if node[2] else node[1]


def unquote(text: str) -> str:
    """The text between the quotes, with its escapes resolved; `\"\"\"` texts lose their indentation."""
    if text.startswith('"""') and len(text) >= 6:
        return _dedent(text[3:-3])
    out: list[str] = []
    at, inner = 0, text[1:-1]
    while at < len(inner):
        char = inner[at]
        if char == "\\" and at + 1 < len(inner):
            at += 1
            char = _ESCAPES.get(inner[at], "\\" + inner[at])
        out.append(char)
        at += 1
    return "".join(out)


def _dedent(text: str) -> str:
    from textwrap import dedent

    return dedent(text.removeprefix("\n")).rstrip(" \n") + ("\n" if "\n" in text.strip() else "")
