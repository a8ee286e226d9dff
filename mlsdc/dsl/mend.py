"""Tokens whose brackets do not match in, tokens whose brackets do out.

Brackets end with their statement. Where a brace is missing or surplus, indentation tells where the
writer meant it; without indentation, the end of the file does. Each mismatch is reported once.
"""

from __future__ import annotations

from dataclasses import dataclass

from mlsdc.diagnostics import Confidence, Edit, Fix
from mlsdc.dsl import rules
from mlsdc.dsl.findings import Findings
from mlsdc.dsl.tokens import (
    AFTER_KEY,
    BRACKETS,
    CLOSING,
    CONTINUES,
    DEEPEST_NESTING,
    END,
    EXCESS,
    OPENING,
    SIGNS,
    SOFT,
    Token,
    begins_statement,
)

_FAR = 200
"""Tokens to look ahead for a partner."""
_AFTER_FIRST_WORD = AFTER_KEY | {"NAME", "QUANTITY", "STRING"}


def mend(tokens: list[Token], text: str, findings: Findings) -> list[Token]:
    """Put in missing brackets and drop surplus ones, and drop soft line ends.

    The tokens end with `$END`.
    """
    return _Mending(tokens, text, findings).run()


def _lacks_brace(line: list[Token]) -> bool:
    """Whether a line reads like the header of a block, without its brace."""
    kinds = [token.kind for token in line]
    if kinds[:1] != ["NAME"] or kinds[1] not in ("NAME", "NL"):
        return False
    return kinds[-2] not in ("LBRACE", "RBRACE", "COMMA")


@dataclass(slots=True)
class _Open:
    token: Token
    indent: int  # of the line it stands on


