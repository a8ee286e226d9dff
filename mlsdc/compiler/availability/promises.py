"""A design in, every promise on the share of requests that is answered out."""

from __future__ import annotations

from collections.abc import Iterator

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.operations import Slo
from mlsdc.compiler.model.request import Budget, Objective, Request
from mlsdc.diagnostics import Span


def promises(design: Design) -> Iterator[tuple[Request, float, Span]]:
    """The objectives of requests and of SLOs, each with its place."""
    for request in design.of(Request):
        yield from _shares(design, request, request, "budget", request.budget)
    for slo in design.of(Slo):
        request = design.get(slo.request, Request)
        if request is not None:
            yield from _shares(design, request, slo, "target", slo.target)


def _shares(
    design: Design, request: Request, holder: Component, field: str, budget: Budget | None
) -> Iterator[tuple[Request, float, Span]]:
    for at, objective in enumerate(budget.objectives if budget else ()):
        promised = _promised(objective)
        if promised is not None:
            yield request, promised, design.place(holder, field, "objectives", at)


def _promised(objective: Objective) -> float | None:
    if not isinstance(objective.limit, float):
        return None
    return objective.limit if objective.measure == "availability" else 1 - objective.limit
