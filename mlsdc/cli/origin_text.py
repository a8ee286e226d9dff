"""Where a value comes from in, the words that say it out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mlsdc.cli.value_text import value_text
from mlsdc.compiler.figures import Figure, Unknown
from mlsdc.compiler.named_values import NamedValue
from mlsdc.compiler.provenance import Origin, Row
from mlsdc.diagnostics import Span


def origin_text(row: Row, place: Callable[[Span], str]) -> str:
    """Everything that made a value what it is, in one line."""
    told = [_giver(row.origin, place), *(through_text(each, place) for each in row.through)]
    text = ", ".join(told)
    if isinstance(row.derived, Figure) and row.path == ("gpus",):
        return f"{text}, chosen"
    if isinstance(row.derived, Figure):
        return f"{text} -> {value_text(row.derived.value)}"
    return f"{text} -> {row.derived}" if isinstance(row.derived, Unknown) else text


def derived_lines(row: Row) -> Sequence[str]:
    """The arithmetic of a number that the compiler chose."""
    return row.derived.because if isinstance(row.derived, Figure) else ()


def _giver(origin: Origin, place: Callable[[Span], str]) -> str:
    if origin.kind == "system":
        return "the system's" + (f", {place(origin.span)}" if origin.span else "")
    if origin.kind == "default":
        return f"default of {origin.of}" if origin.of else "default"
    where = place(origin.span) if origin.span else ""
    return f"environment {origin.environment}, {where}" if origin.environment else where


def through_text(named: NamedValue, place: Callable[[Span], str]) -> str:
    """`parameter peak = 20/s (environment dev)`"""
    kind = "parameter" if named.kind == "param" else named.kind
    if named.given_by == "command line":
        by = "--set"
    elif named.given_by == "environment":
        by = f"environment {named.environment}, {place(named.span)}"
    else:
        by = place(named.span)
    return f"{kind} {named.name} = {value_text(named.value)} ({by})"
