"""A request's budget in, its objectives on time out, each with its place and its quantile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mlsdc.compiler.analyses.latency import RequestLatency
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.request import FIRST_TOKEN, Request
from mlsdc.diagnostics import Span
from mlsdc.units import Quantity

QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p999": 0.999}
ROUNDING = 1 + 1e-9


@dataclass(frozen=True)
class TimeObjective:
    """`p99 <= 50ms`: a quantile (None: the mean) and its limit in seconds."""

    measure: str
    quantile: float | None
    limit: float
    place: Span

    def within(self, seconds: float) -> bool:
        """Whether a time meets the objective."""
        return seconds <= self.limit * ROUNDING


def time_objectives(design: Design, request: Request) -> Iterator[TimeObjective]:
    """The objectives on the time of the whole answer, in the order in which they are written."""
    for at, objective in enumerate(request.budget.objectives if request.budget else ()):
        if isinstance(objective.limit, Quantity) and objective.measure not in FIRST_TOKEN:
            place = design.place(request, "budget", "objectives", at)
            quantile = QUANTILES.get(objective.measure)
            yield TimeObjective(objective.measure, quantile, objective.limit.value, place)


def reached(latency: RequestLatency, objective: TimeObjective) -> float:
    """The seconds that a request takes at the quantile of an objective, or on average."""
    if objective.quantile is None:
        return latency.mean()
    return latency.independent(objective.quantile)


def tail_objective(design: Design, request: Request) -> TimeObjective | None:
    """The objective on the highest quantile; None where there is none."""
    stated = [one for one in time_objectives(design, request) if one.quantile is not None]
    return max(stated, key=lambda one: one.quantile or 0.0, default=None)
