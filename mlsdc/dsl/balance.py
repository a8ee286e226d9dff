"""Tokens in, tokens with matching brackets out.

A missing or surplus brace would otherwise swallow or expel everything after it. Where a brace is
missing, indentation tells where the writer meant it; each mismatch is reported once.
"""

from __future__ import annotations

from lark import Token

from mlsdc.diagnostics import Diagnostic, Label, Span
from mlsdc.dsl import rules
from mlsdc.dsl.lexer import DEEPEST_NESTING, SOFT

_PARTNER = {"RBRACE": "LBRACE", "RBRACKET": "LBRACKET", "RPAREN": "LPAREN"}
_CLOSING = {"LBRACE": ("RBRACE", "}"), "LBRACKET": ("RBRACKET", "]"), "LPAREN": ("RPAREN", ")")}


def balance(tokens: list[Token], text: str, file: str) -> tuple[list[Token], list[Diagnostic]]:
    """Insert missing closers and drop surplus ones; the result is well nested."""
    said: list[Diagnostic] = []
    out: list[Token] = []
    stack: list[Token] = []
    trust_indentation = _is_indented(tokens, text)
    at = -1
    while (at := at + 1) < len(tokens):
        token = tokens[at]
        kind = token.type
        if trust_indentation and stack and at and _ends_line(tokens[at - 1], text):
            while stack and _left_behind(stack, token, tokens, at, text):
                said.append(_unclosed(stack[-1], file))
                out += [_close(stack.pop(), token), _line_end(token)]
        if kind == SOFT:
            continue
        if stack and stack[-1].type != "LBRACE" and kind in ("LBRACE", "RBRACE", "NL"):
            said.append(_unclosed(stack[-1], file))
            at = _reopen(tokens, at, stack.pop(), out)
            continue
        if kind in _CLOSING:
            stack.append(token)
            if len(stack) == DEEPEST_NESTING + 1:
                said.append(_too_deep(token, file))
                return [], said
        elif kind in _PARTNER:
            while stack and stack[-1].type != _PARTNER[kind] and _can_reach(stack, kind):
                said.append(_unclosed(stack[-1], file))
                out.append(_close(stack.pop(), token))
            if not stack or stack[-1].type != _PARTNER[kind]:
                said.append(_stray(token, file))
                continue
            stack.pop()
        out.append(token)
    while stack:
        said.append(_unclosed(stack[-1], file))
        if stack[-1].type != "LBRACE":
            return _again(tokens, text, file, stack[-1])
        end = Token("$END", "", start_pos=len(text), end_pos=len(text))
        out.append(_close(stack.pop(), end))
    return out, said


def _reopen(tokens: list[Token], at: int, opened: Token, out: list[Token]) -> int:
    """Close a bracket where its line ended, and go back to read the rest as statements."""
    first = next(i for i in range(at, -1, -1) if tokens[i] is opened)
    end = next((i for i in range(first, at) if _statement_follows(tokens, i)), at)
    keep = next(i for i in range(len(out) - 1, -1, -1) if out[i] is opened)
    kept = sum(tokens[i].type != SOFT for i in range(first, end))
    del out[keep + kept :]
    out.append(_close(opened, tokens[end]))
    if end < at:
        out.append(_line_end(tokens[end]))
        for i in range(end, at):
            if tokens[i].type == SOFT:
                tokens[i].type = "NL"
        return end
    return at - 1


def _again(
    tokens: list[Token], text: str, file: str, opened: Token
) -> tuple[list[Token], list[Diagnostic]]:
    """The file ended inside a bracket: a line end behind it stops the search."""
    end = Token("NL", "\n", start_pos=len(text), end_pos=len(text))
    return balance([*tokens, end], text, file)


def _statement_follows(tokens: list[Token], at: int) -> bool:
    """A line end behind which a statement begins: `name =`, `name:`, `name {` or two names."""
    if tokens[at].type != SOFT or at + 2 >= len(tokens) or tokens[at + 1].type != "NAME":
        return False
    return tokens[at + 2].type in ("EQUALS", "COLON", "LBRACE", "NAME", "QUANTITY", "STRING")


def _ends_line(token: Token, text: str) -> bool:
    """A real line end, not a separator that stands for one."""
    return token.type == "NL" and text[token.start_pos or 0 : (token.start_pos or 0) + 1] == "\n"


def _line_end(before: Token) -> Token:
    return Token("NL", "\n", start_pos=before.start_pos, end_pos=before.start_pos)


def _is_indented(tokens: list[Token], text: str) -> bool:
    """Whether the writer indents blocks, so that indentation tells what belongs where."""
    deeper = flush = 0
    for at in range(len(tokens) - 2):
        if tokens[at].type == "LBRACE" and tokens[at + 1].type == "NL":
            first = tokens[at + 2]
            if first.type != "RBRACE":
                inner = _indent(text, first.start_pos or 0)
                outer = _indent(text, tokens[at].start_pos or 0)
                deeper, flush = deeper + (inner > outer), flush + (inner <= outer)
    return deeper > 9 * flush


def _can_reach(stack: list[Token], kind: str) -> bool:
    """Whether the partner is open below, with only brackets (no brace) in between."""
    for opened in reversed(stack):
        if opened.type == _PARTNER[kind]:
            return True
        if opened.type == "LBRACE":
            return False
    return False


def _indent(text: str, offset: int) -> int:
    line = text.rfind("\n", 0, offset) + 1
    at = line
    while at < len(text) and text[at] in " \t":
        at += 1
    return at - line


def _left_behind(stack: list[Token], token: Token, tokens: list[Token], at: int, text: str) -> bool:
    """A line that starts no deeper than the block's opening line, and is not its end."""
    opened = stack[-1]
    if opened.type != "LBRACE":
        return False
    here, there = _indent(text, token.start_pos or 0), _indent(text, opened.start_pos or 0)
    if token.type == "RBRACE":
        return here < there
    return here <= there and (opened.start_pos or 0) < (tokens[at - 1].start_pos or 0)


def _close(opened: Token, before: Token) -> Token:
    kind, sign = _CLOSING[opened.type]
    return Token(kind, sign, start_pos=before.start_pos, end_pos=before.start_pos)


def _unclosed(opened: Token, file: str) -> Diagnostic:
    sign = _CLOSING[opened.type][1]
    return rules.UNCLOSED_BLOCK.at(
        Span(file, opened.start_pos or 0, opened.end_pos or 0),
        f"this `{opened}` is never closed",
        help=f"add `{sign}`",
    )


def _stray(token: Token, file: str) -> Diagnostic:
    return rules.STRAY_CLOSE.at(
        Span(file, token.start_pos or 0, token.end_pos or 0),
        f"this `{token}` closes nothing",
        help="remove it",
    )


def _too_deep(token: Token, file: str) -> Diagnostic:
    return rules.TOO_LARGE.at(
        Span(file, token.start_pos or 0, token.end_pos or 0),
        f"blocks and brackets nest {DEEPEST_NESTING + 1} deep here, {DEEPEST_NESTING} is the most",
        labels=[Label(Span(file, token.start_pos or 0, token.end_pos or 0), "too deep")],
        help="flatten the design",
    )
