"""The rows of a component in, plain data for programs out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mlsdc.cli.value_text import value_text
from mlsdc.compiler.figures import Figure, Known
from mlsdc.compiler.named_values import NamedValue
from mlsdc.compiler.provenance import Origin, Row, leaves
from mlsdc.diagnostics import Span

Document = dict[str, object]
Locate = Callable[[Span], Document]


def fields_document(rows: Sequence[Row], locate: Locate) -> list[Document]:
    """Every field that holds a value, by path; `locate` names a span's file, line and column."""
    return [_field(row, locate) for row in leaves(rows)]


def _field(row: Row, locate: Locate) -> Document:
    document: Document = {
        "path": ".".join(map(str, row.path)),
        "value": None
        if row.origin.kind == "unset"
        else value_text(row.value, row.field, row.expression),
        **origin_document(row, locate),
    }
    if row.derived is not None:
        document["derived"] = _derived(row.derived)
    return document


def origin_document(row: Row, locate: Locate) -> Document:
    """Who gave a field its value, and the parameters and lets it came through."""
    document: Document = {"origin": _origin(row.origin, locate)}
    if row.through:
        document["through"] = [_named(each, locate) for each in row.through]
    return document


def _origin(origin: Origin, locate: Locate) -> Document:
    document: Document = {"kind": origin.kind}
    if origin.environment:
        document["environment"] = origin.environment
    if origin.of:
        document["of"] = origin.of
    return document if origin.span is None else {**document, **locate(origin.span)}


def _named(named: NamedValue, locate: Locate) -> Document:
    document: Document = {
        "name": named.name,
        "kind": named.kind,
        "value": value_text(named.value),
        "given_by": named.given_by,
    }
    if named.environment:
        document["environment"] = named.environment
    return {**document, **locate(named.span)}


def _derived(known: Known) -> Document:
    if isinstance(known, Figure):
        return {"value": known.value, "because": list(known.because)}
    return {"value": None, "missing": list(known.missing)}
