"""Requests and streams in, the arrival rate of every component out.

Rates flow from requests through calls, branches, cache misses, retries and hedges. A retry or a
hedge adds the share of calls that outlast its timer, taken from the service time alone: the load
that waiting adds on top is left to the latency analysis.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known, Unknown, rate, total
from mlsdc.compiler.graph import Graph
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.data import Stream
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.model.request import Branch, Cached, Call, Request, Step
from mlsdc.compiler.schedule import analysis
from mlsdc.units import RATE, digits, show


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
    for stream in design.of(Stream):
        for known in _stream_rate(design, stream, parts):
            parts[stream.name] = [known]
            for edge in graph.into(stream):
                if edge.verb == "consumes":
                    parts.setdefault(edge.source, []).append(known)
    return Workload({name: total(found, RATE) for name, found in sorted(parts.items())})


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
    target = design.components.get(call.target)
    timers = call.retry > 0 or call.hedge is not None or call.fallback is not None
    outlasting = _outlasting(target, call) if timers and target is not None else None
    if isinstance(outlasting, Unknown):
        spilled: _Flow | None = _Flow(0.0, "", outlasting.missing)
        reached = spilled if call.retry or call.hedge else flow
    elif outlasting is not None:
        retried = sum(outlasting.value**attempt for attempt in range(1, call.retry + 1))
        extra = retried if call.retry else (outlasting.value if call.hedge else 0.0)
        reached = flow.times(1 + extra, f"(1 + {digits(extra)} repeated)") if extra else flow
        share = outlasting.value ** (call.retry + 1)
        spilled = flow.times(share, f"{digits(share * 100)}% timed out")
    else:
        reached, spilled = flow, None
    if isinstance(target, Request):
        if target.name not in seen:
            yield from _flows(design, target.steps, reached, (*seen, target.name))
        return
    yield call.target, reached
    if isinstance(target, Features) and target.store:
        yield target.store, reached
        online = getattr(design.components.get(target.store), "online", None)
        if online:
            yield online, reached
    if call.fallback and spilled is not None:
        yield call.fallback, spilled
    yield from _flows(design, call.steps, reached, seen)


def _outlasting(target: Component, call: Call) -> Known:
    """P(service time > the call's timer)."""
    timer = call.hedge if call.hedge is not None else call.timeout
    service = target.service_time()
    if timer is None:
        return Figure(0.0)  # without a timer nothing is ever given up
    if service is None:
        return Unknown((f"{target.name}.latency",))
    from mlsdc.compiler.distribution import Distribution

    return Figure(Distribution.from_quantiles(service.quantiles).survival(timer.value))
