"""Texts in, what composition makes of them out: for the tests of patterns, loops and branches."""

from __future__ import annotations

from mlsdc.compiler.design import Design
from mlsdc.diagnostics import Diagnostic, Source, Span
from mlsdc.dsl import ast
from mlsdc.dsl.parse import parse
from mlsdc.pipeline import Outcome, check
from mlsdc.stdlib.find import standard_catalog

FILE = "design.mlsd"
STREAM = "rate = 1/s  retention = 1d"


def outcome(text: str, environment: str | None = None, **given: str) -> Outcome:
    """The whole check of a text; `given` are values as `--set` gives them."""
    values = {name: _value(value) for name, value in given.items()}
    return check(
        [Source(FILE, text)], standard_catalog(), environment=environment, given=values, checks=()
    )


def _value(text: str) -> ast.Expression:
    statement = parse(f"x = {text}", FILE)[0].statements[0]
    assert isinstance(statement, ast.Assignment)
    return statement.value


def design(text: str, environment: str | None = None, **given: str) -> Design:
    """The design of a text without mistakes."""
    found = outcome(text, environment, **given)
    assert [f"{d.code} {d.message}" for d in found.diagnostics] == []
    return found.compiled[0].design


def names(text: str, environment: str | None = None, **given: str) -> list[str]:
    """The components of a text without mistakes."""
    return list(design(text, environment, **given).components)


def said(text: str, **given: str) -> list[Diagnostic]:
    """Everything that is wrong with a text."""
    return outcome(text, **given).diagnostics


def told(text: str, **given: str) -> list[tuple[str, str]]:
    """The code of each finding, and the text it points at."""
    return [(d.code, text[d.span.start : d.span.end]) for d in said(text, **given)]


NO_PLACE = Span(FILE, 0, 0)
