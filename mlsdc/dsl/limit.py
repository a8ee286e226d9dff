"""Tokens in, the same tokens in statements that no recursive walk can overflow.

Brackets are bounded where they are matched (balance.py); what else makes a tree deep are chains of
operators, calls and dots. Law: no expression of a tree is deeper than `MOST_OPERATORS`.
"""

from __future__ import annotations

from mlsdc.dsl import rules
from mlsdc.dsl.findings import Findings
from mlsdc.dsl.tokens import CONTINUES, EXCESS, Token

MOST_OPERATORS = 100
"""Operators, dots and brackets on the way to a value; more is data, no design."""

_DEEPER = CONTINUES | {"DOT", "COMPARE", "IF", "FOR"}
_OPENS = frozenset(("LPAREN", "LBRACKET"))
_CLOSES = frozenset(("RPAREN", "RBRACKET"))
_ANEW = frozenset(("NL", "LBRACE", "RBRACE", "KEY", "HEAD", "CONDITION"))

_ENOUGH = -(10**9)  # one report a statement


def limit(tokens: list[Token], findings: Findings) -> None:
    """Mark the operator that is one too many in its statement as `EXCESS`."""
    depth, brackets = 0, list[tuple[int, int]]()
    for token in tokens:
        kind = token.kind
        if kind in _DEEPER:
            depth += 1
        elif kind in _OPENS:
            brackets.append((depth, depth))
            depth += 1
        elif kind == "COMMA":
            if brackets:
                base, deepest = brackets[-1]
                brackets[-1] = base, max(deepest, depth)
                depth = base + 1
        elif kind in _CLOSES:
            if brackets:
                depth = max(brackets.pop()[1], depth)
            continue
        elif kind in _ANEW:
            if not brackets or kind != "KEY":
                depth, brackets = 0, []
            continue
        else:
            continue
        if depth > MOST_OPERATORS:
            _too_deep(token, findings)
            depth = _ENOUGH
            brackets.clear()


def _too_deep(token: Token, findings: Findings) -> None:
    token.kind = EXCESS
    findings.add(
        rules.TOO_LARGE,
        token.start,
        token.end,
        f"an expression has more than {MOST_OPERATORS} operators on the way to one value",
        "name its parts with `let`",
    )
