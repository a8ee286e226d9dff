"""The facts of a design and one failure in, how its components answer meanwhile out.

The failure changes paths, rates and replicas; the rates settle anew, so that what is repeated or
falls back because of the failure loads others. Law: what the failure does not touch keeps the very
distributions that it has without it, so that nothing is composed twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.analyses.paths import Paths
from mlsdc.compiler.analyses.workload import Flowing, Workload
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Known
from mlsdc.compiler.graph import Graph
from mlsdc.compiler.latency.circumstances import Circumstances
from mlsdc.compiler.latency.flows import PLAIN, Outcomes, judged
from mlsdc.compiler.latency.path import Attempt, Chosen, Leaf, Node, Race, Series, attempts, leaves
from mlsdc.compiler.latency.queueing import Unstable
from mlsdc.compiler.latency.reach import Reach, Reached
from mlsdc.compiler.latency.response import Response, joined, leaf_time, respond
from mlsdc.compiler.latency.settle import Answers, Arrivals, Loop
from mlsdc.compiler.model.component import Component

if TYPE_CHECKING:
    from mlsdc.compiler.latency.distribution import Distribution

FOREVER = 1e5
"""Seconds that stand for an answer that never comes; time limits cut them."""
NEVER = FOREVER / 2
"""A quantile from here on is an answer that does not come."""


@dataclass
class Failing:
    """A design during one failure."""

    design: Design
    graph: Graph
    usual: Paths
    workload: Workload
    capacity: Capacity
    reach: Reach
    change: Circumstances

    @cached_property
    def paths(self) -> Paths:
        """The path of every request; behind a cold cache everything is fetched."""
        if not self.change.misses:
            return self.usual
        return Paths({name: missing_all(path) for name, path in self.usual.of.items()})

    @cached_property
    def reached(self) -> Reached:
        """What the failure may change."""
        return self.reach.of(self.change)

    @cached_property
    def arrivals(self) -> Mapping[str, Known]:
        """Arrivals per second once what is repeated and what falls back has settled."""
        if not self.change.misses and self.change.scale == 1.0:
            calls = self.reached.calls
            near = self.reach.near(calls)
            if near is not None:
                return near(self._settled(calls, near)) if calls else self.workload.arrivals
        flowing = Flowing(self.design, self.graph, self.paths, self.change.scale)
        found = (call for path in self.paths.of.values() for call in attempts(path))
        return flowing.arrivals(
            self._settled([call for call in found if judged(call.call)], flowing.arrivals)
        )

    def _settled(
        self, calls: Sequence[Attempt], arrivals: Callable[[Outcomes], Arrivals]
    ) -> Outcomes:
        """What calls need once it stays, beginning with one attempt of each."""
        if not calls:
            return {}
        plain = dict.fromkeys(calls, PLAIN)
        return Loop(self.design, calls, arrivals, self._answer).settle(plain).outcomes

    def answer(self, name: str) -> Response | Unstable | None:
        """How a component answers meanwhile; `Unstable` where it cannot, or has no replica left."""
        if name not in self._answers:
            component = self.design.components[name]
            self._answers[name] = self._answer(component, self.arrivals.get(name))
        return self._answers[name]

    @cached_property
    def _answers(self) -> Answers:
        return {}

    def replicas(self, name: str) -> int | None:
        """The replicas that are left."""
        left = (self.change.replicas or {}).get(name)
        return self.capacity.replicas(name) if left is None else left

    def _answer(self, component: Component, rate: Known | None) -> Response | Unstable | None:
        left = self.replicas(component.name)
        if component.name in self.change.silent or left == 0:
            return Unstable(float("inf"))
        return respond(self.design, component, rate, left, beyond=True)

    def times(self, path: Series) -> dict[Leaf, Distribution]:
        """The time of every leaf of a path of which it is known."""
        found: dict[Leaf, Distribution] = {}
        for leaf in leaves(path, waited=True):
            time = self.time(leaf)
            if time is not None:
                found[leaf] = time
        return found

    def time(self, leaf: Leaf) -> Distribution | None:
        """The time of one leaf; None where nobody states it."""
        answer = self.answer(leaf.answering) if leaf.answering is not None else None
        if answer is None:
            return None
        if isinstance(answer, Unstable):
            return _forever()
        time = leaf_time(self.design, leaf, answer)
        late = (self.change.starting or {}).get(leaf.answering or "")
        return time if late is None else joined(time, _constant(late))


@lru_cache(maxsize=256)
def _constant(seconds: float) -> Distribution:
    """Always the same object for the same time, so that equal paths are composed once."""
    from mlsdc.compiler.latency.distribution import Distribution

    return Distribution.constant(seconds)


def _forever() -> Distribution:
    return _constant(FOREVER)


def missing_all(path: Series) -> Series:
    """The path where caches hold nothing; what has no cache inside stays the node that it was."""
    found = _missed(path)
    assert isinstance(found, Series)
    return found


def _missed(node: Node) -> Node:
    if isinstance(node, Series | Race):
        parts = tuple(_missed(part) for part in node.parts)
        same = all(new is old for new, old in zip(parts, node.parts, strict=True))
        return node if same else replace(node, parts=parts)
    if isinstance(node, Chosen):
        part, share = missing_all(node.part), 1.0 if node.cached is not None else node.share
        same = part is node.part and share == node.share
        return node if same else replace(node, part=part, share=share)
    if isinstance(node, Attempt):
        part, aside = missing_all(node.part), node.fallback and _missed(node.fallback)
        same = part is node.part and aside is node.fallback
        return node if same else replace(node, part=part, fallback=aside)
    return node
