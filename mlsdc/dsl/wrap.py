"""The tokens of a statement in, its text on one line or on several out.

Brackets with several items break first, one item a line; expressions break behind an operator where
their writer did. Comments never move past one another.
"""

from __future__ import annotations

from mlsdc.dsl.layout import INLINE, OWN_LINE
from mlsdc.dsl.spacing import blanks
from mlsdc.dsl.tokens import BRACKETS, CONTINUES, ENDS_A_VALUE, Token

STEP = 2
"""Blanks that a block is indented by."""
_ON = 2 * STEP
"""Blanks that an expression is indented by where it goes on."""
_REMARKS = frozenset((INLINE, OWN_LINE))


class Header:
    """A statement without its block."""

    def __init__(self, tokens: list[Token], text: str) -> None:
        self.tokens, self.text = tokens, text
        words = [at for at, token in enumerate(tokens) if token.kind not in _REMARKS]
        self.blanks = [""] * len(tokens)
        for at, blank in zip(words, blanks([tokens[at] for at in words]), strict=True):
            self.blanks[at] = blank
        self.before = dict(zip(words[1:], words, strict=False))
        """The token before each, comments left out."""
        self.partners = _partners(tokens)
        self.flat = self.slice(0, len(tokens))
        """The text on one line; of no use where it has to be broken."""
        self.must_break = any(
            token.kind in _REMARKS or self._is_last_comma(at) for at, token in enumerate(tokens)
        )
        self.can_break = self.must_break or any(
            token.kind == "COMMA" or self._breaks_behind(at) for at, token in enumerate(tokens)
        )

    def slice(self, start: int, end: int) -> str:
        """The text of some of its tokens on one line."""
        pieces = [
            blank + token.text
            for blank, token in zip(self.blanks[start:end], self.tokens[start:end], strict=True)
        ]
        return "".join(pieces).lstrip(" ")

    def broken(self, indent: int, width: int) -> list[tuple[int, str]]:
        """The text on several lines, each with its indentation."""
        page = _Page(indent)
        self._write(0, len(self.tokens), page, indent, width)
        return [(line.indent, line.text) for line in page.lines]

    def _is_last_comma(self, at: int) -> bool:
        closes = ("RPAREN", "RBRACKET")
        return self.tokens[at].kind == "COMMA" and self.tokens[at + 1].kind in closes

    def _breaks_behind(self, at: int) -> bool:
        """Whether the writer broke the line behind this operator."""
        token = self.tokens[at]
        if token.kind not in CONTINUES or at + 1 == len(self.tokens):
            return False
        return "\n" in self.text[token.end : self.tokens[at + 1].start]

    def _write(self, start: int, end: int, page: _Page, indent: int, width: int) -> None:
        at = start
        while at < end:
            token = self.tokens[at]
            if token.kind in _REMARKS:
                page.remark(token, indent + _ON)
            elif at in self.partners and self._explodes(at):
                page.word(self.blanks[at], token.text, indent + _ON)
                self._items(at, page, indent, width)
                at = self.partners[at]
                page.line(indent)
                page.word("", self.tokens[at].text, indent)
            else:
                page.word(self.blanks[at] if at > start else "", token.text, indent + _ON)
                if self._breaks_behind(at) and self.tokens[at + 1].kind not in _REMARKS:
                    page.line(indent + _ON)
            at += 1

    def _explodes(self, at: int) -> bool:
        """Whether a bracket holds items, several of them or with a comment."""
        inner = self.tokens[at + 1 : self.partners[at]]
        behind_value = self.tokens[self.before[at]].kind in ENDS_A_VALUE
        if self.tokens[at].kind == "LPAREN" and not behind_value:
            return False  # it groups an expression
        if self.tokens[at].kind == "LBRACKET" and behind_value and not self._lists(at):
            return False  # it takes one index
        return any(token.kind in _REMARKS or token.kind == "COMMA" for token in inner)

    def _lists(self, at: int) -> bool:
        """Whether a bracket behind a name holds the arguments of a type, or is a word itself."""
        return self.tokens[at - 2].kind == "COLON" or self.blanks[at] == " "

    def _items(self, at: int, page: _Page, indent: int, width: int) -> None:
        inner, comma = indent + STEP, "" if self._comprehends(at) else ","
        for start, end in self._ranges(at):
            core = [i for i in range(start, end) if self.tokens[i].kind not in _REMARKS]
            if not core:
                for i in range(start, end):
                    page.remark(self.tokens[i], inner)
                continue
            for i in range(start, core[0]):
                page.remark(self.tokens[i], inner)
            page.line(inner)
            self._item(core[0], core[-1] + 1, page, inner, width)
            page.word("", comma, inner)
            for i in range(core[-1] + 1, end):
                page.remark(self.tokens[i], inner)

    def _item(self, start: int, end: int, page: _Page, indent: int, width: int) -> None:
        flat = self.slice(start, end)
        remarks = any(token.kind in _REMARKS for token in self.tokens[start:end])
        commas = any(self._is_last_comma(at) for at in range(start, end))
        if remarks or commas or "\n" in flat or indent + len(flat) + 1 > width:
            self._write(start, end, page, indent, width)
        else:
            page.word("", flat, indent)

    def _comprehends(self, at: int) -> bool:
        """Whether a bracket holds `value for name in list`, which is one item."""
        inner = at + 1
        while inner < self.partners[at]:
            if self.tokens[inner].kind == "FOR":
                return True
            inner = self.partners.get(inner, inner) + 1
        return False

    def _ranges(self, at: int) -> list[tuple[int, int]]:
        """Where the items of a bracket begin and end, without their commas."""
        found: list[tuple[int, int]] = []
        start, end = at + 1, self.partners[at]
        inner = start
        while inner < end:
            if self.tokens[inner].kind == "COMMA":
                found.append((start, inner))
                start = inner + 1
            inner = self.partners.get(inner, inner) + 1
        return [*found, (start, end)]


class _Line:
    def __init__(self, indent: int) -> None:
        self.indent, self.text, self.closed = indent, "", False


class _Page:
    """Lines that grow at their end; a comment closes its line."""

    def __init__(self, indent: int) -> None:
        self.lines = [_Line(indent)]

    def line(self, indent: int) -> None:
        """Begin a line, unless the last one is empty."""
        if self.lines[-1].text:
            self.lines.append(_Line(indent))
        self.lines[-1].indent = indent

    def word(self, blank: str, text: str, indent: int) -> None:
        if self.lines[-1].closed:
            self.line(indent)
        last = self.lines[-1]
        last.text += blank + text if last.text else text

    def remark(self, token: Token, indent: int) -> None:
        last = self.lines[-1]
        if token.kind == OWN_LINE or last.closed or not last.text:
            self.line(indent)
            self.lines[-1].text = token.text
        else:
            last.text += "  " + token.text
        self.lines[-1].closed = True


def _partners(tokens: list[Token]) -> dict[int, int]:
    """Where each opening bracket is closed."""
    found: dict[int, int] = {}
    stack: list[int] = []
    for at, token in enumerate(tokens):
        if token.kind in BRACKETS:
            stack.append(at)
        elif token.kind in ("RPAREN", "RBRACKET"):
            found[stack.pop()] = at
    return found
