"""Numbers in, plain data for programs out."""

from __future__ import annotations

import math
from collections.abc import Sequence

from mlsdc.cli.component_json import origin_document
from mlsdc.cli.value_text import value_text
from mlsdc.cli.why.inquiry import Inquiry
from mlsdc.cli.why.meaning import meaning
from mlsdc.compiler.figures import Figure, Step
from mlsdc.compiler.named_figures import Named

SCHEMA_VERSION = 1
Document = dict[str, object]


def document(found: Sequence[tuple[Inquiry, list[Named]]], target: str | None) -> Document:
    """What was asked and the numbers of each environment, each with its derivation."""
    system = found[0][0].compiled.design.system.name if found else None
    environments = [
        {
            "name": inquiry.compiled.environment,
            "figures": [_figure(named, inquiry, full=target is not None) for named in numbers],
        }
        for inquiry, numbers in found
    ]
    return {
        "schema_version": SCHEMA_VERSION,
        "system": system,
        "target": target,
        "environments": environments,
    }


def _figure(named: Named, inquiry: Inquiry, *, full: bool) -> Document:
    known = named.known
    figure = isinstance(known, Figure)
    value = known.value if figure and math.isfinite(known.value) else None
    told: Document = {
        "target": named.target,
        "value": value,
        "dimension": known.dimension.name if figure else None,
        "text": str(named),
        "at_least": bool(figure and named.missing),
        "missing": list(named.missing if figure else known.missing),
        "meaning": meaning(named) or None,
    }
    if not full:
        return told
    span = inquiry.declared(named.component)
    return {
        **told,
        "declared": inquiry.report.locate(span) if span is not None else None,
        "steps": [_step(step, inquiry) for step in known.because] if figure else [],
        "formula": named.formula or None,
        "source": named.source or None,
        "analysis": named.analysis or None,
    }


def _step(step: str, inquiry: Inquiry) -> Document:
    inputs: list[Document] = []
    for path, row in inquiry.inputs(step):
        value = None if row.rows else value_text(row.value, row.field, row.expression)
        inputs.append({"path": path, "value": value, **origin_document(row, inquiry.report.locate)})
    row = step.row if isinstance(step, Step) else ""
    return {"text": str(step), "inputs": inputs, "catalogue": row or None}
