"""A path and a rate in, the visits of every component out: how often, and what they carry.

Rates are multiplied along the path: by `times`, by the share of a branch or of a cache's misses,
and by the attempts that a call turns out to need.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mlsdc.compiler.design import Design
from mlsdc.compiler.latency.path import Attempt, Chosen, Leaf, Node, falls_back
from mlsdc.compiler.model.data import FeatureStore
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.model.request import Call
from mlsdc.units import digits


@dataclass(frozen=True)
class Flow:
    """A share of a request's rate on its way to a component."""

    factor: float
    path: str = ""
    missing: tuple[str, ...] = ()

    def times(self, factor: float, why: str) -> Flow:
        """The flow multiplied, and the reason."""
        return Flow(self.factor * factor, f"{self.path} x {why}", self.missing)


@dataclass(frozen=True)
class Visit:
    """One way in which a request reaches a component."""

    component: str
    flow: Flow
    call: Call | None
    """What it carries; None where the component is reached by way of another."""


@dataclass(frozen=True)
class Outcome:
    """What a call statement needs: attempts for each time it is made, and what falls back.

    `missing` are the fields without which that is not known.
    """

    attempts: float = 1.0
    spilled: float = 0.0
    missing: tuple[str, ...] = ()


PLAIN = Outcome()
Outcomes = Mapping[Attempt, Outcome]


def visits(design: Design, node: Node, flow: Flow, outcomes: Outcomes) -> Iterator[Visit]:
    """Every visit that a flow into a node makes."""
    if isinstance(node, Leaf):
        yield from _visited(design, node, flow)
    elif isinstance(node, Chosen):
        kind = "misses" if node.cached else "of requests"
        taken = flow.times(node.share, f"{digits(node.share * 100)}% {kind}")
        yield from visits(design, node.part, taken, outcomes)
    elif isinstance(node, Attempt):
        yield from _attempted(design, node, flow, outcomes)
    else:
        for part in node.parts:
            yield from visits(design, part, flow, outcomes)


def _visited(design: Design, leaf: Leaf, flow: Flow) -> Iterator[Visit]:
    """A called component, and what it reads in turn to answer."""
    yield Visit(leaf.component, flow, leaf.call)
    component = design.components.get(leaf.component)
    if isinstance(component, Features) and component.store:
        yield Visit(component.store, flow, leaf.call)
        component = design.components.get(component.store)
    online = component.online if isinstance(component, FeatureStore) else None
    if online:
        yield Visit(online, flow, None)


def _attempted(design: Design, node: Attempt, flow: Flow, outcomes: Outcomes) -> Iterator[Visit]:
    call, outcome = node.call, outcomes.get(node, PLAIN)
    if call.times > 1:
        flow = flow.times(call.times, f"{call.times} times")
    unknown = Flow(0.0, "", outcome.missing)
    reached, spilled = flow, flow
    if outcome.missing:
        spilled = unknown
        reached = unknown if call.hedge is not None or call.retry > 0 else flow
    else:
        if outcome.attempts > 1:
            again = digits(outcome.attempts - 1)
            reached = flow.times(outcome.attempts, f"(1 + {again} repeated)")
        why = f"{digits(outcome.spilled * 100)}% {'failed' if call.errors else 'timed out'}"
        spilled = flow.times(outcome.spilled, why)
    yield from visits(design, node.part, reached, outcomes)
    if node.fallback is not None and falls_back(call):
        yield from visits(design, node.fallback, spilled, outcomes)


def judged(call: Call) -> bool:
    """Whether the rates behind a call depend on how long it takes or how often it fails."""
    failing = falls_back(call) and (call.retry > 0 or call.fallback is not None)
    return failing or call.hedge is not None
