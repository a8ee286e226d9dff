"""A report as JSON for programs; `report.schema.json` beside this file describes it.

Law: fields are added within a `schema_version`, never changed or removed. Text is ASCII, so that it
survives any encoding of a pipe.
"""

from __future__ import annotations

import json
from typing import Any

from mlsdc import __version__
from mlsdc.cli.report import Report
from mlsdc.cli.terminal import Style
from mlsdc.compiler.policies.suppress import Suppressed
from mlsdc.diagnostics import Diagnostic, Fix, Position, Severity, Span

SCHEMA_VERSION = 1
Object = dict[str, Any]


def render(report: Report, style: Style) -> str:
    """One object with everything the report knows."""
    del style
    return json.dumps(document(report), indent=2) + "\n"


def document(report: Report) -> Object:
    """The report as plain data."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "mlsdc", "version": __version__},
        "exit_code": int(report.exit),
        "files": [report.name(file) for file in report.files],
        "summary": {
            "errors": report.count(Severity.ERROR),
            "warnings": report.count(Severity.WARNING),
            "notes": report.count(Severity.NOTE),
            "environments": [
                {
                    "name": name,
                    "checks": one.passed + one.failed + one.undecided,
                    "passed": one.passed,
                    "failed": one.failed,
                    "undecided": one.undecided,
                }
                for name, one in report.verdicts.items()
            ],
        },
        "diagnostics": [diagnostic_object(diagnostic, report) for diagnostic in report.diagnostics],
        "suppressed": [_suppressed(one, report) for one in report.suppressed],
    }


def diagnostic_object(diagnostic: Diagnostic, report: Report) -> Object:
    """One finding as plain data."""
    return {
        "code": diagnostic.code,
        "slug": diagnostic.slug,
        "severity": diagnostic.severity.word,
        "subject": diagnostic.subject or None,
        "message": diagnostic.message,
        "place": place_object(diagnostic.span, report),
        "labels": [
            {"place": place_object(label.span, report), "text": label.text}
            for label in diagnostic.labels
        ],
        "arithmetic": list(diagnostic.arithmetic),
        "help": diagnostic.help or None,
        "fix": _fix(diagnostic.fix, report) if diagnostic.fix else None,
        "missing": list(diagnostic.missing),
        "environments": list(diagnostic.environments),
    }


def _suppressed(one: Suppressed, report: Report) -> Object:
    return {
        "diagnostic": diagnostic_object(one.diagnostic, report),
        "reason": one.reason,
        "until": one.until,
        "place": place_object(one.allowance, report),
    }


def _fix(fix: Fix, report: Report) -> Object:
    return {
        "title": fix.title,
        "confidence": fix.confidence.name.lower(),
        "edits": [
            {"place": place_object(edit.span, report), "text": edit.text} for edit in fix.edits
        ],
    }


def place_object(span: Span, report: Report) -> Object | None:
    """A place as plain data; None for what stands in no file."""
    place = report.place(span)
    if place is None:
        return None
    return {"file": place.file, "start": _position(place.start), "end": _position(place.end)}


def _position(position: Position) -> Object:
    return {"line": position.line, "column": position.column}
