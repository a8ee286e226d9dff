"""Requests and streams in, the arrival rate of every component out.

Rates flow from requests through calls, branches, cache misses, retries and hedges. A retry or a
hedge adds the share of calls that outlast its timer, taken from the service time alone: the load
that waiting adds on top is left to the latency analysis.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlsdc.compiler.analyses.service import answering, fitted, unstated
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Known, Unknown, rate, total
from mlsdc.compiler.graph import Graph
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.data import FeatureStore, Stream
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.model.operations import Experiment
from mlsdc.compiler.model.request import Branch, Cached, Call, Request, Step
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import analysis
from mlsdc.units import RATE, digits, show

if TYPE_CHECKING:
    from mlsdc.compiler.distribution import Distribution


@dataclass(frozen=True)
class Workload:
    """Arrivals per second at each component that anything reaches."""

    arrivals: dict[str, Known] = field(default_factory=dict[str, Known])

    def of(self, component: Component | str) -> Known | None:
        """The arrival rate at a component; None where nothing reaches it."""
        return self.arrivals.get(component if isinstance(component, str) else component.name)


@dataclass(frozen=True)
class _Flow:
    """A share of a request's rate on its way to a component."""

    factor: float
    path: str
    missing: tuple[str, ...] = ()

    def times(self, factor: float, why: str) -> _Flow:
        return _Flow(self.factor * factor, f"{self.path} x {why}", self.missing)


@analysis
def workload(design: Design, graph: Graph) -> Workload:
    """The arrival rate of every component that a request or a stream reaches."""
    parts: dict[str, list[Known]] = {}
    for request in design.of(Request):
        for name, flow in _flows(design, request.steps, _Flow(1.0, ""), (request.name,)):
            parts.setdefault(name, []).append(_arrival(request, flow))
    for name, treated in list(_experiments(design, parts)):
        parts.setdefault(name, []).append(treated)
    for stream in design.of(Stream):
        for known in _stream_rate(design, stream, parts):
            parts[stream.name] = [known]
            for edge in graph.into(stream):
                if edge.verb == "consumes":
                    parts.setdefault(edge.source, []).append(known)
    return Workload({name: total(found, RATE) for name, found in sorted(parts.items())})


def _experiments(design: Design, parts: dict[str, list[Known]]) -> Iterator[tuple[str, Known]]:
    """What a shadow, canary or A/B test sends to its treatment: a share of the control's load."""
    for experiment in design.of(Experiment):
        control = parts.get(experiment.control or "")
        treatment = design.get(experiment.treatment, Endpoint)
        if control is None or treatment is None:
            continue
        arriving = total(control, RATE)
        if experiment.share is None:
            yield treatment.name, Unknown((f"{experiment.name}.share",))
        elif isinstance(arriving, Unknown):
            yield treatment.name, arriving
        else:
            share = f"{experiment.name}: {digits(experiment.share * 100)}% of {experiment.control}"
            yield treatment.name, rate(arriving.value * experiment.share, share)


def _arrival(request: Request, flow: _Flow) -> Known:
    if request.rate is None:
        return Unknown((f"{request.name}.rate",))
    if flow.missing:
        return Unknown(flow.missing)
    value = request.rate.value * flow.factor
    return rate(value, f"{request.name}: {show(request.rate)}{flow.path}")


def _stream_rate(design: Design, stream: Stream, parts: dict[str, list[Known]]) -> Iterator[Known]:
    """A declared rate wins over what requests publish: other producers may exist."""
    if stream.rate is not None:
        yield rate(stream.rate.value, f"{stream.name}: {show(stream.rate)} declared")
    elif stream.name in parts:
        yield total(parts[stream.name], RATE)
    elif stream.name not in design.tainted:
        yield Unknown((f"{stream.name}.rate",))


def _flows(
    design: Design, steps: tuple[Step, ...], flow: _Flow, seen: tuple[str, ...]
) -> Iterator[tuple[str, _Flow]]:
    for step in steps:
        if isinstance(step, Call):
            yield from _call(design, step, flow, seen)
        elif isinstance(step, Branch):
            inner = flow.times(step.share, f"{digits(step.share * 100)}% of requests")
            yield from _flows(design, step.steps, inner, seen)
        elif isinstance(step, Cached):
            yield step.by, flow
            miss = flow.times(1 - step.hit, f"{digits((1 - step.hit) * 100)}% misses")
            yield from _flows(design, step.steps, miss, seen)
        else:
            inner_steps: tuple[Step, ...] = getattr(step, "steps", ())
            yield from _flows(design, inner_steps, flow, seen)


def _call(
    design: Design, call: Call, flow: _Flow, seen: tuple[str, ...]
) -> Iterator[tuple[str, _Flow]]:
    if call.times > 1:
        flow = flow.times(call.times, f"{call.times} times")
    reached, spilled = _attempts(design, call, flow)
    yield from _reached(design, call.target, reached, seen)
    if call.fallback and spilled is not None:
        yield from _reached(design, call.fallback, spilled, seen)
    yield from _flows(design, call.steps, reached, seen)


def _reached(
    design: Design, name: str, flow: _Flow, seen: tuple[str, ...]
) -> Iterator[tuple[str, _Flow]]:
    """A called component, and what it reads in turn to answer."""
    component = design.components.get(name)
    if isinstance(component, Request):
        if name not in seen:
            yield from _flows(design, component.steps, flow, (*seen, name))
        return
    yield name, flow
    if isinstance(component, Features) and component.store:
        yield component.store, flow
        component = design.components.get(component.store)
    online = component.online if isinstance(component, FeatureStore) else None
    if online:
        yield online, flow


def _attempts(design: Design, call: Call, flow: _Flow) -> tuple[_Flow, _Flow | None]:
    """The flow with its repeated attempts, and the part of it that falls back in the end.

    A hedge repeats what has not answered by then; a retry repeats what outlasts the time limit,
    hedges included; what outlasts every attempt falls back. None where nothing falls back.
    """
    timed = call.timeout is not None and (call.retry > 0 or call.fallback is not None)
    if not timed and call.hedge is None:
        return flow, None
    target = design.components.get(call.target)
    if target is None:
        return flow, None  # it could not be understood, which was reported
    own = _own_time(design, target)
    if own is None:
        unknown = _Flow(0.0, "", (unstated(design, target),))
        repeats = call.hedge is not None or (call.retry > 0 and timed)
        return unknown if repeats else flow, unknown if timed else None
    limit = call.timeout.value if call.timeout else math.inf
    late, extra = own.survival(limit), 0.0
    if call.hedge is not None and call.hedge.value < limit:
        extra = own.survival(call.hedge.value)
        late *= own.survival(limit - call.hedge.value)
    attempts = (1 + extra) * sum(late**n for n in range(call.retry + 1))
    reached = flow
    if attempts > 1:
        reached = flow.times(attempts, f"(1 + {digits(attempts - 1)} repeated)")
    if not timed:
        return reached, None
    share = late ** (call.retry + 1)
    return reached, flow.times(share, f"{digits(share * 100)}% timed out")


def _own_time(design: Design, target: Component) -> Distribution | None:
    serving = answering(design, target)
    return fitted(serving.service_time()) if serving is not None else None
