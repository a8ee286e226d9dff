"""The lines along which edges may run: between the columns and rows, and through empty cells.

In: a `Placement` and the size of each card. Out: a `Grid` of vertical lines (0, 2, 4 ... between
the columns, 1, 3 ... through them) and horizontal ones (rows, channels, gaps between lanes).
Law: a crossing of two lines is blocked exactly where a node stands, so a path never meets a node.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from mlsdc.targets.diagrams.layered.rows import Placement

Size = tuple[int, int]


class LineKind(Enum):
    """What a line runs through."""

    CELLS = "cells"
    CHANNEL = "channel"
    LANE_EDGE = "lane edge"
    LANE_GAP = "lane gap"


@dataclass(frozen=True, slots=True)
class Grid:
    """The lines of both directions and where the nodes stand on them."""

    columns: int
    horizontal: tuple[LineKind, ...]
    row_line: tuple[int, ...]
    cells: tuple[tuple[int, int], ...]
    column_widths: tuple[int, ...]
    row_heights: tuple[int, ...]

    @property
    def width(self) -> int:
        """How many vertical lines there are."""
        return 2 * self.columns + 1

    @property
    def height(self) -> int:
        """How many horizontal lines there are."""
        return len(self.horizontal)


def grid_of(placement: Placement, sizes: Sequence[Size]) -> Grid:
    """Lay the lines for a placement. A column is as wide as its widest card, a row as high."""
    horizontal, row_line = _horizontal_lines(placement.lane_rows)
    widths = [0] * placement.column_count
    heights = [0] * placement.row_count
    for column, row, (width, height) in zip(placement.columns, placement.rows, sizes, strict=True):
        widths[column] = max(widths[column], width)
        heights[row] = max(heights[row], height)
    return Grid(
        columns=placement.column_count,
        horizontal=tuple(horizontal),
        row_line=tuple(row_line),
        cells=tuple(
            (2 * column + 1, row_line[row])
            for column, row in zip(placement.columns, placement.rows, strict=True)
        ),
        column_widths=tuple(widths),
        row_heights=tuple(heights),
    )


def _horizontal_lines(lane_rows: Sequence[range]) -> tuple[list[LineKind], list[int]]:
    lines = [LineKind.LANE_GAP]
    row_line: list[int] = []
    for rows in lane_rows:
        lines.append(LineKind.LANE_EDGE)
        for row in rows:
            row_line.append(len(lines))
            last = row == rows[-1]
            lines += [LineKind.CELLS, LineKind.LANE_EDGE if last else LineKind.CHANNEL]
        lines.append(LineKind.LANE_GAP)
    return lines, row_line
