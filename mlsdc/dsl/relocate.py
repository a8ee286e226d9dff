"""A piece of the tree, or a complaint, in; the same at another place out.

For texts inside texts: scalars of a YAML file, expressions inside a text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mlsdc.diagnostics import Diagnostic, Edit, Fix, Span
from mlsdc.dsl import ast


def relocate(node: Any, move: Callable[[Span], Span]) -> None:
    """Move every span of a piece of the tree."""
    stack: list[Any] = [node]
    while stack:
        here = stack.pop()
        if isinstance(here, list):
            stack += here
            continue
        for slot in getattr(here, "__slots__", ()):
            value = getattr(here, slot)
            if isinstance(value, Span):
                here.span = move(value)
            elif isinstance(value, list) or type(value).__module__ == ast.__name__:
                stack.append(value)


def moved(diagnostic: Diagnostic, move: Callable[[Span], Span]) -> Diagnostic:
    """The same complaint about the YAML; a repair is kept where its text stands as it is."""
    fix = diagnostic.fix
    if fix is not None:
        edits = tuple(Edit(move(e.span), e.text) for e in fix.edits)
        kept = all(
            new.span.end - new.span.start == old.span.end - old.span.start
            for new, old in zip(edits, fix.edits, strict=True)
        )
        fix = Fix(fix.title, edits, fix.confidence) if kept else None
    labels = tuple(replace(label, span=move(label.span)) for label in diagnostic.labels)
    return replace(diagnostic, span=move(diagnostic.span), labels=labels, fix=fix)
