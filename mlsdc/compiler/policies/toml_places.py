"""TOML text in, the span of every key out; tomllib tells none.

Law: a guess is never wrong in kind: where a key is not found, its table's place stands for it.
"""

from __future__ import annotations

import re

from mlsdc.diagnostics import Span

_BARE = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
_DOTTED = rf"{_BARE}(?:[ \t]*\.[ \t]*{_BARE})*"
_LINE = re.compile(
    rf"^[ \t]*(?:\[(?P<table>[ \t]*{_DOTTED}[ \t]*)\][ \t]*(?:#.*)?$"
    rf"|(?P<key>{_DOTTED})[ \t]*=)",
    re.M,
)
_STRING = re.compile(r""""(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_ERROR_AT = re.compile(r"\(at line (\d+), column (\d+)\)$")

Places = dict[tuple[str, ...], Span]


def toml_places(text: str, file: str) -> Places:
    """Every key by its path, and every text behind it by one step more."""
    places: Places = {}
    table: tuple[str, ...] = ()
    found = list(_LINE.finditer(text))
    for at, match in enumerate(found):
        kind = "table" if match["table"] is not None else "key"
        path = tuple(_parts(match[kind]))
        start = match.start(kind)
        span = Span(file, start, start + len(match[kind].rstrip()))
        if kind == "table":
            table = path
            places.setdefault(path, span)
            continue
        for depth in range(1, len(path) + 1):
            places.setdefault((*table, *path[:depth]), span)
        end = found[at + 1].start() if at + 1 < len(found) else len(text)
        for item in _STRING.finditer(text, match.end(), end):
            places.setdefault((*table, *path, item[0][1:-1]), Span(file, *item.span()))
    return places


def toml_error(message: str, text: str, file: str) -> tuple[str, Span]:
    """What tomllib complains of, and where."""
    match = _ERROR_AT.search(message)
    said = re.sub(r" ?\(at [^()]*\)$", "", message)
    if match is None:
        return said, Span(file, len(text), len(text))
    lines = text.splitlines(keepends=True)[: int(match[1]) - 1]
    start = sum(map(len, lines)) + int(match[2]) - 1
    return said, Span(file, start, start + 1)


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in re.findall(_BARE, dotted)]
