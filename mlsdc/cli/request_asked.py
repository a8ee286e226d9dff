"""A request in one environment in, its latency and the quantile that it is told at out."""

from __future__ import annotations

from dataclasses import dataclass

from mlsdc.compiler.analyses.latency import Latencies, RequestLatency
from mlsdc.compiler.checks.objectives import tail_objective
from mlsdc.compiler.model.request import Request
from mlsdc.pipeline import Compiled

_USUAL = ("p99", 0.99)
"""What is told of a request without an objective."""


@dataclass(frozen=True)
class Asked:
    """One request; `limit` is that of its highest objective, in seconds."""

    latency: RequestLatency
    measure: str
    quantile: float
    limit: float | None

    def held(self, reached: float | None, unknown: bool) -> str:
        """`holds`, `broken`, `unknown`; nothing where there is no limit."""
        if self.limit is None:
            return ""
        if reached is None or reached > self.limit * (1 + 1e-9):
            return "broken"
        return "unknown" if unknown else "holds"


def asked(one: Compiled, request: Request) -> Asked | None:
    """None for a request that waits for nothing."""
    latency = one.facts.get(Latencies).requests.get(request.name)
    if latency is None or not (latency.times or latency.missing):
        return None
    objective = tail_objective(one.design, request)
    if objective is None or objective.quantile is None:
        return Asked(latency, *_USUAL, None)
    return Asked(latency, objective.measure, objective.quantile, objective.limit)
