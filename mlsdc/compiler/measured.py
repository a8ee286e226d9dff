"""A component and the name of a measure in, its figure out: what `authorise.p99` means."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.analyses.costs import DOLLARS, Costs
from mlsdc.compiler.analyses.first_tokens import FirstTokens
from mlsdc.compiler.analyses.latency import Latencies
from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known, Unknown, duration
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.request import FIRST_TOKEN, Request
from mlsdc.compiler.schedule import Facts
from mlsdc.units import show_duration

QUANTILES: Mapping[str, float] = {
    "p50": 0.5,
    "p90": 0.9,
    "p95": 0.95,
    "p99": 0.99,
    "p999": 0.999,
}


def measures(component: Component) -> tuple[str, ...]:
    """The names of what can be asked of a component, beside its fields."""
    if isinstance(component, Request):
        return (*QUANTILES, "mean", *FIRST_TOKEN)
    return tuple(_MEASURES)


def measured(component: Component, name: str, facts: Facts) -> Known | None:
    """The figure of this name; None where a component of this kind has none."""
    if isinstance(component, Request):
        return (
            _latency(component, name, facts)
            if name in measures(component)
            else _named(component, name, facts)
        )
    give = _MEASURES.get(name)
    return give(component, facts) if give else _named(component, name, facts)


def _named(component: Component, name: str, facts: Facts) -> Known | None:
    """Any other number that `mlsdc why` tells of; a lower bound decides nothing."""
    from mlsdc.compiler.named_figures import named_figures

    found = named_figures(facts.get(Design), facts).get(f"{component.name}.{name}")
    if found is None:
        return None
    return Unknown(found.missing) if found.missing else found.known


def _latency(request: Request, name: str, facts: Facts) -> Known:
    known = facts.get(FirstTokens if name in FIRST_TOKEN else Latencies).requests
    latency = known.get(request.name)
    if latency is None:
        return Unknown((f"{request.name}.call",))
    if latency.missing:
        return Unknown(latency.missing)
    quantile = {**QUANTILES, **FIRST_TOKEN}.get(name)
    value = latency.mean() if quantile is None else latency.independent(quantile)
    hops = (f"{hop.component}: p99 {show_duration(hop.p99)} ({hop.method})" for hop in latency.hops)
    return duration(value, *hops)


def _arrivals(component: Component, facts: Facts) -> Known | None:
    return facts.get(Workload).of(component)


def _replicas(component: Component, facts: Facts) -> Known | None:
    sizing = facts.get(Capacity).sizings.get(component.name)
    return sizing.replicas if sizing else None


def _utilisation(component: Component, facts: Facts) -> Known | None:
    sizing = facts.get(Capacity).sizings.get(component.name)
    return sizing.utilisation if sizing else None


def _cost(component: Component, facts: Facts) -> Known | None:
    part = facts.get(Costs).bill.of(component.name)
    if not part.items and not part.unpriced:
        return Figure(0.0, DOLLARS, (f"nothing is rented for {component.name}",))
    return part.total


_MEASURES: Mapping[str, Callable[[Component, Facts], Known | None]] = {
    "rate": _arrivals,
    "replicas": _replicas,
    "utilisation": _utilisation,
    "cost": _cost,
}


MEASURES_TOLD: tuple[tuple[str, str], ...] = (
    *((name, "latency of a request at this quantile") for name in QUANTILES),
    ("mean", "mean latency of a request"),
    *((name, "time to the first token of a request's answer") for name in FIRST_TOKEN),
    ("rate", "arrivals per second at a component"),
    ("replicas", "replicas of an endpoint or gateway, sized by the compiler where `auto`"),
    ("utilisation", "the share of their planned load that arrives at them"),
    ("cost", "what a component costs, at list prices: money per time"),
)
"""Every figure with its meaning."""
