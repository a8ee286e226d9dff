"""Arrival rates in, replicas and utilisation out.

`replicas = auto` is the smallest number that keeps every replica at the load its latency was
measured at, or at the planned utilisation where no such load is stated. Source: Little's law,
N = rate x time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from mlsdc.compiler.analyses.service import fitted
from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known, Unknown, rate
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.serving import Endpoint, Gateway
from mlsdc.compiler.schedule import analysis
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


@dataclass(frozen=True)
class Capacity:
    """The sizing of every endpoint and gateway."""

    sizings: dict[str, Sizing] = field(default_factory=dict[str, Sizing])

    def replicas(self, component: Component | str) -> int | None:
        """The number of replicas, where it is known."""
        name = component if isinstance(component, str) else component.name
        sizing = self.sizings.get(name)
        if sizing is None or isinstance(sizing.replicas, Unknown):
            return None
        return int(sizing.replicas.value)


@analysis
def capacity(design: Design, workload: Workload) -> Capacity:
    """Replicas of everything that scales out."""
    scaled = [*design.of(Endpoint), *design.of(Gateway)]
    return Capacity({c.name: _size(c, workload.of(c)) for c in scaled})


def _size(component: Endpoint | Gateway, arriving: Known | None) -> Sizing:
    per_replica = _per_replica(component)
    arriving = rate(0.0, "nothing calls it") if arriving is None else arriving
    if component.replicas != "auto":
        replicas: Known = Figure(component.replicas, because=("declared",))
    else:
        replicas = _needed(arriving, per_replica)
    return Sizing(
        replicas, per_replica, _utilisation(arriving, per_replica, replicas),
        component.replicas == "auto",
    )  # fmt: skip


def _per_replica(component: Endpoint | Gateway) -> Known:
    service = component.service_time()
    if service is not None and service.at:
        return rate(service.at, f"latency measured at {show(Quantity(service.at, RATE))}")
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
    return rate(
        planned,
        f"{component.concurrency} at a time / {digits(mean * 1000)} ms mean x "
        f"{digits(component.utilisation * 100)}% utilisation",
    )


def _needed(arriving: Known, per_replica: Known) -> Known:
    if isinstance(arriving, Unknown) or isinstance(per_replica, Unknown):
        missing = [m for known in (arriving, per_replica) if isinstance(known, Unknown)
                   for m in known.missing]  # fmt: skip
        return Unknown(tuple(dict.fromkeys(missing)))
    exact = arriving.value / per_replica.value
    needed = max(FEWEST_REPLICAS, math.ceil(round(exact, 9)))
    return Figure(
        needed,
        because=(
            *arriving.because,
            *per_replica.because,
            f"ceil({arriving} / {per_replica}) = {math.ceil(round(exact, 9))}"
            + (f", at least {FEWEST_REPLICAS}" if needed > exact + 1 else ""),
        ),
    )


def _utilisation(arriving: Known, per_replica: Known, replicas: Known) -> Known:
    missing = [m for known in (arriving, per_replica, replicas) if isinstance(known, Unknown)
               for m in known.missing]  # fmt: skip
    if missing:
        return Unknown(tuple(dict.fromkeys(missing)))
    assert isinstance(arriving, Figure)
    assert isinstance(per_replica, Figure)
    assert isinstance(replicas, Figure)
    return Figure(arriving.value / (per_replica.value * replicas.value))
