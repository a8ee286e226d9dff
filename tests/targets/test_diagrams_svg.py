"""The SVG printer: well-formed whatever things are called, self-contained, readable, stable."""

import re
import subprocess
import sys
from dataclasses import replace
from itertools import product
from math import hypot
from xml.etree import ElementTree

import pytest

from mlsdc.targets.diagrams.drawing import Drawing, Edge, Node
from mlsdc.targets.diagrams.kinds import Shape, look_of
from mlsdc.targets.diagrams.layered.geometry import Box
from mlsdc.targets.diagrams.layout import lay_out
from mlsdc.targets.diagrams.shapes import Side, inset
from mlsdc.targets.diagrams.stylesheet import DARK, LIGHT, Theme
from mlsdc.targets.diagrams.svg import print_svg, svg_of
from mlsdc.targets.diagrams.text import text_width
from mlsdc.targets.diagrams.xml_text import escape, number, slug
from tests.targets.drawings import HOSTILE, fraud, hostile, random_drawing, shuffled

SVG = "{http://www.w3.org/2000/svg}"
FONT_SIZES = {"title": 13, "heading": 20, "subheading muted": 13, "band": 12}
ELEMENTS = {"svg", "title", "desc", "style", "g", "rect", "path", "polygon", "text"}


def parsed(drawing: Drawing) -> ElementTree.Element:
    return ElementTree.fromstring(svg_of(drawing))


def texts(root: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_gives_well_formed_svg(text: str) -> None:
    """Any text in any field parses back as text: no new element, attribute or control character."""
    source = svg_of(hostile(text))
    root = ElementTree.fromstring(source)

    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= ELEMENTS
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", source)
    assert len(source.encode()) < 60_000
    assert len(source.split("</svg>")) - 1 == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_ids_are_unique_and_names_of_xml(text: str) -> None:
    """Each id occurs once and is an XML name, whatever the design calls its parts."""
    ids = [e.attrib["id"] for e in parsed(hostile(text)).iter() if "id" in e.attrib]

    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_.-]*", id_) for id_ in ids)


def test_text_arrives_unchanged_where_it_fits() -> None:
    """Quotes, braces and angle brackets are shown as they were written."""
    title = "a<b> & \"c\" 'd' {{e}} ]]>"
    root = parsed(Drawing("t", "", (Node("n", title, "endpoint"),)))

    assert title in texts(root)
    assert f"{title}; endpoint" in [e.text for e in root.iter(f"{SVG}title")]


def test_long_text_ends_in_an_ellipsis() -> None:
    """A name of 10,000 characters is cut on the card and in the tooltip."""
    root = parsed(Drawing("t", "", (Node("n", "x" * 10_000, "endpoint"),)))
    name = next(text for text in texts(root) if text.startswith("xx"))

    assert name.endswith("…")
    assert text_width(name, 13, bold=True) <= 190
    assert max(len(e.text or "") for e in root.iter(f"{SVG}title")) <= 400


def test_svg_is_self_contained_and_accessible() -> None:
    """No script, link or remote resource; an image with a title and a description."""
    source = svg_of(fraud())
    root = ElementTree.fromstring(source)
    ids = {e.attrib["id"]: e for e in root.iter() if "id" in e.attrib}
    title, description = (ids[name] for name in root.attrib["aria-labelledby"].split())

    assert root.attrib["role"] == "img"
    assert title.text == "fraud"
    assert "26 components and 35 connections in Online path" in (description.text or "")
    assert not re.search(r"href|url\(|@import|@font-face|<script|<image|on\w+=", source)
    assert re.findall(r"https?://[^\"' ]+", source) == ["http://www.w3.org/2000/svg"]
    assert "prefers-color-scheme:dark" in source


def test_every_text_stays_inside_the_shape_of_its_node() -> None:
    """By the width table, each line on a card lies between the sides of its outline."""
    layout = lay_out(fraud())
    boxes = {f"node-{placed.node.id}": placed for placed in layout.nodes}
    root = ElementTree.fromstring(print_svg(layout))
    seen = 0
    for group in root.iter(f"{SVG}g"):
        placed = boxes.get(group.attrib.get("id", ""))
        if placed is None:
            continue
        shape = look_of(placed.node.kind).shape
        for text in group.findall(f"{SVG}text"):
            role = text.attrib["class"]
            size = FONT_SIZES.get(role, 11)
            half = text_width(text.text or "", size, bold=role == "title") / 2
            x, y = float(text.attrib["x"]), float(text.attrib["y"])
            offset = y - size / 3 - (placed.box.y + placed.box.height / 2)

            assert x - half >= placed.box.x + inset(shape, placed.box, "left", offset)
            assert x + half <= placed.box.right - inset(shape, placed.box, "right", offset)
            assert placed.box.y < y - size * 0.7 < y < placed.box.bottom
            seen += 1

    assert seen == sum(len(placed.card.lines) for placed in layout.nodes)


