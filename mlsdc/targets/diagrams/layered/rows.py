"""Which row of its lane each node stands in: few crossings, straight chains.

In: a `Skeleton` and its columns. Out: a `Placement`, one cell for each node. Law: no two nodes
share a cell, and the rows of a lane follow those of the lane above it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from mlsdc.targets.diagrams.layered.skeleton import Skeleton

_SWEEPS = 10


@dataclass(slots=True)
class Placement:
    """Cells: `columns[node]`, and `rows[node]` counted over all lanes from the top."""

    columns: list[int]
    rows: list[int]
    lane_rows: tuple[range, ...]

    @property
    def column_count(self) -> int:
        """How many columns the drawing has."""
        return max(self.columns, default=-1) + 1

    @property
    def row_count(self) -> int:
        """How many rows all lanes have together."""
        return self.lane_rows[-1].stop if self.lane_rows else 0

    def first(self, count: int) -> "Placement":
        """The cells of the first nodes alone."""
        return Placement(self.columns[:count], self.rows[:count], self.lane_rows)


def assign_rows(skeleton: Skeleton, columns: Sequence[int]) -> Placement:
    """Order every column by the barycentres of its neighbours, sweeping to and fro."""
    stacks = _stacks(skeleton, columns)
    lane_rows = _lane_rows(skeleton, stacks)
    rows = [0] * skeleton.size
    for (_, lane), stack in sorted(stacks.items()):
        _spread_evenly(stack, lane_rows[lane], rows)
    neighbours = skeleton.neighbours
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        both_sides = sweep >= _SWEEPS - 4
        for (column, lane), stack in sorted(stacks.items(), reverse=not forward):
            wanted: dict[int, float] = {}
            for node in stack:
                seen = [
                    (rows[other], weight / (1 + abs(columns[other] - column)))
                    for other, weight in neighbours[node]
                    if both_sides
                    or (columns[other] < column if forward else columns[other] > column)
                ]
                total = sum(weight for _, weight in seen)
                wanted[node] = (
                    sum(row * weight for row, weight in seen) / total if total else rows[node]
                )
            stack.sort(key=lambda node: (wanted[node], rows[node], node))
            _settle(stack, wanted, lane_rows[lane], rows)
    return Placement(columns=list(columns), rows=rows, lane_rows=lane_rows)


def _stacks(skeleton: Skeleton, columns: Sequence[int]) -> dict[tuple[int, int], list[int]]:
    """The nodes of each (column, lane)."""
    stacks: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for node, column in enumerate(columns):
        stacks[column, skeleton.lane_of[node]].append(node)
    return dict(stacks)


def _lane_rows(skeleton: Skeleton, stacks: dict[tuple[int, int], list[int]]) -> tuple[range, ...]:
    heights = [0] * skeleton.lane_count
    for (_, lane), stack in stacks.items():
        heights[lane] = max(heights[lane], len(stack))
    ranges: list[range] = []
    start = 0
    for height in heights:
        ranges.append(range(start, start + height))
        start += height
    return tuple(ranges)


def _spread_evenly(stack: Sequence[int], free: range, rows: list[int]) -> None:
    offset = (len(free) - len(stack)) // 2
    for index, node in enumerate(stack):
        rows[node] = free.start + offset + index


def _settle(stack: Sequence[int], wanted: dict[int, float], free: range, rows: list[int]) -> None:
    """Give the nodes, in their order, the rows nearest to where they want to stand.

    Dynamic programme over (node, row): least sum of squared distances with rows increasing.
    """
    slack = len(free) - len(stack)
    # best[s]: least cost with the nodes so far, the last one `s` rows below its highest place.
    best = [0.0] * (slack + 1)
    choices: list[list[int]] = []
    for index, node in enumerate(stack):
        reached: list[float] = []
        choice: list[int] = []
        cheapest = 0
        for s in range(slack + 1):
            if best[s] < best[cheapest]:
                cheapest = s
            distance = free.start + index + s - wanted[node]
            reached.append(best[cheapest] + distance * distance)
            choice.append(cheapest)
        best = reached
        choices.append(choice)
    s = min(range(slack + 1), key=lambda s: (best[s], s))
    for index in range(len(stack) - 1, -1, -1):
        rows[stack[index]] = free.start + index + s
        s = choices[index][s]
