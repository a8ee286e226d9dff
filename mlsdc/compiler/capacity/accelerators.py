"""Components and their replicas in, the accelerators they ask for at once out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.learning import Training
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.units import Accelerators


@dataclass(frozen=True)
class Asked:
    """The accelerators of one component; all replicas or nodes of it at the same time."""

    component: Component
    model: str
    count: Known


def asked_for(design: Design, capacity: Capacity) -> Iterator[Asked]:
    """What endpoints and training jobs ask for; an endpoint as far as its autoscaler may go."""
    for endpoint in design.of(Endpoint):
        if isinstance(endpoint.gpus, Accelerators) and endpoint.existing is None:
            replicas = _replicas(endpoint, capacity)
            yield _asked(endpoint, endpoint.gpus, replicas, "replicas")
    for training in design.of(Training):
        if isinstance(training.gpus, Accelerators) and training.existing is None:
            yield _asked(training, training.gpus, Figure(training.nodes), "nodes")


def _replicas(endpoint: Endpoint, capacity: Capacity) -> Known:
    replicas = capacity.sizings[endpoint.name].replicas
    highest = endpoint.scaling.maximum if endpoint.scaling else None
    if highest is not None and (not isinstance(replicas, Figure) or highest > replicas.value):
        return Figure(highest)
    return replicas


def _asked(component: Component, gpus: Accelerators, copies: Known, what: str) -> Asked:
    if not isinstance(copies, Figure):
        return Asked(component, gpus.model.lower(), copies)
    count = gpus.count * copies.value
    why = f"{component.name}: {int(copies.value)} {what} x {gpus} = {int(count)}"
    return Asked(component, gpus.model.lower(), Figure(count, because=(why,)))
