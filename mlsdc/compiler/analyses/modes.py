"""Requests in, their latency during each failure out: computed when a request is asked about.

Failures: caches cold, one zone lost, twice the traffic, a rollout, a dependency that times out, a
cold start. Law: a failure that cannot reach a request gives nothing; one that reaches it gives a
latency, or says what does not answer, or what would have to be known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from math import inf

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.analyses.latency import Latencies, RequestLatency
from mlsdc.compiler.analyses.paths import Paths
from mlsdc.compiler.analyses.responses import Responses
from mlsdc.compiler.analyses.service import unstated
from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure
from mlsdc.compiler.graph import Graph
from mlsdc.compiler.latency.circumstances import (
    FAILURES,
    Circumstances,
    circumstances,
    from_zero,
    silent,
)
from mlsdc.compiler.latency.failing import NEVER, Failing, missing_all
from mlsdc.compiler.latency.longest import longest
from mlsdc.compiler.latency.path import Leaf, Series, leaves
from mlsdc.compiler.latency.queueing import Unstable
from mlsdc.compiler.latency.reach import Reach
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
    changed: tuple[str, ...] = ()
    """The components that are slower than usual, or do not answer, in order of the path."""

    def reached(self, quantile: float) -> float | None:
        """The quantile in seconds; None where no answer comes to that share of the requests."""
        seconds = self.latency.independent(quantile)
        return None if seconds >= NEVER else seconds

    def at(self, quantile: float | None) -> float | None:
        """The quantile, or the mean where that is None; None where too few are answered."""
        if quantile is not None:
            return self.reached(quantile)
        return None if self.reached(0.999) is None else self.latency.mean()

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
    responses: Responses
    _failing: dict[object, Failing] = field(default_factory=dict[object, Failing])
    _found: dict[tuple[str, object], Mode] = field(default_factory=dict[tuple[str, object], "Mode"])

    _uncached: dict[str, RequestLatency] = field(default_factory=dict[str, RequestLatency])

    def of(self, request: str) -> tuple[Mode, ...]:
        """Every failure that reaches a request."""
        return tuple(mode for failure in FAILURES for mode in self.during(request, failure))

    def during(self, request: str, failure: Failure) -> tuple[Mode, ...]:
        """One failure; for dependencies that time out, one for each that has a time limit."""
        usual = self.latencies.requests.get(request)
        if usual is None:
            return ()
        changes = self._changes(request, failure)
        return tuple(self._mode(request, usual, change) for change in changes)

    def suspects(
        self, request: str, quantile: float | None, limit: float, named: frozenset[Failure]
    ) -> Iterator[Mode]:
        """Every failure but the named ones in which a request, usually within a limit on its
        quantile (in seconds; None is the mean), may break it.

        What certainly holds is left out and never composed; what is given may hold as well.
        """
        usual = self.latencies.requests.get(request)
        if usual is None:
            return
        outline = self._reach.outline(request)
        if not outline.names.isdisjoint(self._overloaded):
            return  # nothing is promised of it as it is: another finding (CAP001)
        if outline.cached and "cache_cold" not in named:
            yield self._mode(request, usual, self._global("cache_cold"))
        for change, names in self._unnamed(named):
            if not names.isdisjoint(outline.names):
                yield self._mode(request, usual, change)
        for name in outline.limited if "dependency_timeout" not in named else ():
            change = silent(name)
            changed = outline.names & self._failed(change).reached.names
            if len(changed) > 1 or not _ends(usual, name, quantile, limit):
                yield self._mode(request, usual, change)

    def _unnamed(self, named: frozenset[Failure]) -> list[tuple[Circumstances, frozenset[str]]]:
        """Failures of a whole design but the named ones, and the components each may change."""
        if named not in self._wanted:
            left = {"cache_cold", "dependency_timeout", *named}
            changes = [self._global(one) for one in FAILURES if one not in left]
            self._wanted[named] = [(one, self._failed(one).reached.names) for one in changes]
        return self._wanted[named]

    @cached_property
    def _overloaded(self) -> frozenset[str]:
        """What carries less than what arrives without any failure."""
        sizings = self.capacity.sizings.items()
        return frozenset(name for name, one in sizings if isinstance(one.utilisation, Figure)
                         and one.utilisation.value > 1 + 1e-9)  # fmt: skip

    @cached_property
    def _wanted(self) -> dict[frozenset[Failure], list[tuple[Circumstances, frozenset[str]]]]:
        return {}

    def uncached(self, request: str) -> RequestLatency | None:
        """The latency where no cache holds anything, and everything answers as it usually does."""
        usual = self.latencies.requests.get(request)
        if usual is not None and request not in self._uncached:
            self._uncached[request] = usual.along(missing_all(usual.path), usual.times)
        return self._uncached.get(request)

    @cached_property
    def _reach(self) -> Reach:
        return Reach(
            self.design, self.graph, self.paths, self.workload, self.capacity, self.responses
        )

    def _changes(self, request: str, failure: Failure) -> Iterator[Circumstances]:
        """What a failure may be for a request; nothing where it means nothing for it."""
        outline = self._reach.outline(request)
        if failure == "dependency_timeout":
            yield from (silent(name) for name in outline.limited)
        elif failure == "cache_cold":
            if outline.cached:
                yield self._global(failure)
        elif failure != "cold_start" or _starts(self.design, outline.names):
            yield self._global(failure)

    def _global(self, failure: Failure) -> Circumstances:
        if failure not in self._circumstances:
            found = circumstances(self.design, self.capacity, failure)
            self._circumstances[failure] = found
        return self._circumstances[failure]

    @cached_property
    def _circumstances(self) -> dict[Failure, Circumstances]:
        return {}

    def _failed(self, change: Circumstances) -> Failing:
        key = (change.failure, change.silent)
        if key not in self._failing:
            self._failing[key] = Failing(
                self.design, self.graph, self.paths, self.workload, self.capacity, self._reach,
                change,
            )  # fmt: skip
        return self._failing[key]

    def _mode(self, request: str, usual: RequestLatency, change: Circumstances) -> Mode:
        key = (request, (change.failure, change.silent))
        if key not in self._found:
            self._found[key] = self._composed(request, usual, change)
        return self._found[key]

    def _composed(self, request: str, usual: RequestLatency, change: Circumstances) -> Mode:
        failing = self._failed(change)
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
        lines: dict[str, str] = {}
        for leaf in waited:
            for line in _changed(failing, usual, leaf):
                lines.setdefault(line, leaf.component)
        because, changed = (*change.notes, *lines), tuple(dict.fromkeys(lines.values()))
        return Mode(change, found, silenced, tuple(dict.fromkeys(missing)), because, changed)


def _ends(usual: RequestLatency, name: str, quantile: float | None, limit: float) -> bool:
    """Whether a request is certainly answered within a limit where one component is silent."""

    def time(leaf: Leaf, level: float) -> float:
        if leaf.answering == name:
            return inf
        known = usual.times.get(leaf)
        return known.quantile(level) if known is not None else 0.0

    return quantile is not None and longest(usual.path, time, quantile) <= limit


def _starts(design: Design, names: Iterable[str]) -> bool:
    """Whether any of these takes time to start, or runs no replica while nothing asks for it."""
    endpoints = (design.get(name, Endpoint) for name in names)
    return any(e is not None and (e.cold_start or from_zero(e)) for e in endpoints)


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
    latencies: Latencies, responses: Responses,
) -> Modes:  # fmt: skip
    """Each failure is looked at when someone asks what it does to a request."""
    return Modes(design, graph, paths, workload, capacity, latencies, responses)
