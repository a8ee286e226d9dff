"""A layout as one self-contained SVG document.

In: a `Layout`. Out: SVG text: no script, no remote font or image, light and dark. Law: the same
layout gives the same bytes; all user text is escaped; every part has an id derived from the design.
"""

from collections.abc import Sequence

from mlsdc.targets.diagrams.cards import what_it_is
from mlsdc.targets.diagrams.drawing import Drawing, Node
from mlsdc.targets.diagrams.kinds import look_of
from mlsdc.targets.diagrams.layered.captions import CAPTION_SIZE, Caption
from mlsdc.targets.diagrams.layered.geometry import Box
from mlsdc.targets.diagrams.layout import Layout, PlacedGroup, PlacedNode, lay_out
from mlsdc.targets.diagrams.legend import legend
from mlsdc.targets.diagrams.shapes import outline, text_shift
from mlsdc.targets.diagrams.strokes import edge_elements
from mlsdc.targets.diagrams.stylesheet import stylesheet
from mlsdc.targets.diagrams.text import clean, fit
from mlsdc.targets.diagrams.xml_text import escape, number, slug

_MARGIN = 24
_LEAST_WIDTH = 480
_GROUP_LINE_HEIGHT = 16
# A baseline lies about this share of the font size below the middle of the line.
_BASELINE = 0.36


def svg_of(drawing: Drawing) -> str:
    """Lay a drawing out and print it."""
    return print_svg(lay_out(drawing))


def print_svg(layout: Layout, *, id_prefix: str = "") -> str:
    """Print a layout. `id_prefix` keeps ids apart where one page holds several diagrams."""
    drawing = layout.drawing
    inner_width = max(layout.width, _LEAST_WIDTH)
    subtitled = bool(clean(drawing.subtitle))
    top = _MARGIN + (52 if subtitled else 34)
    foot, foot_height = legend(drawing, inner_width)
    width, height = inner_width + 2 * _MARGIN, top + layout.height + foot_height + _MARGIN
    size = f'width="{number(width)}" height="{number(height)}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="mlsdc" {size} '
        f'viewBox="0 0 {number(width)} {number(height)}" role="img" '
        f'aria-labelledby="{id_prefix}title {id_prefix}description">',
        f'<title id="{id_prefix}title">{escape(drawing.title)}</title>',
        f'<desc id="{id_prefix}description">{escape(_description(layout))}</desc>',
        f"<style>{stylesheet()}</style>",
        f'<rect class="page" {size}/>',
        _text("heading", _MARGIN, _MARGIN + 16, fit(drawing.title, inner_width, 20, bold=True)),
    ]
    if subtitled:
        subtitle = fit(drawing.subtitle, inner_width, 13)
        lines.append(_text("subheading muted", _MARGIN, _MARGIN + 37, subtitle))
    lines += [
        f'<g transform="translate({_MARGIN},{top})">',
        *(_group(group, id_prefix) for group in layout.groups),
        *edge_elements(layout, id_prefix),
        *(_node(node, id_prefix) for node in _in_reading_order(layout)),
        *_captions(layout),
        "</g>",
        *_legend_at(foot, top + layout.height),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _text(role: str, x: float, y: float, words: str) -> str:
    return f'<text class="{role}" x="{number(x)}" y="{number(y)}">{escape(words)}</text>'


def _description(layout: Layout) -> str:
    parts = f"{len(layout.nodes)} components and {len(layout.edges)} connections"
    groups = ", ".join(placed.group.title for placed in layout.groups)
    return f"{parts} in {groups}" if groups else parts


def _legend_at(lines: Sequence[str], y: float) -> list[str]:
    if not lines:
        return []
    return [f'<g class="legend" transform="translate({_MARGIN},{number(y)})">', *lines, "</g>"]


def _in_reading_order(layout: Layout) -> list[PlacedNode]:
    """Band by band, and from left to right: the order a screen reader follows."""
    bands = {placed.group.id: placed.box.y for placed in layout.groups}

    def key(placed: PlacedNode) -> tuple[float, float, float]:
        group = placed.node.group
        band = placed.box.y if group is None else bands[group]
        return (band, placed.box.x, placed.box.y)

    return sorted(layout.nodes, key=key)


def _group(placed: PlacedGroup, prefix: str) -> str:
    box = placed.box
    parts = [
        f'<g class="group" id="{prefix}group-{slug(placed.group.id)}">',
        f"<title>{escape(placed.group.title)}</title>",
        _rectangle(box, 8),
    ]
    for index, line in enumerate(placed.title):
        parts.append(_text("band", box.x + 14, box.y + 24 + _GROUP_LINE_HEIGHT * index, line))
    return "".join([*parts, "</g>"])


def _rectangle(box: Box, radius: int) -> str:
    size = f'width="{number(box.width)}" height="{number(box.height)}"'
    return f'<rect x="{number(box.x)}" y="{number(box.y)}" {size} rx="{radius}"/>'


def _node(placed: PlacedNode, prefix: str) -> str:
    node = placed.node
    look = look_of(node.kind)
    classes = ["node", "middle", look.family]
    classes += [word for word in (node.state, node.finding) if word not in ("normal", "none")]
    parts = [
        f'<g class="{" ".join(classes)}" id="{prefix}node-{slug(node.id)}">',
        f"<title>{escape(_tooltip(node))}</title>",
        *outline(look.shape, placed.box),
        *_card_text(placed),
        *_badge(node, placed.box),
        "</g>",
    ]
    return "".join(parts)


def _tooltip(node: Node) -> str:
    """All that is known of a node, whatever had to be shortened on its card."""
    finding = "" if node.finding == "none" else f"has {node.finding}s"
    parts = (node.title, what_it_is(node), *node.lines, finding)
    return "; ".join(part for part in parts if clean(part))


def _card_text(placed: PlacedNode) -> list[str]:
    card, box = placed.card, placed.box
    middle = box.x + box.width / 2 + text_shift(look_of(placed.node.kind).shape)
    y = box.y + card.headroom + (box.height - card.headroom - card.text_height) / 2
    texts: list[str] = []
    for line in card.lines:
        role = {"title": "title", "system": "muted", "fact": "fact"}[line.role]
        texts.append(_text(role, middle, y + line.height / 2 + line.size * _BASELINE, line.text))
        y += line.height
    return texts


def _badge(node: Node, box: Box) -> list[str]:
    """A mark for findings whose form, not only colour, tells an error from a warning."""
    if node.finding == "none":
        return []
    x, y = box.right - 4, box.y + 4
    round_form, pointed_form = "m-8,0a8,8 0 1 0 16,0a8,8 0 1 0 -16,0Z", "m0,-11l11,19h-22Z"
    form = round_form if node.finding == "error" else pointed_form
    path = f'<path d="M{number(x)},{number(y)}{form}"/>'
    return [f'<g class="badge">{path}{_text("mark", x, y + 4.5, "!")}</g>']


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
    baseline = box.y + box.height / 2 + CAPTION_SIZE * _BASELINE
    words = _text("words", box.x + box.width / 2, baseline, caption.text)
    return f'<g class="{classes}">{_rectangle(box, 3)}{words}</g>'