class _Mending:
    """One pass over tokens whose brackets do not match."""

    def __init__(self, tokens: list[Token], text: str, findings: Findings) -> None:
        self.tokens, self.text, self.findings = tokens, text, findings
        self.line_sign = "\n" if "\n" in text else "\r"
        self.out: list[Token] = []
        self.stack: list[_Open] = []
        self.indent = self.line = 0
        self.closed: _Open | None = None  # by the brace that ends the last line
        kinds = [token.kind for token in tokens]
        self.surplus = kinds.count("RBRACE") - kinds.count("LBRACE")
        self.indented = self._is_indented()

    def run(self) -> list[Token]:
        at, fresh = 0, True
        while at < len(self.tokens):
            if self.findings.full:
                return self.tokens[-1:]
            token = self.tokens[at]
            if fresh:
                self._begin_line(token)
            fresh = token.kind in ("NL", SOFT)
            at = self._take(token, at)
        return self.out

    def _take(self, token: Token, at: int) -> int:
        """Handle one token; returns the place of the next."""
        kind = token.kind
        if kind == SOFT:
            if not self._ends_statement(at):
                return at + 1
            token.kind = kind = "NL"
        if kind == "RBRACE" and self._closes_bracket():
            kind = token.kind
        if kind in ("NL", "LBRACE", "RBRACE", END):
            self._close_brackets()
        if kind in OPENING:
            if len(self.stack) == DEEPEST_NESTING:
                return self._skip(at)
            self.stack.append(_Open(token, self.indent))
        elif kind in CLOSING and not self._closes(token, at):
            return at + 1
        elif kind == END:
            self._close_down(0)
        self.out.append(token)
        return at + 1

    # Brackets ----------------------------------------------------------------------------------

    def _ends_statement(self, at: int) -> bool:
        """Whether a soft line end is a real one: a statement begins behind it."""
        if not self.stack or self.stack[-1].token.kind == "LBRACE":
            goes_on = bool(self.out) and self.out[-1].kind in CONTINUES
            return not goes_on or begins_statement(self.tokens, at + 1)
        first, second = self.tokens[at + 1], self.tokens[min(at + 2, len(self.tokens) - 1)]
        if first.kind != "NAME" or second.kind not in _AFTER_FIRST_WORD:
            return False
        argument = second.kind == "EQUALS" and self.out[-1].kind in ("COMMA", "LPAREN")
        return not argument

    def _closes_bracket(self) -> bool:
        """Whether `latency ( p50 = 4ms }` opened its block with the wrong sign."""
        if not self.stack or self.stack[-1].token.kind not in BRACKETS:
            return False
        opened = self.stack[-1].token
        line = range(self.line, len(self.out))
        at = next((at for at in line if self.out[at] is opened), 0)
        between = self.out[at + 1 : at + 3]
        if not at or [token.kind for token in between] != ["NAME", "EQUALS"]:
            return False
        self.findings.add(
            rules.STRAY_CLOSE,
            opened.start,
            opened.end,
            f"this `{opened.text}` is closed by a `}}`",
            "open a block with `{`",
            fix=self.findings.replace(opened.start, opened.end, "{", safe=False),
        )
        opened.kind, opened.text = "LBRACE", "{"
        return True

    def _close_brackets(self) -> None:
        keep = len(self.stack)
        while keep and self.stack[keep - 1].token.kind != "LBRACE":
            keep -= 1
        self._close_down(keep)

    def _closes(self, token: Token, at: int) -> bool:
        """Match a closer with what is open; False when it is to be left out."""
        wanted = CLOSING[token.kind]
        while self.stack and self.stack[-1].token.kind != wanted and self._is_open(wanted):
            self._close([self.stack.pop()])
        if self.stack and self.stack[-1].token.kind == wanted:
            opened = self.stack.pop()
            self.closed = opened if token.kind == "RBRACE" else None
            return True
        if self.stack and self.stack[-1].token.kind in BRACKETS and not self._follows(at):
            self._mistaken(self.stack.pop().token, token)
            return True
        self._stray(token)
        return False

    def _is_open(self, kind: str) -> bool:
        """Whether the partner is open below, with only brackets (no brace) in between."""
        for opened in reversed(self.stack):
            if opened.token.kind == kind:
                return True
            if opened.token.kind == "LBRACE":
                return False
        return False

    def _follows(self, at: int) -> bool:
        """Whether the innermost bracket is closed later in its statement."""
        wanted = OPENING[self.stack[-1].token.kind]
        for token in self.tokens[at + 1 : at + _FAR]:
            if token.kind == wanted:
                return True
            if token.kind in ("NL", SOFT, "LBRACE", "RBRACE") or token.kind in BRACKETS:
                return False
        return False

    # Braces ------------------------------------------------------------------------------------

    def _begin_line(self, token: Token) -> None:
        """Compare the indentation of a line with what is open there."""
        line = self.text.rfind(self.line_sign, 0, token.start) + 1
        above, self.indent = self.indent, token.start - line
        closed, self.closed = self.closed, None
        header, self.line = self.out[self.line :], len(self.out)
        if not self.indented or token.kind == END:
            return
        if closed and self.surplus > 0 and self.indent > closed.indent:
            if [token.kind for token in self.out[-2:]] == ["RBRACE", "NL"]:
                self._reopen(closed)
        elif self.surplus > 0 and self.indent > above and _lacks_brace(header):
            self._open(header[-2].end, above)
        keep = len(self.stack)
        while keep and self._is_left_behind(self.stack[keep - 1], token):
            keep -= 1
        self._close_down(keep)

    def _is_left_behind(self, opened: _Open, token: Token) -> bool:
        """A line that starts no deeper than the one that opened the block, and is not its end."""
        if opened.token.kind != "LBRACE":
            return False
        if token.kind == "RBRACE":
            return self.indent < opened.indent
        return self.indent <= opened.indent

    def _reopen(self, closed: _Open) -> None:
        """The line goes on inside the block that the last brace closed: that brace was surplus."""
        self._stray(self.out.pop(-2))
        self.stack.append(closed)

    def _open(self, at: int, indent: int) -> None:
        """The line above has a block below it, whose brace is missing."""
        brace = Token("LBRACE", "{", at, at)
        self.findings.add(
            rules.STRAY_CLOSE,
            at,
            at,
            "a `{` is missing at the end of this line: the `}` of its block closes nothing",
            "add `{`",
            fix=self.findings.replace(at, at, " {", safe=False),
        )
        self.out.insert(-1, brace)
        self.stack.append(_Open(brace, indent))
        self.surplus -= 1

    def _is_indented(self) -> bool:
        """Whether the writer indents blocks, so that indentation tells what belongs where."""
        deeper = flush = 0
        for at, token in enumerate(self.tokens[:-2]):
            if token.kind == "LBRACE" and self.tokens[at + 1].kind == "NL":
                first = self.tokens[at + 2]
                if first.kind not in ("RBRACE", END):
                    line = self.text.rfind(self.line_sign, 0, first.start) + 1
                    indented = first.start > line
                    deeper, flush = deeper + indented, flush + (not indented)
        return deeper > 9 * flush

    def _skip(self, at: int) -> int:
        """Leave out what nests too deep, up to its end."""
        first, depth = self.tokens[at], 0
        self.findings.add(
            rules.TOO_LARGE,
            first.start,
            first.end,
            f"blocks and brackets nest deeper than {DEEPEST_NESTING} here",
            "flatten the design",
        )
        self.out.append(Token(EXCESS, first.text, first.start, first.end))
        while self.tokens[at].kind != END:
            depth += (self.tokens[at].kind in OPENING) - (self.tokens[at].kind in CLOSING)
            at += 1
            if depth == 0:
                return at
        while self.stack:  # that these were not closed either is no second mistake
            self.out.append(_closer(self.stack.pop().token, first.end))
        return at

    # Reports -----------------------------------------------------------------------------------

    def _close_down(self, keep: int) -> None:
        """Close what is open but for so many; those of one line are one mistake."""
        left = self.stack[keep:]
        del self.stack[keep:]
        while left:
            together = [left.pop()]
            while left and self._on_one_line(left[-1].token, together[-1].token):
                together.append(left.pop())
            self._close(together)

    def _on_one_line(self, first: Token, second: Token) -> bool:
        return self.text.find(self.line_sign, first.start, second.start) < 0

    def _close(self, together: list[_Open]) -> None:
        """Report what was never closed, and close it behind the last word; the innermost first."""
        opened = together[-1]
        last = next((t for t in reversed(self.out) if t.kind != "NL"), opened.token)
        closers = [_closer(one.token, last.end) for one in together]
        brace = closers[0].kind == "RBRACE"
        signs = (" " if brace else "").join(closer.text for closer in closers)
        insert = "\n" + " " * opened.indent + "}" if brace else signs
        if brace and len(closers) > 1:
            insert = " " + signs
        edit = Edit(self.findings.span(last.end, last.end), insert)
        self.findings.add(
            rules.UNCLOSED_BLOCK,
            opened.token.start,
            opened.token.end,
            f"this `{opened.token.text}` is never closed",
            f"add `{signs}`" + (" behind the last line of its block" if brace else ""),
            fix=Fix(f"add `{signs}`", (edit,), Confidence.UNSAFE),
        )
        self.out += closers

    def _stray(self, token: Token) -> None:
        self.surplus -= token.kind == "RBRACE"
        self.findings.add(
            rules.STRAY_CLOSE,
            token.start,
            token.end,
            f"this `{token.text}` closes nothing",
            "remove it",
            fix=self.findings.replace(token.start, token.end, "", safe=False),
        )

    def _mistaken(self, opened: Token, token: Token) -> None:
        right = SIGNS[OPENING[opened.kind]]
        self.findings.add(
            rules.STRAY_CLOSE,
            token.start,
            token.end,
            f"this `{token.text}` stands where `{right}` is needed to close a `{opened.text}`",
            f"write `{right}`",
            fix=self.findings.replace(token.start, token.end, right, safe=False),
        )
        token.kind, token.text = OPENING[opened.kind], right


def _closer(opened: Token, at: int) -> Token:
    kind = OPENING[opened.kind]
    return Token(kind, SIGNS[kind], at, at)
