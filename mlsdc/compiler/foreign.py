"""A place in a text of another language in, its place in the design out.

A text is found again only where it is written out at its field: not behind a `let`, in a text with
`${...}`, or where YAML folds or escapes its lines. There the place is told in words.
"""

from __future__ import annotations

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.values import Verbatim
from mlsdc.diagnostics import Span


def place_in(
    design: Design, component: Component, path: tuple[str, ...], text: str, start: int, end: int
) -> tuple[Span, str]:
    """The span of a range of characters; where it is all of the field, the place in words, too."""
    field = design.place(component, *path)
    form = text.form if isinstance(text, Verbatim) else ""
    bare = form[1:-1]
    if len(bare) == field.end - field.start and bare == text:  # a YAML scalar without quotes
        found, last = start, max(end - 1, start)
    else:
        found = _offset(form, text, start) if len(form) == field.end - field.start else None
        last = _offset(form, text, max(end - 1, start)) if found is not None else None
    if found is None or last is None:
        return field, f" ({position(text, start)} of the text)"
    whole = Span(field.file, field.start + found, field.start + max(last + 1, found + 1))
    return whole, ""


def position(text: str, at: int) -> str:
    """`line 3, column 8`, both counted from 1."""
    line = text.count("\n", 0, at)
    return f"line {line + 1}, column {at - (text.rfind(chr(10), 0, at) + 1) + 1}"


def _offset(form: str, text: str, at: int) -> int | None:
    """Where in its written form a character of a text stands; None where that is not known."""
    line, column = text.count("\n", 0, at), at - (text.rfind("\n", 0, at) + 1)
    if form.startswith('"""'):
        inner = form[3:-3]
        start = 4 if inner.startswith("\n") else 3
        written = inner[start - 3 :].split("\n")
        if len(written) != text.count("\n") + 1:
            return None
    elif form.startswith("|"):  # a block of YAML; its lines stand below its header
        start = form.find("\n") + 1
        written = form[start:].split("\n")
    else:
        return at + 1 if form[1:-1] == text else None
    meant = text.split("\n")[line]
    stands = written[line].removesuffix("\r") if line < len(written) else ""
    if not stands.endswith(meant):
        return None
    before = sum(len(one) + 1 for one in written[:line])
    return start + before + len(stands) - len(meant) + column
