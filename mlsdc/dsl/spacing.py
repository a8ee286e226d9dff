"""The tokens of a statement in, the blanks between them out.

One blank where the language needs or wants one, two between the clauses of a statement that its
writer set apart, none inside brackets and around dots.
"""

from __future__ import annotations

from itertools import pairwise

from mlsdc.dsl.tokens import BRACKETS, ENDS_A_VALUE, VALUES, Token

_TIGHT_BEHIND = BRACKETS | {"DOT"}
_TIGHT_BEFORE = frozenset(("RPAREN", "RBRACKET", "COMMA", "DOT", "COLON"))
_OPENS_TAIL = frozenset(("NAME", "STRING"))
_WORDS = VALUES | {"NAME", "MINUS"}


def blanks(tokens: list[Token]) -> list[str]:
    """What stands before each token when the statement stands on one line."""
    found, depth = [""], 0
    words = tokens[0].kind == "HEAD"  # a row of words is read, not an expression
    tail = words or (len(tokens) > 1 and tokens[1].kind == "COLON")
    signed = typed = False
    for before, token in pairwise(tokens):
        kind = token.kind
        if depth == 0:
            if kind == "COLON":
                words = True
            elif kind == "EQUALS" or kind == "COMPARE":
                words = False
            elif not words and tail and kind in _OPENS_TAIL and before.kind in ENDS_A_VALUE:
                words = True
        row = words and depth == 0
        listed = row and kind == "LBRACKET" and not typed
        found.append(" " if listed else _blank(before, token, row, signed))
        typed = before.kind == "COLON"
        signed = kind == "MINUS" and (row or before.kind not in ENDS_A_VALUE)
        depth += (kind in BRACKETS) - (kind in ("RPAREN", "RBRACKET"))
    return found


def _blank(before: Token, token: Token, row: bool, signed: bool) -> str:
    if before.kind in _TIGHT_BEHIND or token.kind in _TIGHT_BEFORE or signed:
        return ""
    if token.kind in BRACKETS and before.kind in ENDS_A_VALUE:
        return ""
    if row and token.kind in _WORDS and before.kind in ENDS_A_VALUE:
        return "  " if token.start - before.end > 1 else " "
    return " "
