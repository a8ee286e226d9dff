"""Requests in, how much the logs that they write come to hold out.

A log is a stream that a request calls, and every lake or warehouse that keeps it. Its size is that
of the rate at peak all day: the most that it can be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known, Unknown
from mlsdc.compiler.graph import Graph
from mlsdc.compiler.model.data import Lake, Stream, Warehouse
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.schedule import analysis
from mlsdc.units import BYTES, DAY, show, show_bytes

Keeper = Stream | Lake | Warehouse


@dataclass(frozen=True)
class Kept:
    """One log in one of the places that keep it."""

    log: Stream
    keeper: Keeper
    size: Known
    """Bytes, one copy counted and nothing compressed."""


@dataclass(frozen=True)
class Logs:
    """Every log, everywhere it is kept."""

    kept: tuple[Kept, ...] = field(default_factory=tuple[Kept, ...])


@analysis
def logs(design: Design, graph: Graph, workload: Workload) -> Logs:
    """Every log of the design."""
    found = dict.fromkeys(_called(design))
    return Logs(tuple(k for name in found for k in _kept(design, graph, workload, name)))


def _called(design: Design) -> Iterator[str]:
    """The streams that requests write to."""
    for mention in design.mentions:
        source, target = (design.components.get(n) for n in (mention.source, mention.target))
        if isinstance(source, Request) and isinstance(target, Stream):
            yield target.name


def _kept(design: Design, graph: Graph, workload: Workload, name: str) -> Iterator[Kept]:
    log = design.components[name]
    assert isinstance(log, Stream)
    yield Kept(log, log, _size(workload, log, log))
    for edge in graph.into(log):
        keeper = design.components[edge.source]
        if edge.verb == "consumes" and isinstance(keeper, Lake | Warehouse):
            yield Kept(log, keeper, _size(workload, log, keeper))


def _size(workload: Workload, log: Stream, keeper: Keeper) -> Known:
    rate, size, kept = workload.of(log), log.event_size, keeper.retention
    missing = list(rate.missing) if isinstance(rate, Unknown) else []
    missing += [f"{log.name}.event_size"] if size is None else []
    missing += [f"{keeper.name}.retention"] if kept is None else []
    if missing or size is None or kept is None or not isinstance(rate, Figure):
        return Unknown(tuple(missing) or (f"{log.name}.rate",))
    daily = rate.value * size.value * DAY
    whole = daily * kept.value / DAY
    because = (
        *rate.because,
        f"{rate} x {show(size)} = {show_bytes(daily)} a day",
        f"{show_bytes(daily)} x {show(kept)} = {show_bytes(whole)}",
    )
    return Figure(whole, BYTES, because)
