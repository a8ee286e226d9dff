"""Requests in, the distribution of their latency out, with a ledger of every hop.

A hop whose service time nobody states makes the request's latency a lower bound that names what is
missing; it is never counted as zero silently.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mlsdc.compiler.analyses.paths import Paths
from mlsdc.compiler.analyses.responses import Responses
from mlsdc.compiler.analyses.service import fitted, service_time, unstated
from mlsdc.compiler.design import Design
from mlsdc.compiler.latency.crossing import crossing
from mlsdc.compiler.latency.path import Leaf, Series, leaves
from mlsdc.compiler.latency.response import Response, leaf_time
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.schedule import analysis
from mlsdc.diagnostics import Span

if TYPE_CHECKING:
    from mlsdc.compiler.latency.compose import Composition
    from mlsdc.compiler.latency.distribution import Distribution


@dataclass(frozen=True)
class Hop:
    """One line of a request's ledger. Times are in seconds."""

    component: str
    place: Span
    method: str
    """measured, declared or default."""
    source: str
    p50: float
    p99: float
    notes: tuple[str, ...] = ()
    answering: str = ""
    """What answers: a feature view's store, else the component."""


@dataclass(frozen=True)
class RequestLatency:
    """The latency of one request."""

    hops: tuple[Hop, ...]
    missing: tuple[str, ...]
    """Fields that would have to be stated; while there are any, quantiles are lower bounds."""
    composition: Composition
    path: Series
    times: Mapping[Leaf, Distribution]
    """The time of every leaf of the path of which it is known."""

    def independent(self, quantile: float) -> float:
        """The quantile in seconds when hops are slow independently of each other."""
        return self.composition.independent.quantile(quantile)

    def correlated(self, quantile: float) -> float:
        """The quantile in seconds when all hops are slow together."""
        return self.composition.correlated(quantile)

    def certain(self, quantile: float) -> float:
        """A time that the quantile meets under any dependence."""
        return self.composition.certain(quantile)

    def mean(self) -> float:
        """The mean in seconds; no dependence between hops changes it but through time limits."""
        return self.composition.independent.mean()

    def with_times(self, times: Mapping[Leaf, Distribution]) -> RequestLatency:
        """The same request where some leaves take other times."""
        return self.along(self.path, times)

    def along(self, path: Series, times: Mapping[Leaf, Distribution]) -> RequestLatency:
        """The same request on another path."""
        from mlsdc.compiler.latency.compose_path import compose_path

        return replace(self, path=path, times=times, composition=compose_path(path, times.get))


@dataclass(frozen=True)
class Latencies:
    """The latency of every request that calls something."""

    requests: dict[str, RequestLatency] = field(default_factory=dict[str, RequestLatency])


@analysis
def latency(design: Design, paths: Paths, responses: Responses) -> Latencies:
    """Compose the latency of every request."""
    found: dict[str, RequestLatency] = {}
    for request in design.of(Request):
        if request.steps and request.name not in design.tainted:
            found[request.name] = _composed(design, paths.of[request.name], responses)
    return Latencies(found)


def _composed(design: Design, path: Series, responses: Responses) -> RequestLatency:
    from mlsdc.compiler.latency.compose_path import compose_path

    times: dict[Leaf, Distribution] = {}
    hops: list[Hop] = []
    missing: dict[str, None] = {}
    for leaf in leaves(path, waited=True):
        answer = answered(design, leaf, responses)
        if answer is None:
            missing[unstated(design, design.components[leaf.component])] = None
            continue
        times[leaf] = time = leaf_time(design, leaf, answer)
        if not leaf.aside:
            crossed = crossing(design, leaf.call)
            notes = (*answer.notes, *(crossed.notes if crossed else ()))
            hops.append(Hop(leaf.component, leaf.place, answer.method, answer.source,
                            time.quantile(0.5), time.quantile(0.99), notes,
                            leaf.answering or leaf.component))  # fmt: skip
    composed = compose_path(path, times.get)
    return RequestLatency(tuple(hops), tuple(missing), composed, path, times)


def answered(design: Design, leaf: Leaf, responses: Responses) -> Response | None:
    """How a leaf answers. What is overloaded has no waiting time (a finding of its own): its work
    alone is counted."""
    answer = responses.of.get(leaf.answering or "")
    if answer is None or isinstance(answer, Response):
        return answer
    service = service_time(design, design.components[leaf.answering or ""])
    own = fitted(service)
    if service is None or own is None:
        return None
    return Response(own, own, None, service.method, service.source, ("overloaded",))
