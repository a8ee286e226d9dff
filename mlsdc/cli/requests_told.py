"""The facts of one environment in, lines for each request and for the replicas out."""

from __future__ import annotations

from collections.abc import Iterator

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.analyses.latency import Latencies, RequestLatency
from mlsdc.compiler.analyses.modes import Modes
from mlsdc.compiler.checks.objectives import ROUNDING
from mlsdc.compiler.model.request import Objective, Request
from mlsdc.pipeline import Compiled
from mlsdc.units import Quantity, show_duration

QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p999": 0.999}


def told(one: Compiled) -> Iterator[str]:
    """`prod authorise: p99 31ms of 50ms · correlated 44ms · certain 61ms`, and the replicas."""
    latencies = one.facts.get(Latencies)
    for request in one.design.of(Request):
        latency = latencies.requests.get(request.name)
        if latency is not None and latency.hops:
            yield f"{one.environment} {request.name}: {_latency(request, latency)}"
            during = _during(request, one.facts.get(Modes))
            if during:
                yield f"{one.environment} {request.name} during failures: {during}"
    sizings = one.facts.get(Capacity).sizings.items()
    sized = [
        f"{name} {sizing.replicas if replicas is None else replicas}"
        for name, sizing in sizings
        if (replicas := one.facts.get(Capacity).replicas(name)) is not None or sizing.derived
    ]
    if sized:
        yield f"{one.environment} replicas: {' · '.join(sized)}"


def _latency(request: Request, latency: RequestLatency) -> str:
    measure, limit = _objective(request)
    quantile = QUANTILES[measure]
    least = "at least " if latency.missing else ""
    parts = [
        f"{measure} {least}{show_duration(latency.independent(quantile))}"
        + (f" of {show_duration(limit)}" if limit is not None else ""),
        f"correlated {least}{show_duration(latency.correlated(quantile))}",
        f"certain {least}{show_duration(latency.certain(quantile))}",
    ]
    if latency.missing:
        parts.append("needs " + ", ".join(latency.missing))
    return " · ".join(parts)


def _during(request: Request, modes: Modes) -> str:
    """The failures that break the budget, or the worst of those that do not."""
    measure, limit = _objective(request)
    found = modes.of(request.name)
    if limit is None or not found:
        return ""
    reached = [(mode, mode.reached(QUANTILES[measure])) for mode in found]
    broken = [
        f"{mode.told} {'no answer' if seconds is None else show_duration(seconds)}"
        for mode, seconds in reached
        if seconds is None or seconds > limit * ROUNDING
    ]
    if broken:
        return f"over {show_duration(limit)}: {' · '.join(broken)}"
    needs = dict.fromkeys(name for mode in found for name in mode.missing)
    worst, seconds = max(reached, key=lambda pair: pair[1] or 0.0)
    told = f"within {show_duration(limit)}, at worst {show_duration(seconds or 0.0)} ({worst.told})"
    return f"{told} · needs {', '.join(needs)}" if needs else told


def _objective(request: Request) -> tuple[str, float | None]:
    """The highest quantile with a limit; p99 where the design states none."""
    stated: list[Objective] = list(request.budget.objectives) if request.budget else []
    limits = {
        objective.measure: objective.limit.value
        for objective in stated
        if isinstance(objective.limit, Quantity) and objective.measure in QUANTILES
    }
    if not limits:
        return "p99", None
    highest = max(limits, key=lambda measure: QUANTILES[measure])
    return highest, limits[highest]
