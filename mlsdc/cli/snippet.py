"""Spans in, the lines of text they lie on with carets underneath out.

Law: lines appear once and in order, the primary file first; a long line is cut around what it is
quoted for; a span over several lines is shown by its first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mlsdc.cli.cells import lay_out, safe, width
from mlsdc.cli.report import Report
from mlsdc.cli.terminal import BLUE, BOLD, Style
from mlsdc.diagnostics import Diagnostic, Source, Span

_REACH = 2000
"""Characters of a line that are looked at before the first mark and behind it."""
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Mark:
    """A range of characters of one line (from 0), with what is to be said about it."""

    start: int
    end: int
    text: str
    primary: bool


Lines = dict[int, list[Mark]]


def snippet(diagnostic: Diagnostic, report: Report, style: Style, colour: str) -> Iterator[str]:
    """The quoted lines of a finding; nothing where its texts are not at hand."""
    files = _collect(diagnostic, report)
    numbers = [number for lines in files.values() for number in lines]
    gutter = len(str(max(numbers, default=0)))
    for file, lines in files.items():
        source = report.sources[file]
        if file != diagnostic.span.file:
            first = min(lines)
            column = lines[first][0].start + 1
            arrow = style.paint(f"{' ' * gutter} :::", BLUE, BOLD)
            yield f"{arrow} {safe(report.name(file))}:{first}:{column}"
        yield _bar("", gutter, style)
        yield from _quote(source, lines, gutter, style, colour)


def _collect(diagnostic: Diagnostic, report: Report) -> dict[str, Lines]:
    """The marks by file and line, those of the finding's own file first."""
    files: dict[str, Lines] = {}
    spans = [
        (diagnostic.span, "", True),
        *((label.span, label.text, False) for label in diagnostic.labels),
    ]
    for span, text, primary in spans:
        source = report.sources.get(span.file)
        if source is None or not source.text:
            continue
        line, mark = _mark(source, span, text, primary)
        files.setdefault(span.file, {}).setdefault(line, []).append(mark)
    for lines in files.values():
        for marks in lines.values():
            marks.sort(key=lambda mark: (not mark.primary, mark.start))
    return files


def _mark(source: Source, span: Span, text: str, primary: bool) -> tuple[int, Mark]:
    at = source.position(span.start)
    start = at.column - 1
    end = start + max(1, span.end - span.start)
    line_end = start - span.start + _line_end(source, span.start)
    return at.line, Mark(start, min(end, max(start + 1, line_end)), text, primary)


def _line_end(source: Source, offset: int) -> int:
    end = source.text.find("\n", offset)
    end = len(source.text) if end < 0 else end
    return end - 1 if end > offset and source.text[end - 1] == "\r" else end


def _quote(source: Source, lines: Lines, gutter: int, style: Style, colour: str) -> Iterator[str]:
    previous = 0
    for number in sorted(lines):
        if previous and number > previous + 1:
            yield style.paint("...", BLUE, BOLD)
        yield from _line(source.line(number), number, lines[number], gutter, style, colour)
        previous = number


def _line(
    text: str, number: int, marks: list[Mark], gutter: int, style: Style, colour: str
) -> Iterator[str]:
    text, marks = _near(text, marks)
    cells = lay_out(text)
    room = max(20, style.width - gutter - 3)
    shown, shift = _cut(cells.text, cells.starts[_inside(marks[0].start, cells.starts)], room)
    yield _bar(shown, gutter, style, str(number))
    limit = shift + width(shown)
    for mark in marks:
        start = cells.starts[_inside(mark.start, cells.starts)]
        end = max(start + 1, cells.starts[_inside(mark.end, cells.starts)])
        if start > limit or start < shift:
            continue  # the other end of a very long line
        sign, paint = ("^", colour) if mark.primary else ("-", BLUE)
        under = sign * max(1, min(end, limit) - start)
        said = f" {safe(mark.text)}" if mark.text else ""
        yield _bar(" " * (start - shift) + style.paint(under + said, paint, BOLD), gutter, style)


def _near(text: str, marks: list[Mark]) -> tuple[str, list[Mark]]:
    """The part of an enormous line that could be shown at all."""
    first = marks[0].start
    if len(text) <= 2 * _REACH:
        return text, marks
    begin = max(0, first - _REACH)
    moved = [Mark(m.start - begin, m.end - begin, m.text, m.primary) for m in marks]
    return text[begin : first + _REACH], [m for m in moved if 0 <= m.start <= 2 * _REACH]


def _inside(at: int, starts: list[int]) -> int:
    return min(at, len(starts) - 1)


def _cut(text: str, column: int, room: int) -> tuple[str, int]:
    """The text cut to the room, and the column its first character stands for."""
    if width(text) <= room:
        return text, 0
    first = 0 if column < room * 2 // 3 else column - room // 3
    kept: list[str] = []
    at = 0
    shift = first
    for character in text:
        if at >= first + room - 1:
            return "".join(kept) + _ELLIPSIS, shift
        if at >= first:
            if first and not kept:
                shift = at
                kept.append(_ELLIPSIS + (" " if width(character) == 2 else ""))
            else:
                kept.append(character)
        at += width(character)
    return "".join(kept), shift


def _bar(text: str, gutter: int, style: Style, number: str = "") -> str:
    bar = style.paint(f"{number:>{gutter}} |", BLUE, BOLD)
    return f"{bar} {text}" if text else bar
