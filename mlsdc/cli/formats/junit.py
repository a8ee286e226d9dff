"""A report as JUnit XML: every check a test case in every environment.

Law: a check fails its test case only if the run fails by it; one that could not decide is skipped,
with what it lacks as the reason, and so is one whose findings are accepted; what was said of the
language itself stands in a suite of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from mlsdc.cli.cells import safe
from mlsdc.cli.known_rules import known_rules
from mlsdc.cli.report import Report, details, headline
from mlsdc.cli.terminal import Style
from mlsdc.diagnostics import Diagnostic


def render(report: Report, style: Style) -> str:
    """A suite for the reading of the design, and one for each environment."""
    del style
    judged = _judged(report)
    language = [d for d in report.diagnostics if not d.undecided and d.code not in judged]
    suites = [_suite("design", [_language(language, report)])]
    for name in report.verdicts:
        holding = [d for d in report.diagnostics if not d.environments or name in d.environments]
        cases = [
            _case(
                name, code, [d for d in holding if d.code == code], report, _why(name, code, report)
            )
            for code in judged
        ]
        suites.append(_suite(name, cases))
    body = "\n".join(suites)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="mlsdc">'
    return f"{head}\n{body}\n</testsuites>\n"


def _judged(report: Report) -> list[str]:
    """The codes of all checks, where any were run."""
    if not report.verdicts:
        return []
    from mlsdc.compiler.schedule import standard_checks

    return sorted({check.rule.code for check in standard_checks()})


def _suite(name: str, cases: Sequence[str]) -> str:
    failures = sum("<failure" in case for case in cases)
    skipped = sum("<skipped" in case for case in cases)
    counts = f'tests="{len(cases)}" failures="{failures}" errors="0" skipped="{skipped}"'
    return "\n".join([f"  <testsuite name={_attribute(name)} {counts}>", *cases, "  </testsuite>"])


def _language(found: Sequence[Diagnostic], report: Report) -> str:
    return _testcase("mlsdc.design", "the design can be understood", found, report)


def _why(environment: str, code: str, report: Report) -> str:
    """The reasons for which findings of a check are accepted in an environment."""
    reasons = (
        one.reason
        for one in report.suppressed
        if one.diagnostic.code == code
        and (not one.diagnostic.environments or environment in one.diagnostic.environments)
    )
    return "; ".join(dict.fromkeys(reasons))


def _case(
    environment: str, code: str, found: Sequence[Diagnostic], report: Report, accepted: str
) -> str:
    rule = known_rules()[code]
    suite, name = f"mlsdc.{environment}", f"{code} {rule.slug}"
    return _testcase(suite, name, found, report, accepted)


def _testcase(
    suite: str, name: str, found: Sequence[Diagnostic], report: Report, accepted: str = ""
) -> str:
    head = f"    <testcase classname={_attribute(suite)} name={_attribute(name)}"
    if not found and accepted:
        reason = _attribute(f"accepted: {accepted}")
        return f"{head}>\n      <skipped message={reason}/>\n    </testcase>"
    if not found:
        return f"{head}/>"
    failing = [d for d in found if d.severity >= report.fail_on]
    text = escape("\n".join(_told(diagnostic, report) for diagnostic in found))
    if failing:
        message = _attribute(headline(failing[0]))
        inner = f'<failure message={message} type="{failing[0].severity.word}">{text}</failure>'
    elif any(d.undecided for d in found):
        inner = f"<skipped message={_attribute(_lacking(found))}/>"
    else:
        inner = f"<system-out>{text}</system-out>"
    return f"{head}>\n      {inner}\n    </testcase>"


def _lacking(found: Sequence[Diagnostic]) -> str:
    missing = dict.fromkeys(field for d in found for field in d.missing)
    return "undecided: needs " + ", ".join(missing)


def _told(diagnostic: Diagnostic, report: Report) -> str:
    place = report.place(diagnostic.span)
    where = f"{place.file}:{place.start.line}:{place.start.column}: " if place else ""
    word = f"{diagnostic.severity.word}[{diagnostic.code}]"
    notes = [f"  {word + ': ' if word else '  '}{text}" for word, text in details(diagnostic)]
    return "\n".join(map(safe, [f"{where}{word} {headline(diagnostic)}", *notes]))


def _attribute(text: str) -> str:
    return quoteattr(safe(text))
