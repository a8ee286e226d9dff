"""Files and options in, everything the checks have to say out: what all commands share.

Law: whatever goes wrong becomes a finding with a place, an unexpected exception included.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from mlsdc.cli import rules
from mlsdc.cli.exits import Exit
from mlsdc.cli.fault import fault
from mlsdc.cli.imports import imports_for
from mlsdc.cli.inputs import Inputs, read_inputs
from mlsdc.cli.policy_file import Judging, Ruling, read_ruling
from mlsdc.cli.report import Report
from mlsdc.compiler.policies.policy_rules import POLICY_FILE_RULES
from mlsdc.diagnostics import Diagnostic, Severity, Source, Span, in_reading_order
from mlsdc.pipeline import Outcome, Written

INTERNAL = "INT001"
UNUSABLE_POLICY = frozenset(rule.code for rule in POLICY_FILE_RULES)


@dataclass(frozen=True)
class Question:
    """What is to be examined, and what counts as a failure."""

    designs: Sequence[str]
    environment: str | None = None
    assignments: Sequence[str] = ()
    judging: Judging = field(default_factory=Judging)


@dataclass(frozen=True)
class Examined:
    """A design as far as it could be examined; `outcome` is None where it could not be at all."""

    inputs: Inputs
    report: Report
    outcome: Outcome | None = None
    written: Written | None = None
    ruling: Ruling = field(default_factory=Ruling)
    declared: tuple[str, ...] = ()
    """All environments of the design."""
    given: str = ""
    """The `--set` options, as one text."""

    def ended(self, exit: Exit, said: Iterable[Diagnostic] = ()) -> Report:
        """The report with another end, and with what was said since."""
        diagnostics = in_reading_order([*self.report.diagnostics, *said])
        return replace(self.report, diagnostics=diagnostics, exit=exit)


def examine(question: Question) -> Examined:
    """Read the files, understand the design and apply every check."""
    inputs = read_inputs(question.designs)
    if inputs.faults:
        return Examined(inputs, _report(Ruling(), inputs, inputs.faults, exit=Exit.UNUSABLE))
    try:
        return _examine(question, inputs)
    except Exception as error:
        return Examined(inputs, _report(Ruling(), inputs, [fault(error)], exit=Exit.FAULT))


def _examine(question: Question, inputs: Inputs) -> Examined:
    from mlsdc import pipeline
    from mlsdc.cli.settings import COMMAND_LINE, read_settings
    from mlsdc.compiler.collect import environments
    from mlsdc.stdlib.find import standard_catalog

    blank = _blank(inputs)
    if len(blank) == len(inputs.sources):
        return Examined(inputs, _report(Ruling(), inputs, blank[:1]))
    ruling = read_ruling(question.designs, question.judging)
    load = imports_for(inputs, question.designs, ruling)
    written = pipeline.read(list(inputs.sources), standard_catalog(), load)
    settings = read_settings(question.environment, question.assignments, written.collected)
    texts = {COMMAND_LINE: settings.source, **ruling.texts}
    if settings.refused:
        said = [*written.diagnostics, *written.collected.said, *settings.said, *ruling.said]
        report = _report(ruling, inputs, in_reading_order(said), texts)
        return Examined(inputs, report)
    outcome = pipeline.check_written(
        written,
        settings.environment,
        settings.given,
        policy=ruling.policy,
        today=question.judging.today,
    )
    outcome = replace(outcome, sources={**outcome.sources, COMMAND_LINE: settings.source})
    notes = [replace(d, severity=Severity.NOTE) for d in blank]
    found = in_reading_order([*outcome.diagnostics, *settings.said, *ruling.said, *notes])
    return Examined(
        inputs,
        _report(ruling, inputs, found, texts, outcome),
        outcome,
        written,
        ruling,
        environments(written.collected),
        " ".join(f"--set {assignment}" for assignment in question.assignments),
    )


def _blank(inputs: Inputs) -> list[Diagnostic]:
    """A finding for every file that holds nothing but comments."""
    return [
        rules.NOTHING_DECLARED.at(Span(source.file, 0, 0), "nothing is declared in this file")
        for source in inputs.sources
        if all(
            not line or line.startswith("#") for line in map(str.strip, source.text.splitlines())
        )
    ]


def _report(
    ruling: Ruling,
    inputs: Inputs,
    diagnostics: Sequence[Diagnostic],
    texts: dict[str, Source] | None = None,
    outcome: Outcome | None = None,
    exit: Exit | None = None,
) -> Report:
    if ruling.require_evidence:
        diagnostics = [
            replace(d, severity=Severity.ERROR) if d.undecided else d for d in diagnostics
        ]
    sources = {source.file: source for source in inputs.sources}
    compiled = outcome.compiled if outcome else []
    return Report(
        diagnostics=diagnostics,
        sources={**sources, **inputs.evidence, **(texts or {})},
        names=inputs.names,
        verdicts={one.environment: one.verdicts for one in compiled},
        suppressed=outcome.suppressed if outcome else (),
        fail_on=ruling.fail_on,
        exit=_exit(diagnostics, ruling.fail_on) if exit is None else exit,
    )


def _exit(diagnostics: Iterable[Diagnostic], fail_on: Severity) -> Exit:
    """A fault outweighs a wrong command line, which outweighs a finding."""
    from mlsdc.cli.settings import COMMAND_LINE

    worst = Exit.CLEAN
    for d in diagnostics:
        if d.code == INTERNAL:
            return Exit.FAULT
        unusable = d.span.file == COMMAND_LINE or d.code in UNUSABLE_POLICY
        if unusable and d.severity is Severity.ERROR:
            worst = Exit.UNUSABLE
        elif d.severity >= fail_on and worst is Exit.CLEAN:
            worst = Exit.FINDINGS
    return worst
