"""Spellings that other languages teach: read as they were meant, and reported.

Each function looks at the neighbours of one token, changes them to what the writer meant, and says
whether it did. A token that is no longer needed becomes `GONE`.
"""

from __future__ import annotations

import re
from itertools import pairwise

from mlsdc.dsl import rules
from mlsdc.dsl.findings import Findings
from mlsdc.dsl.foreign_blocks import is_word
from mlsdc.dsl.tokens import BRACES, GONE, IDENTIFIERS, Token
from mlsdc.units import PER, UNITS

_NOT_A_UNIT = frozenset(("EQUALS", "COLON", "DOT", "LPAREN", "LBRACE", "COMPARE"))
_MARKS = frozenset(("f", "r", "b", "u"))
_HOLE = re.compile(r"(?<!\$)\{(\w+)\}")
_NEAR = 40
"""Tokens to look back for another statement of the block."""


def apart(tokens: list[Token], at: int, findings: Findings) -> bool:
    """`20 ms`: the name at this place is the unit of the number before it."""
    number, unit = tokens[at - 1], tokens[at]
    if unit.text not in UNITS or not number.text[-1:].isdigit() or "/" in number.text:
        return False
    if tokens[at + 1].kind in _NOT_A_UNIT:
        return False
    pieces = [number, unit]
    if tokens[at + 1].kind == "DIVIDE" and tokens[at + 2].text in PER:
        pieces += tokens[at + 1 : at + 3]
    joined = "".join(piece.text for piece in pieces)
    findings.add(
        rules.SEPARATED_UNIT,
        number.start,
        pieces[-1].end,
        f"the unit `{unit.text}` stands apart from its number",
        f"write `{joined}`",
        fix=findings.replace(number.start, pieces[-1].end, joined),
    )
    number.text, number.end = joined, pieces[-1].end
    for piece in pieces[1:]:
        piece.kind = GONE
    return True


def hyphen(tokens: list[Token], at: int, findings: Findings) -> str:
    """`risk-events`: a name with a hyphen; returns the kind that stands before it."""
    first, sign, second = tokens[at - 1 : at + 2]
    if first.kind not in IDENTIFIERS or second.kind != "NAME" or findings.full:
        return ""
    if first.end != sign.start or sign.end != second.start:
        return ""
    before = at - 2
    while before >= 0 and tokens[before].kind == GONE:
        before -= 1
    joined = f"{first.text}_{second.text}"
    findings.add(
        rules.FOREIGN_SPELLING,
        sign.start,
        sign.end,
        f"a name has no `-`: `{first.text}-{second.text}` is written `{joined}`",
        f"write `{joined}`",
        fix=findings.replace(sign.start, sign.end, "_", safe=False),
    )
    second.text, second.start = joined, first.start
    first.kind = sign.kind = GONE
    return tokens[before].kind if before >= 0 else "NL"


def no_type(tokens: list[Token], at: int, findings: Findings) -> bool:
    """`rate: 3/s`, `latency: { }`: the wrong sign behind a name, or one too many."""
    name, sign, value = tokens[at - 1 : at + 2]
    if value.kind != "LBRACE":
        if sign.kind == "EQUALS":
            return False
        if value.kind == "STRING" and _quoted_type(tokens, at + 1, findings):
            return False
        findings.add(
            rules.FOREIGN_SPELLING,
            sign.start,
            sign.end,
            "a value follows `=`, not `:`; behind `:` stands a type or a system",
            f"write `{name.text} = {value.text}`",
            fix=findings.replace(sign.start, sign.end, " ="),
        )
        sign.kind, sign.text = "EQUALS", "="
        return value.kind == "MINUS" and _one_item(tokens, at + 1)
    label = name.kind == "LABEL"
    findings.add(
        rules.MISSING_VALUE if label else rules.FOREIGN_SPELLING,
        sign.start,
        sign.end,
        f"nothing stands between this `{sign.text}` and the block"
        if label
        else f"the block of `{name.text}` follows it without a `{sign.text}`",
        f"name a system behind the `{sign.text}`, or leave it out"
        if label
        else f"write `{name.text} {{ ... }}`",
        fix=None if label else findings.replace(name.end, value.start, " "),
    )
    name.kind, sign.kind = ("NAME" if label else "HEAD"), GONE
    return True


def _quoted_type(tokens: list[Token], at: int, findings: Findings) -> bool:
    """`at: "timestamp"` among `name: type`: a type between quotes."""
    value = tokens[at]
    inner = value.text.strip('"')
    if not is_word(inner) or not _among_members(tokens, at):
        return False
    findings.add(
        rules.FOREIGN_SPELLING,
        value.start,
        value.end,
        "a type stands without quotes",
        f"write `{inner}`",
        fix=findings.replace(value.start, value.end, inner),
    )
    value.kind, value.text = "NAME", inner
    return True


