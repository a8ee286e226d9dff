"""YAML text in, a text that the YAML library reads as YAML 1.2 out, with the way back.

The library counts U+0085, U+2028 and U+2029 as line ends, as YAML 1.1 did; they are exchanged for
private characters of the same length while it reads. Everything YAML forbids is found beforehand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mlsdc.diagnostics import Diagnostic, Span
from mlsdc.dsl import yaml_rules as rules

_FORBIDDEN = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_TURNING = "\u202a-\u202e\u2066-\u2069"
"""Characters that let a text look different from what it is; the language refuses them too."""
_UNSPEAKABLE = re.compile(f"[\0\r{_TURNING}]")
_FOUND = re.compile(f"{_FORBIDDEN.pattern}|[{_TURNING}]")
_OLD_LINE_ENDS = "\x85\u2028\u2029"
_PRIVATE = range(0xE000, 0xF900)


@dataclass(frozen=True, slots=True)
class Readable:
    """A text prepared for the library, and how to return from it."""

    original: str
    text: str
    shift: int
    exchanged: dict[int, str]

    @property
    def end(self) -> int:
        """The length of the original text."""
        return len(self.original)

    def offset(self, index: int) -> int:
        """The place in the original text."""
        return min(index + self.shift, len(self.original))

    def restore(self, value: str) -> str:
        """A scalar's value with the exchanged characters back."""
        return value.translate(self.exchanged) if self.exchanged else value


def make_readable(text: str) -> Readable:
    """Prepare a text; a byte order mark at its beginning is left out."""
    shift = int(text.startswith("\ufeff"))
    found = [char for char in _OLD_LINE_ENDS if char in text]
    lowered = text.lower() if found else ""
    free = [c for c in _PRIVATE if found and chr(c) not in text and f"{c:x}" not in lowered]
    there = dict(zip(map(ord, found), free, strict=False))
    back = {code: chr(char) for char, code in there.items()}
    return Readable(text, text[shift:].translate(there) if there else text[shift:], shift, back)


def forbidden_character(text: str, file: str) -> Diagnostic | None:
    """The first character that no YAML text may hold."""
    match = _FOUND.search(text, int(text.startswith("\ufeff")))
    if match is None:
        return None
    return rules.CHARACTER.at(
        Span(file, match.start(), match.end()),
        f"the character U+{ord(match.group()):04X} is not allowed in a design",
        help="remove it",
    )


def unspeakable_character(value: str, span: Span) -> Diagnostic | None:
    """A character, written with an escape, that no text of a design may hold."""
    match = _UNSPEAKABLE.search(value)
    if match is None:
        return None
    code = ord(match.group())
    return rules.CHARACTER.at(
        span, f"a text of a design cannot hold the character U+{code:04X}", help="remove it"
    )
