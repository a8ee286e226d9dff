"""Streams in, how many partitions each needs, and why, out.

Each reason gives a number of its own; the largest decides. A limit that the system's facts do not
give, or a rate that nobody states, gives no number and is named.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Unknown
from mlsdc.compiler.graph import Graph
from mlsdc.compiler.model.data import Pipeline, Stream
from mlsdc.compiler.model.limits import PartitionLimits
from mlsdc.compiler.schedule import analysis
from mlsdc.units import DATA_RATE, RATE, Dimension, Quantity, show

Place = tuple[str, tuple[str, ...]]
"""A component and the field of it."""


@dataclass(frozen=True)
class Reason:
    """Why a stream needs so many partitions."""

    count: int
    what: str
    """What brings it about: `8 tasks of activity`, `4.6MiB/s in`."""
    carried: str
    """What one partition does about it: `one task each`, `10MiB/s each`."""
    place: Place
    idle: bool = False
    """Whether fewer leave consumers idle, rather than the stream behind."""

    @property
    def line(self) -> str:
        """The arithmetic."""
        return f"{self.what} / {self.carried}: {self.count}"


@dataclass(frozen=True)
class Needed:
    """What a stream needs."""

    limits: PartitionLimits | None
    reasons: tuple[Reason, ...] = ()
    missing: tuple[str, ...] = ()
    """Fields without which one of its limits cannot be judged."""

    @property
    def count(self) -> int:
        """Partitions that are enough for every reason that is known."""
        return max((reason.count for reason in self.reasons), default=1)


@dataclass(frozen=True)
class Partitions:
    """What each stream needs."""

    of: dict[str, Needed] = field(default_factory=dict[str, Needed])


@analysis
def partitions(design: Design, graph: Graph, workload: Workload) -> Partitions:
    """Every stream of the design."""
    streams = design.of(Stream)
    return Partitions({s.name: _needed(design, graph, workload, s) for s in streams})


def _needed(design: Design, graph: Graph, workload: Workload, stream: Stream) -> Needed:
    limits = stream.partition_limits()
    readers = [e.source for e in graph.into(stream) if e.verb == "consumes"]
    missing: dict[str, None] = {}
    found: list[Reason] = []
    if limits is None or limits.exclusive:
        noun = limits.noun if limits else "partition"
        found += _tasks(design, readers, noun)
    if limits is not None:
        found += _written(workload, stream, limits, missing)
        found += _read(workload, stream, limits, len(readers), missing)
    return Needed(limits, tuple(found), tuple(missing))


def _tasks(design: Design, readers: list[str], noun: str) -> Iterator[Reason]:
    """A partition is read by one task of a group at a time."""
    for name in readers:
        job = design.get(name, Pipeline)
        if job is not None and job.parallelism > 1:
            yield Reason(job.parallelism, f"{job.parallelism} tasks of `{name}`",
                         f"one task for each {noun}", (name, ("parallelism",)), True)  # fmt: skip


def _written(
    workload: Workload, stream: Stream, limits: PartitionLimits, missing: dict[str, None]
) -> Iterator[Reason]:
    """What producers write."""
    rate = workload.of(stream)
    if limits.records is not None:
        if isinstance(rate, Figure):
            yield _quotient(rate.value, limits.records, RATE, "in", (stream.name, ("rate",)))
        else:
            missing.update(dict.fromkeys(_missing(rate, stream)))
    if limits.written is not None:
        size = _bytes(workload, stream, missing)
        if size is not None:
            place = (stream.name, ("event_size",))
            yield _quotient(size, limits.written, DATA_RATE, "in", place)


def _read(
    workload: Workload, stream: Stream, limits: PartitionLimits, readers: int,
    missing: dict[str, None],
) -> Iterator[Reason]:  # fmt: skip
    """What consumers read: each of them everything."""
    if limits.read is None or not readers:
        return
    size = _bytes(workload, stream, missing)
    if size is not None:
        times = readers if limits.shared else 1
        what = f"out to {readers} consumers that share it" if times > 1 else "out"
        place = (stream.name, ("event_size",))
        yield _quotient(size * times, limits.read, DATA_RATE, what, place)


def _quotient(
    value: float, each: float, dimension: Dimension, what: str, place: Place
) -> Reason:  # fmt: skip
    count = max(1, math.ceil(round(value / each, 9)))
    shown, limit = show(Quantity(value, dimension)), show(Quantity(each, dimension))
    return Reason(count, f"{shown} {what}", f"{limit} each", place)


def _bytes(workload: Workload, stream: Stream, missing: dict[str, None]) -> float | None:
    """Bytes per second that the stream takes in."""
    rate = workload.of(stream)
    if stream.event_size is None:
        missing[f"{stream.name}.event_size"] = None
    if not isinstance(rate, Figure):
        missing.update(dict.fromkeys(_missing(rate, stream)))
    elif stream.event_size is not None:
        return rate.value * stream.event_size.value
    return None


def _missing(rate: object, stream: Stream) -> tuple[str, ...]:
    return rate.missing if isinstance(rate, Unknown) else (f"{stream.name}.rate",)
