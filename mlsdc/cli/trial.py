"""A design and its scenarios in, what each of them found out out.

The design is read once; every scenario resolves it anew in its own circumstances.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mlsdc import pipeline
from mlsdc.compiler.assertions import check_assertion
from mlsdc.compiler.policies.policy import Policy
from mlsdc.compiler.scenario_rules import TEST_FAILED
from mlsdc.compiler.scenarios import Expectation, Scenario
from mlsdc.diagnostics import Diagnostic, Severity, Span

_MOST_SHOWN = 5
_ABOUT_ALLOWANCES = "SUP"


@dataclass(frozen=True)
class Tried:
    """One scenario after its run; it passed where `failures` is empty."""

    scenario: Scenario
    failures: list[Diagnostic]
    found: list[Diagnostic]
    """What the design was found to break, in the circumstances of the scenario."""


def try_out(
    written: pipeline.Written, scenario: Scenario, policy: Policy, today: str | None
) -> Tried:
    """Run one scenario."""
    circumstances = replace(written.collected, circumstances=scenario.blocks)
    outcome = pipeline.check_written(
        replace(written, collected=circumstances),
        scenario.environment,
        scenario.given,
        policy=policy,
        today=today,
    )
    found = [d for d in outcome.diagnostics if not d.code.startswith(_ABOUT_ALLOWANCES)]
    failures = [said for each in scenario.expectations for said in _judge(each, found)]
    for one in outcome.compiled:
        for statement in scenario.asserts:
            scope = one.resolved.scope
            failures += check_assertion(statement, one.design, one.facts, scope)
    return Tried(scenario, list(dict.fromkeys(failures)), found)


def _judge(expected: Expectation, found: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    if expected.rule is None:
        least = Severity.WARNING if expected.outcome == "nothing" else Severity.ERROR
        heard = [d for d in found if d.severity >= least]
        if heard:
            wanted = "nothing was" if expected.outcome == "nothing" else "no errors were"
            yield _failed(expected.span, f"{wanted} expected", heard)
        return
    same = [d for d in found if d.code == expected.rule.code]
    meant = [d for d in same if not expected.subject or d.subject == expected.subject]
    name = f"{expected.rule.code} ({expected.rule.slug})"
    name += f" on `{expected.subject}`" if expected.subject else ""
    decided = [d for d in meant if not d.undecided]
    if expected.outcome == "absent" and decided:
        yield _failed(expected.span, f"no {name} was expected", decided)
    elif expected.outcome == "found" and not decided:
        yield _failed(expected.span, f"{name} was expected and not found", meant or same or found)


def _failed(span: Span, message: str, found: Sequence[Diagnostic]) -> Diagnostic:
    shown = [_line(d) for d in found[:_MOST_SHOWN]]
    if len(found) > _MOST_SHOWN:
        shown.append(f"and {len(found) - _MOST_SHOWN} more")
    told = f"; found: {shown[0]}" if len(found) == 1 else ""
    return TEST_FAILED.at(
        span,
        message + (told or ("" if found else "; nothing was found")),
        arithmetic=shown if len(found) > 1 else (),
        help="change the design, or what the test expects of it",
    )


def _line(found: Diagnostic) -> str:
    subject = f"{found.subject}: " if found.subject and found.subject not in found.message else ""
    needs = f" (undecided: needs {', '.join(found.missing)})" if found.undecided else ""
    return f"{found.code} {subject}{found.message}{needs}"
