"""Text in, tokens out: one compiled alternation over the whole text.

Laws: every character belongs to exactly one token, comment or blank; a mistake inside a token is
reported and the token still comes out, so that the parser sees a whole statement.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lark import Token

from mlsdc.diagnostics import Confidence, Diagnostic, Edit, Fix, Span
from mlsdc.dsl import rules
from mlsdc.dsl.ast import Comment
from mlsdc.units import QUANTITY_PATTERN

SOFT = "SOFT_NL"
"""A line end inside brackets: nothing, unless the bracket turns out to be unclosed."""
LONGEST_NAME = 256
DEEPEST_NESTING = 64

_MASTER = re.compile(
    rf"""
      (?P<blank>[ \t\r\f\ufeff]+)
    | (?P<NL>\n)
    | (?P<comment>\#[^\n]*)
    | (?P<slashes>//[^\n]*)
    | (?P<long>\"\"\"(?:[^"]|"(?!""))*\"\"\")
    | (?P<STRING>"(?:[^"\\\n]|\\[^\n])*")
    | (?P<openstring>"(?:[^"\\\n]|\\[^\n])*\\?)
    | (?P<quoted>'[^'\n]*')
    | (?P<ACCELERATORS>\d+[ ]x[ ][A-Za-z][A-Za-z0-9_-]*)
    | (?P<NAME>[A-Za-z_]\w*)
    | (?P<QUANTITY>{QUANTITY_PATTERN})
    | (?P<COMPARE><=|>=|==|!=|<|>)
    | (?P<foreign>&&|\|\||!)
    | (?P<LBRACE>\{{) | (?P<RBRACE>\}})
    | (?P<LBRACKET>\[) | (?P<RBRACKET>\])
    | (?P<LPAREN>\() | (?P<RPAREN>\))
    | (?P<COMMA>,) | (?P<DOT>\.) | (?P<COLON>:) | (?P<EQUALS>=)
    | (?P<PLUS>\+) | (?P<MINUS>-) | (?P<TIMES>\*) | (?P<DIVIDE>/)
    | (?P<separator>;)
    | (?P<unknown>.)
    """,
    re.VERBOSE | re.ASCII | re.DOTALL,
)
_WORDS = {"true": "BOOLEAN", "false": "BOOLEAN", "and": "AND", "or": "OR", "not": "NOT"}
_OPENS = {"LBRACE", "LBRACKET", "LPAREN"}
_CLOSES = {"RBRACE": "LBRACE", "RBRACKET": "LBRACKET", "RPAREN": "LPAREN"}
_VALUE_ENDS = {"NAME", "QUANTITY", "ACCELERATORS", "STRING", "BOOLEAN", "RPAREN", "RBRACKET",
               "RBRACE"}  # fmt: skip
_CONTINUES = {"PLUS", "MINUS", "TIMES", "DIVIDE", "AND", "OR", "NOT"}
_BEFORE_VALUES = _CONTINUES | {"EQUALS", "COLON", "COMPARE", "DOT"}
_FOREIGN = {"&&": ("AND", "and"), "||": ("OR", "or"), "!": ("NOT", "not")}


@dataclass(slots=True)
class Tokens:
    """The tokens of one file, with its comments and the mistakes found on the way."""

    tokens: list[Token] = field(default_factory=list[Token])
    comments: list[Comment] = field(default_factory=list[Comment])
    diagnostics: list[Diagnostic] = field(default_factory=list[Diagnostic])


def lex(text: str, file: str) -> Tokens:
    """Split a text into tokens; identifiers are all `NAME` until `mark_statements`."""
    out = Tokens()
    append, depth = out.tokens.append, 0
    line_start = True
    for match in _MASTER.finditer(text):
        kind = match.lastgroup
        if kind == "blank":
            continue
        start, end = match.span()
        if kind == "NL":
            if not line_start and out.tokens[-1].type not in _CONTINUES:
                append(Token("NL" if depth <= 0 else SOFT, "\n", start_pos=start, end_pos=end))
                line_start = True
            continue
        value = match.group()
        if kind in ("comment", "slashes"):
            _comment(out, text, file, kind, Span(file, start, end))
            continue
        if kind == "NAME":
            kind = _WORDS.get(value, "NAME")
            if len(value) > LONGEST_NAME:
                out.diagnostics.append(_too_long(Span(file, start, end), len(value)))
        elif kind in _OPENS:
            depth += kind != "LBRACE"
        elif kind in _CLOSES:
            depth -= kind != "RBRACE"
        elif kind in _REPAIRS:
            repaired = _REPAIRS[kind](out, value, Span(file, start, end))
            if repaired is None:
                continue
            kind, value = repaired
        if depth > 0 and kind in ("LBRACE", "RBRACE"):
            depth = 0  # no bracket spans a brace: it was never closed
        append(Token(str(kind), value, start_pos=start, end_pos=end))
        line_start = False
    return out


def mark_statements(tokens: list[Token]) -> None:
    """Tell KEY, HEAD and NAME apart by their neighbours (see grammar.lark), in place."""
    previous, in_value, depth, last = "NL", False, 0, len(tokens) - 1
    for at, token in enumerate(tokens):
        kind = token.type
        if kind == "NAME":
            following = tokens[at + 1].type if at < last else "NL"
            opens = previous in ("NL", "LBRACE") or (previous == "RBRACE")
            if depth:
                if following == "EQUALS":
                    token.type = "KEY"
            elif previous in _BEFORE_VALUES:
                pass
            elif following in ("EQUALS", "COLON") or (
                following == "COMPARE" and (opens or (in_value and previous in _VALUE_ENDS))
            ):
                token.type, in_value = "KEY", True
            elif opens or (following == "LBRACE" and in_value and previous in _VALUE_ENDS):
                token.type, in_value = "HEAD", False
        elif kind in ("NL", "LBRACE", "RBRACE"):
            in_value, depth = False, 0
        elif kind in ("LPAREN", "LBRACKET"):
            depth += 1
        elif kind in ("RPAREN", "RBRACKET"):
            depth = max(0, depth - 1)
        previous = kind


def _comment(out: Tokens, text: str, file: str, kind: str, span: Span) -> None:
    before = text[text.rfind("\n", 0, span.start) + 1 : span.start].strip(" \t\ufeff")
    body = text[span.start : span.end].rstrip("\r")
    if kind == "slashes":
        out.diagnostics.append(
            rules.FOREIGN_SPELLING.at(
                Span(file, span.start, span.start + 2),
                "a comment begins with `#`, not `//`",
                help=f"#{body[2:]}",
                fix=_replace(Span(file, span.start, span.start + 2), "#"),
            )
        )
        body = "#" + body[2:]
    out.comments.append(Comment(body, bool(before), span))


def _replace(span: Span, text: str) -> Fix:
    return Fix(f"write `{text}`", (Edit(span, text),), Confidence.SAFE)


def _too_long(span: Span, length: int) -> Diagnostic:
    return rules.TOO_LARGE.at(
        Span(span.file, span.start, span.start + 40),
        f"this name has {length} characters, {LONGEST_NAME} are the most",
        help="shorten the name",
    )


def _unclosed(out: Tokens, value: str, span: Span) -> tuple[str, str]:
    opening = '"""' if value.startswith('"""') else '"'
    out.diagnostics.append(
        rules.UNCLOSED_TEXT.at(
            Span(span.file, span.start, span.start + 1),
            "this text is not closed on its line",
            help=f"end the text with {opening}",
        )
    )
    return "STRING", value + '"'


def _single_quoted(out: Tokens, value: str, span: Span) -> tuple[str, str]:
    text = '"' + value[1:-1].replace('"', '\\"') + '"'
    out.diagnostics.append(
        rules.FOREIGN_SPELLING.at(
            span, "texts stand between double quotes", help=text, fix=_replace(span, text)
        )
    )
    return "STRING", text


def _foreign_operator(out: Tokens, value: str, span: Span) -> tuple[str, str]:
    kind, word = _FOREIGN[value]
    out.diagnostics.append(
        rules.FOREIGN_SPELLING.at(
            span, f"`{value}` is written `{word}` here", help=word, fix=_replace(span, f" {word} ")
        )
    )
    return kind, word


def _separator(out: Tokens, value: str, span: Span) -> tuple[str, str]:
    out.diagnostics.append(
        rules.SEPARATOR.at(
            span,
            "statements end with their line; no `;` is needed",
            help="remove the `;`",
            fix=Fix("remove the `;`", (Edit(span, "\n"),), Confidence.SAFE),
        )
    )
    return "NL", "\n"


def _unknown(out: Tokens, value: str, span: Span) -> None:
    shown = value if value.isprintable() else f"U+{ord(value):04X}"
    last = out.diagnostics[-1] if out.diagnostics else None
    if last and last.code == rules.UNKNOWN_CHARACTER.code and last.span.end == span.start:
        return  # one report for a run of them
    out.diagnostics.append(
        rules.UNKNOWN_CHARACTER.at(
            span,
            f"the character `{shown}` has no meaning here",
            help="names consist of letters a-z, digits and `_`",
        )
    )


def _long_text(out: Tokens, value: str, span: Span) -> tuple[str, str]:
    return "STRING", value


_REPAIRS = {
    "openstring": _unclosed,
    "quoted": _single_quoted,
    "foreign": _foreign_operator,
    "separator": _separator,
    "unknown": _unknown,
    "long": _long_text,
}
