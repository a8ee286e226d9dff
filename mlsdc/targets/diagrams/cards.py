"""The card of a node: the lines written on it, shortened to fit, and the size they need.

In: a `Node`. Out: a `Card` with its text lines and its least width and height in pixels.
Law: every line fits inside the card by the width table, whatever the design called things.
"""

from dataclasses import dataclass
from typing import Literal

from mlsdc.targets.diagrams.drawing import Node
from mlsdc.targets.diagrams.kinds import Shape, look_of
from mlsdc.targets.diagrams.text import clean, fit, text_width

LineRole = Literal["title", "system", "fact"]

_SIZES: dict[LineRole, float] = {"title": 13.0, "system": 11.0, "fact": 11.0}
_HEIGHTS: dict[LineRole, int] = {"title": 18, "system": 15, "fact": 15}
_MAX_TEXT_WIDTH = 190.0
_MAX_FACTS = 4
_MIN_WIDTH = 128
_PADDING_X, _PADDING_Y = 12, 9
# Room the outline takes from the text, in pixels: on the left and right together, on the top.
_OUTLINE: dict[Shape, tuple[int, int]] = {
    "box": (0, 0),
    "card": (0, 0),
    "cylinder": (0, 12),
    "queue": (22, 0),
    "hexagon": (20, 0),
    "stadium": (16, 0),
    "document": (6, 0),
}


@dataclass(frozen=True, slots=True)
class CardLine:
    """One line of text on a card; `width` is its estimate in pixels."""

    role: LineRole
    text: str
    width: float

    @property
    def size(self) -> float:
        """Font size in pixels."""
        return _SIZES[self.role]

    @property
    def height(self) -> int:
        """Line height in pixels."""
        return _HEIGHTS[self.role]


@dataclass(frozen=True, slots=True)
class Card:
    """The text of a node and the least size, in whole pixels, of the box that holds it."""

    lines: tuple[CardLine, ...]
    width: int
    height: int
    headroom: int

    @property
    def text_height(self) -> int:
        """Height in pixels of all lines together."""
        return sum(line.height for line in self.lines)


def card_of(node: Node) -> Card:
    """Write a node's card."""
    what = what_it_is(node)
    lines = (
        _line("title", node.title if clean(node.title) else node.id),
        *((_line("system", what),) if what else ()),
        *(_line("fact", fact) for fact in visible_facts(node.lines)),
    )
    side_room, headroom = _OUTLINE[look_of(node.kind).shape]
    widest = max(line.width for line in lines)
    width = max(_MIN_WIDTH, int(widest) + 1 + 2 * _PADDING_X + side_room)
    height = sum(line.height for line in lines) + 2 * _PADDING_Y + headroom
    return Card(lines=lines, width=width + width % 2, height=height + height % 2, headroom=headroom)


def _line(role: LineRole, text: str) -> CardLine:
    bold = role == "title"
    shown = fit(text, _MAX_TEXT_WIDTH, _SIZES[role], bold=bold)
    return CardLine(role, shown, text_width(shown, _SIZES[role], bold=bold))


def what_it_is(node: Node) -> str:
    """State, system and kind as words, such as "existing kafka stream"."""
    state = "" if node.state == "normal" else node.state
    return clean(" ".join((state, node.system, node.kind.replace("_", " "))))


def visible_facts(facts: tuple[str, ...]) -> tuple[str, ...]:
    """The facts there is room for; the last line counts the others."""
    shown = tuple(fact for fact in facts if clean(fact))
    if len(shown) <= _MAX_FACTS:
        return shown
    return (*shown[: _MAX_FACTS - 1], f"and {len(shown) - _MAX_FACTS + 1} more")
