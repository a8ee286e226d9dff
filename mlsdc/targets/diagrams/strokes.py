"""Edges as SVG: rounded right-angled lines with an arrowhead that touches the outline it points at.

In: the placed edges and nodes of a `Layout`. Out: SVG elements, the emphasised ones last. Law: the
lines of one trunk lie exactly on one another, dashes included.
"""

from collections.abc import Sequence

from mlsdc.targets.diagrams.drawing import Edge
from mlsdc.targets.diagrams.kinds import look_of
from mlsdc.targets.diagrams.layered.geometry import Point
from mlsdc.targets.diagrams.layout import Layout, PlacedNode, Trunk
from mlsdc.targets.diagrams.shapes import Side, inset
from mlsdc.targets.diagrams.xml_text import escape, number, slug

_CORNER = 7.0
_ARROW_LENGTH, _ARROW_HALF_WIDTH = 9.0, 4.5


def edge_elements(layout: Layout, prefix: str) -> list[str]:
    """One element for each edge; `prefix` starts their ids."""
    boxes = {placed.node.id: placed for placed in layout.nodes}
    seen: dict[tuple[str, str], int] = {}
    lines: list[tuple[bool, str]] = []
    for placed in layout.edges:
        edge = placed.edge
        ends = (edge.source, edge.target)
        seen[ends] = seen.get(ends, 0) + 1
        suffix = f"..{seen[ends]}" if seen[ends] > 1 else ""
        name = f"{prefix}edge-{slug(edge.source)}..{slug(edge.target)}{suffix}"
        points = list(placed.points)
        points[0] = _on_outline(points[0], points[1], boxes[edge.source])
        points[-1] = _on_outline(points[-1], points[-2], boxes[edge.target])
        lines.append((edge.emphasised, _edge(edge, points, placed.trunk, name)))
    # Emphasised edges are painted last, over the others.
    return [text for _, text in sorted(lines, key=lambda line: line[0])]


def _edge(edge: Edge, points: Sequence[Point], trunk: Trunk, name: str) -> str:
    classes = "edge" + (" dashed" if edge.style == "dashed" else "")
    classes += " emphasised" if edge.emphasised else ""
    words = f"{edge.source} {edge.verb} {edge.target}"
    if edge.label is not None:
        words += f": {edge.label}"
    tip, base = points[-1], _towards(points[-1], points[-2], _ARROW_LENGTH)
    line = [*points[:-1], _towards(tip, base, _ARROW_LENGTH - 1)]
    if trunk == "target":
        # Dashes count from the start of a line: the lines of one trunk must start together.
        line.reverse()
    return (
        f'<g class="{classes}" id="{name}"><title>{escape(words)}</title>'
        f'<path d="{_rounded(line)}"/>'
        f'<polygon points="{_arrow(tip, base)}"/></g>'
    )


def _arrow(tip: Point, base: Point) -> str:
    across_x = (tip[1] - base[1]) / _ARROW_LENGTH * _ARROW_HALF_WIDTH
    across_y = (tip[0] - base[0]) / _ARROW_LENGTH * _ARROW_HALF_WIDTH
    corners = (
        tip,
        (base[0] + across_x, base[1] - across_y),
        (base[0] - across_x, base[1] + across_y),
    )
    return " ".join(f"{number(x)},{number(y)}" for x, y in corners)


def _on_outline(port: Point, inner: Point, placed: PlacedNode) -> Point:
    """Lead the end of an edge from the box of a node on to the outline of its shape."""
    box = placed.box
    middle_x, middle_y = box.x + box.width / 2, box.y + box.height / 2
    side: Side
    if port[1] == inner[1]:
        side, offset = ("right" if port[0] > middle_x else "left"), port[1] - middle_y
    else:
        side, offset = ("bottom" if port[1] > middle_y else "top"), port[0] - middle_x
    return _towards(port, inner, -inset(look_of(placed.node.kind).shape, box, side, offset))


def _towards(start: Point, end: Point, distance: float) -> Point:
    """The point `distance` pixels from start on the (upright or level) way to end."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = abs(dx) + abs(dy)
    if not length:
        return start
    return (start[0] + dx / length * distance, start[1] + dy / length * distance)


def _rounded(points: Sequence[Point]) -> str:
    """Path data through the points with rounded corners."""
    data = [f"M{number(points[0][0])},{number(points[0][1])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        shorter = min(_distance(before, corner), _distance(corner, after))
        radius = min(_CORNER, shorter / 2)
        into, out = _towards(corner, before, radius), _towards(corner, after, radius)
        data.append(
            f"L{number(into[0])},{number(into[1])}"
            f"Q{number(corner[0])},{number(corner[1])} {number(out[0])},{number(out[1])}"
        )
    data.append(f"L{number(points[-1][0])},{number(points[-1][1])}")
    return "".join(data)


def _distance(a: Point, b: Point) -> float:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])
