"""Where the words beside each edge stand.

In: the points of each edge, its words, and the boxes to keep clear of. Out: a `Caption` or None for
each edge. Law: a caption covers no node, no header and no other caption; where there is no such
place it is left out (the printers keep the words in the edge's tooltip).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mlsdc.targets.diagrams.layered.geometry import Box, Point
from mlsdc.targets.diagrams.text import fit, text_width

CAPTION_SIZE = 11.0
_HEIGHT = 15
_MAX_TEXT_WIDTH = 120.0
_CELL = 120
# Costs of a place: lines of other edges or borders under the words, an upright line of its own.
_CROSSED, _UPRIGHT = 4.0, 0.5


@dataclass(frozen=True, slots=True)
class Caption:
    """Words centred in a box."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class CaptionRequest:
    """The words of one edge and its path; equal words of one bundle are written once."""

    words: str
    points: tuple[Point, ...]
    bundle: int


def caption_width(words: str) -> int:
    """Pixels that the words need."""
    shown = fit(words, _MAX_TEXT_WIDTH, CAPTION_SIZE)
    return int(text_width(shown, CAPTION_SIZE)) + 7


def place_captions(
    requests: Sequence[CaptionRequest],
    obstacles: Sequence[Box],
    borders: Sequence[Box],
    page: Box,
) -> list[Caption | None]:
    """Place the captions with the least choice first. They avoid borders where they can."""
    taken = _BoxIndex(obstacles)
    ink = _BoxIndex(borders)
    for number, request in enumerate(requests):
        for start, end in pairwise(request.points):
            ink.add(Box.of_segment(start, end), number)
    bundles = {number: request.bundle for number, request in enumerate(requests)}
    captions: list[Caption | None] = [None] * len(requests)
    written: set[tuple[int, str]] = set()
    order = sorted(range(len(requests)), key=lambda number: (_length(requests[number]), number))
    for number in order:
        request = requests[number]
        text = fit(request.words, _MAX_TEXT_WIDTH, CAPTION_SIZE)
        if not text or (request.bundle >= 0 and (request.bundle, text) in written):
            continue
        width = caption_width(request.words)
        best: tuple[float, float, float] | None = None
        for x, y, cost in _places(request.points, width):
            box = Box.around(x, y, width, _HEIGHT)
            hopeless = best is not None and cost >= best[0]
            if hopeless or not page.contains(box) or taken.hits(box.grown(2)):
                continue
            strangers = sum(
                other != number and not (0 <= request.bundle == bundles.get(other))
                for other in ink.hits(box)
            )
            place = (cost + _CROSSED * strangers, x, y)
            best = place if best is None else min(best, place)
        if best is not None:
            box = Box.around(best[1], best[2], width, _HEIGHT)
            taken.add(box, number)
            captions[number] = Caption(text, box)
            written.add((request.bundle, text))
    return captions


def _length(request: CaptionRequest) -> float:
    return sum(abs(x2 - x1) + abs(y2 - y1) for (x1, y1), (x2, y2) in pairwise(request.points))


def _places(points: Sequence[Point], width: float) -> Iterator[tuple[float, float, float]]:
    """Candidate middles (x, y), on level lines or beside upright ones, with their own cost."""
    for (x1, y1), (x2, y2) in pairwise(points):
        length = abs(x2 - x1) + abs(y2 - y1)
        need = (width if y1 == y2 else _HEIGHT) + 12
        if length < need:
            continue
        beside = (0.0,) if y1 == y2 else (width / 2 + 4, -width / 2 - 4, 0.0)
        room = (length - need) / length / 2
        for step in (0.0, -0.35, 0.35, -0.7, 0.7, -1.0, 1.0):
            share = 0.5 + step * room
            for rank, aside in enumerate(beside):
                x, y = x1 + (x2 - x1) * share + aside, y1 + (y2 - y1) * share
                upright = 0.0 if y1 == y2 else _UPRIGHT + 0.2 * rank
                yield round(x, 1), round(y, 1), 100 / (100 + length) + 0.3 * abs(step) + upright


class _BoxIndex:
    """Boxes with an owner, found by the cells they touch."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        self._cells: defaultdict[tuple[int, int], list[tuple[Box, int]]] = defaultdict(list)
        for box in boxes:
            self.add(box, -1)

    def add(self, box: Box, owner: int) -> None:
        """File a box."""
        for cell in _cells(box):
            self._cells[cell].append((box, owner))

    def hits(self, box: Box) -> set[int]:
        """Owners of the boxes that overlap the given one."""
        return {
            owner
            for cell in _cells(box)
            for other, owner in self._cells.get(cell, ())
            if other.overlaps(box)
        }


def _cells(box: Box) -> Iterator[tuple[int, int]]:
    for column in range(int(box.x // _CELL), int(box.right // _CELL) + 1):
        for row in range(int(box.y // _CELL), int(box.bottom // _CELL) + 1):
            yield column, row
