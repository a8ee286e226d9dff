"""The drawing as bare numbers: nodes 0..n-1 in lanes, weighted links.

In: a `Drawing`. Out: a `Skeleton`, its nodes numbered in the order of their ids. Law: the
numbering, and so everything the later steps decide, does not depend on the order of the input.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mlsdc.targets.diagrams.drawing import Drawing, Edge, Group, Node

# The weight of the links that a reader should follow first.
MAIN_WEIGHT = 3.0


@dataclass(frozen=True, slots=True)
class Link:
    """An edge between two node numbers; heavier links are kept shorter and straighter."""

    source: int
    target: int
    weight: float
    # Links of one bundle may share a trunk; -1 is a link that shares nothing.
    bundle: int = -1
    # Whether the shared end of the bundle is the source (one to many) or the target.
    bundle_at_source: bool = True


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Node numbers in lanes, and the links between them."""

    lane_count: int
    lane_of: tuple[int, ...]
    links: tuple[Link, ...]

    @property
    def size(self) -> int:
        """How many nodes there are."""
        return len(self.lane_of)

    @property
    def neighbours(self) -> list[list[tuple[int, float]]]:
        """For each node, the (node, weight) at the other end of each of its links."""
        table: list[list[tuple[int, float]]] = [[] for _ in self.lane_of]
        for link in self.links:
            if link.source != link.target:
                table[link.source].append((link.target, link.weight))
                table[link.target].append((link.source, link.weight))
        return table


@dataclass(frozen=True, slots=True)
class Numbering:
    """Which node, edge and lane each number of a skeleton stands for."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    lanes: tuple[Group | None, ...]
    skeleton: Skeleton


def numbering_of(drawing: Drawing) -> Numbering:
    """Number the nodes, order the lanes, and bundle the fans of equal edges."""
    nodes = tuple(sorted(drawing.nodes, key=lambda node: node.id))
    number = {node.id: index for index, node in enumerate(nodes)}
    edges = tuple(sorted(frozenset(drawing.edges), key=_edge_key))
    lanes = _ordered_lanes(drawing.groups, nodes, edges)
    lane_number = {None if lane is None else lane.id: index for index, lane in enumerate(lanes)}
    lane_of = tuple(lane_number[node.group] for node in nodes)
    skeleton = Skeleton(len(lanes), lane_of, _links(edges, number))
    return Numbering(nodes, edges, lanes, skeleton)


def _edge_key(edge: Edge) -> tuple[str, str, str, bool, str, str, bool]:
    labelled = edge.label is not None
    return (
        edge.source,
        edge.target,
        edge.verb,
        labelled,
        edge.label or "",
        edge.style,
        edge.emphasised,
    )


def _links(edges: Sequence[Edge], number: Mapping[str, int]) -> tuple[Link, ...]:
    """A fan of three or more equal edges at one node becomes a bundle, drawn as one tree."""
    fans: defaultdict[tuple[str, str, str, str], list[int]] = defaultdict(list)
    for index, edge in enumerate(edges):
        if edge.source != edge.target and not edge.emphasised:
            fans["source", edge.source, edge.verb, edge.style].append(index)
            fans["target", edge.target, edge.verb, edge.style].append(index)
    bundle: dict[int, tuple[int, bool]] = {}
    by_size = sorted(fans.items(), key=lambda fan: (-len(fan[1]), fan[0]))
    for fan_number, (key, members) in enumerate(by_size):
        free = [index for index in members if index not in bundle]
        if len(free) >= 3:
            for index in free:
                bundle[index] = (fan_number, key[0] == "source")
    return tuple(
        Link(
            number[edge.source],
            number[edge.target],
            MAIN_WEIGHT if edge.emphasised else 1.0,
            *bundle.get(index, (-1, True)),
        )
        for index, edge in enumerate(edges)
    )


def _ordered_lanes(
    groups: Sequence[Group], nodes: Sequence[Node], edges: Sequence[Edge]
) -> tuple[Group | None, ...]:
    """Lanes that hold a node, by rank; equal ranks stand where their edges are shortest."""
    used = {node.group for node in nodes}
    named = sorted(
        (group for group in groups if group.id in used), key=lambda group: (group.rank, group.id)
    )
    lanes: list[Group | None] = [None, *named] if None in used else [*named]
    group_of = {node.id: node.group for node in nodes}
    traffic: defaultdict[tuple[str | None, str | None], int] = defaultdict(int)
    for edge in edges:
        ends = (group_of[edge.source], group_of[edge.target])
        if ends[0] != ends[1]:
            traffic[ends] += 1
    improved = True
    while improved:
        improved = False
        for upper in range(len(lanes) - 1):
            swapped = [*lanes[:upper], lanes[upper + 1], lanes[upper], *lanes[upper + 2 :]]
            if _may_swap(lanes[upper], lanes[upper + 1]) and (
                _spread(swapped, traffic) < _spread(lanes, traffic)
            ):
                lanes, improved = swapped, True
    return tuple(lanes)


def _may_swap(upper: Group | None, lower: Group | None) -> bool:
    return upper is None or lower is None or upper.rank == lower.rank


def _spread(
    lanes: Sequence[Group | None], traffic: Mapping[tuple[str | None, str | None], int]
) -> int:
    place = {None if lane is None else lane.id: index for index, lane in enumerate(lanes)}
    return sum(count * abs(place[a] - place[b]) for (a, b), count in traffic.items())
