"""A failure in, the components that may answer otherwise meanwhile out; nothing is composed.

Rates are bounded from above: a call that waits for something touched is taken to make all of its
attempts, and to fall back every time. Law: it errs on one side only. What it leaves out answers
with the very distribution that it has without the failure; what it names may do so as well.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.analyses.paths import Paths
from mlsdc.compiler.analyses.responses import Responses
from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known, Unknown, rate
from mlsdc.compiler.graph import Graph
from mlsdc.compiler.latency.circumstances import Circumstances
from mlsdc.compiler.latency.flows import PLAIN, Outcomes, judged
from mlsdc.compiler.latency.load_beyond import SAME_LOAD
from mlsdc.compiler.latency.path import (
    Attempt,
    Chosen,
    Leaf,
    Node,
    attempts,
    falls_back,
    leaves,
    lookups,
    nodes,
)
from mlsdc.compiler.latency.queueing import Unstable
from mlsdc.compiler.latency.settle import Arrivals, needed_at_worst
from mlsdc.compiler.model.data import Stream
from mlsdc.compiler.model.operations import Experiment
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.model.serving import Endpoint

Rates = dict[str, float]
Needs = Callable[[Attempt], tuple[float, float]]
"""Attempts for each time that a call is made, and the share of them that falls back."""


@dataclass(frozen=True)
class Reached:
    """What a failure may change."""

    names: frozenset[str]
    """Components that may answer otherwise."""
    calls: tuple[Attempt, ...]
    """Calls that may need more attempts, or fall back more often."""


@dataclass(frozen=True)
class Outline:
    """What a request waits for."""

    names: frozenset[str]
    """The components that answer."""
    limited: tuple[str, ...]
    """Those of them whose calls have a time limit, in order of the path."""
    cached: bool
    """Whether a cache spares any of it."""
    calls: tuple[Attempt, ...]
    """All calls that rates depend on, waited for or not: see `judged`."""


@dataclass
class Reach:
    """A design as it usually is, to ask how far failures reach in it."""

    design: Design
    graph: Graph
    paths: Paths
    workload: Workload
    capacity: Capacity
    responses: Responses
    _outlines: dict[str, Outline] = field(default_factory=dict[str, "Outline"])

    @cached_property
    def calls(self) -> Mapping[Attempt, str]:
        """The calls that rates depend on (see `judged`), each with the request that it is of."""
        return {call: request for request in self.paths.of for call in self.outline(request).calls}

    def outline(self, request: str) -> Outline:
        """What a request waits for."""
        if request not in self._outlines:
            self._outlines[request] = _outline(self.paths.of[request])
        return self._outlines[request]

    def of(self, change: Circumstances) -> Reached:
        """Everything that a failure may change, and what follows from it."""
        more = dict(self._missed) if change.misses else Rates()
        found = {*change.silent, *(change.starting or ())}
        if change.replicas is not None or change.scale != 1.0:
            asked: Iterable[str] = self.capacity.sizings
        else:
            asked = tuple(more)
        found.update(name for name in asked if self._alters(name, change, more))
        affected = dict.fromkeys(self._spread(change, more, found))
        return Reached(frozenset(found), tuple(affected))

    def _spread(self, change: Circumstances, more: Rates, found: set[str]) -> Iterator[Attempt]:
        """Calls that wait for what is found, or longer without a cache; they may find more."""
        seen = set[Attempt]()
        left = [call for name in found for call in self._waiting.get(name, ())] if found else []
        if change.misses:
            left += [call for call in self.calls if any(True for _ in lookups(call.part, True))]
        while left:
            call = left.pop()
            if call in seen:
                continue
            seen.add(call)
            yield call
            extra, inflow = Rates(), self._inflow_of(change)
            _flow(call, inflow.get(call, 0.0), _at_worst, change.misses, extra, {})
            for name, added in self._joined(extra).items():
                more[name] = more.get(name, 0.0) + added
                if name not in found and self._alters(name, change, more):
                    found.add(name)
                    left += self._waiting.get(name, ())

    def near(self, calls: Sequence[Attempt]) -> Callable[[Outcomes], Arrivals] | None:
        """Arrivals where only these calls need other than usual; None where what they usually
        need is not known, so that everything has to flow anew."""
        usually = self.workload.outcomes
        if any(usually.get(call, PLAIN).missing for call in calls):
            return None
        requests = dict.fromkeys(self.calls[call] for call in calls)
        before = self._arriving(requests, self._usually)

        def arrivals(outcomes: Outcomes) -> Arrivals:
            def needs(call: Attempt) -> tuple[float, float]:
                found = outcomes.get(call)
                return self._usually(call) if found is None else (found.attempts, found.spilled)

            after = self._arriving(requests, needs)
            changed: dict[str, Known] = {}
            for name, now in after.items():
                usual, was = self.workload.of(name), before.get(name, 0.0)
                if isinstance(usual, Figure) and now != was:
                    changed[name] = rate(max(0.0, usual.value + now - was))
            return ChainMap(changed, self.workload.arrivals)

        return arrivals

    def _arriving(self, requests: Iterable[str], needs: Needs) -> Rates:
        """What some requests make arrive."""
        into = Rates()
        for name in requests:
            self._ask(name, needs, False, into, {})
        return self._joined(into)

    def _alters(self, name: str, change: Circumstances, more: Mapping[str, float]) -> bool:
        """Whether a component answers otherwise with the replicas and the rate that it has."""
        if name not in self.capacity.sizings:
            return False  # only what has replicas becomes slower under a load
        have = self.capacity.replicas(name)
        left = (change.replicas or {}).get(name, have)
        if left == 0:
            return True
        answer, known = self.responses.of.get(name), self.workload.of(name)
        if left is None or answer is None or isinstance(known, Unknown):
            return False
        if isinstance(answer, Unstable):
            return True
        usual = known.value if known is not None else 0.0
        now = (usual + more.get(name, 0.0)) * change.scale
        if now == 0.0:
            return False
        endpoint = self.design.get(name, Endpoint)
        batched = endpoint is not None and endpoint.batching is not None
        if batched or answer.utilisation is not None or usual == 0.0:
            return (left, now) != (have, usual)
        carried = self.capacity.sizings[name].per_replica
        # Quantiles hold up to the load that they were measured at; at none, they always hold.
        return isinstance(carried, Figure) and now > left * carried.value * SAME_LOAD

    @cached_property
    def _waiting(self) -> Mapping[str, list[Attempt]]:
        found: dict[str, list[Attempt]] = {}
        for call in self.calls:
            names = {leaf.answering for leaf in leaves(call.part, waited=True)}
            for name in names:
                if name is not None:
                    found.setdefault(name, []).append(call)
        return found

    def _inflow_of(self, change: Circumstances) -> Mapping[Attempt, float]:
        return (self._missing if change.misses else self._usual)[1]

    @cached_property
    def _usual(self) -> tuple[Rates, dict[Attempt, float]]:
        return self._inflow(misses=False)

    @cached_property
    def _missing(self) -> tuple[Rates, dict[Attempt, float]]:
        return self._inflow(misses=True)

    @cached_property
    def _missed(self) -> Rates:
        """What arrives more where no cache holds anything."""
        usual, every = self._usual[0], self._missing[0]
        more = {name: now - usual[name] for name, now in every.items() if now > usual[name]}
        return self._joined(more)

    def _inflow(self, misses: bool) -> tuple[Rates, dict[Attempt, float]]:
        """Arrivals per second at each component and at each call, as far as rates are stated."""
        into, calls = Rates(), dict[Attempt, float]()
        for name in self.paths.of:
            self._ask(name, self._usually, misses, into, calls)
        return into, calls

    def _ask(
        self, name: str, needs: Needs, misses: bool, into: Rates, calls: dict[Attempt, float]
    ) -> None:
        request = self.design.get(name, Request)
        stated = request.rate if request is not None else None
        asked = stated.value if stated is not None else 0.0
        _flow(self.paths.of[name], asked, needs, misses, into, calls)

    def _usually(self, call: Attempt) -> tuple[float, float]:
        outcome = self.workload.outcomes.get(call, PLAIN)
        return _at_worst(call) if outcome.missing else (outcome.attempts, outcome.spilled)

    def _joined(self, more: Rates) -> Rates:
        """With what the components pass on: to a treatment, or to who reads a stream."""
        found = dict(more)
        for experiment in self._experiments:
            passed = more.get(experiment.control or "")
            if passed is not None and experiment.treatment is not None and experiment.share:
                name = experiment.treatment
                found[name] = found.get(name, 0.0) + passed * experiment.share
        for name in more:
            stream = self.design.get(name, Stream)
            if stream is not None and stream.rate is None:
                for edge in self.graph.into(name):
                    found[edge.source] = found.get(edge.source, 0.0) + more[name]
        return found

    @cached_property
    def _experiments(self) -> tuple[Experiment, ...]:
        return tuple(self.design.of(Experiment))


def _outline(path: Node) -> Outline:
    names, limited, cached = set[str](), dict[str, None](), False
    for node in nodes(path, waited=True):
        if isinstance(node, Leaf):
            if node.answering is not None:
                names.add(node.answering)
        elif isinstance(node, Chosen):
            cached |= node.cached is not None
        elif isinstance(node, Attempt) and node.call.timeout is not None and node.part.parts:
            first = node.part.parts[0]
            if isinstance(first, Leaf) and first.answering is not None:
                limited[first.answering] = None
    calls = tuple(call for call in attempts(path) if judged(call.call))
    return Outline(frozenset(names), tuple(limited), cached, calls)


def _at_worst(call: Attempt) -> tuple[float, float]:
    outcome = needed_at_worst(call)
    return outcome.attempts, outcome.spilled


def _flow(
    node: Node, asked: float, needs: Needs, misses: bool, into: Rates, calls: dict[Attempt, float]
) -> None:
    """Add what a rate into a node makes arrive: see `flows.visits`, which tells why as well."""
    if isinstance(node, Leaf):
        into[node.component] = into.get(node.component, 0.0) + asked
    elif isinstance(node, Chosen):
        share = 1.0 if misses and node.cached is not None else node.share
        _flow(node.part, asked * share, needs, misses, into, calls)
    elif isinstance(node, Attempt):
        calls[node] = asked
        many, spilled = needs(node)
        _flow(node.part, asked * node.call.times * many, needs, misses, into, calls)
        if node.fallback is not None and falls_back(node.call):
            aside = asked * node.call.times * spilled
            _flow(node.fallback, aside, needs, misses, into, calls)
    else:
        for part in node.parts:
            _flow(part, asked, needs, misses, into, calls)
