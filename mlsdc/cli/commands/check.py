"""`mlsdc check`: a design in, findings out."""

from __future__ import annotations

from collections.abc import Sequence

from mlsdc.cli.examine import Question, examine
from mlsdc.cli.exits import Exit
from mlsdc.cli.outputs import read_outputs, write_reports


def check(question: Question, outputs: Sequence[str]) -> Exit:
    """Examine a design and report.

    Raises `Unusable` for an output that cannot be written.
    """
    wanted = read_outputs(outputs, question.designs)
    report = examine(question).report
    write_reports(wanted, report)
    return report.exit
