"""A text that is not closed on its line, in; the tokens that its writer meant, out.

Everything to the end of the line belongs to the text, but for what closes brackets of the same line
and for the brace of a block: without them, one forgotten quote would be reported three times.
"""

from __future__ import annotations

from mlsdc.dsl import rules
from mlsdc.dsl.findings import Findings
from mlsdc.dsl.tokens import CLOSING, OPENING, SIGNS, SOFT, Token

_CLOSERS = {sign: kind for kind, sign in SIGNS.items()}
_LINE_ENDS = frozenset(("NL", SOFT))


def open_text(value: str, start: int, before: list[Token], findings: Findings) -> list[Token]:
    """The text as a token, and the brackets behind it; `before` are the tokens up to here."""
    quotes = '"""' if value.startswith('"""') else '"'
    findings.add(
        rules.UNCLOSED_TEXT,
        start,
        start + len(quotes),
        "this text is never closed" if len(quotes) > 1 else "this text is not closed on its line",
        f"end the text with {quotes}",
    )
    end, behind = _swallowed(value, start, len(quotes), _open_on_line(before))
    inner = value[len(quotes) : end - start].rstrip("\\ \t") if behind else value[len(quotes) :]
    text = quotes + inner.rstrip("\\") + quotes
    return [Token("STRING", text, start, end), *reversed(behind)]


def _open_on_line(before: list[Token]) -> list[str]:
    """The kinds of brackets that were opened on this line, the innermost last."""
    line = list[Token]()
    for token in reversed(before):
        if token.kind in _LINE_ENDS:
            break
        line.append(token)
    stack = list[str]()
    for token in reversed(line):
        if token.kind in OPENING:
            stack.append(OPENING[token.kind])
        elif token.kind in CLOSING and stack:
            stack.pop()
    return stack


def _swallowed(value: str, start: int, first: int, wanted: list[str]) -> tuple[int, list[Token]]:
    """Where the text ends, and the brackets behind it, the last of them first."""
    end, found = len(value), list[Token]()
    for kind in wanted:  # the outermost is closed last
        last = len(value[first:end].rstrip()) + first - 1
        if last < first or _CLOSERS.get(value[last]) != kind:
            break
        end = last
        found.append(Token(kind, value[last], start + last, start + last + 1))
    if not found and not wanted and value[first:].rstrip().endswith(" {"):
        end = value.rindex("{")
        found.append(Token("LBRACE", "{", start + end, start + end + 1))
    return start + len(value[:end].rstrip()), found
