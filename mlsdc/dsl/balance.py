"""Tokens in, tokens with matching brackets out.

A missing or surplus brace would otherwise swallow or expel everything after it. Law: a text whose
brackets match keeps every one of them, however it is indented.
"""

from __future__ import annotations

from mlsdc.dsl.findings import Findings
from mlsdc.dsl.mend import mend
from mlsdc.dsl.tokens import (
    BRACKETS,
    CLOSING,
    DEEPEST_NESTING,
    OPENING,
    SOFT,
    Token,
    begins_statement,
)


def balance(tokens: list[Token], text: str, findings: Findings) -> list[Token]:
    """Drop soft line ends, put in missing closers and drop surplus ones.

    The tokens end with `$END`.
    """
    if _well_nested(tokens):
        return _without_soft(tokens)
    return mend(tokens, text, findings)


def _well_nested(tokens: list[Token]) -> bool:
    stack: list[str] = []
    for token in tokens:
        kind = token.kind
        if kind in OPENING:
            in_bracket = bool(stack) and stack[-1] != "LBRACE"
            if len(stack) == DEEPEST_NESTING or (in_bracket and kind == "LBRACE"):
                return False
            stack.append(kind)
        elif kind in CLOSING and (not stack or stack.pop() != CLOSING[kind]):
            return False
    return not stack


def _without_soft(tokens: list[Token]) -> list[Token]:
    """Soft line ends vanish, but for one between an operator and the next field."""
    depth, kept = 0, list[Token]()
    for at, token in enumerate(tokens):
        kind = token.kind
        if kind == SOFT:
            if depth or not begins_statement(tokens, at + 1):
                continue
            token.kind = "NL"
        elif kind in BRACKETS:
            depth += 1
        elif kind == "RPAREN" or kind == "RBRACKET":
            depth -= 1
        kept.append(token)
    return kept
