"""Arrival rates in, replicas and utilisation out."""

from __future__ import annotations

from dataclasses import dataclass, field

from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.capacity.sizing import Sizing, size
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Unknown
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.serving import Endpoint, Gateway
from mlsdc.compiler.schedule import analysis


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
    return Capacity({c.name: size(design, c, workload.of(c)) for c in scaled})
