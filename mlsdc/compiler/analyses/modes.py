"""Requests in, their latency during each failure out: computed when a request is asked about.

Failures: caches cold, one zone lost, twice the traffic, a rollout, a dependency that times out, a
cold start. Law: a failure that cannot reach a request gives nothing; one that reaches it gives a
latency, or says what does not answer, or what would have to be known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.analyses.latency import Latencies, RequestLatency
from mlsdc.compiler.analyses.paths import Paths
from mlsdc.compiler.analyses.service import unstated
from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.design import Design
from mlsdc.compiler.graph import Graph
from mlsdc.compiler.latency.circumstances import (
    FAILURES,
    Circumstances,
    circumstances,
    from_zero,
    silent,
)
from mlsdc.compiler.latency.failing import NEVER, Failing
from mlsdc.compiler.latency.path import Attempt, Chosen, Leaf, Series, attempts, leaves
from mlsdc.compiler.latency.queueing import Unstable
from mlsdc.compiler.latency.response import Response
from mlsdc.compiler.model.request import Failure
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import analysis
from mlsdc.units import digits, show_duration


@dataclass(frozen=True)
class Mode:
    """One request during one failure."""

    change: Circumstances
    latency: RequestLatency
    silent: tuple[str, ...]
    """What the request waits for and does not answer in time: overloaded, gone, or hanging."""
    missing: tuple[str, ...]
    """Fields without which the latency is a lower bound."""
    because: tuple[str, ...]
    """What is different from usual, hop by hop."""

    def reached(self, quantile: float) -> float | None:
        """The quantile in seconds; None where no answer comes to that share of the requests."""
        seconds = self.latency.independent(quantile)
        return None if seconds >= NEVER else seconds

    @property
    def told(self) -> str:
        """`one zone lost`, `score times out`."""
        return self.change.told


@dataclass
class Modes:
    """The latency of requests during failures."""

    design: Design
    graph: Graph
    paths: Paths
    workload: Workload
    capacity: Capacity
    latencies: Latencies
    _failing: dict[object, Failing] = field(default_factory=dict[object, Failing])
    _found: dict[tuple[str, Failure], tuple[Mode, ...]] = field(
        default_factory=dict[tuple[str, Failure], "tuple[Mode, ...]"]
    )

    def of(self, request: str) -> tuple[Mode, ...]:
        """Every failure that reaches a request."""
        return tuple(mode for failure in FAILURES for mode in self.during(request, failure))

    def during(self, request: str, failure: Failure) -> tuple[Mode, ...]:
        """One failure; for dependencies that time out, one for each that has a time limit."""
        key = (request, failure)
        if key not in self._found:
            usual = self.latencies.requests.get(request)
            self._found[key] = () if usual is None else tuple(self._modes(request, usual, failure))
        return self._found[key]

    def _modes(self, request: str, usual: RequestLatency, failure: Failure) -> Iterator[Mode]:
        if failure == "dependency_timeout":
            for name in _limited(usual.path):
                yield self._mode(request, usual, silent(name))
        elif _reaches(self.design, usual.path, failure):
            change = circumstances(self.design, self.capacity, failure)
            yield self._mode(request, usual, change)

    def _mode(self, request: str, usual: RequestLatency, change: Circumstances) -> Mode:
        key = (change.failure, change.silent)
        failing = self._failing.get(key)
        if failing is None:
            failing = self._failing[key] = Failing(
                self.design, self.graph, self.paths, self.workload, self.capacity, change
            )
        path = failing.paths.of[request]
        times = failing.times(path)
        same = path is usual.path and all(times.get(leaf) is t for leaf, t in usual.times.items())
        found = usual if same else usual.along(path, times)
        waited = list(leaves(path, waited=True))
        names = dict.fromkeys(leaf.answering for leaf in waited if leaf.answering is not None)
        answers = {name: failing.answer(name) for name in names}
        silenced = tuple(name for name, one in answers.items() if isinstance(one, Unstable))
        missing = [unstated(self.design, self.design.components[leaf.component])
                   for leaf in waited if leaf not in times]  # fmt: skip
        missing += [m for one in answers.values() if isinstance(one, Response)
                    for m in one.missing]  # fmt: skip
        missing += _cold_starts(self.design, path) if change.failure == "cold_start" else []
        lines = dict.fromkeys(line for leaf in waited for line in _changed(failing, usual, leaf))
        return Mode(change, found, silenced, tuple(dict.fromkeys(missing)), (*change.notes, *lines))


def _reaches(design: Design, path: Series, failure: Failure) -> bool:
    """Whether a failure means anything for a path."""
    if failure == "cache_cold":
        return _has_cache(path)
    if failure == "cold_start":
        names = {leaf.answering for leaf in leaves(path, waited=True)}
        endpoints = (design.get(name, Endpoint) for name in names)
        return any(e is not None and (e.cold_start or from_zero(e)) for e in endpoints)
    return True


def _has_cache(node: object) -> bool:
    if isinstance(node, Chosen):
        return node.cached is not None or _has_cache(node.part)
    if isinstance(node, Attempt):
        return _has_cache(node.part) or _has_cache(node.fallback)
    return any(_has_cache(part) for part in getattr(node, "parts", ()))


def _limited(path: Series) -> list[str]:
    """The components whose calls have a time limit, in order of the path."""
    found: dict[str, None] = {}
    for call in attempts(path):
        first = call.part.parts[0] if call.part.parts else None
        waited = call.call.timeout is not None and not call.call.asynchronous
        if waited and isinstance(first, Leaf) and first.answering is not None:
            found[first.answering] = None
    return list(found)


def _cold_starts(design: Design, path: Series) -> list[str]:
    """What starts from nothing and does not say how long that takes."""
    names = {leaf.answering: None for leaf in leaves(path, waited=True)}
    endpoints = (design.get(name, Endpoint) for name in names)
    return [f"{e.name}.cold_start" for e in endpoints
            if e is not None and from_zero(e) and e.cold_start is None]  # fmt: skip


def _changed(failing: Failing, usual: RequestLatency, leaf: Leaf) -> Iterator[str]:
    """What is different about one leaf."""
    name, before = leaf.answering, usual.times.get(leaf)
    if name is None or before is None:
        return
    answer, time = failing.answer(name), failing.time(leaf)
    if isinstance(answer, Unstable):
        yield f"{name}: {_why_silent(failing, name, answer)}"
    elif isinstance(answer, Response) and time is not None and time is not before:
        left = failing.replicas(name)
        of = f" with {left} replicas" if left is not None and left > 1 else ""
        of = " with 1 replica" if left == 1 else of
        was, now = (show_duration(each.quantile(0.99)) for each in (before, time))
        if was != now:
            yield f"{name}{of}: p99 {was} -> {now}"


def _why_silent(failing: Failing, name: str, answer: Unstable) -> str:
    if name in failing.change.silent:
        return "does not answer"
    left = failing.replicas(name)
    if left == 0:
        return "no replica left"
    busy = f"{digits(100 * answer.utilisation)}% utilisation"
    return f"overloaded, {busy} of {left} replica{'' if left == 1 else 's'}"


@analysis
def modes(
    design: Design, graph: Graph, paths: Paths, workload: Workload, capacity: Capacity,
    latencies: Latencies,
) -> Modes:  # fmt: skip
    """Failures are looked at when someone asks about a request."""
    return Modes(design, graph, paths, workload, capacity, latencies)
