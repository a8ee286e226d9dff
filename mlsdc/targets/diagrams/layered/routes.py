"""The path of each link over the grid: short, few bends, few crossings, never through a node.

In: a `Grid` and the links. Out: for each link the grid points where its path starts, bends, ends.
Law: a path enters no cell but its own two; the search is A* with costs that depend on nothing but
the links routed before, in a fixed order.
"""

from collections.abc import Sequence
from heapq import heappop, heappush
from itertools import pairwise

from mlsdc.targets.diagrams.layered.grid import Grid, LineKind
from mlsdc.targets.diagrams.layered.skeleton import Link

Point = tuple[int, int]
Path = tuple[Point, ...]

# Directions are numbered right, down, left, up. Costs are in pixels of detour.
_STEPS = ((1, 0), (0, 1), (-1, 0), (0, -1))
_LEAVE = (0, 24, 120, 24)
_ENTER = (0, 24, 120, 24)
_BEND = 45
_BEND_IN_CELL = 30
_CROSSING = 32
_ALONGSIDE = 9
_OUTER = 30
# Beyond this many links, paths stay near the rectangle between their ends, and none is retried.
_MANY_LINKS = 220
_MARGIN = 4
_HASTE = 1.7
# On such drawings, ends that are further apart (in lines) are joined without a search.
_FAR = 36
_TURNS, _STRAIGHT_ON = (0, 1, 3), (0,)


