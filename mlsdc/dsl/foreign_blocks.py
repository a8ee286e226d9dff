"""Blocks as other languages write them: read as they were meant, and reported.

Each function looks at the tokens around one place, changes them to what the writer meant, and says
whether it did.
"""

from __future__ import annotations

from mlsdc.dsl import rules
from mlsdc.dsl.findings import Findings
from mlsdc.dsl.tokens import CLOSING, GONE, OPENING, Token

_FAR = 400
"""Tokens to look ahead for the end of a block."""
_NAMED = frozenset(("EQUALS", "COMPARE"))
_EDGES = frozenset(("LBRACE", "RBRACE", "$END"))


def is_word(text: str) -> bool:
    """Whether a text between quotes could stand without them."""
    return text.isascii() and text.isidentifier()


def two_labels(tokens: list[Token], at: int, findings: Findings) -> bool:
    """`stream "payments" "kafka" {`: name and system between quotes; the first stands here."""
    name, system, brace = tokens[at : at + 3] if at + 3 <= len(tokens) else [tokens[-1]] * 3
    inner, runs = name.text.strip('"'), system.text.strip('"')
    if system.kind != "STRING" or brace.kind != "LBRACE" or findings.full:
        return False
    if not (is_word(inner) and is_word(runs)):
        return False
    findings.add(
        rules.FOREIGN_SPELLING,
        name.start,
        system.end,
        "a name and its system stand without quotes, with a `:` between them",
        f"write `{inner}: {runs}`",
        fix=findings.replace(name.start, system.end, f"{inner}: {runs}"),
    )
    name.kind, name.text = "LABEL", inner
    system.kind, system.text = "NAME", runs
    tokens.insert(at + 1, Token("COLON", ":", name.end, name.end))
    return True


def in_brackets(tokens: list[Token], at: int, findings: Findings) -> bool:
    """`latency [ p50 = 4ms ]`, `split = time (train = 80%  embargo = 1d)`: the wrong brackets."""
    opened = tokens[at]
    if tokens[at + 1].kind != "NAME" or tokens[at + 2].kind not in _NAMED:
        return False
    if tokens[at + 2].kind == "COMPARE" and opened.kind == "LBRACKET":
        return False  # a list of conditions
    commas, end = _inside(tokens, at)
    if end < 0 or (tokens[at - 1].kind != "HEAD" and not _is_block(tokens, at, end)):
        return False
    closed = tokens[end]
    findings.add(
        rules.FOREIGN_SPELLING,
        opened.start,
        opened.end,
        f"a block stands between `{{` and `}}`, not between `{opened.text}` and `{closed.text}`",
        "write `{ ... }`",
    )
    opened.kind, opened.text = "LBRACE", "{"
    closed.kind, closed.text = "RBRACE", "}"
    for comma in commas:
        tokens[comma].kind = GONE
    return True


def _inside(tokens: list[Token], at: int) -> tuple[list[int], int]:
    """Where the commas of a bracket stand, and its end; -1 where it holds a brace."""
    depth, commas = 0, list[int]()
    for place in range(at, min(at + _FAR, len(tokens))):
        kind = tokens[place].kind
        if kind in _EDGES:
            break
        depth += (kind in OPENING) - (kind in CLOSING)
        if depth == 0:
            return commas, place
        if kind == "COMMA" and depth == 1:
            commas.append(place)
    return commas, -1


def _is_block(tokens: list[Token], at: int, end: int) -> bool:
    """Whether its second field follows the first without a comma."""
    second = at + 4
    return (
        second + 1 < end
        and tokens[second].kind == "NAME"
        and tokens[second + 1].kind in _NAMED
        and tokens[at - 1].kind == "NAME"
    )
