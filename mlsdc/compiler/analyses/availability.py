"""Requests and the availability of components in, the availability of requests out.

A request is answered when everything in series works, or the fallback where there is one. What is
called asynchronously is not needed. Components fail independently of each other: a shared cause,
such as a zone or a release, makes the true figure lower.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from mlsdc.compiler.analyses.callers import Callers
from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.analyses.paths import Paths
from mlsdc.compiler.availability.structure import (
    ALWAYS,
    Chance,
    Needs,
    Sometimes,
    Structure,
    TooManyCasesError,
    Up,
    at_least,
    either,
    every,
    names,
    probability,
    probability_if,
)
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import NUMBER, Figure, Known, Step, Unknown
from mlsdc.compiler.latency.path import Attempt, Chosen, Leaf, Node, Race, leaves
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.data import FeatureStore
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.model.serving import Endpoint, Gateway
from mlsdc.compiler.schedule import analysis
from mlsdc.diagnostics import Span
from mlsdc.units import show_percent


@dataclass(frozen=True)
class Answered:
    """How surely a request is answered."""

    needs: Structure
    availability: Known
    at_most: float
    """The availability if everything that is not stated always worked."""
    without: dict[str, float] = field(default_factory=dict[str, float])
    """The share of requests that fail while one component is down and all else works."""
    places: dict[str, Span] = field(default_factory=dict[str, Span])
    """Where the request calls each component."""


@dataclass(frozen=True)
class Availability:
    """The availability of requests, and of the components that they need."""

    requests: dict[str, Answered] = field(default_factory=dict[str, Answered])
    components: dict[str, Known] = field(default_factory=dict[str, Known])


@analysis
def availability(
    design: Design, paths: Paths, capacity: Capacity, callers: Callers
) -> Availability:
    """Work out every request."""
    called = frozenset[str]().union(*callers.called.values())
    needed = _Needed(design, called)
    needs = {name: needed.node(path) for name, path in paths.of.items()}
    components = {
        name: component_availability(design, capacity, design.components[name])
        for name in sorted({name for structure in needs.values() for name in names(structure)})
    }
    answered = {
        name: replace(_answered(structure, components), places=_places(paths.of[name]))
        for name, structure in needs.items()
    }
    return Availability(answered, components)


def _places(path: Node) -> dict[str, Span]:
    """Where each component is called first."""
    found: dict[str, Span] = {}
    for leaf in leaves(path):
        found.setdefault(leaf.answering or leaf.component, leaf.place)
    return found


def _answered(needs: Structure, components: dict[str, Known]) -> Answered:
    used = list(dict.fromkeys(names(needs)))
    up = {name: known.value for name in used if isinstance(known := components[name], Figure)}
    missing = [m for name in used if isinstance(known := components[name], Unknown)
               for m in known.missing]  # fmt: skip
    try:
        at_most = probability(needs, {name: up.get(name, 1.0) for name in used})
    except TooManyCasesError:
        return Answered(needs, Unknown(("fewer components that several fallbacks share",)), 1.0)
    without = {name: 1 - _answered_without(needs, used, name) for name in used}
    if missing:
        return Answered(needs, Unknown(tuple(dict.fromkeys(missing))), at_most, without)
    because = [Step(f"{name}: {show_percent(up[name])}", (name, "availability")) for name in used]
    return Answered(needs, Figure(at_most, NUMBER, tuple(because)), at_most, without)


def _answered_without(needs: Structure, used: list[str], down: str) -> float:
    """The share that is answered while one component is down and all others work."""
    return probability_if(needs, {name: name != down for name in used})


@dataclass(frozen=True)
class _Needed:
    """What a path needs."""

    design: Design
    called: frozenset[str]

    def node(self, node: Node) -> Structure:
        """The structure of one node of a path."""
        if isinstance(node, Leaf):
            return every(*(Up(name) for name in self._leaf(node)))
        if isinstance(node, Chosen):
            return Sometimes(node.share, self.node(node.part))
        if isinstance(node, Attempt):
            return self._attempt(node)
        parts = tuple(self.node(part) for part in node.parts)
        least = node.first if isinstance(node, Race) and node.first else len(parts)
        return Needs(min(least, len(parts)), parts)

    def _attempt(self, attempt: Attempt) -> Structure:
        call = attempt.call
        if call.asynchronous:
            return ALWAYS
        succeeds = (1 - call.errors ** (call.retry + 1)) ** call.times
        own = every(self.node(attempt.part), Chance(succeeds))
        return own if attempt.fallback is None else either(own, self.node(attempt.fallback))

    def _leaf(self, leaf: Leaf) -> Iterator[str]:
        name = leaf.answering or leaf.component
        component = self.design.components[name]
        yield name
        if isinstance(component, FeatureStore):
            yield from self._online(component)
        if isinstance(component, Endpoint):
            yield from self._read_itself(component)

    def _read_itself(self, endpoint: Endpoint) -> Iterator[str]:
        """The stores of the views that no request fetches for the endpoint."""
        for name in endpoint.features:
            view = self.design.get(name, Features)
            store = self.design.get(view.store, FeatureStore) if view else None
            if store is not None and name not in self.called:
                yield store.name
                yield from self._online(store)

    def _online(self, store: FeatureStore) -> Iterator[str]:
        """The store that online reads of a feature store come from."""
        if store.online and store.online in self.design.components:
            yield store.online


def component_availability(design: Design, capacity: Capacity, component: Component) -> Known:
    """The share of time in which a component answers: as stated, else from its replicas."""
    stated: object = getattr(component, "availability", None)
    if isinstance(stated, float):
        return Figure(stated, NUMBER, (Step("stated", (component.name, "availability")),))
    if not isinstance(component, Endpoint | Gateway) or component.replica_availability is None:
        field = "store" if isinstance(component, Features) else "availability"
        return Unknown((f"{component.name}.{field}",))
    replicas = capacity.replicas(component)
    sizing = capacity.sizings[component.name]
    if replicas is None:
        return Unknown((f"{component.name}.replicas",))
    if isinstance(sizing.utilisation, Unknown):
        return sizing.utilisation
    needed = min(replicas, max(1, math.ceil(round(replicas * sizing.utilisation.value, 9))))
    platform = design.environment.platform
    zones, zone = max(1, platform.zones), platform.zone_availability
    one = component.replica_availability
    works = replicas_available(replicas, needed, one, zones, 1.0 if zone is None else zone)
    line = f"{needed} of {replicas} replicas at {show_percent(one)} each"
    if zone is not None:
        line += f", over {zones} zones at {show_percent(zone)} each"
    inputs = [(component.name, field) for field in ("replicas", "replica_availability")]
    return Figure(works, NUMBER, (Step(line, *inputs),))


def replicas_available(
    replicas: int, needed: int, replica: float, zones: int = 1, zone: float = 1.0
) -> float:
    """The probability that enough replicas work, spread evenly over zones that fail as a whole.

    `replica` is the probability that one works while its zone does, `zone` that a zone works.
    """
    if zone == 1.0:
        return at_least(needed, [replica] * replicas)
    working = [1.0]  # working[k]: k replicas of the zones so far work
    for at in range(zones):
        here = replicas // zones + (at < replicas % zones)
        counts = [zone * _exactly(k, here, replica) for k in range(here + 1)]
        counts[0] += 1 - zone
        joined = [0.0] * (len(working) + here)
        for k, before in enumerate(working):
            for more, chance in enumerate(counts):
                joined[k + more] += before * chance
        working = joined
    return min(1.0, sum(working[needed:]))


def _exactly(k: int, of: int, chance: float) -> float:
    return math.comb(of, k) * chance**k * (1 - chance) ** (of - k)
