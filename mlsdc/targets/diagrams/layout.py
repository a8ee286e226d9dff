"""Where everything in a diagram stands: the whole layered layout on one page.

In: a `Drawing`. Out: a `Layout` of boxes, paths and captions in pixels, y downwards. Law: the same
content gives the same numbers in any input order; boxes never overlap, edges run around nodes, and
every node lies inside the band of its group.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from mlsdc.targets.diagrams.cards import Card, card_of
from mlsdc.targets.diagrams.drawing import Drawing, Edge, Group, Node
from mlsdc.targets.diagrams.layered.captions import (
    Caption,
    CaptionRequest,
    caption_width,
    place_captions,
)
from mlsdc.targets.diagrams.layered.columns import assign_columns, forward_arcs
from mlsdc.targets.diagrams.layered.coordinates import (
    Lines,
    horizontal_lines,
    points_of,
    ports_length,
    vertical_lines,
)
from mlsdc.targets.diagrams.layered.geometry import Box, Point
from mlsdc.targets.diagrams.layered.grid import Grid, LineKind, grid_of
from mlsdc.targets.diagrams.layered.refine import Refinement
from mlsdc.targets.diagrams.layered.routes import Path, Router
from mlsdc.targets.diagrams.layered.rows import Placement, assign_rows
from mlsdc.targets.diagrams.layered.skeleton import Link, Numbering, Skeleton, numbering_of
from mlsdc.targets.diagrams.layered.strands import Line, strands_of
from mlsdc.targets.diagrams.layered.tracks import TrackAssignment
from mlsdc.targets.diagrams.layered.waypoints import with_waypoints
from mlsdc.targets.diagrams.text import text_width, wrap

GROUP_TITLE_SIZE = 12.0
_GROUP_TITLE_WIDTH = 104.0
_HEADER_PADDING = 14
_CHANNEL_GAP = 56
# What a line needs beside its words: a visible piece before them, the arrowhead after them.
_CAPTION_MARGINS = 32

Trunk = Literal["none", "source", "target"]


@dataclass(frozen=True, slots=True)
class PlacedNode:
    """A node with its card and its box."""

    node: Node
    card: Card
    box: Box


@dataclass(frozen=True, slots=True)
class PlacedEdge:
    """An edge as a right-angled path from the box of its source to that of its target.

    `caption` is None where no free place was found, or where an equal edge of the same fan has it.
    `trunk` is the end at which the edges of a fan run in one line.
    """

    edge: Edge
    points: tuple[Point, ...]
    caption: Caption | None
    trunk: Trunk


@dataclass(frozen=True, slots=True)
class PlacedGroup:
    """A group as a band; its title stands in the first `header` pixels."""

    group: Group
    box: Box
    title: tuple[str, ...]
    header: int


@dataclass(frozen=True, slots=True)
class Layout:
    """A drawing with a place for each of its parts; the origin is the upper left corner."""

    drawing: Drawing
    width: float
    height: float
    nodes: tuple[PlacedNode, ...]
    edges: tuple[PlacedEdge, ...]
    groups: tuple[PlacedGroup, ...]


def lay_out(drawing: Drawing) -> Layout:
    """Place nodes on a grid, route edges through its channels, then give everything its pixels."""
    numbering = numbering_of(drawing)
    links = numbering.skeleton.links
    cards = [card_of(node) for node in numbering.nodes]
    grid = grid_of(_place(numbering.skeleton), [(card.width, card.height) for card in cards])
    paths = Router(grid).route_all(links)
    strands, strand_of = strands_of(paths, links)
    tracks = TrackAssignment(paths, strands, grid.cells)

    titles = [_title_lines(lane) for lane in numbering.lanes]
    header = _header_width(titles)
    captions_room = _caption_rooms(numbering.edges, paths)
    xs = vertical_lines(grid, tracks.counts, header, _CHANNEL_GAP, captions_room)
    ys = horizontal_lines(grid, tracks.counts)
    boxes = _boxes(grid, cards, tracks.counts, xs, ys)
    points = [
        points_of(
            path,
            [tracks.offsets[strand_of[number, piece]] for piece in range(len(path) - 1)],
            (xs, ys),
            (boxes[link.source], boxes[link.target]),
        )
        for number, (path, link) in enumerate(zip(paths, links, strict=True))
    ]
    groups = _bands(numbering.lanes, grid, titles, header, xs, ys)
    captions = _captions(numbering, points, boxes, groups, Box(0, 0, xs.extent, ys.extent))
    return Layout(
        drawing=drawing,
        width=xs.extent,
        height=ys.extent,
        nodes=tuple(
            PlacedNode(node, card, box)
            for node, card, box in zip(numbering.nodes, cards, boxes, strict=True)
        ),
        edges=tuple(
            PlacedEdge(edge, path, caption, _trunk(link))
            for edge, path, caption, link in zip(
                numbering.edges, points, captions, links, strict=True
            )
        ),
        groups=groups,
    )


def _place(skeleton: Skeleton) -> Placement:
    """A cell for each node."""
    longer, columns = with_waypoints(skeleton, assign_columns(skeleton))
    placement = assign_rows(longer, columns)
    Refinement(longer, forward_arcs(longer), placement).improve()
    return placement.first(skeleton.size)


def _trunk(link: Link) -> Trunk:
    if link.bundle < 0:
        return "none"
    return "source" if link.bundle_at_source else "target"


def _title_lines(lane: Group | None) -> tuple[str, ...]:
    if lane is None:
        return ()
    return tuple(wrap(lane.title, _GROUP_TITLE_WIDTH, GROUP_TITLE_SIZE, 3, bold=True))


def _header_width(titles: list[tuple[str, ...]]) -> int:
    widths = [text_width(line, GROUP_TITLE_SIZE, bold=True) for lines in titles for line in lines]
    return int(max(widths)) + 1 + 2 * _HEADER_PADDING if widths else 0


def _caption_rooms(edges: Sequence[Edge], paths: Sequence[Path]) -> dict[int, int]:
    """How wide the channel between two neighbours must be to hold the caption of their edge."""
    rooms: dict[int, int] = {}
    for edge, path in zip(edges, paths, strict=True):
        if len(path) == 2 and path[0][1] == path[1][1] and abs(path[0][0] - path[1][0]) == 2:
            channel = (path[0][0] + path[1][0]) // 2
            room = caption_width(edge.caption) + _CAPTION_MARGINS
            rooms[channel] = max(rooms.get(channel, 0), room)
    return rooms


def _boxes(
    grid: Grid, cards: Sequence[Card], counts: Mapping[Line, int], xs: Lines, ys: Lines
) -> list[Box]:
    """A box around each cell: as wide as its column, as high as its text and its ports need."""
    return [
        Box.around(
            xs.middles[x],
            ys.middles[y],
            max(grid.column_widths[x // 2], ports_length(counts.get((1, x), 0))),
            max(card.height, ports_length(counts.get((0, y), 0))),
        )
        for (x, y), card in zip(grid.cells, cards, strict=True)
    ]


def _bands(
    lanes: Sequence[Group | None],
    grid: Grid,
    titles: Sequence[tuple[str, ...]],
    header: int,
    xs: Lines,
    ys: Lines,
) -> tuple[PlacedGroup, ...]:
    """Each group as a band over the full width, from its upper to its lower lane edge."""
    edges = [y for y, kind in enumerate(grid.horizontal) if kind is LineKind.LANE_EDGE]
    bands: list[PlacedGroup] = []
    for number, (lane, title) in enumerate(zip(lanes, titles, strict=True)):
        if lane is not None:
            top, bottom = ys.ends[edges[2 * number]], ys.ends[edges[2 * number + 1] + 1]
            bands.append(PlacedGroup(lane, Box(0, top, xs.extent, bottom - top), title, header))
    return tuple(bands)


def _captions(
    numbering: Numbering,
    points: Sequence[tuple[Point, ...]],
    boxes: Sequence[Box],
    groups: Sequence[PlacedGroup],
    page: Box,
) -> list[Caption | None]:
    """The words of the edges, clear of nodes and group titles, and of borders where possible."""
    requests = [
        CaptionRequest(edge.caption, path, link.bundle)
        for edge, path, link in zip(numbering.edges, points, numbering.skeleton.links, strict=True)
    ]
    headers = [Box(g.box.x, g.box.y, g.header, g.box.height) for g in groups]
    borders = [Box(0, y, page.width, 0) for g in groups for y in (g.box.y, g.box.bottom)]
    return place_captions(requests, [*boxes, *headers], borders, page)
