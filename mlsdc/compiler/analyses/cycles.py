"""A design and its graph in, the chains that lead back to where they started out.

Four kinds, because each harms in another way: calls that wait for each other, features computed
from each other, streams and jobs that feed each other, and the same by way of a store. Law: cycles
of one kind share no member, so that one wrong link is one finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from mlsdc.compiler.analyses.lineage import feature_named, read_names
from mlsdc.compiler.called_steps import calls_of
from mlsdc.compiler.design import Design
from mlsdc.compiler.graph import Graph
from mlsdc.compiler.model.data import Lake, OnlineStore, Pipeline, Warehouse
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.schedule import analysis
from mlsdc.diagnostics import Span

Link = tuple[str, str]
Links = dict[Link, Span]
"""What leads to what, and the place in the text that says so."""
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Cycle:
    """A chain of names whose last is its first, and the places of its links."""

    chain: tuple[str, ...]
    places: tuple[Span, ...]

    @property
    def links(self) -> list[tuple[Span, str]]:
        """The place of each link with its two ends."""
        ends = (f"{source} -> {target}" for source, target in pairwise(self.chain))
        return list(zip(self.places, ends, strict=True))


@dataclass(frozen=True)
class Cycles:
    """The cycles of a design."""

    calls: tuple[Cycle, ...]
    computations: tuple[Cycle, ...]
    flows: tuple[Cycle, ...]
    stores: tuple[Cycle, ...]
    """Data flows back by way of a lake, a warehouse or an online store, which hold many tables."""


@analysis
def cycles(design: Design, graph: Graph) -> Cycles:
    """Look for every kind of cycle."""
    flow = _flow(graph)
    flows = tuple(_cycles(_without(flow, lambda link: bool(_stores(design, link)))))
    closed = {name for cycle in flows for name in cycle.chain}
    open_flow = _without(
        flow,
        # A job that reads and writes one store uses its tables, and waits for none of its own.
        lambda link: bool(closed & {*link}) or (_stores(design, link[:1]) and link[::-1] in flow),
    )
    return Cycles(
        calls=tuple(_cycles(_calls(design, graph))),
        computations=tuple(_cycles(_computations(design))),
        flows=flows,
        stores=tuple(_cycles(open_flow)),
    )


def _calls(design: Design, graph: Graph) -> Links:
    """Who waits for whose answer: components, and requests that call requests."""
    found: Links = {}
    unawaited: set[Span] = set()
    for request in design.of(Request):
        for made in calls_of(request):
            call, caller = made.call, next(made.callers, None)
            span = made.place(design, "target")
            if call.asynchronous:
                unawaited.add(span)
            elif caller is not None and call.target == caller.target:
                found[call.target, call.target] = span
            elif design.get(call.target, Request) is not None:
                found[request.name, call.target] = span
            if call.fallback and not call.asynchronous and design.get(call.fallback, Request):
                found[request.name, call.fallback] = made.place(design, "fallback")
    for edge in graph.edges:
        awaited = [span for span in edge.because if span not in unawaited]
        if edge.rule.synchronous and awaited:
            found[edge.source, edge.target] = awaited[0]
    return found


def _computations(design: Design) -> Links:
    """Which feature is computed from which."""
    found: Links = {}
    for view in design.of(Features):
        for feature in view.columns:
            for name in read_names(view, feature):
                other = feature_named(design, view, feature, name)
                if other is not None:
                    link = (f"{other[0].name}.{other[1]}", f"{view.name}.{feature}")
                    found[link] = design.place(view, "columns", feature, "definition")
    return found


def _flow(graph: Graph) -> Links:
    """Where data goes: from what is read to the reader, from a job to what it writes."""
    found: Links = {}
    for edge in graph.edges:
        source = graph.design.components[edge.source]
        span = edge.because[0]
        if edge.verb in ("reads", "consumes") and isinstance(source, Pipeline | Lake | Warehouse):
            found[edge.target, edge.source] = span
        elif (
            edge.verb in ("writes", "publishes")
            and isinstance(source, Pipeline)
            and edge.target in source.writes  # what cannot be processed goes elsewhere, and stays
        ):
            found[edge.source, edge.target] = span
    return found


def _stores(design: Design, names: Sequence[str]) -> list[str]:
    kinds = Lake | Warehouse | OnlineStore
    return [name for name in names if isinstance(design.components.get(name), kinds)]


def _without(links: Links, dropped: Callable[[Link], object]) -> Links:
    return {link: span for link, span in links.items() if not dropped(link)}


def _cycles(links: Links) -> Iterator[Cycle]:
    """One cycle after the other, each without the members of those before."""
    while chain := _chain(links):
        yield Cycle(tuple(chain), tuple(links[link] for link in pairwise(chain)))
        links = {link: span for link, span in links.items() if not {*link} & {*chain}}


def _chain(links: Mapping[Link, Span]) -> list[str]:
    """A cycle that begins and ends with its first name, or nothing."""
    before: dict[str, list[str]] = {}
    for source, target in sorted(links):
        if source == target:
            return [source, target]
        before.setdefault(target, []).append(source)
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        first = found.index(min(found))
        return [*found[first:-1], *found[: first + 1]]
    return []
