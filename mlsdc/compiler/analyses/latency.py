"""Requests in, the distribution of their latency out, with a ledger of every hop.

A hop whose service time nobody states makes the request's latency a lower bound that names what is
missing; it is never counted as zero silently.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.analyses.service import answering, fitted, unstated
from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure
from mlsdc.compiler.model.component import Component, ServiceTime
from mlsdc.compiler.model.request import Branch, Cached, Call, Parallel, Request, Step
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import analysis
from mlsdc.diagnostics import Span

if TYPE_CHECKING:
    from mlsdc.compiler.compose import Composition
    from mlsdc.compiler.distribution import Distribution


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


@dataclass(frozen=True)
class RequestLatency:
    """The latency of one request."""

    hops: tuple[Hop, ...]
    missing: tuple[str, ...]
    """Fields that would have to be stated; while there are any, quantiles are lower bounds."""
    composition: Composition

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


@dataclass(frozen=True)
class Latencies:
    """The latency of every request that calls something."""

    requests: dict[str, RequestLatency] = field(default_factory=dict[str, RequestLatency])


@analysis
def latency(design: Design, workload: Workload, capacity: Capacity) -> Latencies:
    """Compose the latency of every request."""
    found: dict[str, RequestLatency] = {}
    for request in design.of(Request):
        if request.steps and request.name not in design.tainted:
            walk = _Walk(design, workload, capacity)
            composed = walk.steps(request, request.steps, ("steps",), (request.name,))
            missing = tuple(dict.fromkeys(walk.missing))
            found[request.name] = RequestLatency(tuple(walk.hops), missing, composed)
    return Latencies(found)


@dataclass
class _Walk:
    """One request read from top to bottom."""

    design: Design
    workload: Workload
    capacity: Capacity
    hops: list[Hop] = field(default_factory=list[Hop])
    missing: list[str] = field(default_factory=list[str])

    def steps(
        self, request: Request, steps: tuple[Step, ...], path: tuple[str | int, ...],
        seen: tuple[str, ...],
    ) -> Composition:  # fmt: skip
        from mlsdc.compiler import compose

        return compose.series(list(self._parts(request, steps, path, seen)))

    def _parts(
        self, request: Request, steps: tuple[Step, ...], path: tuple[str | int, ...],
        seen: tuple[str, ...],
    ) -> Iterator[Composition]:  # fmt: skip
        from mlsdc.compiler import compose

        for at, step in enumerate(steps):
            place = (*path, at)
            inside = (*place, "steps")
            if isinstance(step, Call):
                if not step.asynchronous:
                    yield self._call(request, step, place, seen)
            elif isinstance(step, Parallel):
                parts = list(self._parts(request, step.steps, inside, seen))
                yield compose.parallel(parts, step.first)
            elif isinstance(step, Branch):
                body = self.steps(request, step.steps, inside, seen)
                yield compose.chosen(step.share, body)
            elif isinstance(step, Cached):
                looked_up = self._hop(request, step.by, (*place, "by"))
                body = self.steps(request, step.steps, inside, seen)
                yield compose.series([looked_up, compose.chosen(1 - step.hit, body)])

    def _call(
        self, request: Request, call: Call, place: tuple[str | int, ...], seen: tuple[str, ...]
    ) -> Composition:
        from mlsdc.compiler import compose

        own = self._answer(request, call.target, (*place, "target"), seen)
        body = self.steps(request, call.steps, (*place, "steps"), seen)
        made = compose.series([own, body])
        if call.hedge is not None:
            made = compose.hedged(made, call.hedge.value)
        if call.timeout is not None:
            fallback = None
            if call.fallback:
                other = (*place, "fallback")
                fallback = self._answer(request, call.fallback, other, seen, aside=True)
            if call.retry:
                pause = call.backoff.value if call.backoff else 0.0
                attempts, limit = call.retry + 1, call.timeout.value
                made = compose.retried(made, attempts, limit, pause, fallback)
            else:
                made = compose.limited(made, call.timeout.value, fallback)
        return compose.repeated(made, call.times)

    def _answer(
        self, request: Request, name: str, path: tuple[str | int, ...], seen: tuple[str, ...],
        aside: bool = False,
    ) -> Composition:  # fmt: skip
        """A component answering once, or a nested request with all its steps."""
        from mlsdc.compiler import compose

        inner = self.design.get(name, Request)
        if inner is None:
            return self._hop(request, name, path, aside)
        if inner.name in seen:
            return compose.NOTHING  # a cycle is a finding of its own (REL013)
        return self.steps(inner, inner.steps, ("steps",), (*seen, inner.name))

    def _hop(
        self, request: Request, name: str, path: tuple[str | int, ...], aside: bool = False
    ) -> Composition:
        """One component answering once; `aside` keeps it out of the ledger."""
        from mlsdc.compiler import compose

        component = self.design.components.get(name)
        if component is None:
            return compose.NOTHING
        serving = answering(self.design, component)
        service = serving.service_time() if serving is not None else None
        own = fitted(service)
        if serving is None or service is None or own is None:
            self.missing.append(unstated(self.design, component))
            return compose.NOTHING
        distribution, notes = self._response(serving, service, own)
        if not aside:
            self.hops.append(
                Hop(
                    component.name, self.design.place(request, *path), service.method,
                    service.source, distribution.quantile(0.5), distribution.quantile(0.99), notes,
                )
            )  # fmt: skip
        return compose.leaf(distribution)

    def _response(
        self, component: Component, service: ServiceTime, own: Distribution
    ) -> tuple[Distribution, tuple[str, ...]]:
        """Service time, plus waiting for a free worker, plus waiting for a batch to fill."""
        from mlsdc.compiler.distribution import Distribution

        made = own
        notes: list[str] = []
        if isinstance(component, Endpoint):
            waiting = self._waiting(component, service, made)
            if waiting is not None:
                made, notes = made + waiting, ["G/G/c waiting added"]
            delay = component.batching.delay if component.batching else None
            if delay is not None and delay.value:
                made = made + Distribution.uniform(0.0, delay.value)
                notes.append(f"batch forms within {delay}")
        return made, tuple(notes)

    def _waiting(
        self, endpoint: Endpoint, service: ServiceTime, own: Distribution
    ) -> Distribution | None:
        """Time in the queue; None where the quantiles were measured under load already."""
        arriving, replicas = self.workload.of(endpoint), self.capacity.replicas(endpoint)
        if service.at is not None or endpoint.concurrency is None or replicas is None:
            return None
        if not isinstance(arriving, Figure) or arriving.value <= 0:
            return None
        from mlsdc.compiler.queueing import Unstable, wait_ggc

        servers = replicas * endpoint.concurrency
        waiting = wait_ggc(arriving.value, own.mean(), servers, service_scv=own.scv)
        # An overloaded endpoint has no waiting time at all: a finding of its own (CAP001).
        return None if isinstance(waiting, Unstable) else waiting.distribution()
