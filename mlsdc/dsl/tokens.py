"""The smallest pieces of a text: a kind, the text itself and where it stands.

Offsets count characters. A token that the parser puts in for a missing one is empty: its start is
its end. The kinds are the terminals of grammar.lark, and the few below that the grammar never sees.
"""

from __future__ import annotations

SOFT = "SOFT"
"""A line end inside brackets or behind an operator: nothing, unless a statement begins there."""
EXCESS = "EXCESS"
"""Where something beyond the language's limits was left out; it has been reported."""
GONE = "GONE"
"""A token that was a mistake and has become part of another."""
END = "$END"
"""The end of the text."""

OPENING = {"LBRACE": "RBRACE", "LBRACKET": "RBRACKET", "LPAREN": "RPAREN"}
CLOSING = {closer: opener for opener, closer in OPENING.items()}
SIGNS = {"RBRACE": "}", "RBRACKET": "]", "RPAREN": ")"}
BRACKETS = frozenset(("LPAREN", "LBRACKET"))
BRACES = frozenset(("LBRACE", "RBRACE"))
DEEPEST_NESTING = 64
"""Blocks and brackets inside one another."""
CONTINUES = frozenset(("PLUS", "MINUS", "TIMES", "DIVIDE", "AND", "OR", "NOT"))
"""Operators: an expression goes on behind them, on the next line if need be."""
IDENTIFIERS = frozenset(("NAME", "KEY", "HEAD", "LABEL", "CONDITION"))
VALUES = frozenset(("QUANTITY", "ACCELERATORS", "STRING", "BOOLEAN"))
AFTER_KEY = frozenset(("EQUALS", "COLON", "LBRACE"))
ENDS_A_VALUE = VALUES | {"NAME", "RPAREN", "RBRACKET"}


class Token:
    """One token; `kind` changes while a text is read, as more of its surroundings is known."""

    __slots__ = ("end", "kind", "start", "text")

    def __init__(self, kind: str, text: str, start: int, end: int) -> None:
        self.kind, self.text, self.start, self.end = kind, text, start, end

    def __repr__(self) -> str:
        return f"Token({self.kind!r}, {self.text!r}, {self.start}, {self.end})"


_GOES_ON = frozenset(("if", "else", "for", "in"))


def begins_statement(tokens: list[Token], at: int) -> bool:
    """Whether `name =`, `name:`, `name {`, or the same with a word before it, stands here."""
    if tokens[at].kind != "NAME":
        return False
    second = tokens[at + 1]
    if second.kind == "NAME" and second.text not in _GOES_ON:
        return tokens[at + 2].kind in AFTER_KEY
    return second.kind in AFTER_KEY
