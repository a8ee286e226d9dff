"""Arrivals and replicas in, how every called component answers under its load out."""

from __future__ import annotations

from dataclasses import dataclass, field

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.analyses.paths import Paths
from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import NUMBER, Figure, Known, Unknown
from mlsdc.compiler.latency.path import leaves
from mlsdc.compiler.latency.queueing import Unstable
from mlsdc.compiler.latency.response import Response, respond
from mlsdc.compiler.schedule import analysis
from mlsdc.units import show_duration


@dataclass(frozen=True)
class Responses:
    """The response of each component that a request calls; absent where nothing is stated."""

    of: dict[str, Response | Unstable] = field(default_factory=dict[str, Response | Unstable])
    arrivals: dict[str, Known] = field(default_factory=dict[str, Known])

    def in_flight(self, name: str) -> Known:
        """Requests at a component at one time, waiting ones included. Source: Little's law."""
        arriving, answer = self.arrivals.get(name), self.of.get(name)
        if isinstance(arriving, Unknown):
            return arriving
        if arriving is None:
            return Figure(0.0, NUMBER, ("nothing calls it",))
        if not isinstance(answer, Response):
            field = "replicas" if isinstance(answer, Unstable) else "latency"
            return Unknown((f"{name}.{field}",))
        mean = answer.whole.mean()
        because = (*arriving.because, f"{arriving} x {show_duration(mean)} mean")
        return Figure(arriving.value * mean, NUMBER, because)


@analysis
def responses(design: Design, paths: Paths, workload: Workload, capacity: Capacity) -> Responses:
    """Look at every component that answers in some path."""
    named = {leaf.answering for path in paths.of.values() for leaf in leaves(path)}
    found: dict[str, Response | Unstable] = {}
    for name in sorted(name for name in named if name is not None):
        component = design.components[name]
        answer = respond(design, component, workload.of(name), capacity.replicas(name))
        if answer is not None:
            found[name] = answer
    return Responses(found, workload.arrivals)
