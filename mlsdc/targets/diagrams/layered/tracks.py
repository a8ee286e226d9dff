"""Where strands that share a line run side by side, and in which order.

In: paths and their strands. Out: for each strand its offset from the middle of its line, in tracks,
and for each line how many tracks it needs. Law: strands that overlap never share a track, and two
paths that run together cross at most where they must.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence

from mlsdc.targets.diagrams.layered.routes import Path, Point
from mlsdc.targets.diagrams.layered.strands import Line, Piece, Strand, stretch

# Pairs of pieces compared for one pair of strands: trunks carry many pieces that all agree.
_SAMPLES = 4


class TrackAssignment:
    """Orders the strands of every line; `offsets` and `counts` hold the outcome."""

    def __init__(
        self, paths: Sequence[Path], strands: Sequence[Strand], cells: Collection[Point]
    ) -> None:
        """Assign all tracks; `cells` are the grid points where nodes stand."""
        self._paths = paths
        self._cells = frozenset(cells)
        self._strands = strands
        self.offsets = [0.0] * len(strands)
        self.counts: dict[Line, int] = {}
        lines: defaultdict[Line, list[int]] = defaultdict(list)
        for number, strand in enumerate(strands):
            lines[strand.line].append(number)
        for line, members in sorted(lines.items()):
            self._assign(line, members)

    def _assign(self, line: Line, members: list[int]) -> None:
        after: dict[int, set[int]] = {member: set() for member in members}
        overlapping = self._overlaps(line, members)
        for a, b in overlapping:
            order = self._preference(a, b)
            if order:
                first, second = (a, b) if order < 0 else (b, a)
                after[first].add(second)
        ranks = {member: rank for rank, member in enumerate(self._ordered(members, after))}
        neighbours: dict[int, list[int]] = {member: [] for member in members}
        for a, b in overlapping:
            neighbours[a].append(b)
            neighbours[b].append(a)
        by_rank = sorted(members, key=lambda member: ranks[member])
        lowest = _pack(by_rank, neighbours, ranks)
        count = max(lowest.values()) + 1
        mirrored = {member: -rank for member, rank in ranks.items()}
        highest = _pack(by_rank[::-1], neighbours, mirrored)
        self.counts[line] = count
        for member in members:
            # Half way between packed to one side and packed to the other: spread over the line.
            self.offsets[member] = (lowest[member] - highest[member]) / 2

    def _overlaps(self, line: Line, members: Sequence[int]) -> list[tuple[int, int]]:
        """Pairs whose intervals touch anywhere but at a node, by a sweep along the line."""
        strands = self._strands
        pairs: list[tuple[int, int]] = []
        active: list[int] = []
        for member in sorted(members, key=lambda m: (strands[m].low, strands[m].high, m)):
            low = strands[member].low
            # Two edges that end at one node from opposite sides have the node between them.
            at_node = (line[1], low) in self._cells if line[0] else (low, line[1]) in self._cells
            active = [other for other in active if strands[other].high >= low + at_node]
            pairs += [(min(other, member), max(other, member)) for other in active]
            active.append(member)
        return sorted(pairs)

    def _ordered(self, members: Sequence[int], after: dict[int, set[int]]) -> list[int]:
        """A total order that keeps the preferences; where they run in a circle, most of them."""
        waiting = dict.fromkeys(members, 0)
        for successors in after.values():
            for successor in successors:
                waiting[successor] += 1
        strands = self._strands
        order: list[int] = []
        while waiting:
            chosen = min(
                waiting,
                key=lambda m: (waiting[m], strands[m].low + strands[m].high, m),
            )
            del waiting[chosen]
            order.append(chosen)
            for successor in after[chosen]:
                if successor in waiting:
                    waiting[successor] -= 1
        return order

    def _preference(self, a: int, b: int) -> int:
        """Negative where strand `a` should run above (left of) strand `b`, positive for below."""
        total = 0
        for first in self._strands[a].pieces[:_SAMPLES]:
            for second in self._strands[b].pieces[:_SAMPLES]:
                total += self._compare(first, second)
        return (total > 0) - (total < 0)

    def _compare(self, first: Piece, second: Piece) -> int:
        _, low_a, high_a = stretch(self._paths[first[0]], first[1])
        _, low_b, high_b = stretch(self._paths[second[0]], second[1])
        if max(low_a, low_b) > min(high_a, high_b):
            return 0
        low = self._look_ahead(first, second, -1)
        high = self._look_ahead(first, second, 1)
        if not low or not high or low == high:
            return low or high
        # They must cross somewhere: always at the end that the first path reaches first.
        number, index = first
        start, end = self._paths[number][index], self._paths[number][index + 1]
        return high if start > end else low

    def _look_ahead(self, first: Piece, second: Piece, heading: int) -> int:
        """Which of two pieces on one line must lie lower so that they part without crossing."""
        sign = 1
        while True:
            axis_end_a, turn_a, next_a = self._end(first, heading)
            axis_end_b, turn_b, next_b = self._end(second, heading)
            if axis_end_a != axis_end_b:
                a_first = (axis_end_a < axis_end_b) == (heading > 0)
                return sign * (turn_a if a_first else -turn_b)
            if turn_a != turn_b:
                return sign * ((turn_a > turn_b) - (turn_a < turn_b))
            if not turn_a or next_a is None or next_b is None:
                return 0
            sign *= -heading * turn_a
            first, second, heading = next_a, next_b, turn_a

    def _end(self, piece: Piece, heading: int) -> tuple[int, int, Piece | None]:
        """Where a piece ends in a direction, which way its path turns there, and its next piece."""
        number, index = piece
        path = self._paths[number]
        start, end = path[index], path[index + 1]
        axis = 0 if start[1] == end[1] else 1
        forward = (end[axis] > start[axis]) == (heading > 0)
        corner = end if forward else start
        following = index + 1 if forward else index - 1
        if not 0 <= following < len(path) - 1:
            return corner[axis], 0, None
        beyond = path[following + 1] if forward else path[following]
        other = 1 - axis
        turn = 1 if beyond[other] > corner[other] else -1
        return corner[axis], turn, (number, following)


def _pack(
    order: Sequence[int], neighbours: dict[int, list[int]], ranks: dict[int, int]
) -> dict[int, int]:
    """The least track for each strand, in order, beyond all it overlaps with before it."""
    track: dict[int, int] = {}
    for member in order:
        track[member] = max(
            (track[other] + 1 for other in neighbours[member] if ranks[other] < ranks[member]),
            default=0,
        )
    return track
