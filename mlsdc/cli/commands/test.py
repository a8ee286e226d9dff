"""`mlsdc test`: a design with tests in, which of them pass out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mlsdc.cli.examine import Examined, Question, examine
from mlsdc.cli.exits import Exit
from mlsdc.cli.outputs import Output, Unusable, read_outputs, say, write_file, write_reports
from mlsdc.cli.terminal import Style, style_of
from mlsdc.diagnostics import Severity, nearest

if TYPE_CHECKING:
    from mlsdc.compiler.scenarios import Scenario

FORMATS = ("text", "json", "junit")
_UNREADABLE = ("SYN", "TYP")


@dataclass(frozen=True)
class Choice:
    """Which tests are run, and how much is told of them."""

    only: str | None = None
    verbose: bool = False


def run_tests(question: Question, choice: Choice, outputs: Sequence[str]) -> Exit:
    """Run the tests of a design and report.

    Raises `Unusable` where there are none to run, or an output cannot be written.
    """
    wanted = read_outputs(outputs, question.designs)
    unknown = next((output.format for output in wanted if output.format not in FORMATS), None)
    if unknown is not None:
        raise Unusable(f"tests are not told as {unknown}; formats: {', '.join(FORMATS)}")
    examined = examine(question)
    outcome, written = examined.outcome, examined.written
    broken = [
        d
        for d in examined.report.diagnostics
        if d.severity is Severity.ERROR and d.code.startswith(_UNREADABLE)
    ]
    if outcome is None or written is None or broken:
        end = examined.report.exit if outcome is None else Exit.FINDINGS
        write_reports([Output("text")], replace(examined.report, exit=end))
        return end
    return _run(question, examined, choice, wanted)


def _run(question: Question, examined: Examined, choice: Choice, wanted: Sequence[Output]) -> Exit:
    from mlsdc import pipeline
    from mlsdc.cli.trial import try_out
    from mlsdc.cli.trial_report import Results, render

    written, outcome, ruling = examined.written, examined.outcome, examined.ruling
    assert written is not None
    assert outcome is not None
    every, _ = pipeline.scenarios(written, outcome.compiled)
    chosen = [one for one in every if choice.only is None or choice.only in one.name]
    if not chosen:
        raise Unusable(_nothing_to_run([one.name for one in every], choice))
    today = question.judging.today
    tried = [
        try_out(written, _placed(one, question.environment), ruling.policy, today) for one in chosen
    ]
    results = Results(tried, examined.report, choice.verbose)
    for output in wanted:
        if output.path is not None:
            write_file(output.path, render(output.format, results, Style()), "-o")
        else:
            text = render(output.format, results, style_of(sys.stdout))
            say(text.removesuffix("\n"), sys.stdout)
    if all(output.path is not None for output in wanted):
        say(results.summary, sys.stderr)
    return Exit.FINDINGS if results.failed else Exit.CLEAN


def _placed(scenario: Scenario, environment: str | None) -> Scenario:
    """The scenario in the environment asked for, unless it names its own."""
    return replace(scenario, environment=scenario.environment or environment)


def _nothing_to_run(names: Sequence[str], choice: Choice) -> str:
    if not names:
        return 'there are no tests in these files: test "name" { given ... expect ... }'
    near = nearest(choice.only or "", names)
    hint = f'did you mean "{near}"?' if near else "tests: " + ", ".join(f'"{n}"' for n in names)
    return f"no test has {choice.only!r} in its name; {hint}"
