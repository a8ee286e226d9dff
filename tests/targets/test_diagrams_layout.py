"""Geometry of the layout: what may not overlap, what must be inside what, and in which order."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, pairwise

import pytest

from mlsdc.targets.diagrams.cards import card_of
from mlsdc.targets.diagrams.drawing import Drawing, Edge, Group, Node
from mlsdc.targets.diagrams.layered.geometry import Box, Point
from mlsdc.targets.diagrams.layout import Layout, PlacedEdge, lay_out
from mlsdc.targets.diagrams.text import text_width
from tests.targets.drawings import HOSTILE, fraud, hostile, random_drawing, shuffled

# (seed, nodes, edges, groups): sparse and dense, grouped and not, one beyond the careful limits.
SHAPES = (
    (1, 8, 10, 0),
    (2, 25, 40, 4),
    (3, 25, 60, 0),
    (4, 40, 70, 5),
    (5, 60, 90, 6),
    (6, 60, 150, 3),
    (7, 30, 30, 30),
    (8, 160, 300, 8),
)
LAYOUTS = {"fraud": lay_out(fraud())} | {
    f"random {shape}": lay_out(random_drawing(*shape)) for shape in SHAPES
}


@pytest.fixture(params=LAYOUTS, name="layout")
def _layout(request: pytest.FixtureRequest) -> Layout:
    return LAYOUTS[request.param]


def segments(edge: PlacedEdge) -> Iterator[tuple[Point, Point]]:
    return pairwise(edge.points)


def chain(*ids: str) -> Drawing:
    nodes = tuple(Node(id_, id_, "endpoint") for id_ in sorted(set(ids)))
    return Drawing("chain", "", nodes, tuple(Edge(a, b, "calls") for a, b in pairwise(ids)))


def box_of(layout: Layout, id_: str) -> Box:
    return next(placed.box for placed in layout.nodes if placed.node.id == id_)


def test_no_two_nodes_overlap(layout: Layout) -> None:
    """Node boxes keep at least 10 pixels from one another."""
    overlaps = [
        (a.node.id, b.node.id)
        for a, b in combinations(layout.nodes, 2)
        if a.box.grown(5).overlaps(b.box.grown(5))
    ]

    assert overlaps == []


def test_every_line_of_text_fits_its_card(layout: Layout) -> None:
    """By the width table, no text is wider than its box, and all lines fit its height."""
    for placed in layout.nodes:
        widest = max(
            text_width(line.text, line.size, bold=line.role == "title")
            for line in placed.card.lines
        )

        assert widest <= placed.box.width - 16
        assert placed.card.text_height + placed.card.headroom <= placed.box.height - 8


def test_no_edge_runs_through_a_node(layout: Layout) -> None:
    """Not one segment of any edge enters any box, its own source and target included."""
    entered = [
        (edge.edge, node.node.id)
        for edge in layout.edges
        for start, end in segments(edge)
        for node in layout.nodes
        if Box.of_segment(start, end).overlaps(node.box)
    ]

    assert entered == []


def test_edges_run_at_right_angles_from_border_to_border(layout: Layout) -> None:
    """A path is level or upright everywhere, and its ends touch the right boxes."""
    boxes = {placed.node.id: placed.box for placed in layout.nodes}
    for edge in layout.edges:
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in segments(edge))
        for (x, y), id_ in (
            (edge.points[0], edge.edge.source),
            (edge.points[-1], edge.edge.target),
        ):
            box = boxes[id_]

            assert x in (box.x, box.right) or y in (box.y, box.bottom)
            assert box.x <= x <= box.right
            assert box.y <= y <= box.bottom


def test_edges_that_share_no_trunk_never_lie_on_one_another(layout: Layout) -> None:
    """Two collinear segments overlap only where both belong to one fan of equal edges."""
    lines: defaultdict[tuple[int, float], list[tuple[float, float, PlacedEdge]]] = defaultdict(list)
    for edge in layout.edges:
        for start, end in segments(edge):
            across = 1 if start[1] == end[1] else 0
            low, high = sorted((start[1 - across], end[1 - across]))
            lines[across, start[across]].append((low, high, edge))
    for pieces in lines.values():
        for (low_a, high_a, a), (low_b, high_b, b) in combinations(pieces, 2):
            if a is not b and not (a.trunk == b.trunk != "none" and a.edge.verb == b.edge.verb):
                assert min(high_a, high_b) <= max(low_a, low_b), (a.edge, b.edge)


def test_groups_hold_their_nodes_and_no_others(layout: Layout) -> None:
    """Bands do not overlap; a node is inside its own band and outside all others."""
    assert not any(a.box.overlaps(b.box) for a, b in combinations(layout.groups, 2))
    for band in layout.groups:
        for placed in layout.nodes:
            if placed.node.group == band.group.id:
                assert band.box.contains(placed.box.grown(4))
                assert placed.box.x >= band.box.x + band.header
            else:
                assert not band.box.overlaps(placed.box)


def test_groups_stand_in_the_order_of_their_ranks(layout: Layout) -> None:
    """A group of a lower rank is never below one of a higher rank."""
    bands = sorted(layout.groups, key=lambda band: band.box.y)

    assert sorted(band.group.rank for band in bands) == [band.group.rank for band in bands]


def test_captions_cover_nothing(layout: Layout) -> None:
    """A caption stands clear of nodes, group titles and other captions, inside the page."""
    captions = [edge.caption.box for edge in layout.edges if edge.caption]
    titles = [Box(b.box.x, b.box.y, b.header, b.box.height) for b in layout.groups]
    page = Box(0, 0, layout.width, layout.height)
    for caption in captions:
        assert page.contains(caption)
        assert not any(caption.overlaps(placed.box) for placed in layout.nodes)
        assert not any(caption.overlaps(title) for title in titles)
    assert not any(a.overlaps(b) for a, b in combinations(captions, 2))


def test_nearly_every_edge_is_captioned(layout: Layout) -> None:
    """At most one edge in twelve has no caption of its own or of its fan."""
    spoken = {(e.edge.verb, e.edge.caption, e.trunk) for e in layout.edges if e.caption}
    silent = [
        edge.edge
        for edge in layout.edges
        if not edge.caption
        and (edge.trunk == "none" or (edge.edge.verb, edge.edge.caption, edge.trunk) not in spoken)
    ]

    assert len(silent) <= len(layout.edges) / 12


@pytest.mark.parametrize("shape", SHAPES[:5])
def test_input_order_changes_nothing(shape: tuple[int, int, int, int]) -> None:
    """Nodes, edges and groups in another order give the same numbers."""
    drawing = random_drawing(*shape)
    expected = lay_out(drawing)
    for seed in range(3):
        again = lay_out(shuffled(drawing, seed))

        assert (expected.nodes, expected.edges) == (again.nodes, again.edges)
        assert (expected.groups, expected.width) == (again.groups, again.width)


def test_chains_read_from_left_to_right_in_one_line() -> None:
    """A simple chain is one straight row."""
    layout = lay_out(chain("source", "stream", "pipeline", "store", "endpoint"))
    order = ["source", "stream", "pipeline", "store", "endpoint"]

    assert order == sorted(order, key=lambda id_: box_of(layout, id_).x)
    assert [len(edge.points) for edge in layout.edges] == [2] * 4


def test_inside_a_group_edges_point_right() -> None:
    """Every edge between two nodes of one group goes right, as long as there is no cycle."""
    layout = lay_out(fraud())
    group_of = {placed.node.id: placed.node.group for placed in layout.nodes}
    for edge in (placed.edge for placed in layout.edges):
        if group_of[edge.source] == group_of[edge.target]:
            assert box_of(layout, edge.source).right < box_of(layout, edge.target).x


def test_main_path_runs_straight_past_other_nodes() -> None:
    """The emphasised edges inside one group are single straight lines."""
    layout = lay_out(fraud())
    main = [
        edge.points
        for edge in layout.edges
        if edge.edge.emphasised
        and {edge.edge.source, edge.edge.target} <= {"edge", "authorise", "score"}
    ]

    assert [len(points) for points in main] == [2, 2]


def test_cycles_double_edges_and_loops_are_drawn() -> None:
    """A cycle, two edges between the same nodes and an edge to itself all get paths."""
    drawing = Drawing(
        "knot",
        "",
        tuple(Node(id_, id_, "endpoint") for id_ in "abc"),
        (
            Edge("a", "b", "calls"),
            Edge("a", "b", "reads"),
            Edge("b", "c", "calls"),
            Edge("c", "a", "calls"),
            Edge("b", "b", "retries"),
        ),
    )
    layout = lay_out(drawing)

    assert len({edge.points for edge in layout.edges}) == 5
    assert sum(edge.caption is not None for edge in layout.edges) == 5


def test_a_fan_of_equal_edges_shares_a_trunk() -> None:
    """Twelve scrapes into one store arrive at one point and are captioned once."""
    nodes = tuple(Node(f"n{i}", f"n{i}", "endpoint") for i in range(12))
    edges = tuple(Edge(node.id, "store", "scraped") for node in nodes)
    layout = lay_out(Drawing("fan", "", (*nodes, Node("store", "store", "metrics")), edges))
    arrivals = {edge.points[-1] for edge in layout.edges}

    assert len(arrivals) <= 4
    assert sum(edge.caption is not None for edge in layout.edges) == 1


@pytest.mark.parametrize("size", [0, 1, 2])
def test_small_drawings_have_a_layout(size: int) -> None:
    """Nothing, one node, two unconnected nodes; a group without nodes is not drawn."""
    nodes = tuple(Node(f"n{i}", f"n{i}", "lake") for i in range(size))
    layout = lay_out(Drawing("small", "", nodes, (), (Group("empty", "Empty"),)))

    assert size == len(layout.nodes)
    assert layout.groups == ()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_inside_its_card(text: str) -> None:
    """Whatever things are called, every line fits, and cards stay below 300 pixels."""
    for node in hostile(text).nodes:
        card = card_of(node)

        assert card.width <= 300
        assert len(card.lines) <= 6
        assert all(line.width <= card.width - 16 for line in card.lines)


def test_a_drawing_refuses_what_it_does_not_hold() -> None:
    """Repeated ids and unknown nodes or groups are errors at once, not blank pictures."""
    node = Node("a", "a", "endpoint")
    with pytest.raises(ValueError, match="two nodes have the id 'a'"):
        Drawing("x", "", (node, node))
    with pytest.raises(ValueError, match="names the node 'b'"):
        Drawing("x", "", (node,), (Edge("a", "b", "calls"),))
    with pytest.raises(ValueError, match="names the group 'g'"):
        Drawing("x", "", (Node("a", "a", "endpoint", group="g"),))
