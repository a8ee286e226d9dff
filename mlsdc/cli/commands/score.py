"""`mlsdc score`: a design in, its ML Test Score out, as far as a design can be read for it.

Law: standard output carries nothing but the score; what keeps the design from being understood goes
to standard error.
"""

from __future__ import annotations

import json
import sys

from mlsdc.cli.complain import say_findings
from mlsdc.cli.examine import Examined, Question, examine
from mlsdc.cli.exits import Exit
from mlsdc.cli.fault import fault
from mlsdc.cli.outputs import Unusable, say
from mlsdc.cli.score_text import LABEL, document, text
from mlsdc.cli.terminal import style_of
from mlsdc.compiler.schedule import standard_checks
from mlsdc.compiler.score.rubric import SECTIONS, TESTS
from mlsdc.compiler.score.score import Score
from mlsdc.compiler.score.score import score as points_of
from mlsdc.compiler.score.view import Mechanism, View
from mlsdc.compiler.undecided_checks import UNDECIDED
from mlsdc.units import digits

SCHEMA_VERSION = 1
_UNREADABLE = ("SYN", "TYP")


def score(question: Question, format: str = "text", fail_under: float | None = None) -> Exit:
    """Print the score of every environment asked for.

    Raises `Unusable` for a limit that no design can reach.
    """
    reachable = min(sum(t.most for t in TESTS if t.section == name) for name in SECTIONS)
    if fail_under is not None and not 0 <= fail_under <= reachable:
        raise Unusable(
            f"--fail-under {digits(fail_under)}: a design can be read for 0 to {digits(reachable)}"
        )
    examined = examine(question)
    try:
        scores = _scores(examined)
        if not scores:
            say_findings(examined.report)
            return examined.report.exit or Exit.FINDINGS
        said = _json(examined, scores) if format == "json" else _text(scores)
    except Exception as error:
        say_findings(examined.ended(Exit.FAULT, [fault(error)]))
        return Exit.FAULT
    say(said, sys.stdout)
    return _verdict(scores, fail_under)


def _verdict(scores: dict[str, Score], fail_under: float | None) -> Exit:
    least = min(one.final for one in scores.values())
    if fail_under is None or least >= fail_under:
        return Exit.CLEAN
    say(f"mlsdc: the score {digits(least)} is under {digits(fail_under)}", sys.stderr)
    return Exit.FINDINGS


def _scores(examined: Examined) -> dict[str, Score]:
    """The score of each environment; none of a design of which a part means nothing."""
    if examined.outcome is None or any(
        d.code.startswith(_UNREADABLE) and d.severity.name == "ERROR"
        for d in examined.report.diagnostics
    ):
        return {}
    known = [check.rule.code for check in standard_checks()]
    planned = [one.code for one in UNDECIDED]
    tests = len(examined.written.collected.tests) if examined.written is not None else 0
    return {
        one.environment: points_of(
            View(one.design, one.facts, examined.ruling.policy, tests), one.verdicts, known, planned
        )
        for one in examined.outcome.compiled
    }


def _text(scores: dict[str, Score]) -> str:
    groups: list[tuple[list[str], Score]] = []
    for name, score in scores.items():
        same = next((names for names, known in groups if known == score), None)
        if same is None:
            groups.append(([name] if name else [], score))
        else:
            same.append(name)
    return text(groups, style_of(sys.stdout))


def _json(examined: Examined, scores: dict[str, Score]) -> str:
    report = examined.report
    assert examined.outcome is not None
    designs = {one.environment: one.design for one in examined.outcome.compiled}

    def place(environment: str, mechanism: Mechanism) -> dict[str, object] | None:
        design = designs[environment]
        system = mechanism.component == design.system.name
        name = "system" if system else mechanism.component
        span = design.place(name, *mechanism.path)
        return report.locate(span) if span.file in report.sources else None

    told = {
        "schema_version": SCHEMA_VERSION,
        "label": LABEL,
        "score": min(one.final for one in scores.values()),
        "environments": document(list(scores.items()), place),
    }
    return json.dumps(told, indent=2)
