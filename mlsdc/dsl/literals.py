"""The text of a constant in, its value out.

A number whose unit nobody knows is reported once and becomes an unknown number, which spreads
through arithmetic instead of turning into a zero. What could not be read at all is one, too: its
token has no text.
"""

from __future__ import annotations

from mlsdc.dsl import rules
from mlsdc.dsl.findings import Findings
from mlsdc.units import Accelerators, Quantity, UnitError, parse_quantity

_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "$": "$"}
UNREADABLE = Quantity(float("nan"))
"""A number whose unit is not known: one object, so that trees that hold it are equal."""
_EXAMPLES = "for example `20ms`, `16GiB`, `1200/s`, `80%`, `300EUR/month`"


def read_literal(
    kind: str, text: str, start: int, end: int, findings: Findings
) -> Quantity | Accelerators | str | bool:
    """The value of a token of one of the kinds that grammar.lark calls a literal."""
    if kind == "QUANTITY":
        return _quantity(text, start, end, findings)
    if kind == "STRING":
        return unquote(text)
    if kind == "BOOLEAN":
        return text == "true"
    count, _, model = text.partition(" x ")
    return Accelerators(int(count), model)


def _quantity(text: str, start: int, end: int, findings: Findings) -> Quantity:
    if findings.full or not text:
        return UNREADABLE  # looking for what was meant costs more than reading
    try:
        return parse_quantity(text)
    except UnitError as error:
        meant = error.suggestion
        findings.add(
            rules.BAD_QUANTITY,
            start,
            end,
            str(error),
            f"did you mean `{meant}`?" if meant else _EXAMPLES,
            fix=findings.replace(start, end, meant, safe=False) if meant else None,
        )
        return UNREADABLE


def unquote(text: str) -> str:
    """The text between the quotes, its escapes resolved.

    A `\"\"\"` text over several lines loses the line end behind its opening quotes and the
    indentation that its lines have in common; it ends with a line end if its closing quotes stand
    on a line of their own. It has no escapes.
    """
    if text.startswith('"""') and len(text) >= 6:
        inner = text[3:-3]
        return _dedent(inner.removeprefix("\n")) if "\n" in inner else inner
    inner = text[1:-1]
    if "\\" not in inner:
        return inner
    pieces, at = list[str](), 0
    while at < len(inner):
        char = inner[at]
        if char == "\\" and at + 1 < len(inner):
            at += 1
            char = _ESCAPES.get(inner[at], "\\" + inner[at])
        pieces.append(char)
        at += 1
    return "".join(pieces)


def _dedent(text: str) -> str:
    from textwrap import dedent

    return dedent(text)
