"""A layout as one self-contained SVG document.

In: a `Layout`. Out: SVG text: no script, no remote font or image, light and dark. Law: the same
layout gives the same bytes; all user text is escaped; every part has an id derived from the design.
"""

from collections.abc import Sequence

from mlsdc.targets.diagrams.drawing import Drawing, Edge, Node
from mlsdc.targets.diagrams.kinds import look_of
from mlsdc.targets.diagrams.layered.captions import CAPTION_SIZE, Caption
from mlsdc.targets.diagrams.layered.geometry import Box, Point
from mlsdc.targets.diagrams.layout import (
    Layout,
    PlacedGroup,
    PlacedNode,
    Trunk,
    lay_out,
)
from mlsdc.targets.diagrams.legend import legend
from mlsdc.targets.diagrams.shapes import Side, inset, outline, text_shift
from mlsdc.targets.diagrams.stylesheet import stylesheet
from mlsdc.targets.diagrams.text import fit
from mlsdc.targets.diagrams.xml_text import escape, number, slug

_MARGIN = 24
_LEAST_WIDTH = 480
_CORNER = 7.0
_ARROW_LENGTH, _ARROW_HALF_WIDTH = 9.0, 4.5


def svg_of(drawing: Drawing) -> str:
    """Lay a drawing out and print it."""
    return print_svg(lay_out(drawing))


def print_svg(layout: Layout, *, id_prefix: str = "") -> str:
    """Print a layout. `id_prefix` keeps ids apart where one page holds several diagrams."""
    drawing = layout.drawing
    width = max(layout.width, _LEAST_WIDTH) + 2 * _MARGIN
    head = _heading(drawing, width)
    top = _MARGIN + (52 if drawing.subtitle.strip() else 34)
    foot, foot_height = legend(drawing, layout.width)
    height = top + layout.height + foot_height + _MARGIN
    size = f"{number(width)} {number(height)}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="mlsdc" viewBox="0 0 {size}" '
        f'width="{number(width)}" height="{number(height)}" role="img" '
        f'aria-labelledby="{id_prefix}title {id_prefix}description">',
        f'<title id="{id_prefix}title">{escape(drawing.title)}</title>',
        f'<desc id="{id_prefix}description">{escape(_description(layout))}</desc>',
        f"<style>{stylesheet()}</style>",
        f'<rect class="page" width="{number(width)}" height="{number(height)}"/>',
        *head,
        f'<g transform="translate({_MARGIN},{top})">',
        *(_group(group, id_prefix) for group in layout.groups),
        *_edges(layout, id_prefix),
        *(_node(node, id_prefix) for node in _in_reading_order(layout)),
        *_captions(layout),
        "</g>",
        *_legend_at(foot, top + layout.height),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _heading(drawing: Drawing, width: float) -> list[str]:
    room = width - 2 * _MARGIN
    title = escape(fit(drawing.title, room, 20, bold=True))
    lines = [f'<text class="heading" x="{_MARGIN}" y="{_MARGIN + 16}">{title}</text>']
    if drawing.subtitle.strip():
        subtitle = escape(fit(drawing.subtitle, room, 13))
        lines.append(
            f'<text class="subheading muted" x="{_MARGIN}" y="{_MARGIN + 37}">{subtitle}</text>'
        )
    return lines


def _description(layout: Layout) -> str:
    groups = ", ".join(placed.group.title for placed in layout.groups)
    parts = f"{len(layout.nodes)} components and {len(layout.edges)} connections"
    return f"{parts} in {groups}" if groups else parts


def _legend_at(lines: Sequence[str], y: float) -> list[str]:
    if not lines:
        return []
    return [f'<g class="legend" transform="translate({_MARGIN},{number(y)})">', *lines, "</g>"]


def _in_reading_order(layout: Layout) -> list[PlacedNode]:
    """Band by band, and from left to right: the order a screen reader follows."""

    def key(placed: PlacedNode) -> tuple[float, float, float, str]:
        band = next((g.box.y for g in layout.groups if g.box.contains(placed.box)), -1.0)
        return (band, placed.box.x, placed.box.y, placed.node.id)

    return sorted(layout.nodes, key=key)