def test_everything_lies_on_the_page() -> None:
    """No coordinate of a shape or line leaves the view box."""
    source = svg_of(fraud())
    root = ElementTree.fromstring(source)
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    rectangles = list(root.iter(f"{SVG}rect"))
    for rectangle in rectangles:
        right = float(rectangle.get("x", "0")) + float(rectangle.attrib["width"])
        bottom = float(rectangle.get("y", "0")) + float(rectangle.attrib["height"])

        assert right <= width
        assert bottom <= height


def test_arrowheads_end_on_the_outline() -> None:
    """The tip of each arrow is on the outline of its target: no gap, no overlap."""
    layout = lay_out(fraud())
    boxes = {placed.node.id: placed for placed in layout.nodes}
    root = ElementTree.fromstring(print_svg(layout))
    tips = {
        group.attrib["id"]: polygon.attrib["points"].split()[0].split(",")
        for group in root.iter(f"{SVG}g")
        if group.get("class", "").startswith("edge") and "id" in group.attrib
        for polygon in group.findall(f"{SVG}polygon")
    }
    for edge in layout.edges:
        placed = boxes[edge.edge.target]
        x, y = map(float, tips[f"edge-{edge.edge.source}..{edge.edge.target}"])

        assert outline_distance(look_of(placed.node.kind).shape, placed.box, x, y) < 0.2


def test_arrowheads_reach_slanted_sides() -> None:
    """An arrow into a hexagon below its middle goes on, beyond the box, to the slanted side."""
    nodes = (Node("a", "a", "lake"), Node("b", "b", "gateway"))
    edges = (Edge("a", "b", "reads"), Edge("a", "b", "writes"))
    layout = lay_out(Drawing("t", "", nodes, edges))
    box = next(placed.box for placed in layout.nodes if placed.node.id == "b")
    tips = re.findall(r'polygon points="([\d.]+),([\d.]+) ', print_svg(layout))[:2]
    depths = [float(x) - box.x for x, _ in tips]
    half = box.height / 2

    assert depths == pytest.approx([12 * 9 / half, 12 * 9 / half], abs=0.1)


def outline_distance(shape: Shape, box: Box, x: float, y: float) -> float:
    dx, dy = x - (box.x + box.width / 2), y - (box.y + box.height / 2)
    return min(
        abs(x - box.x - inset(shape, box, "left", dy)),
        abs(box.right - x - inset(shape, box, "right", dy)),
        abs(y - box.y - inset(shape, box, "top", dx)),
        abs(box.bottom - y - inset(shape, box, "bottom", dx)),
    )


@pytest.mark.parametrize(
    ("shape", "side", "offset", "expected"),
    [
        ("box", "left", 20, 0),
        ("card", "top", 30, 0),
        ("cylinder", "left", 20, 0),
        ("cylinder", "top", 0, 0),
        ("cylinder", "bottom", 60, 6),
        ("queue", "right", 30, 8),
        ("queue", "right", 18, 8 * (1 - hypot(0, 0.8))),
        ("hexagon", "left", 15, 6),
        ("hexagon", "top", 40, 0),
        ("hexagon", "top", 54, 15),
        ("stadium", "left", 0, 0),
        ("stadium", "left", 30, 24),
        ("document", "top", 55, 6),
        ("document", "top", -55, 0),
        ("document", "right", -25, 6),
    ],
)
def test_insets_follow_the_outline(
    shape: Shape, side: Side, offset: float, expected: float
) -> None:
    """Hand-worked distances on a box of 120 by 60 pixels."""
    assert expected == pytest.approx(inset(shape, Box(0, 0, 120, 60), side, offset))


def test_same_content_same_bytes() -> None:
    """The order of the input does not show."""
    drawing = fraud()

    assert len({svg_of(drawing), *(svg_of(shuffled(drawing, seed)) for seed in range(4))}) == 1


