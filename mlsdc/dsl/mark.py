"""Tokens in, the same tokens with their identifiers told apart (see grammar.lark).

An identifier's kind follows from its neighbours alone, so no word of the vocabulary is reserved and
statements may share a line. Mistakes that two neighbours give away are repaired on the way.
"""

from __future__ import annotations

from mlsdc.dsl import foreign_blocks, habits
from mlsdc.dsl.findings import Findings
from mlsdc.dsl.tokens import CONTINUES, ENDS_A_VALUE, GONE, VALUES, Token

_BEFORE_VALUES = CONTINUES | {"EQUALS", "COLON", "COMPARE", "DOT", "IF", "ELSE", "CONDITION"}
_BEFORE_STATEMENTS = frozenset(("NL", "LBRACE", "RBRACE"))
_OPENS = frozenset(("EQUALS", "COLON", "COMPARE"))
_ASSIGNS = frozenset(("EQUALS", "COLON"))
_NAMES = frozenset(("KEY", "LABEL"))
_SEPARATES = frozenset(("LPAREN", "COMMA"))
_RESERVED = frozenset(("AND", "OR", "NOT"))
_NO_TYPE = VALUES | {"MINUS", "LBRACKET", "LBRACE"}
# The part of a statement: `words`, `name: typed = given`, or `field = value`.
_WORDS, _TYPED, _GIVEN, _FIELD = "words", "typed", "given", "field"
_CONDITIONAL = "conditional"
_EXPRESSIONS = (_GIVEN, _FIELD, _CONDITIONAL)
_CONDITIONS = frozenset(("if", "assert"))
_NO_CONDITION = frozenset(("LBRACE", "RBRACE", "NL", "$END"))
_BRANCHES = frozenset(("elif", "elsif", "elseif"))
_STARTS_A_CONDITION = VALUES | {"NAME", "NOT", "LPAREN"}
_WITHIN = frozenset(("IF", "ELSE"))
_GOES_ON = {"if": "IF", "else": "ELSE", "for": "FOR", "in": "IN"}
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
            goes_on = (depth or part in _EXPRESSIONS) and previous in ENDS_A_VALUE
            if goes_on and following not in _ASSIGNS:
                kind = _going_on(tokens, at, depth)
            if kind != "NAME":
                pass
            elif depth:
                if (following == "EQUALS" or following == "COLON") and previous != "COLON":
                    kind = "KEY"
                elif following == "NAME" and part == _WORDS and previous in _SEPARATES:
                    kind = habits.no_colon(tokens, at, findings)
            elif previous in _BEFORE_VALUES:
                if previous == "EQUALS" and following in _ASSIGNS:
                    kind = "KEY"  # the value before it is missing
                elif previous == "IF" and token.text == "else" and _is_value(tokens[at + 1]):
                    kind = "ELSE"  # and so is the condition
            elif previous in _BEFORE_STATEMENTS:
                kind = "KEY" if following in _OPENS else _head(tokens, at, findings)
                repaired |= token.text == "else if"
            elif following == "EQUALS" or following == "COLON":
                kind = "LABEL" if part == _WORDS else "KEY"
            elif part == _FIELD and following == "COMPARE":
                kind = "KEY"
            elif part == _FIELD and following == "LBRACE" and previous in ENDS_A_VALUE:
                kind = "HEAD"
            if kind != "NAME":
                token.kind = kind
                if not depth and kind not in _WITHIN:
                    part = _part(kind, following)
        elif kind == "EQUALS" or kind == "COLON":
            if part == _TYPED and kind == "EQUALS":
                part = _GIVEN
            if kind == "COLON" and previous in _NAMES and tokens[at + 1].kind == "EQUALS":
                repaired = habits.no_type_before_value(tokens, at, findings)
                continue
            if previous in _NAMES and tokens[at + 1].kind in _NO_TYPE and not depth:
                repaired |= habits.no_type(tokens, at, findings)
        elif kind in _BEFORE_STATEMENTS:
            if kind == "LBRACE" and previous == "NL":
                repaired |= habits.lone_brace(tokens, at, findings)
            part, depth = "", 0
        elif kind == "LPAREN" or kind == "LBRACKET":
            if not depth and foreign_blocks.in_brackets(tokens, at, findings):
                repaired, previous, part = True, "LBRACE", ""
                continue
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
            if previous == "NAME" and habits.marked_text(tokens, at, findings):
                repaired = True
                previous = _before(tokens, at)
            if previous in _BEFORE_STATEMENTS:
                kind = habits.quoted_name(tokens, at, "KEY", findings)
            elif part == _WORDS and not depth:
                if previous == "HEAD" and foreign_blocks.two_labels(tokens, at, findings):
                    kind, part = "LABEL", _TYPED
                else:
                    kind = habits.quoted_name(tokens, at, "LABEL", findings)
                    part = _part(kind, tokens[at + 1].kind) if kind == "LABEL" else part
        elif kind in _RESERVED:
            if previous == "HEAD" and habits.reserved_name(tokens, at, findings):
                kind, part = token.kind, _TYPED if token.kind == "LABEL" else part
        elif kind == GONE:
            continue
        previous = kind
    return [token for token in tokens if token.kind != GONE] if repaired else tokens


def _before(tokens: list[Token], at: int) -> str:
    """The kind of the last token before a place that is still there."""
    return next((token.kind for token in reversed(tokens[:at]) if token.kind != GONE), "NL")


def _head(tokens: list[Token], at: int, findings: Findings) -> str:
    """The kind of a word that opens a statement; `else` and `if` become one word."""
    token, following = tokens[at], tokens[at + 1]
    behind = [before.kind for before in tokens[max(at - 2, 0) : at]]
    if token.text in _BRANCHES and "RBRACE" in behind and following.kind in _STARTS_A_CONDITION:
        habits.other_branch(tokens, at, findings)
        return "CONDITION"
    if token.text == "else" and following.text == "if" and following.kind == "NAME":
        token.text, token.end, following.kind = "else if", following.end, GONE
        return "CONDITION"
    return "CONDITION" if _is_condition(token, following) else "HEAD"


def _is_value(token: Token) -> bool:
    return token.kind in VALUES or (token.kind == "NAME" and token.text != "else")


def _is_condition(token: Token, following: Token) -> bool:
    return token.text in _CONDITIONS and following.kind not in _NO_CONDITION


def _going_on(tokens: list[Token], at: int, depth: int) -> str:
    """The kind of a name behind a value: an expression may go on with it."""
    kind = _GOES_ON.get(tokens[at].text, "NAME")
    if kind == "FOR" and not depth:  # a loop on the line of a field, or a word like any other
        return "HEAD" if "in" in [token.text for token in tokens[at + 2 : at + 3]] else "NAME"
    if kind == "IN":
        return kind if depth and tokens[at - 2].kind == "FOR" else "NAME"
    return kind


def _part(kind: str, following: str) -> str:
    if kind == "HEAD":
        return _WORDS
    if kind == "CONDITION":
        return _CONDITIONAL
    if following == "COLON":
        return _TYPED
    return _GIVEN if kind == "LABEL" else _FIELD
