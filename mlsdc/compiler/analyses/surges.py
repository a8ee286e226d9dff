"""Autoscaled endpoints in, how much their load grows before a new replica answers, out.

A new replica answers after the autoscaler has seen the load and the replica has started. Load that
doubles every `d` seconds is `2^(t / d)` times as large after `t`; replicas that are busy for the
share `u` of their capacity are overloaded once it is `1 / u` times as large, after `d log2(1 / u)`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mlsdc.compiler.analyses.callers import Callers
from mlsdc.compiler.analyses.paths import Paths
from mlsdc.compiler.analyses.workload import Flowing, Workload
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Known, Unknown, duration
from mlsdc.compiler.graph import Graph
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.model.serving import Endpoint, Scaling
from mlsdc.compiler.schedule import analysis
from mlsdc.units import DURATION, Quantity, show, show_duration

REACTION = 15.0
"""Seconds until Kubernetes' autoscaler looks again (kube-controller-manager,
--horizontal-pod-autoscaler-sync-period, default)."""


@dataclass(frozen=True)
class Surge:
    """What an autoscaled endpoint has to keep up with."""

    scaling: Scaling
    start: Known
    """Seconds from a rise of the load until one more replica answers."""
    target: float
    """The share of its capacity for which a replica is busy before the rise."""
    requests: tuple[Request, ...]
    """What clients send that reaches it."""
    doubling: Request | None
    """The request that grows fastest, of those that say how fast they do."""
    base: Known | None
    """What arrives in quiet hours; None where no request says."""

    @property
    def silent(self) -> tuple[str, ...]:
        """The fields that would tell how fast the load grows, where no request does."""
        return () if self.doubling else tuple(f"{r.name}.doubles" for r in self.requests)

    @property
    def doubles(self) -> float | None:
        """Seconds in which the load doubles."""
        stated = self.doubling.doubles if self.doubling else None
        return stated.value if stated is not None else None

    @property
    def breach(self) -> float | None:
        """Seconds from the beginning of a rise until the replicas there are overloaded."""
        if self.doubles is None or not self.target:
            return None
        return self.doubles * math.log2(1 / self.target)

    def growth(self, seconds: float) -> float | None:
        """By how much the load grows in so long; None where nobody says how fast it doubles."""
        if self.doubles is None:
            return None
        exponent = seconds / self.doubles
        return 2.0**exponent if exponent < 1000 else math.inf


@dataclass(frozen=True)
class Surges:
    """Every endpoint that is autoscaled."""

    of: dict[str, Surge] = field(default_factory=dict[str, Surge])


@analysis
def surges(
    design: Design, graph: Graph, paths: Paths, callers: Callers, workload: Workload
) -> Surges:
    """Every endpoint with `scaling`."""
    scaled = [(e, e.scaling) for e in design.of(Endpoint) if e.scaling is not None]
    if not scaled:
        return Surges()
    base = _base(design, graph, paths, workload)
    return Surges({e.name: _surge(design, callers, base, e, of) for e, of in scaled})


def _base(
    design: Design, graph: Graph, paths: Paths, workload: Workload
) -> Mapping[str, Known] | None:
    """What arrives at each component in quiet hours."""
    requests = {request.name: request for request in design.of(Request)}
    if all(request.base is None for request in requests.values()):
        return None
    quiet = {n: r.model_copy(update={"rate": r.base}) for n, r in requests.items()}
    calm = replace(design, components={**design.components, **quiet})
    return Flowing(calm, graph, paths).arrivals(workload.outcomes)


def _surge(
    design: Design, callers: Callers, base: Mapping[str, Known] | None, endpoint: Endpoint,
    scaling: Scaling,
) -> Surge:  # fmt: skip
    roots = dict.fromkeys(chain[0] for chain in callers.of(endpoint.name) if chain)
    reaching = [r for name in roots if (r := design.get(name, Request)) is not None]
    growing = [r for r in reaching if r.doubles is not None]
    fastest = min(growing, key=lambda r: r.doubles.value if r.doubles else math.inf, default=None)
    arriving = base.get(endpoint.name) if base is not None else None
    if isinstance(arriving, Unknown):
        own = {f"{request.name}.rate": f"{request.name}.base" for request in reaching}
        arriving = Unknown(tuple(own.get(field, field) for field in arriving.missing))
    return Surge(
        scaling, _start(endpoint, scaling),
        endpoint.utilisation if scaling.target is None else scaling.target,
        tuple(reaching), fastest, arriving,
    )  # fmt: skip


def _start(endpoint: Endpoint, scaling: Scaling) -> Known:
    if endpoint.cold_start is None:
        return Unknown((f"{endpoint.name}.cold_start",))
    seen = scaling.reaction or Quantity(REACTION, DURATION)
    whole = seen.value + endpoint.cold_start.value
    return duration(
        whole,
        f"{show(seen)} until the autoscaler sees it + {show(endpoint.cold_start)} to start = "
        f"{show_duration(whole)}",
    )
