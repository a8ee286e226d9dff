"""A component under a load in, the time of its answers out: waiting, forming a batch, serving.

Stability comes first: where more arrives than can be done there is no response time, and that is a
result (`Unstable`), never a number.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from mlsdc.compiler.analyses.service import fitted, service_time
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known
from mlsdc.compiler.latency.crossing import crossing
from mlsdc.compiler.latency.load_beyond import SAME_LOAD, beyond_load, queued
from mlsdc.compiler.latency.path import Leaf
from mlsdc.compiler.latency.queueing import Unstable
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.serving import Batching, Endpoint
from mlsdc.units import digits

if TYPE_CHECKING:
    from mlsdc.compiler.latency import queueing_batches
    from mlsdc.compiler.latency.distribution import Distribution


@dataclass(frozen=True)
class Response:
    """How long a component takes to answer, seen from outside.

    `own` is the work itself, `waiting` the time in its queue (None where the quantiles hold under
    load, so that it cannot be told apart). `method` is measured, declared or default.
    """

    whole: Distribution
    own: Distribution
    waiting: Distribution | None
    method: str
    source: str
    notes: tuple[str, ...] = ()
    utilisation: float | None = None
    """Of the workers, where waiting follows from it."""
    missing: tuple[str, ...] = ()
    """Fields without which the load makes it slower than this by nobody knows how much."""


def respond(
    design: Design, component: Component, arriving: Known | None, replicas: int | None,
    beyond: bool = False,
) -> Response | Unstable | None:  # fmt: skip
    """The response under an arrival rate; None where no service time is stated.

    With `beyond`, quantiles that hold at a load are taken to a higher one (see `load_beyond`);
    else they hold as stated, and what is asked of them beyond that is a finding (CAP001).
    """
    rate = arriving.value if isinstance(arriving, Figure) else None
    batching = component.batching if isinstance(component, Endpoint) else None
    if isinstance(component, Endpoint) and batching is not None and _costed(batching):
        return _batched(component, batching, rate, replicas)
    service = service_time(design, component)
    own = fitted(service)
    if service is None or own is None:
        return None
    waiting, notes = None, list[str]()
    utilisation, missing = None, tuple[str, ...]()
    if isinstance(component, Endpoint) and service.at is None:
        servers = replicas * component.concurrency if replicas and component.concurrency else None
        if servers is not None and rate:
            found = queued(rate, own, servers)
            if isinstance(found, Unstable):
                return found
            waiting, utilisation = found
            notes.append("G/G/c waiting added")
    elif beyond and service.at and rate and replicas:
        more = rate / (replicas * service.at)
        workers = getattr(component, "concurrency", None)
        loaded = beyond_load(own, service.at, workers, more) if workers else None
        if isinstance(loaded, Unstable):
            return loaded
        if loaded is not None:
            own, waiting, utilisation = loaded
        if more > SAME_LOAD:
            notes.append(f"{digits(more)} times the load it was measured at")
            missing = () if workers else (f"{component.name}.concurrency",)
    whole = own if waiting is None else joined(waiting, own)
    formation = _formation(component, batching, rate, replicas)
    if formation is not None and batching is not None:
        whole = joined(whole, formation)
        notes.append(f"batch forms within {batching.delay}")
    if service.tokens:
        notes.append("first token, then every other token of the answer")
    return Response(
        whole, own, waiting, service.method, service.source, tuple(notes), utilisation, missing
    )


def _costed(batching: Batching) -> bool:
    return batching.base is not None and batching.per_item is not None and (
        batching.base.value + batching.per_item.value > 0
    )  # fmt: skip


def _batched(
    component: Endpoint, batching: Batching, rate: float | None, replicas: int | None
) -> Response | Unstable | None:
    """The exact batch model; without a load, a batch of one."""
    from mlsdc.compiler.latency.distribution import Distribution

    model = batch_server(batching)
    servers = (replicas or 1) * (component.concurrency or 1)
    own = Distribution.constant(model.service(1))
    if not rate or replicas is None:
        whole: Distribution | Unstable = Distribution.constant(model.max_delay + model.service(1))
    else:
        whole = _batch_response(model, rate, servers)
    if isinstance(whole, Unstable):
        return whole
    busy = model.utilisation(rate, servers) if rate and replicas else None
    note = f"batches of up to {model.largest}, {batching.delay or '0ms'} to fill"
    return Response(whole, own, None, "declared", "the design's batches", (note,), busy)


def batch_server(batching: Batching) -> queueing_batches.Batching:
    """The batch model of an endpoint that states what a batch costs."""
    from mlsdc.compiler.latency import queueing_batches

    base, item = batching.base, batching.per_item
    return queueing_batches.Batching(
        base.value if base else 0.0,
        item.value if item else 0.0,
        batching.size,
        batching.delay.value if batching.delay else 0.0,
    )


@lru_cache(maxsize=1024)
def _batch_response(
    model: queueing_batches.Batching, rate: float, servers: int
) -> Distribution | Unstable:
    return model.response(rate, servers)


def _formation(
    component: Component, batching: Batching | None, rate: float | None, replicas: int | None
) -> Distribution | None:
    """How long requests wait for their batch to be closed; at most the delay where no load says."""
    if batching is None or batching.delay is None or not batching.delay.value:
        return None
    instances = getattr(component, "concurrency", None) or 1
    each = rate / (replicas * instances) if rate and replicas else 0.0
    return _formed(batching.size, batching.delay.value, each)


@lru_cache(maxsize=1024)
def _formed(size: int, delay: float, rate: float) -> Distribution:
    from mlsdc.compiler.latency.distribution import Distribution
    from mlsdc.compiler.latency.queueing_batches import Batching as BatchServer

    if rate == 0.0 and size > 1:
        return Distribution.constant(delay)
    return BatchServer(1.0, 0.0, size, delay).formation(rate)


@lru_cache(maxsize=2048)
def joined(one: Distribution, other: Distribution) -> Distribution:
    """One after the other; the same two give the same distribution, so that it can be compared."""
    return one + other


def leaf_time(design: Design, leaf: Leaf, answer: Response) -> Distribution:
    """The time of one call of a component, its way included."""
    whole = answer.whole
    if leaf.call is not None and leaf.call.tied and answer.waiting is not None:
        whole = _tied(answer.waiting, answer.own)
    crossed = crossing(design, leaf.call)
    return whole if crossed is None else joined(crossed.distribution(), whole)


@lru_cache(maxsize=256)
def _tied(waiting: Distribution, own: Distribution) -> Distribution:
    """Queued at two replicas, worked on by the one whose queue is shorter."""
    from mlsdc.compiler.latency.distribution import Distribution

    return Distribution.first_of([waiting, waiting], 1) + own
