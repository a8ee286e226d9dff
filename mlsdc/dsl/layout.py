"""Tokens and comments in, what a formatter moves as one piece out: statements, blocks, remarks.

Nothing is decided here; each piece knows how it stood in the text: on one line or on several,
behind an empty line or not, with which remark at its end.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mlsdc.dsl.ast import Comment
from mlsdc.dsl.tokens import BRACKETS, CONTINUES, END, Token

INLINE = "INLINE"
"""A comment at the end of a line, in the midst of an expression."""
OWN_LINE = "OWN_LINE"
"""A comment on a line of its own, in the midst of an expression."""


@dataclass(slots=True)
class Remark:
    """A comment on a line of its own; `apart` when an empty line stands before it."""

    text: str
    apart: bool


@dataclass(slots=True)
class Phrase:
    """A statement: the tokens before its block, the block, and the comment at its end."""

    tokens: list[Token]
    apart: bool
    body: Body | None = None
    remark: str = ""


@dataclass(slots=True)
class Body:
    """A block; `remark` stands behind its opening brace."""

    one_line: bool
    remark: str = ""
    entries: list[Remark | Phrase] = field(default_factory=list["Remark | Phrase"])


_ENDS = frozenset(("NL", "KEY", "HEAD", "CONDITION", "LBRACE", "RBRACE", END))


def lay_out(tokens: list[Token], comments: list[Comment], text: str) -> list[Remark | Phrase]:
    """The pieces of a text without mistakes; its tokens are arranged and end with `$END`."""
    remarks = [
        Token(INLINE if comment.trailing else OWN_LINE, comment.text, *comment.span[1:])
        for comment in comments
    ]
    stream = sorted([*tokens, *remarks], key=lambda token: token.start)
    return _Reader(stream, text).entries()


class _Reader:
    def __init__(self, stream: list[Token], text: str) -> None:
        self.stream, self.text = stream, text
        self.at = self.end = 0

    def entries(self) -> list[Remark | Phrase]:
        """Everything up to the end of a block or of the file."""
        found: list[Remark | Phrase] = []
        while self.stream[self.at].kind not in ("RBRACE", END):
            token = self.stream[self.at]
            last = found[-1] if found else None
            if token.kind == "NL":
                self.at += 1
            elif token.kind == INLINE and isinstance(last, Phrase):
                last.remark = self._take().text
            elif token.kind in (INLINE, OWN_LINE):
                apart = bool(found) and self._apart(token)
                found.append(Remark(self._take().text, apart))
            else:
                found.append(self._phrase(bool(found) and self._apart(token)))
        return found

    def _take(self) -> Token:
        token = self.stream[self.at]
        self.at, self.end = self.at + 1, token.end
        return token

    def _apart(self, token: Token) -> bool:
        return self.text.count("\n", self.end, token.start) > 1

    def _phrase(self, apart: bool) -> Phrase:
        phrase, depth = Phrase([self._take()], apart), 0
        while True:
            kind = self.stream[self.at].kind
            if depth == 0:
                if kind == "LBRACE":
                    phrase.body = self._body()
                if kind in _ENDS or (kind in (INLINE, OWN_LINE) and not _goes_on(phrase.tokens)):
                    return phrase
            depth += (kind in BRACKETS) - (kind in ("RPAREN", "RBRACKET"))
            phrase.tokens.append(self._take())

    def _body(self) -> Body:
        start = self._take().start
        body = Body(False)
        if self.stream[self.at].kind == INLINE:
            body.remark = self._take().text
        body.entries = self.entries()
        body.one_line = "\n" not in self.text[start : self._take().end]
        return body


def _goes_on(tokens: list[Token]) -> bool:
    """Whether an expression is unfinished: an operator stands last, but for comments."""
    for token in reversed(tokens):
        if token.kind not in (INLINE, OWN_LINE):
            return token.kind in CONTINUES
    return False
