"""Findings of a command that was asked for something else: said on standard error, with places."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from mlsdc.cli.exits import Exit
from mlsdc.cli.formats import render
from mlsdc.cli.inputs import Inputs
from mlsdc.cli.outputs import say
from mlsdc.cli.report import Report
from mlsdc.cli.terminal import style_of
from mlsdc.diagnostics import Diagnostic, Severity


def complain(inputs: Inputs, said: Sequence[Diagnostic], exit: Exit) -> Exit:
    """Say them; the exit code given."""
    sources = {source.file: source for source in inputs.sources}
    report = Report(
        diagnostics=said,
        sources={**sources, **inputs.evidence},
        names=inputs.names,
        verdicts={},
        fail_on=Severity.ERROR,
        exit=exit,
    )
    say_findings(report)
    return exit


def say_findings(report: Report) -> None:
    """Say them as people read them; standard output belongs to what was asked for."""
    say(render("text", report, style_of(sys.stderr)).removesuffix("\n"), sys.stderr)
