"""A report as workflow commands, which GitHub shows as annotations of a pull request.

Source: docs.github.com, "Workflow commands for GitHub Actions". Law: no text of a design can begin
a command of its own.
"""

from __future__ import annotations

from mlsdc.cli.cells import safe
from mlsdc.cli.report import Report, details, headline, summary
from mlsdc.cli.repository import located, repository_path
from mlsdc.cli.terminal import Style
from mlsdc.diagnostics import Diagnostic, Severity

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(report: Report, style: Style) -> str:
    """One command a finding, and the summary."""
    del style
    lines = [_command(diagnostic, report) for diagnostic in report.diagnostics]
    return "\n".join([*lines, summary(report)]) + "\n"


def _command(diagnostic: Diagnostic, report: Report) -> str:
    place = located(diagnostic.span, report)
    properties = {
        "file": repository_path(place.file),
        "line": str(place.start.line),
        "col": str(place.start.column),
        "endLine": str(place.end.line),
        "endColumn": str(place.end.column),
        "title": f"{diagnostic.code} {diagnostic.slug}",
    }
    if place.end.line != place.start.line:
        del properties["col"], properties["endColumn"]  # allowed on one line only
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    notes = [f"{word + ': ' if word else '  '}{text}" for word, text in details(diagnostic)]
    message = "\n".join(safe(line) for line in [headline(diagnostic), *notes])
    return f"::{_COMMANDS[diagnostic.severity]} {listed}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
