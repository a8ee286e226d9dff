"""A report as text for people: message, quoted lines, arithmetic, help.

Law: a finding begins with `file:line:col: severity[CODE]`, so that editors and `grep` find it; the
last line is the summary.
"""

from __future__ import annotations

from collections.abc import Iterator

from mlsdc.cli.cells import safe
from mlsdc.cli.report import Report, details, headline, summary
from mlsdc.cli.snippet import snippet
from mlsdc.cli.terminal import BLUE, BOLD, CYAN, RED, YELLOW, Style
from mlsdc.diagnostics import Diagnostic, Severity

MOST = 500
"""Findings that are printed; nobody reads more, and the summary counts all."""
_COLOURS = {Severity.ERROR: RED, Severity.WARNING: YELLOW, Severity.NOTE: CYAN}


def render(report: Report, style: Style) -> str:
    """The findings in reading order, a blank line between them, and the summary."""
    shown = _worst(report)
    blocks = ["\n".join(block(d, report, style)) for d in shown]
    left = len(report.diagnostics) - len(shown)
    if left:
        blocks.append(f"... and {left:,} more; `-o json` lists all of them")
    blocks.append(summary(report))
    return "\n\n".join(blocks) + "\n"


def _worst(report: Report) -> list[Diagnostic]:
    """All findings, or the most severe of very many, in reading order."""
    if len(report.diagnostics) <= MOST:
        return list(report.diagnostics)
    ranked = sorted(enumerate(report.diagnostics), key=lambda pair: -pair[1].severity)[:MOST]
    return [diagnostic for _, diagnostic in sorted(ranked, key=lambda pair: pair[0])]


def block(diagnostic: Diagnostic, report: Report, style: Style) -> Iterator[str]:
    """One finding, line by line."""
    colour = _COLOURS[diagnostic.severity]
    place = report.place(diagnostic.span)
    where = f"{safe(place.file)}: " if place else "mlsdc: "
    if place and diagnostic.span.file in report.sources:
        where = f"{safe(place.file)}:{place.start.line}:{place.start.column}: "
    word = style.paint(f"{diagnostic.severity.word}[{diagnostic.code}]", colour, BOLD)
    yield f"{style.paint(where, BOLD)}{word} {style.paint(safe(headline(diagnostic)), BOLD)}"
    yield from snippet(diagnostic, report, style, colour)
    yield from _notes(diagnostic, _indent(diagnostic, report), style)


def _indent(diagnostic: Diagnostic, report: Report) -> int:
    """The column of the bar beside the quoted lines."""
    spans = [diagnostic.span, *(label.span for label in diagnostic.labels)]
    lines = [
        report.sources[span.file].position(span.start).line
        for span in spans
        if span.file in report.sources and report.sources[span.file].text
    ]
    return len(str(max(lines))) + 1 if lines else 2


def _notes(diagnostic: Diagnostic, indent: int, style: Style) -> Iterator[str]:
    sign = style.paint("=", BLUE, BOLD)
    pairs = [*details(diagnostic), ("see", f"mlsdc explain {diagnostic.code}")]
    last = ""
    for word, text in pairs:
        last = word or last
        head = f"{sign} {style.paint(f'{word}:', BOLD)}" if word else " " * (len(last) + 3)
        yield f"{' ' * indent}{head} {safe(text)}".rstrip()
