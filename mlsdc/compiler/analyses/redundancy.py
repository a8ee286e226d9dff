"""Components in, how many copies of them answer out."""

from __future__ import annotations

from dataclasses import dataclass, field

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.data import FeatureStore, OnlineStore
from mlsdc.compiler.model.learning import Explainer
from mlsdc.compiler.model.serving import Cache, Endpoint, Gateway
from mlsdc.compiler.schedule import analysis


@dataclass(frozen=True)
class Copies:
    """How many copies answer, and the field that tells."""

    count: int
    field: str


@dataclass(frozen=True)
class Redundancy:
    """The copies of each component; absent where its system decides, or where it exists already."""

    of: dict[str, Copies] = field(default_factory=dict[str, Copies])


@analysis
def redundancy(design: Design, capacity: Capacity) -> Redundancy:
    """Count what stands in for a component that fails."""
    found: dict[str, Copies] = {}
    for component in design.components.values():
        copies = None if component.existing is not None else _copies(design, capacity, component)
        if copies is not None:
            found[component.name] = copies
    return Redundancy(found)


def _copies(design: Design, capacity: Capacity, component: Component) -> Copies | None:
    if isinstance(component, Endpoint | Gateway):
        replicas = capacity.replicas(component)
        return None if replicas is None else Copies(replicas, "replicas")
    if isinstance(component, OnlineStore):
        if getattr(component, "sharded", False):
            # Shards hold different keys: only their followers stand in for them.
            followers: int = getattr(component, "followers", 0)
            return Copies(1 + followers, "followers")
        decided = component.system is not None or design.wrote(component, "nodes")
        return Copies(component.nodes, "nodes") if decided else None
    if isinstance(component, Cache):
        return Copies(component.nodes, "nodes") if design.wrote(component, "nodes") else None
    if isinstance(component, FeatureStore | Explainer):
        stated: object = getattr(component, "replicas", None)
        return Copies(stated, "replicas") if isinstance(stated, int) else None
    return None
