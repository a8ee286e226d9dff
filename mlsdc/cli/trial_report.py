"""What tests found out in, a text, a JSON object or JUnit XML out.

Law: every form tells the same tests, in the order they are written, and nothing of the clock.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from xml.sax.saxutils import escape, quoteattr

from mlsdc import __version__
from mlsdc.cli.cells import safe
from mlsdc.cli.formats.json import diagnostic_object, place_object
from mlsdc.cli.formats.text import block
from mlsdc.cli.report import Report, counted, details, headline
from mlsdc.cli.terminal import BOLD, GREEN, RED, Style
from mlsdc.cli.trial import Tried
from mlsdc.diagnostics import Diagnostic

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Results:
    """All tests of a run; `report` names and holds the files they stand in."""

    tried: Sequence[Tried]
    report: Report
    verbose: bool = False

    @cached_property
    def failed(self) -> int:
        """How many tests failed."""
        return sum(bool(one.failures) for one in self.tried)

    @property
    def summary(self) -> str:
        """`3 tests: 2 pass, 1 fails`"""
        passed = len(self.tried) - self.failed
        return f"{counted(len(self.tried), 'test')}: {passed:,} pass, {self.failed:,} fail"

    def where(self, one: Tried) -> str:
        """`file:line` of a test."""
        place = self.report.place(one.scenario.span)
        return f"{place.file}:{place.start.line}" if place else ""


def render(name: str, results: Results, style: Style) -> str:
    """The results in one of the forms, ending with a line end."""
    return _FORMS[name](results, style)


def _text(results: Results, style: Style) -> str:
    lines: list[str] = []
    for one in results.tried:
        word = style.paint("FAIL", RED, BOLD) if one.failures else style.paint("pass", GREEN)
        lines.append(f"{word}  {safe(one.scenario.name)}")
        shown = [*one.failures, *(one.found if results.verbose else ())]
        for diagnostic in shown:
            inner = block(diagnostic, results.report, style)
            lines += ["", *(f"      {line}".rstrip() for line in inner)]
        if shown:
            lines.append("")
    if lines[-1]:
        lines.append("")
    return "\n".join([*lines, results.summary]) + "\n"


def _json(results: Results, style: Style) -> str:
    del style
    tests = [
        {
            "name": one.scenario.name,
            "passed": not one.failures,
            "place": place_object(one.scenario.span, results.report),
            "environment": one.scenario.environment,
            "failures": [diagnostic_object(d, results.report) for d in one.failures],
            "found": [diagnostic_object(d, results.report) for d in one.found],
        }
        for one in results.tried
    ]
    document = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "mlsdc", "version": __version__},
        "summary": {"passed": len(tests) - results.failed, "failed": results.failed},
        "tests": tests,
    }
    return json.dumps(document, indent=2) + "\n"


def _junit(results: Results, style: Style) -> str:
    del style
    counts = f'tests="{len(results.tried)}" failures="{results.failed}" errors="0" skipped="0"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<testsuites name="mlsdc test">',
        f'  <testsuite name="design" {counts}>',
        *(line for one in results.tried for line in _case(one, results)),
        "  </testsuite>",
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _case(one: Tried, results: Results) -> Iterator[str]:
    place = results.report.place(one.scenario.span)
    where = f' file={_attribute(place.file)} line="{place.start.line}"' if place else ""
    head = f'    <testcase classname="mlsdc.test" name={_attribute(one.scenario.name)}{where}'
    if not one.failures:
        yield f"{head}/>"
        return
    text = "\n".join(_told(d, results.report) for d in one.failures)
    message = _attribute(headline(one.failures[0]))
    yield f"{head}>"
    yield f'      <failure message={message} type="{one.failures[0].code}">{escape(text)}</failure>'
    yield "    </testcase>"


def _told(diagnostic: Diagnostic, report: Report) -> str:
    place = report.place(diagnostic.span)
    where = f"{place.file}:{place.start.line}:{place.start.column}: " if place else ""
    notes = [f"  {word + ': ' if word else '  '}{text}" for word, text in details(diagnostic)]
    return "\n".join(map(safe, [f"{where}{headline(diagnostic)}", *notes]))


def _attribute(text: str) -> str:
    return quoteattr(safe(text))


_FORMS: Mapping[str, Callable[[Results, Style], str]] = {
    "text": _text,
    "json": _json,
    "junit": _junit,
}
