"""Scalars of a YAML file in, pieces of the tree out: each is read by the language's own parser.

A piece is completed to a statement, parsed, and moved to where it stands in the YAML, complaints
included. Where YAML's escapes hide the way back, everything points at the whole scalar.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from mlsdc.diagnostics import Diagnostic, Span
from mlsdc.dsl import ast
from mlsdc.dsl import yaml_rules as rules
from mlsdc.dsl.findings import Findings
from mlsdc.dsl.interpolate import interpolate
from mlsdc.dsl.parse import parse
from mlsdc.dsl.relocate import moved, relocate
from mlsdc.dsl.tokens import Token
from mlsdc.dsl.yaml_characters import unspeakable_character
from mlsdc.dsl.yaml_nodes import Scalar
from mlsdc.dsl.yaml_words import NAME, long_text, quote
from mlsdc.units import QUANTITY_PATTERN, UnitError, parse_quantity

LONGEST = 65_536
"""Characters of one expression; lists of more belong into a YAML list."""
_QUANTITY = re.compile(QUANTITY_PATTERN, re.ASCII)
_NOT_NAMES = {"true", "false", "and", "or", "not"}
_WORST = 3
"""Complaints about one scalar; the rest are consequences."""


class Fragments:
    """Reads the scalars of one file."""

    def __init__(self, text: str, file: str, said: list[Diagnostic]) -> None:
        self.text, self.file, self.said = text, file, said

    def refuse(self, span: Span, message: str, help: str = "") -> None:
        """Report a value of a kind that does not fit."""
        self.said.append(rules.SHAPE.at(span, message, help=help))

    # Pieces ------------------------------------------------------------------------------------

    def quoted(self, scalar: Scalar) -> ast.Literal | ast.Template:
        """A quoted text, with expressions in it or without."""
        if "${" in scalar.value and scalar.style in ("'", '"'):
            made = self._template(scalar)
            if made is not None:
                return made
        return self.literal(scalar)

    def _template(self, scalar: Scalar) -> ast.Template | None:
        """What is wrong with the expressions points at the whole scalar."""
        findings = Findings(self.file)
        token = Token("STRING", quote(scalar.value), scalar.span.start, scalar.span.end)
        made = interpolate(token, findings)
        if made is None:
            return None
        self.said += [moved(said, lambda _: scalar.span) for said in findings.in_order()[:_WORST]]
        relocate(made, lambda _: scalar.span)
        return made

    def literal(self, scalar: Scalar) -> ast.Literal:
        """A text without expressions, however it is quoted."""
        unspeakable = unspeakable_character(scalar.value, scalar.span)
        if unspeakable is not None:
            self.said.append(unspeakable)
        long = long_text(scalar.value) if scalar.style in ("|", ">") else None
        form = long or quote(scalar.value).replace("${", "\\${")
        stands = self.text[scalar.span.start : scalar.span.end]
        return ast.Literal(scalar.value, form, scalar.span, stands)

    def expression(self, scalar: Scalar) -> ast.Expression | None:
        """`sum(amount) + 3`"""
        simple = self._simple(scalar)
        if simple is not None:
            return simple
        made = self.statement("x = ", scalar, "one value")
        if isinstance(made, ast.Assignment) and made.configuration is None:
            return made.value
        return self._unfit(made, scalar, "one value")

    def assignment(self, key: ast.Name, scalar: Scalar) -> ast.Statement | None:
        """`key = psi { warn = 0.1 }`, of which only the value stands in the scalar."""
        simple = self._simple(scalar)
        if simple is not None:
            return ast.Assignment(key, simple, None, key.span.to(scalar.span))
        made = self.statement("x = ", scalar, "one value")
        if not isinstance(made, ast.Assignment):
            return self._unfit(made, scalar, "one value")
        made.key, made.span = key, key.span.to(scalar.span)
        return made

    def typed(self, scalar: Scalar) -> ast.Declaration | None:
        """`float64 unit EUR = sum(amount) over 1h`: everything behind a colon."""
        if _is_name(scalar.value):
            bare = ast.TypeName(scalar.value, [], scalar.span)
            return ast.Declaration(None, [], None, bare, [], None, [], None, scalar.span)
        made = self.statement("x: ", scalar, "a type")
        if isinstance(made, ast.Declaration) and made.type is not None and made.head is None:
            return made
        return self._unfit(made, scalar, "a type")

    def given(self, scalar: Scalar) -> ast.Declaration | None:
        """`sum(amount) over 1h`: everything behind an equals sign."""
        simple = self._simple(scalar)
        if simple is not None:
            return ast.Declaration(None, [], None, None, [], simple, [], None, scalar.span)
        made = self.statement("x y = ", scalar, "a value")
        if isinstance(made, ast.Declaration) and made.value is not None and not made.words:
            return made
        return self._unfit(made, scalar, "a value")

    def words(self, scalar: Scalar) -> list[ast.Expression] | None:
        """`score timeout 20ms`: names and constants in a row."""
        if scalar.style:
            return [self.quoted(scalar)]
        simple = self._simple(scalar)
        if simple is not None:
            return [simple]
        made = self.statement("x ", scalar, "names and constants in a row")
        if isinstance(made, ast.Declaration) and made.name is None and made.body is None:
            return made.words
        return self._unfit(made, scalar, "names and constants in a row")

    def heading(self, key: Scalar) -> ast.Declaration | None:
        """`key card_id`: a key of several words, the last of which is the name."""
        made = self.statement("", key, "a name", ": x")
        if isinstance(made, ast.Declaration) and made.head is not None and made.name is not None:
            made.type = None
            return made
        return self._unfit(made, key, "a name")

    # Reading -----------------------------------------------------------------------------------

    def _simple(self, scalar: Scalar) -> ast.Expression | None:
        """Most values are one word; they need no parser."""
        value = scalar.value
        if scalar.style:
            return self.quoted(scalar)
        if _is_name(value):
            return ast.Reference(value, scalar.span)
        if _QUANTITY.fullmatch(value):
            try:
                return ast.Literal(parse_quantity(value), value, scalar.span)
            except UnitError:
                return None
        return None

    def statement(
        self, before: str, scalar: Scalar, wanted: str, behind: str = ""
    ) -> ast.Statement | None:
        """The one statement that a scalar completes; None, with a complaint, where it does not."""
        if scalar.empty:
            self.refuse(scalar.span, f"nothing is written here, {wanted} is needed")
            return None
        if len(scalar.value) > LONGEST:
            self.said.append(
                rules.BEYOND_LIMITS.at(
                    Span(self.file, scalar.span.start, scalar.span.start + 40),
                    f"this expression has {len(scalar.value)} characters, {LONGEST} are the most",
                    help="put a text in quotes, and the items of a long list on lines of their own",
                )
            )
            return None
        written, move = self._placed(scalar, len(before))
        tree, said = parse(before + written + behind, self.file)
        if said:
            self.said += [moved(d, move) for d in said[:_WORST]]
            if any(isinstance(s, ast.Broken) for s in ast.walk(tree.statements)):
                return None
        if len(tree.statements) != 1 or tree.comments:
            if not said:
                self._unfit(tree, scalar, wanted)
            return None
        relocate(tree.statements[0], move)
        return tree.statements[0]

    def _placed(self, scalar: Scalar, before: int) -> tuple[str, Callable[[Span], Span]]:
        """The text to parse, and how its places become places of the YAML."""
        quoted = scalar.style in ("'", '"')
        start, end = scalar.span.start + quoted, scalar.span.end - quoted
        raw = self.text[start:end].replace("\r", " ").replace("\n", " ")
        whole = scalar.span
        if raw.split() != scalar.value.split() or scalar.style in ("|", ">"):
            return scalar.value, lambda span: whole
        first, last, file = start - before, end, self.file

        def move(span: Span) -> Span:
            return Span(
                file,
                min(max(span.start + first, start), last),
                min(max(span.end + first, start), last),
            )

        return raw, move

    def _unfit(self, made: object, scalar: Scalar, wanted: str) -> None:
        if made is None:  # `statement` has said why
            return
        hint = f"put a text in quotes: {quote(scalar.value[:60])}" if wanted == "one value" else ""
        self.refuse(scalar.span, f"`{scalar.value[:40]}` is not {wanted}", hint)


def _is_name(text: str) -> bool:
    return len(text) <= 256 and bool(NAME.fullmatch(text)) and text not in _NOT_NAMES