def test_bytes_do_not_depend_on_hash_seeds() -> None:
    """Two interpreters with different hash seeds print the same."""
    program = (
        "import hashlib; from tests.targets.drawings import random_drawing;"
        "from mlsdc.targets.diagrams.svg import svg_of;"
        "from mlsdc.targets.diagrams.mermaid import mermaid_of;"
        "d = random_drawing(5, 30, 60, 4);"
        "print(hashlib.sha256((svg_of(d) + mermaid_of(d)).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(digests) == 1


def test_ids_stay_when_other_parts_change() -> None:
    """Adding a component changes no id of the others."""
    before = ids_of(fraud())
    drawing = fraud()
    after = ids_of(replace(drawing, nodes=(*drawing.nodes, Node("aaa", "new", "endpoint"))))

    assert {"node-aaa"} == after - before
    assert before <= after
    assert {"node-score", "edge-edge..authorise", "group-online"} <= before


def ids_of(drawing: Drawing) -> set[str]:
    return {e.attrib["id"] for e in parsed(drawing).iter() if "id" in e.attrib}


def test_a_prefix_keeps_two_diagrams_on_one_page_apart() -> None:
    """With a prefix, every id and every reference to one carries it."""
    source = print_svg(lay_out(fraud()), id_prefix="prod-")

    assert all(id_.startswith("prod-") for id_ in re.findall(r'\bid="([^"]*)"', source))
    assert 'aria-labelledby="prod-title prod-description"' in source


def test_the_legend_explains_what_occurs_and_nothing_else() -> None:
    """Signs appear in the legend exactly where the drawing uses them."""
    everything = " ".join(texts(parsed(fraud())))
    plain = " ".join(
        texts(
            parsed(
                Drawing(
                    "t",
                    "",
                    (Node("a", "a", "lake"), Node("b", "b", "lake")),
                    (Edge("a", "b", "reads"),),
                )
            )
        )
    )
    signs = ("main path", "data: flows", "existing, not", "planned", "has errors")

    assert all(sign in everything for sign in signs)
    assert "call: the caller waits" in plain
    assert not any(sign in plain for sign in signs)
    assert "call: the caller" not in " ".join(texts(parsed(replace(fraud(), legend=False))))


def test_dashes_of_a_trunk_coincide() -> None:
    """All lines of a fan into one node start there, so that their dashes lie on one another."""
    root = parsed(fraud())
    starts = {
        path.attrib["d"].split("L")[0]
        for group in root.iter(f"{SVG}g")
        if group.get("id", "").endswith("..prometheus")
        for path in group.findall(f"{SVG}path")
    }

    assert len(starts) == 1


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_has_enough_contrast(theme: Theme) -> None:
    """WCAG 2.1: at least 4.5 to 1 for text, and 3 to 1 for lines, on whatever lies beneath."""
    fills = [fill for fill, _ in theme.families.values()]
    for ink, ground in product((theme.text, theme.muted), (*fills, theme.page, theme.band)):
        assert contrast(ink, ground) >= 4.5, (ink, ground)
    for ink, ground in product((theme.accent,), (theme.page, theme.band)):
        assert contrast(ink, ground) >= 4.5, (ink, ground)
    for ground in (theme.error, theme.warning):
        assert contrast(theme.on_badge, ground) >= 4.5
    outlines = [outline for _, outline in theme.families.values()]
    for ink in (*outlines, theme.line, theme.error, theme.warning):
        assert contrast(ink, theme.band) >= 3.0, ink


def contrast(a: str, b: str) -> float:
    """WCAG 2.1 contrast ratio of two colours."""
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_numbers_have_one_decimal_at_most() -> None:
    """Coordinates are rounded to tenths, and there is no minus zero."""
    assert [number(value) for value in (0, -0.04, 1.5, -0.3, 12.04, -7.0)] == [
        "0",
        "0",
        "1.5",
        "-0.3",
        "12",
        "-7",
    ]
    digits = re.findall(r"\d+\.\d+", svg_of(random_drawing(9, 20, 30, 2)).split("</style>")[1])
    assert max(len(value.split(".")[1]) for value in digits if len(value) < 12) == 1


def test_slugs_of_different_ids_differ() -> None:
    """Ids that look alike after cleaning, or equal another's short form, stay apart."""
    ids = ["a b", "a-b", "a.b", "a/b", "A-b", "", " ", "é", "x" * 100, "x" * 101, slug("a b")]

    assert len(ids) == len({slug(id_) for id_ in ids})


def test_escaping_covers_every_special_character() -> None:
    """The five special characters become entities; what XML forbids becomes U+FFFD."""
    assert escape("<>&\"'\n\0\ud800") == "&lt;&gt;&amp;&quot;&#39; \ufffd\ufffd"
