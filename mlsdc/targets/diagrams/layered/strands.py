"""The straight pieces of all paths, by the line they run on; the trunk of a bundle is one piece.

In: paths and links. Out: `Strand`s, and which strand each piece of each path belongs to. Law: two
links share a strand only inside one bundle, and only as far as their paths run together.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from mlsdc.targets.diagrams.layered.routes import Path
from mlsdc.targets.diagrams.layered.skeleton import Link

# A piece is (number of the link, index of the piece in its path).
Piece = tuple[int, int]
# A line is (0, index of a horizontal line) or (1, index of a vertical line).
Line = tuple[int, int]


@dataclass(slots=True)
class Strand:
    """One straight stretch of ink: the grid interval it covers and the pieces it carries."""

    line: Line
    low: int
    high: int
    pieces: list[Piece] = field(default_factory=list[Piece])


def strands_of(
    paths: Sequence[Path], links: Sequence[Link]
) -> tuple[list[Strand], dict[Piece, int]]:
    """Cut the paths into strands."""
    strands: list[Strand] = []
    strand_of: dict[Piece, int] = {}
    bundles: defaultdict[tuple[int, bool], list[int]] = defaultdict(list)
    for number, link in enumerate(links):
        if link.bundle < 0:
            _add_path(number, paths[number], strands, strand_of)
        else:
            bundles[link.bundle, link.bundle_at_source].append(number)
    for (_, from_source), members in sorted(bundles.items()):
        _add_bundle(members, paths, from_source, strands, strand_of)
    return strands, strand_of


def _add_path(number: int, path: Path, strands: list[Strand], strand_of: dict[Piece, int]) -> None:
    for index in range(len(path) - 1):
        strand_of[number, index] = len(strands)
        strands.append(_strand(path, index, (number, index)))


def _strand(path: Path, index: int, piece: Piece) -> Strand:
    line, low, high = stretch(path, index)
    return Strand(line, low, high, [piece])


def stretch(path: Path, index: int) -> tuple[Line, int, int]:
    """The line of one piece of a path and the interval it covers there."""
    (x1, y1), (x2, y2) = path[index], path[index + 1]
    if y1 == y2:
        return (0, y1), min(x1, x2), max(x1, x2)
    return (1, x1), min(y1, y2), max(y1, y2)


def _add_bundle(
    members: Sequence[int],
    paths: Sequence[Path],
    from_source: bool,
    strands: list[Strand],
    strand_of: dict[Piece, int],
) -> None:
    """Walk all paths of a bundle away from their common end, sharing strands while they agree."""
    # Key: (strand walked before, point reached, line walked next, or the side left by at first).
    known: dict[tuple[int, tuple[int, int], Line, int], int] = {}
    for number in members:
        path = paths[number]
        order = list(range(len(path) - 1))
        if not from_source:
            order.reverse()
        before = -1
        for index in order:
            line, low, high = stretch(path, index)
            start = path[index] if from_source else path[index + 1]
            end = path[index + 1] if from_source else path[index]
            side = (end > start) - (end < start) if before < 0 else 0
            key = (before, start, line, side)
            if key not in known:
                known[key] = len(strands)
                strands.append(Strand(line, low, high))
            before = known[key]
            strand = strands[before]
            strand.low, strand.high = min(strand.low, low), max(strand.high, high)
            strand.pieces.append((number, index))
            strand_of[number, index] = before
