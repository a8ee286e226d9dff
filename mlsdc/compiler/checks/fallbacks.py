"""A design in, the clause of a call that names what answers instead out."""

from __future__ import annotations

from mlsdc.compiler.called_steps import calls_made
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.serving import Endpoint

RULES = "rules"


def fallback(design: Design) -> str:
    """`fallback rules`: what answers instead elsewhere already, else rules, declared beside it."""
    made = (one.call.fallback for one in calls_made(design))
    known = next((name for name in (*made, RULES) if design.get(name, Endpoint) is not None), None)
    if known is not None:
        return f"fallback {known}"
    return f"fallback {RULES}, and {design.proposed('endpoint', RULES)}"