def _among_members(tokens: list[Token], at: int) -> bool:
    """Whether a statement of the same block, next to this one, is `name: type`."""
    behind = [token.kind for token in tokens[at + 1 : at + 5]]
    before = max(at - _NEAR, 0)
    above = tokens[before:at]
    edge = max((i for i, token in enumerate(above) if token.kind in BRACES), default=-1)
    kinds = [token.kind for token in above[edge + 1 : -2]]
    return behind[:4] == ["NL", "NAME", "COLON", "NAME"] or ("COLON", "NAME") in pairwise(kinds)


def _one_item(tokens: list[Token], at: int) -> bool:
    """`reads: - payments`: a list of one item; the sign before the item goes."""
    sign, item = tokens[at], tokens[at + 1]
    if item.kind not in ("NAME", "STRING") or item.start == sign.end:
        return False
    sign.kind = GONE
    return True


def no_type_before_value(tokens: list[Token], at: int, findings: Findings) -> bool:
    """`param peak: = 3/s`: nothing between the two signs; the colon goes."""
    colon, sign = tokens[at], tokens[at + 1]
    findings.add(
        rules.MISSING_VALUE,
        colon.start,
        sign.end,
        "no type stands between `:` and `=`",
        "name the type, or leave the `:` out",
        fix=findings.replace(colon.start, sign.end, " =", safe=False),
    )
    colon.kind = GONE
    return True


def reserved_name(tokens: list[Token], at: int, findings: Findings) -> bool:
    """`request not {`: a word of the language where a name stands."""
    word = tokens[at]
    if tokens[at + 1].kind not in ("LBRACE", "COLON"):
        return False
    findings.add(
        rules.UNEXPECTED,
        word.start,
        word.end,
        f"`{word.text}` is a word of the language, and no name",
        f"choose another name: `{word.text}_1`",
    )
    word.kind = "NAME" if tokens[at + 1].kind == "LBRACE" else "LABEL"
    return True


def other_branch(tokens: list[Token], at: int, findings: Findings) -> None:
    """`elif peak > 3/s {`"""
    word = tokens[at]
    findings.add(
        rules.FOREIGN_SPELLING,
        word.start,
        word.end,
        f"`{word.text}` is written `else if` here",
        "write `else if`",
        fix=findings.replace(word.start, word.end, "else if"),
    )
    word.kind, word.text = "CONDITION", "else if"


def no_colon(tokens: list[Token], at: int, findings: Findings) -> str:
    """`pattern ranked(image text, load: rate)`: a parameter without its `:`; returns its kind."""
    name, role, behind = tokens[at : at + 3]
    if role.kind != "NAME" or behind.kind not in ("COMMA", "RPAREN", "EQUALS"):
        return "NAME"
    around = [token.kind for token in tokens[max(at - _NEAR, 0) : at + _NEAR]]
    if ("COLON", "NAME") not in pairwise(around) or findings.full:
        return "NAME"
    findings.add(
        rules.UNEXPECTED,
        role.start,
        role.end,
        f"a `:` is missing between `{name.text}` and `{role.text}`",
        f"write `{name.text}: {role.text}`",
        fix=findings.replace(name.end, role.start, ": ", safe=False),
    )
    tokens.insert(at + 1, Token("COLON", ":", name.end, name.end))
    return "KEY"


def marked_text(tokens: list[Token], at: int, findings: Findings) -> bool:
    """`f"events of {region}"`"""
    mark, text = tokens[at - 1], tokens[at]
    if mark.text not in _MARKS or mark.end != text.start or mark.kind != "NAME":
        return False
    meant = _HOLE.sub(r"${\1}", text.text) if mark.text == "f" else text.text
    findings.add(
        rules.FOREIGN_SPELLING,
        mark.start,
        text.end,
        f"a text has no `{mark.text}` before it; `${{name}}` stands for a value in every text",
        f"write `{meant[:60]}`",
        fix=findings.replace(mark.start, text.end, meant),
    )
    mark.kind, text.text = GONE, meant
    return True


def lone_brace(tokens: list[Token], at: int, findings: Findings) -> bool:
    """A block's brace on a line of its own, below its header."""
    header = tokens[at - 2].kind if at > 1 else "NL"
    if header in ("NL", "LBRACE", "RBRACE", GONE):
        return False
    end, brace = tokens[at - 2].end, tokens[at]
    findings.add(
        rules.FOREIGN_SPELLING,
        brace.start,
        brace.end,
        "the `{` of a block stands at the end of the line that names it",
        "move it to the line above",
        fix=findings.replace(end, brace.start, " "),
    )
    tokens[at - 1].kind = GONE
    return True


def quoted_name(tokens: list[Token], at: int, kind: str, findings: Findings) -> str:
    """`"rate": 3`: a field's name between quotes; returns the kind it has now.

    `kind` is what a name is at this place.
    """
    name, sign = tokens[at], tokens[at + 1]
    inner = name.text.strip('"')
    if sign.kind not in ("EQUALS", "COLON") or not is_word(inner):
        return name.kind
    findings.add(
        rules.FOREIGN_SPELLING,
        name.start,
        name.end,
        "a name stands without quotes",
        f"write `{inner}`",
        fix=findings.replace(name.start, name.end, inner),
    )
    name.kind, name.text = kind, inner
    return kind
