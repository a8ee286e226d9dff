"""A stream and the environment in, how to print on it out.

Law: colour appears on a terminal only, unless FORCE_COLOR asks for it elsewhere; NO_COLOR and
TERM=dumb switch it off (https://no-color.org, https://force-color.org; NO_COLOR wins).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

PLAIN_WIDTH = 120
"""Columns where there is no terminal to ask: the same text on every machine."""


@dataclass(frozen=True, slots=True)
class Style:
    """How text is printed: with colours or without, cut to how many columns."""

    colour: bool = False
    width: int = PLAIN_WIDTH

    def paint(self, text: str, *codes: str) -> str:
        """The text in a colour, where colours are wanted."""
        if not self.colour or not text:
            return text
        return f"\x1b[{';'.join(codes)}m{text}\x1b[0m"


BOLD, RED, GREEN, YELLOW, BLUE, CYAN = "1", "31", "32", "33", "34", "36"


def style_of(stream: TextIO | None, environ: Mapping[str, str] = os.environ) -> Style:
    """The style of a stream; None is one that was closed."""
    terminal = stream is not None and not stream.closed and stream.isatty()
    return Style(_wants_colour(terminal, environ), _columns() if terminal else PLAIN_WIDTH)


def _wants_colour(terminal: bool, environ: Mapping[str, str]) -> bool:
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR", "0") not in ("", "0", "false"):
        return True
    return terminal and environ.get("TERM") != "dumb"


def _columns() -> int:
    from shutil import get_terminal_size

    return max(40, get_terminal_size((PLAIN_WIDTH, 24)).columns)
