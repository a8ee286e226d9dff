"""Calls that are repeated when they are slow in, the rates at which they settle out.

More calls make a component slower, and a slower component is called more often. The rates start
without any repetition and rise step by step until they stay: the lowest fixed point, which exists
because attempts are limited. Where the rise overloads a component that would carry its load
otherwise, the loop diverges; where the rates settle higher when everything begins by failing, the
design does not recover from an overload by itself. Both are facts, and neither runs for ever.

Source: N. Bronson, A. Aghayev, A. Charapko, T. Zhu, "Metastable Failures in Distributed Systems"
(HotOS 2021).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from mlsdc.compiler.analyses.service import unstated
from mlsdc.compiler.capacity.sizing import replicas_for
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Known
from mlsdc.compiler.latency.flows import Outcome
from mlsdc.compiler.latency.path import Attempt, Leaf, leaves
from mlsdc.compiler.latency.queueing import Unstable
from mlsdc.compiler.latency.response import Response, leaf_time, respond
from mlsdc.compiler.model.component import Component

if TYPE_CHECKING:
    from mlsdc.compiler.latency.distribution import Distribution

_STEPS = 200
_SAME = 1e-7
Arrivals = Mapping[str, Known]
Answers = dict[str, Response | Unstable | None]
Answering = Callable[[Component, Known | None], Response | Unstable | None]
"""How a component answers under an arrival rate."""


@dataclass(frozen=True)
class Settled:
    """What each call needs once the rates stay, and which components it overloads."""

    outcomes: Mapping[Attempt, Outcome]
    overloaded: frozenset[str]


@dataclass
class Loop:
    """The calls of a design, and how their outcomes turn into arrivals."""

    design: Design
    calls: Sequence[Attempt]
    arrivals: Callable[[Mapping[Attempt, Outcome]], Arrivals]
    answering: Answering | None = None
    """As the design is sized for the load itself, where absent."""

    def settle(self, start: Mapping[Attempt, Outcome]) -> Settled:
        """Follow the rates until they stay."""
        outcomes = dict(start)
        seen: dict[Attempt, tuple[object, ...]] = {}
        answers: Answers = {}
        for _ in range(_STEPS):
            answers = self._answers(self.arrivals(outcomes))
            changed = False
            for call in self.calls:
                times = tuple(answers.get(leaf.answering or "") for leaf in leaves(call.part))
                if seen.get(call) == times:
                    continue
                seen[call] = times
                found = outcome(self.design, call, answers)
                changed |= not _same(found, outcomes.get(call))
                outcomes[call] = found
            if not changed:
                break
        over = {n for n, answer in answers.items() if isinstance(answer, Unstable)}
        return Settled(outcomes, frozenset(over))

    def overloaded(self, arriving: Arrivals) -> frozenset[str]:
        """The called components that cannot carry these arrivals."""
        answers = self._answers(arriving).items()
        return frozenset(name for name, answer in answers if isinstance(answer, Unstable))

    def _answers(self, arriving: Arrivals) -> Answers:
        found: Answers = {}
        for call in self.calls:
            for leaf in leaves(call.part):
                component = self.design.components.get(leaf.answering or "")
                if component is not None and component.name not in found:
                    answering = self.answering or self._sized
                    found[component.name] = answering(component, arriving.get(component.name))
        return found

    def _sized(self, component: Component, rate: Known | None) -> Response | Unstable | None:
        replicas = replicas_for(self.design, component, rate)
        return respond(self.design, component, rate, replicas)


def worst(calls: Sequence[Attempt]) -> dict[Attempt, Outcome]:
    """Where an overload leaves a design."""
    return {call: needed_at_worst(call) for call in calls}


def needed_at_worst(node: Attempt) -> Outcome:
    """Every attempt is needed, and everything falls back."""
    call = node.call
    return Outcome(
        (1.0 + (call.hedge is not None)) * (call.retry + 1.0),
        1.0 if node.fallback is not None else 0.0,
    )


def outcome(design: Design, node: Attempt, answers: Answers) -> Outcome:
    """What one call needs where components answer like this."""
    needed = list(leaves(node.part, waited=True))
    missing = [
        unstated(design, design.components[leaf.component])
        for leaf in needed
        if leaf.answering is None or answers.get(leaf.answering) is None
    ]
    if missing:
        return Outcome(missing=tuple(dict.fromkeys(missing)))
    if any(isinstance(answers.get(leaf.answering or ""), Unstable) for leaf in needed):
        return _needed(node, None)

    from mlsdc.compiler.latency.compose_path import compose_path

    def time(leaf: Leaf) -> Distribution | None:
        answer = answers.get(leaf.answering or "")
        return leaf_time(design, leaf, answer) if isinstance(answer, Response) else None

    return _needed(node, compose_path(node.part, time).independent)


def _needed(node: Attempt, time: Distribution | None) -> Outcome:
    """Attempts and fallbacks; a time of None never ends."""
    call = node.call
    limit = call.timeout.value if call.timeout else inf

    def survival(seconds: float) -> float:
        if time is None:
            return 1.0
        return 0.0 if seconds == inf else time.survival(seconds)

    late, extra = survival(limit), 0.0
    if call.timeout is None and time is None:
        late = 0.0  # it waits for ever, and is never tried again
    if call.hedge is not None and call.hedge.value < limit:
        extra = survival(call.hedge.value)
        late *= survival(limit - call.hedge.value)
    failing = late + (1.0 - late) * call.errors
    attempts = (1.0 + extra) * sum(failing**n for n in range(call.retry + 1))
    return Outcome(attempts, failing ** (call.retry + 1) if node.fallback is not None else 0.0)


def _same(one: Outcome, other: Outcome | None) -> bool:
    if other is None or one.missing != other.missing:
        return False
    return (
        abs(one.attempts - other.attempts) <= _SAME * one.attempts
        and abs(one.spilled - other.spilled) <= _SAME
    )
