"""The path of each link over the grid: short, few bends, few crossings, never through a node.

In: a `Grid` and the links. Out: for each link the grid points where its path starts, bends and ends.
Law: a path enters no cell but its own two; the search is A* with costs that depend on nothing but
the links routed before, in a fixed order.
"""

from collections.abc import Sequence
from heapq import heappop, heappush

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
        # How many paths run through a point along each axis, and which bundles use it.
        self._passing: tuple[list[int], list[int]] = ([0] * points, [0] * points)
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
        if narrow:
            self._window = (
                max(min(start[0], goal[0]) - _MARGIN, 0),
                max(min(start[1], goal[1]) - _MARGIN, 0),
                min(max(start[0], goal[0]) + _MARGIN, last_x),
                min(max(start[1], goal[1]) + _MARGIN, last_y),
            )
        else:
            self._window = (0, 0, last_x, last_y)
        return self._search(start, goal, link.bundle)

    def _search(self, start: Point, goal: Point, bundle: int) -> Path:
        across = self._across
        xs, ys = self._xs, self._ys
        low_x, low_y, high_x, high_y = self._window
        goal_x, goal_y = goal
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
            x, y = at % across, at // across
            for turn in (0, 1, 3) if at != start_at else (0,):
                heading = (direction + turn) & 3
                step_x, step_y = _STEPS[heading]
                new_x, new_y = x + step_x, y + step_y
                if not (low_x <= new_x <= high_x and low_y <= new_y <= high_y):
                    continue
                new_at = new_y * across + new_x
                if self._blocked[new_at] and new_at != goal_at:
                    continue
                new_cost = cost + abs(xs[new_x] - xs[x]) + abs(ys[new_y] - ys[y])
                if turn:
                    new_cost += self._bend_cost(x, y)
                if new_at == goal_at:
                    new_cost += _ENTER[heading]
                new_cost += self._company(new_at, heading & 1, bundle, new_x, new_y)
                new_state = new_at * 4 + heading
                if new_cost < best.get(new_state, 1e18):
                    best[new_state] = new_cost
                    came[new_state] = state
                    rest = abs(xs[goal_x] - xs[new_x]) + abs(ys[goal_y] - ys[new_y])
                    if (heading & 1 == 0 and new_y != goal_y) or (heading & 1 and new_x != goal_x):
                        rest += _BEND
                    heappush(queue, (new_cost + rest, new_state, new_cost))
        raise AssertionError("the channels of the grid join every cell to every other")

    def _bend_cost(self, x: int, y: int) -> float:
        in_cell = x % 2 == 1 and self._grid.horizontal[y] is LineKind.CELLS
        return _BEND + (_BEND_IN_CELL if in_cell else 0)

    def _company(self, at: int, axis: int, bundle: int, x: int, y: int) -> float:
        """What the paths already there add to a step onto a point along an axis."""
        if bundle >= 0 and bundle in self._bundles[axis].get(at, ()):
            return 0.0
        cost = _ALONGSIDE * self._passing[axis][at] + _CROSSING * self._passing[1 - axis][at]
        if axis == 1 and x in (0, self._grid.width - 1):
            cost += _OUTER
        if axis == 0 and y in (0, self._grid.height - 1):
            cost += _OUTER
        return cost

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
        for index, ((x1, y1), (x2, y2)) in enumerate(zip(path, path[1:], strict=False)):
            axis = 0 if y1 == y2 else 1
            first = index == 0
            for x, y in _points_between((x1, y1), (x2, y2), skip_first=first):
                at = y * self._across + x
                self._passing[axis][at] += change
                if bundle >= 0:
                    users = self._bundles[axis].setdefault(at, {})
                    users[bundle] = users.get(bundle, 0) + change
                    if not users[bundle]:
                        del users[bundle]


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
