"""A report as Markdown, for a comment on a pull request.

Law: no text of a design becomes markup: it stands in code, or escaped.
"""

from __future__ import annotations

import re

from mlsdc.cli.cells import safe
from mlsdc.cli.report import Report, details, headline, summary
from mlsdc.cli.terminal import Style
from mlsdc.diagnostics import Diagnostic, Severity

_SIGNS = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.NOTE: "ℹ️"}
MOST = 100
"""Findings that are listed: a comment on GitHub holds 65,536 characters."""


def render(report: Report, style: Style) -> str:
    """The summary, then the findings, the most severe first."""
    del style
    ranked = sorted(report.diagnostics, key=lambda d: -d.severity)
    lines = ["### mlsdc", "", escaped(summary(report)), ""]
    for diagnostic in ranked[:MOST]:
        lines += _finding(diagnostic, report)
    if len(ranked) > MOST:
        lines += [f"... and {len(ranked) - MOST:,} more.", ""]
    return "\n".join(lines[:-1]) + "\n"


def _finding(diagnostic: Diagnostic, report: Report) -> list[str]:
    place = report.place(diagnostic.span)
    where = f" {_code(f'{place.file}:{place.start.line}')}" if place else ""
    title = f"{_SIGNS[diagnostic.severity]} **{diagnostic.severity.word} {diagnostic.code}**{where}"
    lines = [f"{title}  ", escaped(headline(diagnostic)), ""]
    notes = [f"{word + ': ' if word else '  '}{text}" for word, text in details(diagnostic)]
    if notes:
        lines += [*(f"    {safe(note)}" for note in notes), ""]
    return lines


def escaped(text: str) -> str:
    """Text that Markdown and HTML read as nothing but text; `code` stays code."""
    parts = re.split(r"(`[^`]+`)", safe(text))
    return "".join(
        part if at % 2 else re.sub(r"([\\`*_{}\[\]()#+\-!|<>~@&])", r"\\\1", part)
        for at, part in enumerate(parts)
    )


def _code(text: str) -> str:
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if "`" in text else ""
    return f"{fence}{pad}{safe(text)}{pad}{fence}"
