"""A number in, what it means in words out; a field that is missing in, what to state out."""

from __future__ import annotations

from mlsdc.cli.field_docs import class_texts, field_docs
from mlsdc.cli.why.inquiry import Inquiry
from mlsdc.compiler.named_figures import Named


def meaning(named: Named) -> str:
    """As declared with the number, else the text below the field that holds it."""
    if named.meaning or named.holder is None:
        return named.meaning
    texts = class_texts(named.holder.__module__).get(named.holder.__qualname__, {})
    text = texts.get(named.field, "").rstrip(".")
    return text[:1].lower() + text[1:]


def missing_text(name: str, inquiry: Inquiry) -> str:
    """`score.latency: measured service times of one replica  (endpoint score, design.mlsd:4:10)`"""
    component, _, rest = name.partition(".")
    known = inquiry.compiled.design.components.get(component)
    span = inquiry.declared(component)
    if known is None or span is None:
        return name
    field = rest.partition(".")[0]
    text = next((doc.text for doc in field_docs(type(known)) if doc.name == field), "")
    said = f": {text.rstrip('.')[:1].lower()}{text.rstrip('.')[1:]}" if text else ""
    return f"{name}{said}  ({known.role} {component}, {inquiry.report.spot(span)})"
