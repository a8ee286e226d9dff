"""Failures that a design may meet: their names, and what each changes.

In: a kind of failure. Out: `Circumstances`: how often everything is asked, what caches still hold,
how many replicas are left, what does not answer at all, what starts cold. Nothing is computed here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.request import Failure
from mlsdc.compiler.model.serving import Endpoint

FAILURES: tuple[Failure, ...] = get_args(Failure)
TOLD: Mapping[Failure, str] = {
    "cache_cold": "caches cold",
    "zone_lost": "one zone lost",
    "double_traffic": "twice the traffic",
    "rollout": "rollout",
    "dependency_timeout": "a dependency times out",
    "cold_start": "cold start",
}
"""Each failure as it is told."""


@dataclass(frozen=True)
class Circumstances:
    """One failure, as a change to what the design is sized for.

    `replicas` are those that are left, of components where it is fewer or more; `silent` never
    answer; `starting` is what components take longer in seconds, until they are warm.
    """

    failure: Failure
    scale: float = 1.0
    misses: bool = False
    replicas: Mapping[str, int] | None = None
    silent: frozenset[str] = frozenset()
    starting: Mapping[str, float] | None = None
    notes: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """`one zone lost`, `score times out`."""
        if self.failure == "dependency_timeout":
            return f"{', '.join(sorted(self.silent))} times out"
        return TOLD[self.failure]


def circumstances(design: Design, capacity: Capacity, failure: Failure) -> Circumstances:
    """What a failure changes, of all but a dependency that times out: that is one for each."""
    if failure == "cache_cold":
        return Circumstances(failure, misses=True, notes=("every look-up misses",))
    if failure == "zone_lost":
        return _zone_lost(design, capacity)
    if failure == "rollout":
        left = {name: max(1, n - 1) for name, n in _replicas(capacity).items()}
        return Circumstances(failure, replicas=left, notes=("one replica of each is away",))
    if failure == "double_traffic":
        return _double(design, capacity)
    return _cold(design)


def silent(name: str) -> Circumstances:
    """A component that never answers."""
    return Circumstances("dependency_timeout", silent=frozenset({name}))


def _replicas(capacity: Capacity) -> Mapping[str, int]:
    found = ((name, capacity.replicas(name)) for name in capacity.sizings)
    return {name: count for name, count in found if count is not None}


def _zone_lost(design: Design, capacity: Capacity) -> Circumstances:
    """Replicas are spread evenly over zones; the fullest one is lost."""
    zones = max(1, design.environment.platform.zones)
    left = {name: n - math.ceil(n / zones) for name, n in _replicas(capacity).items()}
    return Circumstances("zone_lost", replicas=left, notes=(f"{zones - 1} of {zones} zones left",))


def _double(design: Design, capacity: Capacity) -> Circumstances:
    """The replicas stay, but where an autoscaler has a maximum: it has acted by then."""
    counts, notes = dict(_replicas(capacity)), ["before anything is scaled by hand"]
    for endpoint in design.of(Endpoint):
        maximum = endpoint.scaling.maximum if endpoint.scaling else None
        have = counts.get(endpoint.name)
        if maximum is not None and have is not None and maximum > have:
            counts[endpoint.name] = min(maximum, 2 * have)
            notes.append(f"{endpoint.name} scaled out from {have} to {counts[endpoint.name]}")
    return Circumstances("double_traffic", scale=2.0, replicas=counts, notes=tuple(notes))


def _cold(design: Design) -> Circumstances:
    """Everything that states how long it starts has just been started, or scaled to zero."""
    found = {e.name: e.cold_start.value for e in design.of(Endpoint) if e.cold_start is not None}
    return Circumstances("cold_start", starting=found, notes=("no replica is warm",))


def from_zero(endpoint: Endpoint) -> bool:
    """Whether an endpoint runs no replica while nothing asks for it."""
    return endpoint.scaling is not None and endpoint.scaling.minimum == 0
