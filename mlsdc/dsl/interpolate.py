"""A text with `${expression}` in it, in; its pieces out.

`\\$` is a dollar sign. An expression holds no double quotes and no braces, because the text that it
stands in could not hold them either. A text in triple quotes is taken as it is.
"""

from __future__ import annotations

import re

from mlsdc.diagnostics import Span
from mlsdc.dsl import ast, rules
from mlsdc.dsl.findings import Findings
from mlsdc.dsl.literals import unquote
from mlsdc.dsl.relocate import moved, relocate
from mlsdc.dsl.tokens import Token

_HOLE = re.compile(r"(?P<escape>\\.)|\$\{(?P<inner>[^{}]*)(?P<close>\})?")
_ASSIGNED = "x = ("


def interpolate(token: Token, findings: Findings) -> ast.Template | None:
    """The template that a text in double quotes is; None where it holds no expression.

    An expression that cannot be read is reported and left out.
    """
    text, parts, at, found = token.text[1:-1], list[str | ast.Expression](), 0, False
    for hole in _HOLE.finditer(text):
        if hole["escape"]:
            continue
        found = True
        if hole.start() > at:
            parts.append(unquote(f'"{text[at : hole.start()]}"'))
        at = hole.end()
        start = token.start + 1 + hole.start()
        if hole["close"] is None:
            _unclosed(start, findings)
            continue
        expression = _expression(hole["inner"], start + 2, findings)
        if expression is not None:
            parts.append(expression)
    if not found:
        return None
    if at < len(text):
        parts.append(unquote(f'"{text[at:]}"'))
    return ast.Template(parts, token.text, findings.span(token.start, token.end))


def _unclosed(start: int, findings: Findings) -> None:
    findings.add(
        rules.UNCLOSED_BLOCK,
        start,
        start + 2,
        "this `${` is never closed",
        "write `${name}` for a value, `\\${` for the signs themselves",
    )


def _expression(inner: str, start: int, findings: Findings) -> ast.Expression | None:
    """The expression between the braces; `start` is where it begins in the file."""
    from mlsdc.dsl.parse import parse

    if not inner.strip():
        findings.add(
            rules.MISSING_VALUE,
            start - 2,
            start + len(inner) + 1,
            "nothing stands between these braces",
            "write `${name}` for a value, `\\${` for the signs themselves",
        )
        return None
    tree, said = parse(f"{_ASSIGNED}{inner})", findings.file)
    first, last = start - len(_ASSIGNED), start + len(inner)

    def move(span: Span) -> Span:
        return Span(
            findings.file,
            min(max(span.start + first, start), last),
            min(max(span.end + first, start), last),
        )

    statements = tree.statements
    made = statements[0] if len(statements) == 1 else None
    if said:
        findings.adopt(moved(said[0], move))
    elif not isinstance(made, ast.Assignment) or made.configuration is not None:
        findings.add(
            rules.UNEXPECTED, start, last, "this is not one value", "write `${name}` for a value"
        )
    if not isinstance(made, ast.Assignment) or said:
        return None
    relocate(made, move)
    return made.value
