"""Which column each node stands in: reading goes left to right inside a lane.

In: a `Skeleton`. Out: a column number for each node. Law: inside a lane every link that is not part
of a cycle goes at least one column to the right; between lanes a link is kept short instead, since
it may run up and down. That bends a long learning loop into a page instead of a ribbon.
"""

from collections import defaultdict
from collections.abc import Sequence
from math import ceil, sqrt

from mlsdc.targets.diagrams.layered.skeleton import Skeleton

Arc = tuple[int, int]
_SWEEPS = 8
# How much one more node in the same cell column of a lane costs, in columns of link length.
_STACKING = 0.25


def assign_columns(skeleton: Skeleton) -> list[int]:
    """Layer each lane by longest paths, then slide nodes to where their links are short."""
    count = skeleton.size
    arcs = forward_arcs(skeleton)
    columns = longest_path_layers(count, arcs)
    width = max(max(columns, default=0) + 1, ceil(sqrt(0.9 * count)))
    _slide_components(skeleton, columns, arcs, width)
    _slide_nodes(skeleton, columns, arcs, width)
    first = min(columns, default=0)
    return [column - first for column in columns]


def forward_arcs(skeleton: Skeleton) -> list[Arc]:
    """The links inside lanes as an acyclic set of arcs: those that close a cycle are reversed."""
    lane_of = skeleton.lane_of
    inside = sorted(
        {
            (link.source, link.target)
            for link in skeleton.links
            if link.source != link.target and lane_of[link.source] == lane_of[link.target]
        }
    )
    place = _feedback_order(skeleton.size, inside)
    return sorted({(a, b) if place[a] < place[b] else (b, a) for a, b in inside})


def _feedback_order(count: int, arcs: Sequence[Arc]) -> list[int]:
    """Place in an order with few arcs backwards (Eades, Lin and Smyth, 1993)."""
    targets, sources = _adjacency(count, arcs)
    out_degree = [len(targets[node]) for node in range(count)]
    in_degree = [len(sources[node]) for node in range(count)]
    left: list[int] = []
    right: list[int] = []
    open_nodes = set(range(count))
    while open_nodes:
        sinks = sorted(node for node in open_nodes if not out_degree[node])
        origins = sorted(node for node in open_nodes if out_degree[node] and not in_degree[node])
        if origins or sinks:
            left.extend(origins)
            right.extend(reversed(sinks))
            chosen = origins + sinks
        else:
            best = min(open_nodes, key=lambda node: (in_degree[node] - out_degree[node], node))
            left.append(best)
            chosen = [best]
        for node in chosen:
            open_nodes.discard(node)
            for target in targets[node]:
                in_degree[target] -= 1
            for source in sources[node]:
                out_degree[source] -= 1
    place = [0] * count
    for position, node in enumerate(left + right[::-1]):
        place[node] = position
    return place


def longest_path_layers(count: int, arcs: Sequence[Arc]) -> list[int]:
    """The length of the longest chain of arcs that ends in each node. The arcs are acyclic."""
    targets, sources = _adjacency(count, arcs)
    waiting = [len(sources[node]) for node in range(count)]
    ready = [node for node in range(count) if not waiting[node]]
    layers = [0] * count
    for node in ready:
        for target in targets[node]:
            layers[target] = max(layers[target], layers[node] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return layers


def _adjacency(count: int, arcs: Sequence[Arc]) -> tuple[list[list[int]], list[list[int]]]:
    targets: list[list[int]] = [[] for _ in range(count)]
    sources: list[list[int]] = [[] for _ in range(count)]
    for source, target in arcs:
        targets[source].append(target)
        sources[target].append(source)
    return targets, sources


def _slide_components(
    skeleton: Skeleton, columns: list[int], arcs: Sequence[Arc], width: int
) -> None:
    """Shift whole connected pieces of a lane towards what they are linked to in other lanes."""
    pieces = _components(skeleton.size, arcs)
    neighbours = _directed_neighbours(skeleton)
    for _ in range(_SWEEPS):
        moved = False
        for piece in pieces:
            inside = frozenset(piece)
            low = -min(columns[node] for node in piece)
            high = width - 1 - max(columns[node] for node in piece)
            shift = min(
                range(low, high + 1),
                key=lambda shift: (
                    sum(
                        weight * _cross_cost(direction * (columns[other] - columns[node] - shift))
                        for node in piece
                        for other, weight, direction in neighbours[node]
                        if other not in inside
                    ),
                    abs(shift),
                    shift,
                ),
            )
            for node in piece:
                columns[node] += shift
            moved = moved or shift != 0
        if not moved:
            return


def _components(count: int, arcs: Sequence[Arc]) -> list[list[int]]:
    root = list(range(count))

    def find(node: int) -> int:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for a, b in arcs:
        low, high = sorted((find(a), find(b)))
        root[high] = low
    pieces: defaultdict[int, list[int]] = defaultdict(list)
    for node in range(count):
        pieces[find(node)].append(node)
    # Large pieces stand first; small ones find their place beside them.
    return sorted(pieces.values(), key=lambda piece: (-len(piece), piece))


def _directed_neighbours(skeleton: Skeleton) -> list[list[tuple[int, float, int]]]:
    """For each node (other end, weight, +1 where the link leaves the node, else -1)."""
    table: list[list[tuple[int, float, int]]] = [[] for _ in skeleton.lane_of]
    for link in skeleton.links:
        if link.source != link.target:
            table[link.source].append((link.target, link.weight, 1))
            table[link.target].append((link.source, link.weight, -1))
    return table


def _cross_cost(step: int) -> float:
    """What a link between lanes costs when it goes `step` columns to the right."""
    return 0.3 * step if step >= 0 else 0.5 - 0.5 * step


def _slide_nodes(skeleton: Skeleton, columns: list[int], arcs: Sequence[Arc], width: int) -> None:
    """Move single nodes inside the room their arcs leave, towards short links and full columns."""
    targets, sources = _adjacency(skeleton.size, arcs)
    neighbours = _directed_neighbours(skeleton)
    lane_of = skeleton.lane_of
    stacked: defaultdict[tuple[int, int], int] = defaultdict(int)
    for node, column in enumerate(columns):
        stacked[lane_of[node], column] += 1

    def cost(node: int, column: int) -> float:
        others = stacked[lane_of[node], column]
        total = _STACKING * others * (1 + others)
        for other, weight, direction in neighbours[node]:
            step = direction * (columns[other] - column)
            same_lane = lane_of[other] == lane_of[node]
            total += weight * (0.6 * (abs(step) - 1) if same_lane else _cross_cost(step))
        return total

    for sweep in range(_SWEEPS):
        moved = False
        order = range(len(columns))
        for node in order if sweep % 2 == 0 else reversed(order):
            low = max((columns[source] + 1 for source in sources[node]), default=0)
            high = min((columns[target] - 1 for target in targets[node]), default=width - 1)
            old = columns[node]
            stacked[lane_of[node], old] -= 1
            new = min(range(low, high + 1), key=lambda c: (cost(node, c), abs(c - old), c))
            stacked[lane_of[node], new] += 1
            columns[node] = new
            moved = moved or new != old
        if not moved:
            return
