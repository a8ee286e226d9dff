"""Requests and streams in, the arrival rate of every component out.

Rates flow from requests through calls, branches, cache misses, retries and hedges. What is repeated
depends on how long calls take under the load that repeating them makes: see `settle`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mlsdc.compiler.analyses.paths import Paths
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known, Step, Unknown, rate, total
from mlsdc.compiler.graph import Graph
from mlsdc.compiler.latency.flows import Flow, Outcome, Outcomes, Visit, judged, visits
from mlsdc.compiler.latency.path import Attempt, attempts
from mlsdc.compiler.latency.settle import Loop, Settled, worst
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.data import Stream
from mlsdc.compiler.model.operations import Experiment
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import analysis
from mlsdc.units import DATA_RATE, RATE, digits, show


@dataclass(frozen=True)
class Workload:
    """Arrivals per second at each component that anything reaches."""

    arrivals: dict[str, Known] = field(default_factory=dict[str, Known])
    bytes: dict[str, Known] = field(default_factory=dict[str, Known])
    """Bytes per second that calls send to each component and get back, or that a stream takes in;
    only of components of which some size is stated."""
    outcomes: Outcomes = field(default_factory=dict[Attempt, Outcome])
    """What each call that may be repeated or fall back turns out to need."""
    diverging: frozenset[str] = frozenset()
    """Components that carry their load, but not what is repeated because of it."""
    metastable: frozenset[str] = frozenset()
    """Components that stay overloaded after an overload has passed."""

    def of(self, component: Component | str) -> Known | None:
        """The arrival rate at a component; None where nothing reaches it."""
        return self.arrivals.get(component if isinstance(component, str) else component.name)


@analysis
def workload(design: Design, graph: Graph, paths: Paths) -> Workload:
    """The arrival rate of every component that a request or a stream reaches."""
    flowing = Flowing(design, graph, paths)
    calls = [call for path in paths.of.values() for call in attempts(path) if judged(call.call)]
    loop = Loop(design, calls, flowing.arrivals)
    settled = loop.settle({}) if calls else Settled({}, frozenset())
    diverging = metastable = frozenset[str]()
    if any(call.call.retry for call in calls) or any(call.call.hedge for call in calls):
        base = flowing.overloaded(loop)
        diverging = settled.overloaded - base
        metastable = loop.settle(worst(calls)).overloaded - settled.overloaded
    return Workload(
        flowing.arrivals(settled.outcomes), flowing.bytes(settled.outcomes), settled.outcomes,
        diverging, metastable,
    )  # fmt: skip


@dataclass
class Flowing:
    """The requests of a design, flowing into its components.

    `scale` multiplies the rates of all requests and streams.
    """

    design: Design
    graph: Graph
    paths: Paths
    scale: float = 1.0

    def arrivals(self, outcomes: Outcomes) -> dict[str, Known]:
        """Arrivals per second at each component."""
        parts: dict[str, list[Known]] = {}
        for request in self.design.of(Request):
            for name, found in self.asked(request, outcomes).items():
                parts.setdefault(name, []).extend(found)
        for name, treated in list(self._experiments(parts)):
            parts.setdefault(name, []).append(treated)
        for stream in self.design.of(Stream):
            for known in self._stream_rate(stream, parts):
                parts[stream.name] = [known]
                for edge in self.graph.into(stream):
                    if edge.verb == "consumes":
                        parts.setdefault(edge.source, []).append(known)
        return {name: total(found, RATE) for name, found in sorted(parts.items())}

    def asked(self, request: Request, outcomes: Outcomes) -> dict[str, list[Known]]:
        """What one request makes arrive at each component."""
        parts: dict[str, list[Known]] = {}
        for visit in visits(self.design, self.paths.of[request.name], Flow(1.0), outcomes):
            parts.setdefault(visit.component, []).append(self._arrival(request, visit.flow))
        return parts

    def overloaded(self, loop: Loop) -> frozenset[str]:
        """What would be overloaded if nothing were repeated."""
        return loop.overloaded(self.arrivals({}))

    def bytes(self, outcomes: Outcomes) -> dict[str, Known]:
        """Bytes per second at each component of which some size is stated."""
        parts: dict[str, list[Known]] = {}
        unstated: dict[str, None] = {}
        for request, visit in self._visits(outcomes):
            call = visit.call
            if call is None:
                continue
            if call.payload is None and call.answer is None:
                unstated[visit.component] = None
                continue
            size = sum(part.value for part in (call.payload, call.answer) if part)
            arriving = self._arrival(request, visit.flow)
            if isinstance(arriving, Figure):
                because = (*arriving.because, f"{digits(size)} B each")
                arriving = Figure(arriving.value * size, DATA_RATE, because)
            parts.setdefault(visit.component, []).append(arriving)
        for name in unstated.keys() & parts.keys():
            parts[name].append(Unknown((f"payload of every call of {name}",)))
        for stream in self.design.of(Stream):
            if stream.rate is not None and stream.event_size is not None:
                value = stream.rate.value * self.scale * stream.event_size.value
                why = f"{stream.name}: {show(stream.rate)} x {show(stream.event_size)}"
                inputs = ((stream.name, "rate"), (stream.name, "event_size"))
                parts[stream.name] = [Figure(value, DATA_RATE, (Step(why, *inputs),))]
        return {name: total(found, DATA_RATE) for name, found in sorted(parts.items())}

    def _visits(self, outcomes: Outcomes) -> Iterator[tuple[Request, Visit]]:
        for request in self.design.of(Request):
            for visit in visits(self.design, self.paths.of[request.name], Flow(1.0), outcomes):
                yield request, visit

    def _arrival(self, request: Request, flow: Flow) -> Known:
        if request.rate is None:
            return Unknown((f"{request.name}.rate",))
        if flow.missing:
            return Unknown(flow.missing)
        value = request.rate.value * self.scale * flow.factor
        scale = "" if self.scale == 1.0 else f" x {digits(self.scale)}"
        line = f"{request.name}: {show(request.rate)}{scale}{flow.path}"
        return rate(value, Step(line, (request.name, "rate")))

    def _experiments(self, parts: Mapping[str, list[Known]]) -> Iterator[tuple[str, Known]]:
        """What a shadow, canary or A/B test sends to its treatment: a share of the control's."""
        for experiment in self.design.of(Experiment):
            control = parts.get(experiment.control or "")
            treatment = self.design.get(experiment.treatment, Endpoint)
            if control is None or treatment is None:
                continue
            arriving = total(control, RATE)
            if experiment.share is None:
                yield treatment.name, Unknown((f"{experiment.name}.share",))
            elif isinstance(arriving, Unknown):
                yield treatment.name, arriving
            else:
                share = digits(experiment.share * 100)
                line = f"{experiment.name}: {share}% of {experiment.control}"
                why = Step(line, (experiment.name, "share"))
                yield treatment.name, rate(arriving.value * experiment.share, why)

    def _stream_rate(self, stream: Stream, parts: Mapping[str, list[Known]]) -> Iterator[Known]:
        """A declared rate wins over what requests publish: other producers may exist."""
        if stream.rate is not None:
            why = Step(f"{stream.name}: {show(stream.rate)} declared", (stream.name, "rate"))
            yield rate(stream.rate.value * self.scale, why)
        elif stream.name in parts:
            yield total(parts[stream.name], RATE)
        elif stream.name not in self.design.tainted:
            yield Unknown((f"{stream.name}.rate",))
