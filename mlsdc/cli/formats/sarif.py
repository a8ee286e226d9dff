"""A report as SARIF 2.1.0, for code scanning.

Source: OASIS SARIF 2.1.0, and what GitHub asks of an upload: each result a location inside the
repository, a stable rule and a fingerprint. Law: paths are relative; no result lacks a region.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from mlsdc import __version__
from mlsdc.cli.exits import Exit
from mlsdc.cli.known_rules import known_rules
from mlsdc.cli.report import Place, Report, details, headline
from mlsdc.cli.repository import fingerprints, located, repository_path
from mlsdc.cli.rule_page import plain_page
from mlsdc.cli.terminal import Style
from mlsdc.compiler.policies.suppress import Suppressed
from mlsdc.diagnostics import Diagnostic, Fix, Rule, Severity, Span, in_reading_order

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
Object = dict[str, Any]


def render(report: Report, style: Style) -> str:
    """One run with the rules it speaks of and a result for every finding."""
    del style
    return json.dumps(document(report), indent=2) + "\n"


def document(report: Report) -> Object:
    """The log as plain data."""
    accepted = {one.diagnostic: one for one in report.suppressed}
    told = report
    if accepted:
        told = replace(report, diagnostics=in_reading_order([*report.diagnostics, *accepted]))
    codes = sorted({diagnostic.code for diagnostic in told.diagnostics})
    index = {code: at for at, code in enumerate(codes)}
    results = [
        _result(diagnostic, index[diagnostic.code], mark, accepted.get(diagnostic), report)
        for diagnostic, mark in zip(told.diagnostics, fingerprints(told), strict=True)
    ]
    driver: Object = {
        "name": "mlsdc",
        "fullName": "ML System Design Compiler",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(code, told) for code in codes],
    }
    ran = report.exit in (Exit.CLEAN, Exit.FINDINGS, Exit.STALE)
    ended = {"executionSuccessful": ran, "exitCode": int(report.exit)}
    run: Object = {
        "tool": {"driver": driver},
        "invocations": [ended],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str, report: Report) -> Object:
    rule = known_rules().get(code) or _unlisted(code, report)
    page = plain_page(rule)
    return {
        "id": code,
        "name": "".join(word.capitalize() for word in rule.slug.split("-")),
        "shortDescription": {"text": f"{rule.title}."},
        "fullDescription": {"text": f"{rule.title}."},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": rule.severity.word},
    }


def _unlisted(code: str, report: Report) -> Rule:
    """A finding of a check that is not installed any more cannot occur; one of a caller's can."""
    first = next(d for d in report.diagnostics if d.code == code)
    return Rule(code, first.slug, first.slug.replace("-", " ").capitalize(), first.severity)


def _result(
    diagnostic: Diagnostic, index: int, mark: str, accepted: Suppressed | None, report: Report
) -> Object:
    notes = [f"{word + ': ' if word else '  '}{text}" for word, text in details(diagnostic)]
    result: Object = {
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        # "open": evaluated, with too little said to decide; such a result has no level.
        "kind": "open" if _is_open(diagnostic) else "fail",
        "level": "none" if _is_open(diagnostic) else diagnostic.severity.word,
        "message": {"text": "\n".join([headline(diagnostic), *notes])},
        "locations": [_location(located(diagnostic.span, report))],
        "partialFingerprints": {"mlsdcFinding/v1": mark},
    }
    if diagnostic.labels:
        result["relatedLocations"] = [
            {
                "id": at,
                "message": {"text": label.text or "see also"},
                **_location(located(label.span, report)),
            }
            for at, label in enumerate(diagnostic.labels, 1)
        ]
    if diagnostic.fix is not None and diagnostic.fix.edits:
        result["fixes"] = [_fix(diagnostic.fix, report)]
    if accepted is not None:
        until = f" (until {accepted.until})" if accepted.until else ""
        result["suppressions"] = [
            {
                "kind": "inSource",
                "status": "accepted",
                "justification": accepted.reason + until,
                "location": _location(located(accepted.allowance, report)),
            }
        ]
    return result


def _is_open(diagnostic: Diagnostic) -> bool:
    return diagnostic.undecided and diagnostic.severity is Severity.NOTE


def _location(place: Place) -> Object:
    return {"physicalLocation": {"artifactLocation": _artifact(place), "region": _region(place)}}


def _artifact(place: Place) -> Object:
    path = repository_path(place.file).encode("utf-8", "surrogateescape")
    return {"uri": quote(path, safe="/"), "uriBaseId": "%SRCROOT%"}


def _region(place: Place) -> Object:
    return {
        "startLine": place.start.line,
        "startColumn": place.start.column,
        "endLine": place.end.line,
        "endColumn": place.end.column,
    }


def _fix(fix: Fix, report: Report) -> Object:
    files: dict[str, list[tuple[Span, str]]] = {}
    for edit in fix.edits:
        files.setdefault(edit.span.file, []).append((edit.span, edit.text))
    changes = [
        {
            "artifactLocation": _artifact(located(edits[0][0], report)),
            "replacements": [
                {"deletedRegion": _region(located(span, report)), "insertedContent": {"text": text}}
                for span, text in edits
            ],
        }
        for edits in files.values()
    ]
    return {"description": {"text": fix.title}, "artifactChanges": changes}
