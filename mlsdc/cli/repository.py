"""Findings in, what code hosts need to show them out: paths in the repository and fingerprints.

Law: every finding has a file, a line and a fingerprint of its own; a fingerprint stays the same
when lines move or numbers change.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from hashlib import sha256

from mlsdc.cli.report import Place, Report
from mlsdc.diagnostics import Diagnostic, Position, Span

ROOTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")
"""Where GitHub and GitLab have put the repository."""
START = Position(1, 1)


def located(span: Span, report: Report) -> Place:
    """The place of a span in a file of the design.

    What stands in none of them (the command line, mlsdc itself) is placed at the start of the
    first: hosts refuse a whole upload when one finding has no file.
    """
    if span.file in report.names or (span.file in report.sources and span.file[:1] != "<"):
        place = report.place(span)
        assert place is not None
        return place
    first = report.name(report.files[0]) if report.files else "design.mlsd"
    return Place(first, START, START)


def repository_path(file: str, environ: Mapping[str, str] = os.environ) -> str:
    """A file's path below the repository's root, with slashes.

    The root is the host's where it says so, else the working folder; a path outside of it stays as
    it was typed.
    """
    if file.startswith("<"):
        return file.strip("<>")
    root = next((environ[name] for name in ROOTS if environ.get(name)), os.getcwd())
    for base in dict.fromkeys((root, os.getcwd())):
        try:
            path = os.path.relpath(file, base)
        except ValueError:  # another drive of Windows
            continue
        if not path.startswith(os.pardir):
            return path.replace(os.sep, "/")
    return file.replace(os.sep, "/")


def fingerprints(report: Report) -> list[str]:
    """One for each finding, in their order: what it is about, and a number where that repeats."""
    seen: Counter[tuple[str, str, str]] = Counter()
    found: list[str] = []
    for diagnostic in report.diagnostics:
        key = _identity(diagnostic, report)
        seen[key] += 1
        text = "\0".join((*key, str(seen[key])))
        found.append(sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:40])
    return found


def _identity(diagnostic: Diagnostic, report: Report) -> tuple[str, str, str]:
    file = repository_path(located(diagnostic.span, report).file)
    return diagnostic.code, file, diagnostic.subject or diagnostic.message
