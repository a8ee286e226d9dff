"""From grid lines and tracks to pixels.

In: a `Grid`, the tracks of its lines and the room captions want. Out: a coordinate for every line,
and with them a box for each node and points for each path. Law: a channel is as wide as its tracks
need, so that parallel edges keep their distance and no edge leaves its channel.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mlsdc.targets.diagrams.layered.geometry import Box, Point
from mlsdc.targets.diagrams.layered.grid import Grid, LineKind
from mlsdc.targets.diagrams.layered.routes import Path
from mlsdc.targets.diagrams.layered.strands import Line

TRACK = 11
# Ports on the side of a node stand further apart, for the arrowheads.
PORT = 18
# Distance from the outermost track to a node: upright tracks leave room for an arrowhead.
_MARGIN_X, _MARGIN_Y = 18, 13
_PORT_MARGIN = 12
_OUTER_CHANNEL = 16
_CHANNEL_HEIGHTS = {LineKind.CHANNEL: 26, LineKind.LANE_EDGE: 14, LineKind.LANE_GAP: 20}


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of one direction, in pixels.

    Line n lies between `ends[n]` and `ends[n + 1]`, the middle of its tracks at `middles[n]`.
    """

    ends: tuple[int, ...]
    middles: tuple[float, ...]
    spacings: tuple[int, ...]

    @property
    def extent(self) -> int:
        """Where the last line ends."""
        return self.ends[-1]

    def track(self, line: int, offset: float) -> float:
        """The coordinate of a track, `offset` tracks off the middle of a line."""
        return self.middles[line] + offset * self.spacings[line]


def vertical_lines(
    grid: Grid, counts: Mapping[Line, int], start: int, gap: int, caption_rooms: Mapping[int, int]
) -> Lines:
    """Place the vertical lines from `start` on; `gap` is the least distance of columns.

    A channel with captions has them on its left and its tracks on its right.
    """
    rooms: list[tuple[int, int]] = []
    for x in range(grid.width):
        tracks = counts.get((1, x), 0)
        if x % 2:
            rooms.append((0, max(grid.column_widths[x // 2], ports_length(tracks))))
        elif x in (0, grid.width - 1):
            rooms.append((0, max(_OUTER_CHANNEL, _channel(tracks, _MARGIN_X))))
        else:
            wanted = caption_rooms.get(x, 0)
            spare = max(0, wanted - _MARGIN_X) if tracks else 0
            least = gap - spare if tracks else max(gap, wanted)
            rooms.append((spare, max(least, _channel(tracks, _MARGIN_X))))
    return _lines(start, rooms, [x % 2 == 1 for x in range(grid.width)])


def horizontal_lines(grid: Grid, counts: Mapping[Line, int]) -> Lines:
    """Place the horizontal lines."""
    rooms: list[tuple[int, int]] = []
    row_of_line = {line: row for row, line in enumerate(grid.row_line)}
    for y, kind in enumerate(grid.horizontal):
        tracks = counts.get((0, y), 0)
        if kind is LineKind.CELLS:
            rooms.append((0, max(grid.row_heights[row_of_line[y]], ports_length(tracks))))
        else:
            rooms.append((0, max(_CHANNEL_HEIGHTS[kind], _channel(tracks, _MARGIN_Y))))
    return _lines(0, rooms, [kind is LineKind.CELLS for kind in grid.horizontal])


def _lines(start: int, rooms: Sequence[tuple[int, int]], through_cells: Sequence[bool]) -> Lines:
    """Lines one after the other, each (spare room, room for tracks) pixels thick."""
    ends = [start]
    middles: list[float] = []
    for spare, room in rooms:
        middles.append(ends[-1] + spare + room / 2)
        ends.append(ends[-1] + spare + room)
    spacings = tuple(PORT if cells else TRACK for cells in through_cells)
    return Lines(tuple(ends), tuple(middles), spacings)


def _channel(tracks: int, margin: int) -> int:
    return (tracks - 1) * TRACK + 2 * margin if tracks else 0


def ports_length(ports: int) -> int:
    """How long the side of a node must be to hold some ports."""
    return (ports - 1) * PORT + 2 * _PORT_MARGIN if ports else 0


def points_of(
    path: Path, offsets: Sequence[float], lines: tuple[Lines, Lines], ends: tuple[Box, Box]
) -> tuple[Point, ...]:
    """The corners of one path, from the side of its source to the side of its target.

    `offsets` holds the track offset of each straight piece, `lines` the vertical and horizontal
    lines, `ends` the boxes of both nodes.
    """
    xs, ys = lines
    tracks: list[float] = []
    for index, offset in enumerate(offsets):
        (x1, y1), (_, y2) = path[index], path[index + 1]
        tracks.append(ys.track(y1, offset) if y1 == y2 else xs.track(x1, offset))
    points = [_port(path[0], path[1], tracks[0], ends[0])]
    for index in range(1, len(path) - 1):
        before, after = tracks[index - 1], tracks[index]
        came_level = path[index - 1][1] == path[index][1]
        points.append((after, before) if came_level else (before, after))
    points.append(_port(path[-1], path[-2], tracks[-1], ends[1]))
    return tuple(points)


def _port(cell: tuple[int, int], towards: tuple[int, int], track: float, box: Box) -> Point:
    """Where an edge leaves the box of a node, on the side that faces its next corner."""
    if cell[1] == towards[1]:
        return (box.right if towards[0] > cell[0] else box.x, track)
    return (track, box.bottom if towards[1] > cell[1] else box.y)
