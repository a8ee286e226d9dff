"""Grammar reductions in, tree nodes out.

Every node gets the span of the text it was read from. Literal values are computed here, so a number
with an unknown unit is reported once, at its place, and reads as an unknown number afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlsdc.diagnostics import Span
from mlsdc.dsl import ast
from mlsdc.dsl.findings import Findings
from mlsdc.dsl.literals import read_literal
from mlsdc.dsl.literals import unquote as unquote
from mlsdc.dsl.tokens import Token

Pieces = list[Any]
# A named tuple's own constructor takes three times as long, and every node has a span.
_tuple: Callable[[type[Span], tuple[str, int, int]], Span] = vars(tuple)["__new__"]


class Builder:
    """What the automaton calls: one method a rule, named as the rule."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.file = findings.file

    # Places ------------------------------------------------------------------------------------

    def _at(self, token: Token) -> Span:
        return _tuple(Span, (self.file, token.start, token.end))

    def _from_to(self, first: Any, last: Any) -> Span:
        start: int = first.start if isinstance(first, Token) else first.span[1]
        end: int = last.end if isinstance(last, Token) else last.span[2]
        return _tuple(Span, (self.file, start, end))

    def _name(self, token: Token) -> ast.Name:
        return ast.Name(token.text, self._at(token))

    # Statements --------------------------------------------------------------------------------

    def start(self, pieces: Pieces) -> list[ast.Statement]:
        """The statements of the file."""
        return _without_tokens(pieces)

    def block(self, pieces: Pieces) -> ast.Block:
        """`{ ... }`"""
        statements = _without_tokens(pieces[1:-1])
        return ast.Block(statements, self._from_to(pieces[0], pieces[-1]))

    def assignment(self, pieces: Pieces) -> ast.Assignment:
        """`key = value { ... }`"""
        block = pieces[3] if len(pieces) > 3 else None
        key = self._name(pieces[0])
        return ast.Assignment(key, pieces[2], block, self._from_to(pieces[0], pieces[-1]))

    def comparison(self, pieces: Pieces) -> ast.Comparison:
        """`key <= value`"""
        key, operator, value = pieces
        return ast.Comparison(self._name(key), operator.text, value, self._from_to(key, value))

    def member(self, pieces: Pieces) -> ast.Declaration:
        """`name: type ...`"""
        return self.declaration(pieces)

    def broken(self, pieces: Pieces) -> ast.Broken:
        """What recovery put in the place of a statement; its text holds the identifiers."""
        body = pieces[1] if len(pieces) > 1 else None
        return ast.Broken(pieces[0].text.split(), body, self._from_to(pieces[0], pieces[-1]))

    def declaration(self, pieces: Pieces) -> ast.Declaration:
        """`head words name: type modifiers = value value_modifiers { body }`"""
        made = ast.Declaration(None, [], None, None, [], None, [], None, self._at(pieces[0]))
        end: Any = pieces[0]
        for piece in pieces:
            if isinstance(piece, Token):
                end, name = piece, self._name(piece)
                if piece.kind == "HEAD" or piece.kind == "CONDITION":
                    made.head = name
                else:
                    made.name = name
            elif isinstance(piece, ast.Block):
                end = made.body = piece
            else:
                part, value, words = piece
                if part == "words":
                    made.words = words
                elif part == "typed":
                    made.type, made.modifiers = value, words
                else:
                    made.value, made.value_modifiers = value, words
                end = words[-1] if words else value or end
        made.span = self._from_to(pieces[0], end)
        return made

    def words(self, pieces: Pieces) -> Pieces:
        """Names and constants in a row."""
        return ["words", None, pieces]

    row = tail = message = words

    def typed(self, pieces: Pieces) -> Pieces:
        """`: type words`"""
        return ["typed", pieces[1], pieces[2][2]]

    def given(self, pieces: Pieces) -> Pieces:
        """`= value tail`"""
        return ["given", pieces[1], pieces[2][2]]

    def given_condition(self, pieces: Pieces) -> Pieces:
        """`peak > 100/s "text"`: what follows `if` and `assert`"""
        return ["given", pieces[0], pieces[1][2]]

    def type(self, pieces: Pieces) -> ast.TypeName:
        """`float32[128]`"""
        arguments: list[ast.Expression] = pieces[2] if len(pieces) > 1 else []
        return ast.TypeName(pieces[0].text, arguments, self._from_to(pieces[0], pieces[-1]))

    # Expressions -------------------------------------------------------------------------------

    def path(self, pieces: Pieces) -> ast.Expression:
        """`a.b.c`"""
        made: ast.Expression = self.reference(pieces)
        for at in range(2, len(pieces), 2):
            made = self.attribute([made, pieces[at - 1], pieces[at]])
        return made

    def reference(self, pieces: Pieces) -> ast.Reference:
        """A name."""
        return ast.Reference(pieces[0].text, self._at(pieces[0]))

    def literal(self, pieces: Pieces) -> ast.Literal | ast.Template:
        """A constant, or a text with expressions in it."""
        token: Token = pieces[0]
        if token.kind == "STRING" and "${" in token.text and token.text[:3] != '"""':
            from mlsdc.dsl.interpolate import interpolate

            made = interpolate(token, self.findings)
            if made is not None:
                return made
        value = read_literal(token.kind, token.text, token.start, token.end, self.findings)
        return ast.Literal(value, token.text, self._at(token))

    text = literal

    def negative(self, pieces: Pieces) -> ast.Expression:
        """`-3` as a word"""
        return self.unary([pieces[0], self.literal(pieces[1:])])

    def attribute(self, pieces: Pieces) -> ast.Attribute:
        """`base.name`"""
        base, _, name = pieces
        return ast.Attribute(base, self._name(name), self._from_to(base, name))

    def call(self, pieces: Pieces) -> ast.Call:
        """`function(arguments)`"""
        span, given = self._from_to(pieces[0], pieces[-1]), pieces[2]
        if any(isinstance(piece, ast.Parameter) for piece in given):
            parameters = [piece for piece in given if isinstance(piece, ast.Parameter)]
            given = [piece for piece in given if not isinstance(piece, ast.Parameter)]
            return ast.Call(pieces[0], given, span, parameters)
        return ast.Call(pieces[0], given, span)

    invoked = call

    def index(self, pieces: Pieces) -> ast.Index:
        """`base[index]`"""
        return ast.Index(pieces[0], pieces[2], self._from_to(pieces[0], pieces[-1]))

    def listed(self, pieces: Pieces) -> ast.ListLiteral:
        """`[a, b]`"""
        return ast.ListLiteral(pieces[1], self._from_to(pieces[0], pieces[-1]))

    def comprehended(self, pieces: Pieces) -> ast.Comprehension:
        """`[x / 2 for x in rates if x > 1/s]`"""
        _, value, _, name, _, source, kept, end = pieces
        span = self._from_to(pieces[0], end)
        return ast.Comprehension(value, self._name(name), source, kept, span)

    def filter(self, pieces: Pieces) -> ast.Expression | None:
        """`if condition`, or nothing"""
        return pieces[1] if pieces else None

    def conditional(self, pieces: Pieces) -> ast.Conditional:
        """`a if condition else b`"""
        then, _, condition, _, otherwise = pieces
        return ast.Conditional(condition, then, otherwise, self._from_to(then, otherwise))

    def group(self, pieces: Pieces) -> ast.Expression:
        """`(a)`: only the order of evaluation, which the tree already holds.

        A compound takes in its parentheses; a name or constant keeps its own place.
        """
        inner: ast.Expression = pieces[1]
        if not isinstance(inner, ast.Reference | ast.Literal):
            inner.span = self._from_to(pieces[0], pieces[2])
        return inner

    def items(self, pieces: Pieces) -> Pieces:
        """The values between brackets."""
        return _without_tokens(pieces)

    arguments = items

    def argument(self, pieces: Pieces) -> ast.Argument:
        """`value` or `name = value`"""
        name = self._name(pieces[0]) if len(pieces) > 1 else None
        return ast.Argument(name, pieces[-1], self._from_to(pieces[0], pieces[-1]))

    def parameter(self, pieces: Pieces) -> ast.Parameter:
        """`name: type` or `name: type = default`"""
        default = pieces[4] if len(pieces) > 4 else None
        span = self._from_to(pieces[0], pieces[-1])
        return ast.Parameter(self._name(pieces[0]), pieces[2], default, span)

    def unary(self, pieces: Pieces) -> ast.Unary:
        """`-x`, `not x`"""
        sign, operand = pieces
        return ast.Unary(sign.text, operand, self._from_to(sign, operand))

    def binary(self, pieces: Pieces) -> ast.Binary:
        """`left operator right`"""
        left, sign, right = pieces
        return ast.Binary(sign.text, left, right, self._from_to(left, right))


def _without_tokens(pieces: Pieces) -> Pieces:
    return [piece for piece in pieces if not isinstance(piece, Token)]
