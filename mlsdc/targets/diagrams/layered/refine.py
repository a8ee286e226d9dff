"""Small improvements of a placement: single nodes move or change places while that pays.

In: a `Skeleton`, its forward arcs and a `Placement`. Out: the placement, improved in place. Law: a
node never leaves its lane, and arcs inside lanes keep pointing right.
"""

from collections.abc import Sequence

from mlsdc.targets.diagrams.layered.columns import Arc
from mlsdc.targets.diagrams.layered.rows import Placement
from mlsdc.targets.diagrams.layered.skeleton import MAIN_WEIGHT, Link, Skeleton

# Crossings are counted pair by pair: worth its time only on drawings a person can take in.
_MAX_LINKS_FOR_CROSSINGS = 160
_MAX_LINKS_FOR_RETRIES = 80
_CROSSING = 0.7
# A move that makes links this much longer is not worth counting its crossings for.
_HOPELESS = -1.0
_PASSES = 6


class Refinement:
    """The state of one local search. `improve` runs it."""

    def __init__(self, skeleton: Skeleton, arcs: Sequence[Arc], placement: Placement) -> None:
        """Index the placement by cell and the links by node."""
        self._placement = placement
        self._columns = placement.columns
        self._rows = placement.rows
        self._lane_of = skeleton.lane_of
        self._links = [link for link in skeleton.links if link.source != link.target]
        self._count_crossings = len(self._links) <= _MAX_LINKS_FOR_CROSSINGS
        self._at: dict[tuple[int, int], int] = {
            cell: node for node, cell in enumerate(zip(self._columns, self._rows, strict=True))
        }
        size = skeleton.size
        self._incident: list[list[Link]] = [[] for _ in range(size)]
        for link in self._links:
            self._incident[link.source].append(link)
            self._incident[link.target].append(link)
        self._before: list[list[int]] = [[] for _ in range(size)]
        self._after: list[list[int]] = [[] for _ in range(size)]
        for source, target in arcs:
            self._after[source].append(target)
            self._before[target].append(source)

    def improve(self) -> None:
        """Straighten the main path, then move single nodes; on a small drawing try every row."""
        if not self._count_crossings:
            self._move_single_nodes()
            return
        chains = self._main_chains()
        self._straighten(chains)
        tries: list[tuple[float, list[int], list[int]]] = []
        for row in self._rows_to_try(chains):
            before = (list(self._columns), list(self._rows))
            if row is not None:
                self._align(chains[0], row)
            self._move_single_nodes()
            self._straighten(chains)
            tries.append((self._total(), list(self._columns), list(self._rows)))
            self._restore(*before)
        _, columns, rows = min(tries, key=lambda attempt: attempt[0])
        self._restore(columns, rows)

    def _rows_to_try(self, chains: Sequence[Sequence[int]]) -> list[int | None]:
        if not chains or len(self._links) > _MAX_LINKS_FOR_RETRIES:
            return [None]
        return [None, *self._placement.lane_rows[self._lane_of[chains[0][0]]]]

    def _restore(self, columns: Sequence[int], rows: Sequence[int]) -> None:
        self._columns[:] = columns
        self._rows[:] = rows
        self._at = {
            cell: node for node, cell in enumerate(zip(self._columns, self._rows, strict=True))
        }

    def _main_chains(self) -> list[list[int]]:
        """Main links from column to column inside a lane, as far as they lead on."""
        following: dict[int, int] = {}
        reached: set[int] = set()
        for link in self._links:
            a, b = link.source, link.target
            adjacent = (
                self._lane_of[a] == self._lane_of[b] and self._columns[b] - self._columns[a] == 1
            )
            if link.weight >= MAIN_WEIGHT and adjacent and a not in following and b not in reached:
                following[a] = b
                reached.add(b)
        chains: list[list[int]] = []
        for start in sorted(following.keys() - reached):
            chain = [start]
            while chain[-1] in following:
                chain.append(following[chain[-1]])
            chains.append(chain)
        return sorted(chains, key=lambda chain: (-len(chain), chain))

    def _straighten(self, chains: Sequence[Sequence[int]]) -> None:
        """Put each chain on the one row of its lane that suits all links best."""
        for chain in chains:
            best_row, best_cost = -1, self._total()
            for row in self._placement.lane_rows[self._lane_of[chain[0]]]:
                start = self._align(chain, row)
                cost = self._total()
                if cost < best_cost - 1e-6:
                    best_row, best_cost = row, cost
                for cell in start:
                    self._exchange(cell, (cell[0], row))
            if best_row >= 0:
                self._align(chain, best_row)

    def _align(self, chain: Sequence[int], row: int) -> list[tuple[int, int]]:
        """Exchange every node of a chain with what stands on a row; where the chain was."""
        start = [(self._columns[node], self._rows[node]) for node in chain]
        for cell in start:
            self._exchange(cell, (cell[0], row))
        return start

    def _total(self) -> float:
        """How awkward all links are together."""
        length = sum(self._length(link) for link in self._links)
        return length + _CROSSING * self._crossings(self._links) / 2

    def _move_single_nodes(self) -> None:
        """Move nodes until a whole pass moves none, a few passes at most."""
        size = len(self._columns)
        passes = _PASSES if self._count_crossings else 1
        for number in range(passes):
            moved = [
                self._move(node) for node in (range(size) if number % 2 == 0 else range(size)[::-1])
            ]
            if not any(moved):
                return

    def _move(self, node: int) -> bool:
        """Put one node into the best cell it can reach; true when that is another cell."""
        here = (self._columns[node], self._rows[node])
        best_cell, best_gain = here, 1e-6
        for cell in self._reachable(node):
            gain = self._gain(node, here, cell)
            if gain > best_gain:
                best_cell, best_gain = cell, gain
        if best_cell == here:
            return False
        self._exchange(here, best_cell)
        return True

    def _reachable(self, node: int) -> list[tuple[int, int]]:
        """The cells a node may move to; on a large drawing only those next to it."""
        here, row = self._columns[node], self._rows[node]
        rows = self._placement.lane_rows[self._lane_of[node]]
        if not self._count_crossings:
            return [(here, near) for near in (row - 1, row + 1) if near in rows]
        last = self._placement.column_count - 1
        low = max((self._columns[other] + 1 for other in self._before[node]), default=0)
        high = min((self._columns[other] - 1 for other in self._after[node]), default=last)
        return [(column, near) for column in range(low, high + 1) for near in rows]

    def _gain(self, node: int, here: tuple[int, int], cell: tuple[int, int]) -> float:
        other = self._at.get(cell)
        if cell == here or (other is not None and here[0] != cell[0]):
            return 0.0
        links = self._incident[node] + (self._incident[other] if other is not None else [])
        before = sum(self._length(link) for link in links)
        self._exchange(here, cell)
        gain = before - sum(self._length(link) for link in links)
        if self._count_crossings and gain > _HOPELESS:
            crossings = self._crossings(links)
            self._exchange(cell, here)
            return gain + _CROSSING * (self._crossings(links) - crossings)
        self._exchange(cell, here)
        return gain

    def _exchange(self, a: tuple[int, int], b: tuple[int, int]) -> None:
        first, second = self._at.pop(a, None), self._at.pop(b, None)
        for node, cell in ((first, b), (second, a)):
            if node is not None:
                self._at[cell] = node
                self._columns[node], self._rows[node] = cell

    def _length(self, link: Link) -> float:
        """How awkward a link is: its bends, its rows and columns, and what stands in its way."""
        x1, y1 = self._columns[link.source], self._rows[link.source]
        x2, y2 = self._columns[link.target], self._rows[link.target]
        dx, dy = x2 - x1, abs(y2 - y1)
        lanes = abs(self._lane_of[link.target] - self._lane_of[link.source])
        if dy == 0:
            cost = 0.5 * (dx - 1) if dx > 0 else 1.5 - 0.6 * dx
            cost += 2.0 * self._blocked(x1, x2, y1, y2)
        elif dx == 0:
            cost = 0.1 + 0.5 * dy + 1.8 * self._blocked(x1, x2, y1, y2)
        elif dx > 0:
            cost = 0.8 + 0.5 * dy + 0.6 * (dx - 1)
        else:
            cost = 1.3 + 0.5 * dy - 0.6 * dx
        return link.weight * (cost + 0.3 * lanes)

    def _blocked(self, x1: int, x2: int, y1: int, y2: int) -> bool:
        if y1 == y2:
            return any((x, y1) in self._at for x in range(min(x1, x2) + 1, max(x1, x2)))
        return any((x1, y) in self._at for y in range(min(y1, y2) + 1, max(y1, y2)))

    def _crossings(self, links: Sequence[Link]) -> int:
        """How many links cross the given ones, were all drawn as straight lines."""
        columns, rows = self._columns, self._rows
        ends = [(link.source, link.target) for link in self._links]
        total = 0
        for link in links:
            a, b = link.source, link.target
            ax, ay, bx, by = columns[a], rows[a], columns[b], rows[b]
            left, right = (ax, bx) if ax < bx else (bx, ax)
            top, bottom = (ay, by) if ay < by else (by, ay)
            across, down = bx - ax, by - ay
            for c, d in ends:
                cx, cy, dx, dy = columns[c], rows[c], columns[d], rows[d]
                if (
                    (cx < left and dx < left)
                    or (cx > right and dx > right)
                    or (cy < top and dy < top)
                    or (cy > bottom and dy > bottom)
                    or a in (c, d)
                    or b in (c, d)
                ):
                    continue
                side_c = across * (cy - ay) - down * (cx - ax)
                side_d = across * (dy - ay) - down * (dx - ax)
                if side_c * side_d < 0:
                    side_a = (dx - cx) * (ay - cy) - (dy - cy) * (ax - cx)
                    side_b = (dx - cx) * (by - cy) - (dy - cy) * (bx - cx)
                    total += side_a * side_b < 0
        return total
