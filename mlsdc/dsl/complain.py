"""A token that does not fit in, one sentence that helps out.

Messages name what was found and what is expected in the writer's words, never a grammar symbol.
"""

from __future__ import annotations

from lark import Token

from mlsdc.diagnostics import Confidence, Diagnostic, Edit, Fix, Span
from mlsdc.dsl import rules
from mlsdc.units import PER, UNITS

_VALUES = {"QUANTITY", "STRING", "LBRACKET", "LPAREN"}
_WORDS = {
    "EQUALS": "`=`",
    "COLON": "`:`",
    "LBRACE": "`{`",
    "COMMA": "`,`",
    "RPAREN": "`)`",
    "RBRACKET": "`]`",
    "NL": "the end of the line",
    "$END": "the end of the file",
}


def complain(tokens: list[Token], at: int, expected: set[str], text: str, file: str) -> Diagnostic:
    """Describe the unexpected token at this index."""
    end = len(text)
    token = tokens[at] if at < len(tokens) else Token("$END", "", start_pos=end, end_pos=end)
    before = tokens[at - 1] if at else None
    span = Span(file, token.start_pos or 0, token.end_pos or 0)
    for describe in (_separated_unit, _missing_value, _separator):
        said = describe(token, before, expected, span)
        if said is not None:
            return said
    found = _WORDS.get(token.type) or f"`{_short(token)}`"
    wanted = _expectation(expected)
    after = f" after `{_short(before)}`" if before is not None and before.type != "NL" else ""
    return rules.UNEXPECTED.at(
        span, f"{found} does not fit{after}; expected {wanted}", help=_hint(token, expected)
    )


def _separated_unit(
    token: Token, before: Token | None, expected: set[str], span: Span
) -> Diagnostic | None:
    if before is None or before.type != "QUANTITY" or token.type not in ("NAME", "HEAD"):
        return None
    if (str(token) not in UNITS and str(token) not in PER) or not str(before)[-1].isdigit():
        return None
    joined = Span(span.file, before.start_pos or 0, span.end)
    return rules.SEPARATED_UNIT.at(
        joined,
        f"the unit `{token}` stands apart from its number",
        help=f"write `{before}{token}`",
        fix=Fix(f"write `{before}{token}`", (Edit(joined, f"{before}{token}"),), Confidence.SAFE),
    )


def _missing_value(
    token: Token, before: Token | None, expected: set[str], span: Span
) -> Diagnostic | None:
    if before is None or not expected >= {"QUANTITY", "STRING"}:
        return None
    if before.type not in ("EQUALS", "COMPARE") or token.type in ("EQUALS", "COMPARE"):
        return None
    place = Span(span.file, before.start_pos or 0, before.end_pos or 0)
    return rules.MISSING_VALUE.at(
        place,
        f"no value follows this `{before}`",
        help='a quantity (`20ms`), a name, a text in double quotes ("..."), or a list (`[a, b]`)',
    )


def _separator(
    token: Token, before: Token | None, expected: set[str], span: Span
) -> Diagnostic | None:
    if token.type != "COMMA" or "NL" not in expected:
        return None
    return rules.SEPARATOR.at(
        span,
        "statements are not separated by commas",
        help="put each on a line of its own, or leave a space between assignments",
        fix=Fix("remove the comma", (Edit(span, " "),), Confidence.SAFE),
    )


def _short(token: Token | None) -> str:
    text = str(token).replace("\n", " ")
    return text if len(text) <= 30 else text[:27] + "..."


def _expectation(expected: set[str]) -> str:
    wanted: list[str] = []
    if expected >= _VALUES:
        wanted.append("a value")
    elif "HEAD" in expected and "KEY" in expected:
        wanted.append("a field, a declaration or the end of the block")
    elif "NAME" in expected:
        wanted.append("a name")
    wanted += [_WORDS[kind] for kind in _WORDS if kind in expected and kind != "$END"]
    wanted = wanted[:3]
    if not wanted:
        return "the end of the statement"
    return wanted[0] if len(wanted) == 1 else ", ".join(wanted[:-1]) + " or " + wanted[-1]


def _hint(token: Token, expected: set[str]) -> str:
    if token.type == "EQUALS" and "EQUALS" not in expected:
        return "a field is written `name = value`"
    if token.type == "COLON":
        return "a component is declared `role name: system { ... }`"
    return "a statement is `key = value`, `name: type`, or words followed by `{ ... }`"
