"""Text in, tokens out: one compiled alternation over the whole text.

Laws: every character belongs to exactly one token, comment or blank; a mistake inside a token is
reported and the token still comes out, so that the parser sees a whole statement.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice

from mlsdc.dsl import rules
from mlsdc.dsl.ast import Comment
from mlsdc.dsl.findings import MOST_FINDINGS, Findings
from mlsdc.dsl.open_text import open_text
from mlsdc.dsl.repair import LONGEST_WORD, REPAIRS, name
from mlsdc.dsl.tokens import BRACES, CLOSING, CONTINUES, OPENING, SOFT, Token
from mlsdc.units import QUANTITY_PATTERN

MOST_TOKENS = 400_000
"""Words, numbers, signs and lines of one file; five thousand components have most of them."""

# Each alternative consumes what it looks at, so that no text takes more than one pass; the most
# frequent ones come first.
_MASTER = re.compile(
    rf"""
    [ \t\f]*+(?:
      (?P<NAME>[^\W\d]\w*)
    | (?P<EQUALS>=(?![=><:]))
    | (?P<NL>\r?\n|\r)
    | (?P<ACCELERATORS>[0-9]{{1,9}}[ \t]+x[ \t]+[A-Za-z][A-Za-z0-9_-]*)
    | (?P<QUANTITY>{QUANTITY_PATTERN}\w*)
    | (?P<COMMA>,) | (?P<DOT>\.(?![0-9])|(?<=[\w\])"])\.)
    | (?P<fraction>(?<![\w\])"])\.{QUANTITY_PATTERN}\w*)
    | (?P<LBRACE>\{{) | (?P<RBRACE>\}})
    | (?P<LBRACKET>\[) | (?P<RBRACKET>\])
    | (?P<LPAREN>\() | (?P<RPAREN>\))
    | (?P<long>\"\"\"(?>[^"]+|"(?!""))*+\"\"\")
    | (?P<openlong>\"\"\"[^\r\n]*)
    | (?P<STRING>"(?>[^"\\\r\n]+|\\[^\r\n])*+")
    | (?P<openstring>"(?>[^"\\\r\n]+|\\[^\r\n])*+\\?)
    | (?P<comment>\#[^\r\n]*)
    | (?P<slashes>//[^\r\n]*)
    | (?P<starred>/\*(?>(?!/\*|\*/)[\s\S])*+\*/|/\*(?>(?!/\*)[^\r\n])*+)
    | (?P<dashes>--(?=[ \t])[^\r\n]*|<!--[^\r\n]*)
    | (?P<quoted>'[^'\r\n]*'|`[^`\r\n]+`|“[^“”\r\n]*”|‘[^‘’\r\n]*’)
    | (?P<foreign>&&|\|\||!(?!=)|:=|::|=:|=>|=<|<>|[≤≥≠×÷−])
    | (?P<COLON>:)
    | (?P<COMPARE><=|>=|==|!=|<|>)
    | (?P<PLUS>\+) | (?P<MINUS>-(?!>)) | (?P<TIMES>\*) | (?P<DIVIDE>/)
    | (?P<separator>;)
    | (?P<end>\Z)
    | (?P<unknown>->|\$\{{[^{{}}\r\n]*\}}|[^\x00-\x7f\w]++|[@$%^~`?|&\\]++|[\s\S])
    )
    """,
    re.VERBOSE,
)
_KINDS = ["", *_MASTER.groupindex]
_WORDS = {"true": "BOOLEAN", "false": "BOOLEAN", "and": "AND", "or": "OR", "not": "NOT"}
_PLAIN = frozenset(("COMMA", "DOT", "COLON", "EQUALS", "COMPARE", "PLUS", "MINUS", "TIMES",
                    "DIVIDE", "STRING", "BOOLEAN"))  # fmt: skip
_COMMENTS = frozenset(("comment", "slashes", "starred", "dashes"))
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")


@dataclass(slots=True)
class Lexed:
    """The tokens of one file, and its comments, which are none of them."""

    tokens: list[Token] = field(default_factory=list[Token])
    comments: list[Comment] = field(default_factory=list[Comment])


def lex(text: str, findings: Findings) -> Lexed:
    """Split a text into tokens; identifiers are all `NAME` until `mark`."""
    out = Lexed()
    append, depth, last = out.tokens.append, 0, "NL"
    _look_for_hidden(text, findings)
    start = 1 if text.startswith("\ufeff") else 0
    for match in islice(_MASTER.finditer(text, start), MOST_TOKENS):
        index = match.lastindex or 0
        kind = _KINDS[index]
        start, end = match.span(index)
        value = text[start:end]
        if kind == "NAME":
            kind = _WORDS.get(value, kind)
            if end - start > LONGEST_WORD or not value.isascii():
                value = name(value, start, end, findings)
        elif kind in _PLAIN or (kind == "QUANTITY" and end - start <= LONGEST_WORD):
            pass
        elif kind == "NL":
            if last == "NL":
                continue
            kind, value = (SOFT if depth > 0 or last in CONTINUES else "NL"), "\n"
        elif kind in OPENING:
            depth = 0 if kind == "LBRACE" else depth + 1  # no bracket spans a brace
        elif kind in CLOSING:
            depth = 0 if kind == "RBRACE" else depth - 1
        elif kind == "end":
            break
        elif findings.full:
            return _give_up(out, start, findings)
        elif kind == "openstring" or kind == "openlong":
            pieces = open_text(value, start, out.tokens, findings)
            out.tokens += pieces
            last = pieces[-1].kind
            depth = 0 if last in BRACES else depth + 1 - len(pieces)
            continue
        elif kind in _COMMENTS:
            comment = _comment(value, kind, start, findings)
            trailing = last != "NL"
            out.comments.append(Comment(comment, trailing, findings.span(start, end)))
            continue
        else:
            kind, value = REPAIRS[kind](value, start, end, findings)
            if not kind:
                continue
        append(Token(kind, value, start, end))
        last = "NL" if kind == SOFT else kind
    else:
        return _give_up(out, start, findings)
    return out


def _comment(body: str, kind: str, start: int, findings: Findings) -> str:
    """The text of a comment, as this language writes it."""
    if kind == "comment":
        return body.rstrip()
    sign = "<!--" if body.startswith("<") else body[:2]
    inner = body[len(sign) :].removesuffix("*/").removesuffix("-->")
    written = "# " + " ".join(inner.split())
    findings.add(
        rules.FOREIGN_SPELLING,
        start,
        start + len(sign),
        f"a comment begins with `#`, not `{sign}`",
        f"write `{written[:40]}`",
        fix=findings.replace(start, start + len(body), written),
    )
    return written


def _look_for_hidden(text: str, findings: Findings) -> None:
    """Characters that make a text look different from what it says."""
    nul = text.find("\0")
    if nul >= 0:
        findings.add(
            rules.NOT_TEXT,
            nul,
            nul + 1,
            "a NUL byte: this is no text",
            "write the design in a text editor, as UTF-8",
        )
    if text.isascii():
        return
    for found in islice(_DIRECTION.finditer(text), MOST_FINDINGS):
        findings.add(
            rules.UNKNOWN_CHARACTER,
            found.start(),
            found.end(),
            f"the invisible character U+{ord(found.group()):04X} changes the order in which"
            " this line is shown",
            "remove it",
            fix=findings.replace(found.start(), found.end(), ""),
        )


def _give_up(out: Lexed, start: int, findings: Findings) -> Lexed:
    """The text is too large, or no design at all: what it says cannot matter."""
    if not findings.full:
        findings.add(
            rules.TOO_LARGE,
            start,
            start,
            f"the file has more than {MOST_TOKENS:,} words, numbers, signs and lines",
            "split the design into several files",
        )
    return Lexed([], out.comments)
