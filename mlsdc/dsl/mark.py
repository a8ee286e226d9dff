"""Tokens in, the same tokens with their identifiers told apart (see grammar.lark).

An identifier's kind follows from its neighbours alone, so no word of the vocabulary is reserved and
statements may share a line. Mistakes that two neighbours give away are repaired on the way.
"""

from __future__ import annotations

from mlsdc.dsl import habits
from mlsdc.dsl.findings import Findings
from mlsdc.dsl.tokens import CONTINUES, ENDS_A_VALUE, GONE, VALUES, Token

_BEFORE_VALUES = CONTINUES | {"EQUALS", "COLON", "COMPARE", "DOT"}
_BEFORE_STATEMENTS = frozenset(("NL", "LBRACE", "RBRACE"))
_OPENS = frozenset(("EQUALS", "COLON", "COMPARE"))
_NAMES = frozenset(("KEY", "LABEL"))
_NO_TYPE = VALUES | {"MINUS", "LBRACKET", "LBRACE"}
# The part of a statement: `words`, `name: typed = given`, or `field = value`.
_WORDS, _TYPED, _GIVEN, _FIELD = "words", "typed", "given", "field"
_NO_VALUE = (_WORDS, _TYPED)


def mark(tokens: list[Token], findings: Findings) -> list[Token]:
    """Set the kinds of identifiers in place; returns the tokens that are left after repairs.

    The tokens are well nested and end with `$END`.
    """
    previous, part, depth, repaired = "NL", "", 0, False
    for at, token in enumerate(tokens):
        kind = token.kind
        if kind == "NAME":
            following = tokens[at + 1].kind
            if previous == "QUANTITY" and habits.apart(tokens, at, findings):
                repaired, previous = True, "QUANTITY"
                continue
            if depth:
                if following == "EQUALS":
                    kind = "KEY"
            elif previous in _BEFORE_VALUES:
                pass
            elif previous in _BEFORE_STATEMENTS:
                kind = "KEY" if following in _OPENS else "HEAD"
            elif following == "EQUALS" or following == "COLON":
                kind = "LABEL" if part == _WORDS else "KEY"
            elif part == _FIELD and following == "COMPARE":
                kind = "KEY"
            elif part == _FIELD and following == "LBRACE" and previous in ENDS_A_VALUE:
                kind = "HEAD"
            if kind != "NAME":
                token.kind = kind
                if not depth:
                    part = _part(kind, following)
        elif kind == "EQUALS" or kind == "COLON":
            if part == _TYPED and kind == "EQUALS":
                part = _GIVEN
            if previous in _NAMES and tokens[at + 1].kind in _NO_TYPE and not depth:
                repaired |= habits.no_type(tokens, at, findings)
        elif kind in _BEFORE_STATEMENTS:
            if kind == "LBRACE" and previous == "NL":
                repaired |= habits.lone_brace(tokens, at, findings)
            part, depth = "", 0
        elif kind == "LPAREN" or kind == "LBRACKET":
            depth += 1
        elif kind == "RPAREN" or kind == "RBRACKET":
            depth -= 1
        elif kind == "MINUS":
            if part in _NO_VALUE and not depth:
                before = habits.hyphen(tokens, at, findings)
                if before:
                    repaired, previous = True, before
                    continue
        elif kind == "STRING":
            if previous in _BEFORE_STATEMENTS:
                kind = habits.quoted_name(tokens, at, findings)
        elif kind == GONE:
            continue
        previous = kind
    return [token for token in tokens if token.kind != GONE] if repaired else tokens


def _part(kind: str, following: str) -> str:
    if kind == "HEAD":
        return _WORDS
    if following == "COLON":
        return _TYPED
    return _GIVEN if kind == "LABEL" else _FIELD