def _group(placed: PlacedGroup, prefix: str) -> str:
    box = placed.box
    size = f'width="{number(box.width)}" height="{number(box.height)}"'
    title = "".join(
        f'<text x="{number(box.x + 14)}" y="{number(box.y + 24 + 16 * index)}">{escape(line)}</text>'
        for index, line in enumerate(placed.title)
    )
    return (
        f'<g class="group" id="{prefix}group-{slug(placed.group.id)}">'
        f"<title>{escape(placed.group.title)}</title>"
        f'<rect x="{number(box.x)}" y="{number(box.y)}" {size} rx="8"/>{title}</g>'
    )


def _node(placed: PlacedNode, prefix: str) -> str:
    node, box = placed.node, placed.box
    look = look_of(node.kind)
    classes = ["node", "middle", look.family]
    classes += [word for word in (node.state, node.finding) if word not in ("normal", "none")]
    parts = [
        f'<g class="{" ".join(classes)}" id="{prefix}node-{slug(node.id)}">',
        f"<title>{escape(_tooltip(node))}</title>",
        *outline(look.shape, box),
        *_card_text(placed),
        *_badge(node, box),
        "</g>",
    ]
    return "".join(parts)


def _tooltip(node: Node) -> str:
    words = (node.state if node.state != "normal" else "", node.system, node.kind)
    what = " ".join(word for word in words if word)
    finding = "" if node.finding == "none" else f"has {node.finding}s"
    return "; ".join(part for part in (node.title, what, *node.lines, finding) if part)


def _card_text(placed: PlacedNode) -> list[str]:
    shape = look_of(placed.node.kind).shape
    middle = placed.box.x + placed.box.width / 2 + text_shift(shape)
    headroom = placed.card.headroom
    y = placed.box.y + headroom + (placed.box.height - headroom - placed.card.text_height) / 2
    texts: list[str] = []
    for line in placed.card.lines:
        baseline = y + line.height / 2 + line.size * 0.36
        role = {"title": "title", "system": "muted", "fact": "fact"}[line.role]
        texts.append(
            f'<text class="{role}" x="{number(middle)}" y="{number(baseline)}">{escape(line.text)}</text>'
        )
        y += line.height
    return texts


def _badge(node: Node, box: Box) -> list[str]:
    """A mark for findings whose form, not only colour, tells an error from a warning."""
    if node.finding == "none":
        return []
    x, y = number(box.right - 4), number(box.y + 4)
    form = "m-8,0a8,8 0 1 0 16,0a8,8 0 1 0 -16,0Z" if node.finding == "error" else "m0,-11l11,19h-22Z"
    return [
        f'<g class="badge"><path d="M{x},{y}{form}"/>'
        f'<text x="{x}" y="{number(box.y + 8.5)}">!</text></g>'
    ]


def _edges(layout: Layout, prefix: str) -> list[str]:
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


def _captions(layout: Layout) -> list[str]:
    captions: list[str] = []
    for placed in layout.edges:
        if placed.caption is not None:
            classes = ["caption", "emphasised"] if placed.edge.emphasised else ["caption"]
            if any(group.box.contains(placed.caption.box) for group in layout.groups):
                classes.append("on-band")
            captions.append(_caption(placed.caption, " ".join(classes)))
    return captions


def _caption(caption: Caption, classes: str) -> str:
    box = caption.box
    size = f'width="{number(box.width)}" height="{number(box.height)}"'
    baseline = box.y + box.height / 2 + CAPTION_SIZE * 0.36
    return (
        f'<g class="{classes}">'
        f'<rect x="{number(box.x)}" y="{number(box.y)}" {size} rx="3"/>'
        f'<text x="{number(box.x + box.width / 2)}" y="{number(baseline)}">{escape(caption.text)}</text></g>'
    )
