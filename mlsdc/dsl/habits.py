"""Spellings that other languages teach: read as they were meant, and reported.

Each function looks at the neighbours of one token, changes them to what the writer meant, and says
whether it did. A token that is no longer needed becomes `GONE`.
"""

from __future__ import annotations

from mlsdc.dsl import rules
from mlsdc.dsl.findings import Findings
from mlsdc.dsl.tokens import GONE, IDENTIFIERS, Token
from mlsdc.units import PER, UNITS

_NOT_A_UNIT = frozenset(("EQUALS", "COLON", "DOT", "LPAREN", "LBRACE", "COMPARE"))


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
        findings.add(
            rules.FOREIGN_SPELLING,
            sign.start,
            sign.end,
            "a value follows `=`, not `:`; behind `:` stands a type or a system",
            f"write `{name.text} = {value.text}`",
            fix=findings.replace(sign.start, sign.end, " ="),
        )
        sign.kind, sign.text = "EQUALS", "="
        return False
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


def quoted_name(tokens: list[Token], at: int, findings: Findings) -> str:
    """`"rate": 3`: a field's name between quotes; returns the kind it has now."""
    name, sign = tokens[at], tokens[at + 1]
    inner = name.text.strip('"')
    if sign.kind not in ("EQUALS", "COLON") or not (inner.isascii() and inner.isidentifier()):
        return name.kind
    findings.add(
        rules.FOREIGN_SPELLING,
        name.start,
        name.end,
        "the name of a field stands without quotes",
        f"write `{inner}`",
        fix=findings.replace(name.start, name.end, inner),
    )
    name.kind, name.text = "KEY", inner
    return "KEY"
