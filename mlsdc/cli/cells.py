"""Text of unknown origin in, text that is safe on a terminal out, with every character's width.

Law: no control, bidirectional or invisible character is ever printed as itself, and carets stand
under the characters they mean, also behind tabs and wide characters.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from unicodedata import category, combining, east_asian_width

TAB = 4
"""Columns between tab stops."""
_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


@dataclass(frozen=True, slots=True)
class Cells:
    """One line as printed; `starts[i]` is the column of character `i`, and one more for the end."""

    text: str
    starts: list[int]


def safe(text: str) -> str:
    """The text on one line, with visible stand-ins for characters a terminal would act upon."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " if character == "\t" else _shown(character) for character in text)


def lay_out(line: str) -> Cells:
    """Place every character of one line."""
    if line.isascii() and line.isprintable():
        return Cells(line, list(range(len(line) + 1)))
    parts: list[str] = []
    starts: list[int] = []
    column = 0
    for character in line:
        starts.append(column)
        shown = " " * (TAB - column % TAB) if character == "\t" else _shown(character)
        parts.append(shown)
        column += width(shown) if len(shown) > 1 else _width(shown)
    return Cells("".join(parts), [*starts, column])


def width(text: str) -> int:
    """The columns a printable text takes on a terminal."""
    return len(text) if text.isascii() else sum(map(_width, text))


@lru_cache(maxsize=4096)
def _width(character: str) -> int:
    if combining(character) or category(character) in ("Mn", "Me"):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


@lru_cache(maxsize=4096)
def _shown(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return f"<U+{code:04X}>" if category(character) in _HIDDEN else " "