class Router:
    """Routes links one after the other, each aware of those before it."""

    def __init__(self, grid: Grid) -> None:
        """Estimate where the lines will be and block the cells of nodes."""
        self._grid = grid
        self._across = grid.width
        self._xs = _line_positions(
            [grid.column_widths[i // 2] if i % 2 else 80 for i in range(grid.width)]
        )
        heights = [_channel_height(kind) for kind in grid.horizontal]
        for row, line in enumerate(grid.row_line):
            heights[line] = grid.row_heights[row]
        self._ys = _line_positions(heights)
        points = grid.width * grid.height
        self._blocked = bytearray(points)
        for x, y in grid.cells:
            self._blocked[y * self._across + x] = 1
        # What the paths already there make a step onto a point cost, along each axis.
        self._tolls = (self._outer_tolls(0), self._outer_tolls(1))
        self._bundles: tuple[dict[int, dict[int, int]], ...] = ({}, {})
        self._window = (0, 0, 0, 0)

    def route_all(self, links: Sequence[Link]) -> list[Path]:
        """One path for each link."""
        cells = self._grid.cells
        paths: list[Path] = [()] * len(links)

        def urgency(index: int) -> tuple[float, int, int]:
            (x1, y1), (x2, y2) = cells[links[index].source], cells[links[index].target]
            return (-links[index].weight, abs(x1 - x2) + abs(y1 - y2), index)

        order = sorted(range(len(links)), key=urgency)
        rounds = 3 if len(links) <= _MANY_LINKS else 1
        for number in range(rounds):
            for index in order:
                link = links[index]
                if number:
                    self._record(paths[index], link.bundle, -1)
                paths[index] = self._route(link, len(links) > _MANY_LINKS)
                self._record(paths[index], link.bundle, 1)
        return paths

    def _route(self, link: Link, narrow: bool) -> Path:
        start, goal = self._grid.cells[link.source], self._grid.cells[link.target]
        if start == goal:
            x, y = start
            return (start, (x + 1, y), (x + 1, y - 1), (x, y - 1), start)
        last_x, last_y = self._grid.width - 1, self._grid.height - 1
        if narrow and abs(start[0] - goal[0]) + abs(start[1] - goal[1]) > _FAR:
            return _plain_path(start, goal)
        if narrow:
            self._window = (
                max(min(start[0], goal[0]) - _MARGIN, 0),
                max(min(start[1], goal[1]) - _MARGIN, 0),
                min(max(start[0], goal[0]) + _MARGIN, last_x),
                min(max(start[1], goal[1]) + _MARGIN, last_y),
            )
        else:
            self._window = (0, 0, last_x, last_y)
        return self._search(start, goal, link.bundle, _HASTE if narrow else 1.0)

    def _search(self, start: Point, goal: Point, bundle: int, haste: float) -> Path:
        """A* over (point, direction); `haste` above 1 trades a little quality for much time."""
        across = self._across
        xs, ys, blocked, tolls = self._xs, self._ys, self._blocked, self._tolls
        low_x, low_y, high_x, high_y = self._window
        goal_x, goal_y = goal
        to_goal_x = [abs(x - xs[goal_x]) * haste for x in xs]
        to_goal_y = [abs(y - ys[goal_y]) * haste for y in ys]
        goal_at = goal_y * across + goal_x
        start_at = start[1] * across + start[0]
        best: dict[int, float] = {}
        came: dict[int, int] = {}
        queue: list[tuple[float, int, float]] = []
        for direction in range(4):
            state = start_at * 4 + direction
            best[state] = _LEAVE[direction]
            heappush(queue, (best[state], state, best[state]))
        while queue:
            _, state, cost = heappop(queue)
            if cost > best[state]:
                continue
            at, direction = state >> 2, state & 3
            if at == goal_at:
                return self._path(state, came)
            y, x = divmod(at, across)
            for turn in _TURNS if at != start_at else _STRAIGHT_ON:
                heading = (direction + turn) & 3
                step_x, step_y = _STEPS[heading]
                new_x, new_y = x + step_x, y + step_y
                if not (low_x <= new_x <= high_x and low_y <= new_y <= high_y):
                    continue
                new_at = new_y * across + new_x
                new_cost = cost + abs(xs[new_x] - xs[x]) + abs(ys[new_y] - ys[y])
                if new_at == goal_at:
                    new_cost += _ENTER[heading]
                elif blocked[new_at]:
                    continue
                if turn:
                    new_cost += self._bend_cost(x, y)
                axis = heading & 1
                if bundle < 0 or bundle not in self._bundles[axis].get(new_at, ()):
                    new_cost += tolls[axis][new_at]
                new_state = new_at * 4 + heading
                if new_cost < best.get(new_state, 1e18):
                    best[new_state] = new_cost
                    came[new_state] = state
                    rest = to_goal_x[new_x] + to_goal_y[new_y]
                    if (new_x != goal_x) if axis else (new_y != goal_y):
                        rest += _BEND
                    heappush(queue, (new_cost + rest, new_state, new_cost))
        raise AssertionError("the channels of the grid join every cell to every other")

    def _bend_cost(self, x: int, y: int) -> float:
        in_cell = x % 2 == 1 and self._grid.horizontal[y] is LineKind.CELLS
        return _BEND + (_BEND_IN_CELL if in_cell else 0)

    def _outer_tolls(self, axis: int) -> list[int]:
        """Running around the outside of the drawing is a detour for the eye."""
        last_x, last_y = self._grid.width - 1, self._grid.height - 1
        return [
            _OUTER if (x in (0, last_x) if axis else y in (0, last_y)) else 0
            for y in range(last_y + 1)
            for x in range(last_x + 1)
        ]

    def _path(self, state: int, came: dict[int, int]) -> Path:
        corners: list[Point] = []
        previous_direction = -1
        while True:
            at, direction = state >> 2, state & 3
            if direction != previous_direction:
                corners.append((at % self._across, at // self._across))
                previous_direction = direction
            if state not in came:
                break
            state = came[state]
        if corners[-1] != (at % self._across, at // self._across):
            corners.append((at % self._across, at // self._across))
        return tuple(reversed(corners))

    def _record(self, path: Path, bundle: int, change: int) -> None:
        """Count a path in (or out) at every point it touches, ends excepted."""
        for index, ((x1, y1), (x2, y2)) in enumerate(pairwise(path)):
            axis = 0 if y1 == y2 else 1
            first = index == 0
            for x, y in _points_between((x1, y1), (x2, y2), skip_first=first):
                at = y * self._across + x
                self._tolls[axis][at] += change * _ALONGSIDE
                self._tolls[1 - axis][at] += change * _CROSSING
                if bundle >= 0:
                    users = self._bundles[axis].setdefault(at, {})
                    users[bundle] = users.get(bundle, 0) + change
                    if not users[bundle]:
                        del users[bundle]


def _plain_path(start: Point, goal: Point) -> Path:
    """Out to the right, along the channel beside the row of the goal, in from the left."""
    (x1, y1), (x2, y2) = start, goal
    if x1 + 1 == x2 - 1:
        return (start, (x1 + 1, y1), (x1 + 1, y2), goal)
    channel = y2 - 1 if y1 < y2 else y2 + 1
    return (start, (x1 + 1, y1), (x1 + 1, channel), (x2 - 1, channel), (x2 - 1, y2), goal)


def _points_between(start: Point, end: Point, *, skip_first: bool) -> list[Point]:
    (x1, y1), (x2, y2) = start, end
    step_x, step_y = (x2 > x1) - (x2 < x1), (y2 > y1) - (y2 < y1)
    count = abs(x2 - x1) + abs(y2 - y1)
    return [(x1 + k * step_x, y1 + k * step_y) for k in range(int(skip_first), count + 1)]


def _channel_height(kind: LineKind) -> int:
    return {LineKind.CHANNEL: 26, LineKind.LANE_EDGE: 16, LineKind.LANE_GAP: 20}.get(kind, 0)


def _line_positions(thicknesses: Sequence[int]) -> list[float]:
    positions: list[float] = []
    start = 0.0
    for thickness in thicknesses:
        positions.append(start + thickness / 2)
        start += thickness
    return positions
