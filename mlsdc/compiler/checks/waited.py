"""Requests with an objective on their tail in, the components they wait for out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mlsdc.compiler.analyses.latency import Latencies, RequestLatency
from mlsdc.compiler.checks.objectives import TimeObjective, tail_objective
from mlsdc.compiler.design import Design
from mlsdc.compiler.latency.path import Leaf, leaves
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.request import Request


@dataclass(frozen=True)
class Wait:
    """A request whose tail has a limit waits for a component."""

    request: Request
    latency: RequestLatency
    objective: TimeObjective
    leaf: Leaf
    component: Component
    """What answers."""


def waits(design: Design, latencies: Latencies) -> Iterator[Wait]:
    """Every wait, fallbacks included, in order of requests and paths."""
    for name, latency in latencies.requests.items():
        request = design.get(name, Request)
        objective = tail_objective(design, request) if request is not None else None
        if request is None or objective is None:
            continue
        for leaf in leaves(latency.path, waited=True):
            component = design.components.get(leaf.answering or "")
            if component is not None:
                yield Wait(request, latency, objective, leaf, component)


def first_waits(design: Design, latencies: Latencies) -> dict[str, Wait]:
    """The first wait for each component, the ones asked instead of others left out."""
    found: dict[str, Wait] = {}
    for wait in waits(design, latencies):
        if not wait.leaf.aside:
            found.setdefault(wait.component.name, wait)
    return found
