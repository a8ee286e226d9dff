"""Text in, tree and diagnostics out.

The parser never gives up: a statement that cannot be read is reported once and skipped, its names
are remembered, and the block behind it is still read. Any text whatever gives a tree.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token
from lark.exceptions import UnexpectedToken
from lark.lexer import Lexer

from mlsdc.diagnostics import Diagnostic, Span
from mlsdc.dsl import rules
from mlsdc.dsl.ast import Broken, Declaration, Name, Statement, Tree, walk
from mlsdc.dsl.balance import balance
from mlsdc.dsl.build import ERROR_HEAD, Builder
from mlsdc.dsl.complain import complain
from mlsdc.dsl.lexer import Tokens, lex, mark_statements

LARGEST_FILE = 8 * 2**20
"""Characters of one file; a larger one is refused before it is read into tokens."""
MOST_OPERATORS = 200
"""Operators of one statement; beyond it the expression is data, not design."""


def parse(text: str, file: str) -> tuple[Tree, list[Diagnostic]]:
    """Read one design file.

    Returns the tree of everything that could be read, and what was wrong with the rest.
    """
    if len(text) > LARGEST_FILE:
        return Tree(file, []), [
            rules.TOO_LARGE.at(
                Span(file, 0, 0),
                f"the file has {len(text)} characters, {LARGEST_FILE} are the most",
                help="split the design into several files",
            )
        ]
    lexed = lex(text, file)
    diagnostics = lexed.diagnostics
    lexed.tokens, unbalanced = balance(lexed.tokens, text, file)
    diagnostics += unbalanced
    if any(d.code == rules.TOO_LARGE.code for d in diagnostics):
        return Tree(file, [], lexed.comments), diagnostics
    mark_statements(lexed.tokens)
    statements, said = _Run(lexed, text, file).statements()
    return Tree(file, statements, lexed.comments), diagnostics + said


class _TokenList(Lexer):
    """The tokens are made beforehand; Lark is handed them one by one."""

    def __init__(self, lexer_conf: Any) -> None:
        del lexer_conf

    def lex(self, lexer_state: Any, parser_state: Any) -> Any:
        """Unused: `_Run` feeds the parse table itself."""
        del lexer_state, parser_state
        return iter(())


@cache
def _grammar() -> tuple[Lark, Builder]:
    builder = Builder()
    text = files("mlsdc.dsl").joinpath("grammar.lark").read_text("utf-8")
    lark = Lark(
        text, parser="lalr", lexer=_TokenList, transformer=builder, maybe_placeholders=False
    )
    return lark, builder


class _Run:
    """One pass over the tokens of one file."""

    def __init__(self, lexed: Tokens, text: str, file: str) -> None:
        self.tokens = lexed.tokens
        self.text, self.file = text, file
        lark, self.builder = _grammar()
        self.builder.begin(file)
        self.state: Any = lark.parse_interactive("").parser_state
        self.broken: dict[int, list[str]] = {}
        self.diagnostics: list[Diagnostic] = []

    def statements(self) -> tuple[list[Statement], list[Diagnostic]]:
        at, last, feed = 0, len(self.tokens), self.state.feed_token
        while at < last:
            try:
                feed(self.tokens[at])
            except UnexpectedToken:
                at = self._recover(at)
            else:
                at += 1
        statements = self._finish()
        self._name_broken(statements)
        return statements, self.diagnostics + self.builder.diagnostics

    def _finish(self) -> list[Statement]:
        end = len(self.text)
        closing = Token("$END", "", start_pos=end, end_pos=end)
        try:
            return self.state.feed_token(closing, True)
        except UnexpectedToken:
            self._complain(len(self.tokens))
            self._pop_until("HEAD")
            return self.state.feed_token(closing, True)

    def _complain(self, at: int) -> None:
        expected = set(self.state.parse_conf.parse_table.states[self.state.position])
        said = complain(self.tokens, at, expected, self.text, self.file)
        self.diagnostics.append(said)

    def _recover(self, at: int) -> int:
        """Report, drop what cannot be read, and return where to go on."""
        self._complain(at)
        start = self._statement_start(at)
        names = [str(t) for t in self.tokens[start:at] if t.type in ("NAME", "KEY", "HEAD")]
        depth = 0
        while at < len(self.tokens):
            kind = self.tokens[at].type
            if kind == "LBRACE":
                self._open_broken(self.tokens[at], names)
                return at
            if kind in ("NL", "RBRACE") and not depth:
                break
            if kind in ("NAME", "KEY", "HEAD"):
                names.append(str(self.tokens[at]))
            at += 1
        if "NL" not in self._choices():
            self._pop_until("HEAD")
            self._open_broken(self.tokens[at - 1] if at else None, names)
        return at

    def _open_broken(self, near: Token | None, names: list[str]) -> None:
        if near is not None and near.type == "LBRACE" and "LBRACE" in self._choices():
            return  # the header was understood far enough to own its block
        self._pop_until("HEAD")
        start = near.start_pos if near is not None else 0
        self.state.feed_token(Token("HEAD", ERROR_HEAD, start_pos=start, end_pos=start))
        self.broken[start or 0] = names

    def _choices(self) -> Any:
        return self.state.parse_conf.parse_table.states[self.state.position]

    def _pop_until(self, kind: str) -> None:
        """Unwind to the innermost state in which a statement may begin."""
        while kind not in self._choices():
            self.state.state_stack.pop()
            self.state.value_stack.pop()

    def _statement_start(self, at: int) -> int:
        while at > 0 and self.tokens[at - 1].type not in ("NL", "LBRACE", "RBRACE"):
            at -= 1
        return at

    def _name_broken(self, statements: list[Statement]) -> None:
        for statement in walk(statements):
            if isinstance(statement, Broken):
                statement.names = self.broken.get(statement.span.start, [])


def declared_names(statements: list[Statement]) -> list[Name]:
    """The names that declarations of these statements introduce, in order."""
    return [s.name for s in statements if isinstance(s, Declaration) and s.name is not None]
