"""A component and its load in, how many replicas it runs and how busy they are out.

`replicas = auto` is the smallest number that keeps every replica at the load its latency was
measured at, or at the planned utilisation where no such load is stated. Source: Little's law,
N = rate x time; where batches are costed, a full batch after the other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from mlsdc.compiler.analyses.service import fitted, service_time
from mlsdc.compiler.capacity.spare import carriers, enough
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known, Step, Unknown, rate
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.serving import Endpoint, Gateway
from mlsdc.units import RATE, Quantity, digits, show

FEWEST_REPLICAS = 2
"""One can be replaced while the other answers."""


@dataclass(frozen=True)
class Sizing:
    """How many replicas a component runs, and how busy they are."""

    replicas: Known
    per_replica: Known
    """Requests per second that one replica carries as planned."""
    utilisation: Known
    """Share of the planned load that arrives, over all replicas."""
    derived: bool
    """Whether the compiler chose the number."""


def size(design: Design, component: Endpoint | Gateway, arriving: Known | None) -> Sizing:
    """The sizing of one component under an arrival rate; None is nothing that calls it."""
    per_replica = _per_replica(design, component)
    arriving = rate(0.0, "nothing calls it") if arriving is None else arriving
    if component.replicas != "auto":
        declared = Step("declared", (component.name, "replicas"))
        replicas: Known = Figure(component.replicas, because=(declared,))
    else:
        replicas = _needed(design, component, arriving, per_replica)
    return Sizing(
        replicas, per_replica, _utilisation(arriving, per_replica, replicas),
        component.replicas == "auto",
    )  # fmt: skip


def _per_replica(design: Design, component: Endpoint | Gateway) -> Known:
    batched = _batch_capacity(component)
    if batched is not None:
        return batched
    service = service_time(design, component)
    if service is not None and service.at:
        line = f"latency measured at {show(Quantity(service.at, RATE))}"
        return rate(service.at, Step(line, (component.name, "latency", "at")))
    if not isinstance(component, Endpoint):
        return Unknown((f"{component.name}.latency.at",))
    own = fitted(service)
    if own is None:
        return Unknown((f"{component.name}.latency",))
    if component.concurrency is None:
        return Unknown((f"{component.name}.latency.at", f"{component.name}.concurrency"))
    if not component.utilisation:
        return Unknown((f"{component.name}.utilisation",))
    mean = own.mean()
    planned = component.concurrency / mean * component.utilisation
    line = (
        f"{component.concurrency} at a time / {digits(mean * 1000)} ms mean x "
        f"{digits(component.utilisation * 100)}% utilisation"
    )
    return rate(planned, _resting_on(component, line, "concurrency", "latency", "utilisation"))


def _batch_capacity(component: Endpoint | Gateway) -> Known | None:
    """Full batches, one after the other, at the planned utilisation; None where none is costed."""
    batching = component.batching if isinstance(component, Endpoint) else None
    if not isinstance(component, Endpoint) or batching is None:
        return None
    if batching.base is None or batching.per_item is None:
        return None
    whole = batching.base.value + batching.size * batching.per_item.value
    if not whole or not component.utilisation:
        return Unknown((f"{component.name}.batching.base",))
    instances = component.concurrency or 1
    line = (
        f"{instances} x {batching.size} / {digits(whole * 1000)} ms a batch x "
        f"{digits(component.utilisation * 100)}% utilisation"
    )
    planned = instances * batching.size / whole * component.utilisation
    return rate(planned, _resting_on(component, line, "concurrency", "batching", "utilisation"))


def _resting_on(component: Component, line: str, *fields: str) -> Step:
    return Step(line, *((component.name, field) for field in fields))


def _needed(
    design: Design, component: Endpoint | Gateway, arriving: Known, per_replica: Known
) -> Known:
    if isinstance(arriving, Unknown) or isinstance(per_replica, Unknown):
        missing = [m for known in (arriving, per_replica) if isinstance(known, Unknown)
                   for m in known.missing]  # fmt: skip
        return Unknown(tuple(dict.fromkeys(missing)))
    exact = arriving.value / per_replica.value
    needed = max(FEWEST_REPLICAS, math.ceil(round(exact, 9)))
    line = f"ceil({arriving} / {per_replica}) = {math.ceil(round(exact, 9))}"
    line += f", at least {FEWEST_REPLICAS}" if needed > exact + 1 else ""
    because = (*arriving.because, *per_replica.because, line)
    if component.survives is None:
        return Figure(needed, because=because)
    zones = design.environment.platform.zones
    carrying = carriers(arriving.value, per_replica.value)
    spared = max(needed, enough(carrying, component.survives, zones))
    lost = f"a zone of {zones}" if component.survives == "zone" else "a node"
    return Figure(spared, because=(*because, f"{spared}, so that {carrying} outlast {lost}"))


def _utilisation(arriving: Known, per_replica: Known, replicas: Known) -> Known:
    missing = [m for known in (arriving, per_replica, replicas) if isinstance(known, Unknown)
               for m in known.missing]  # fmt: skip
    if missing:
        return Unknown(tuple(dict.fromkeys(missing)))
    assert isinstance(arriving, Figure)
    assert isinstance(per_replica, Figure)
    assert isinstance(replicas, Figure)
    used = arriving.value / (per_replica.value * replicas.value)
    line = f"{arriving} / ({per_replica} x {digits(replicas.value)}) = {digits(used * 100)}%"
    because = (*arriving.because, *per_replica.because, line)
    return Figure(used, because=tuple(dict.fromkeys(because)))


def replicas_for(design: Design, component: Component, arriving: Known | None) -> int | None:
    """The replicas a component runs under an arrival rate; None where it has none or too little
    is stated."""
    if not isinstance(component, Endpoint | Gateway):
        return None
    replicas = size(design, component, arriving).replicas
    return int(replicas.value) if isinstance(replicas, Figure) else None
