"""Findings about what a pattern or loop made in; out, each told once, with the way it was made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from mlsdc.diagnostics import Diagnostic, Label, Span


def told_once(
    diagnostics: Iterable[Diagnostic], made_by: Mapping[str, tuple[Label, ...]]
) -> list[Diagnostic]:
    """The findings; the same words about the same text are told of the first instance only."""
    if not made_by:
        return list(diagnostics)
    found: dict[tuple[str, Span, str], Diagnostic] = {}
    for diagnostic in diagnostics:
        key = (diagnostic.code, diagnostic.span, diagnostic.message)
        if key not in found:
            found[key] = _with_origin(diagnostic, made_by.get(diagnostic.subject, ()))
    return list(found.values())


def _with_origin(diagnostic: Diagnostic, way: tuple[Label, ...]) -> Diagnostic:
    told = {diagnostic.span, *(label.span for label in diagnostic.labels)}
    new = tuple(label for label in way if label.span not in told)
    return replace(diagnostic, labels=(*diagnostic.labels, *new)) if new else diagnostic
