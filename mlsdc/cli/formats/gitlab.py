"""A report as a GitLab code quality artifact.

Source: docs.gitlab.com, "Code Quality", report format. Law: fingerprints are unique, because GitLab
shows only one finding of each.
"""

from __future__ import annotations

import json
from typing import Any

from mlsdc.cli.report import Report, details, headline
from mlsdc.cli.repository import fingerprints, located, repository_path
from mlsdc.cli.terminal import Style
from mlsdc.diagnostics import Diagnostic, Severity

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.NOTE: "info"}


def render(report: Report, style: Style) -> str:
    """A list with one object for each finding."""
    del style
    marks = fingerprints(report)
    pairs = zip(report.diagnostics, marks, strict=True)
    return json.dumps([_finding(d, mark, report) for d, mark in pairs], indent=2) + "\n"


def _finding(diagnostic: Diagnostic, mark: str, report: Report) -> dict[str, Any]:
    place = located(diagnostic.span, report)
    notes = (f"{word}: {text}" if word else text for word, text in details(diagnostic))
    return {
        "description": "; ".join([headline(diagnostic), *notes]),
        "check_name": f"{diagnostic.code} {diagnostic.slug}",
        "fingerprint": mark,
        "severity": _SEVERITIES[diagnostic.severity],
        "location": {
            "path": repository_path(place.file),
            "lines": {"begin": place.start.line, "end": place.end.line},
        },
    }
