"""`mlsdc experiment analyze`: a file of results in; ship, iterate or kill out, with the reason."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from mlsdc.cli.cells import safe
from mlsdc.cli.examine import Question
from mlsdc.cli.exits import Exit
from mlsdc.cli.experiment.as_json import as_json
from mlsdc.cli.experiment.as_text import as_text
from mlsdc.cli.experiment.from_design import experiment_of, filled
from mlsdc.cli.experiment.options import Wish, plan_of
from mlsdc.cli.experiment.read_results import Columns, WrongRows, read_results
from mlsdc.cli.experiment.rows import rows
from mlsdc.cli.outputs import Unusable, say


@dataclass(frozen=True)
class Analysis:
    """What to analyse: the file, its columns, how to decide, and the design that states it."""

    file: str
    columns: Columns
    wish: Wish
    design: Question | None = None
    experiment: str | None = None
    json: bool = False


def analyze(asked: Analysis) -> Exit:
    """Print the verdict; exit code 1 where the sample ratio forbids one.

    Raises Unusable for options or a file that cannot be used.
    """
    from mlsdc.compiler.experiments.compare import TooFew
    from mlsdc.compiler.experiments.verdict import judge

    wish = asked.wish
    if asked.design is not None:
        found = experiment_of(asked.design, asked.experiment)
        if isinstance(found, Exit):
            return found
        _, header = next(rows(asked.file), (0, list[str]()))
        wish = filled(wish, found, [name.strip() for name in header])
    elif asked.experiment is not None:
        raise Unusable("--experiment names an experiment of a design: add --design FILE")
    plan = plan_of(wish)
    try:
        results = read_results(asked.file, plan, asked.columns)
        verdict = judge(plan, results)
    except WrongRows as error:
        for line in error.lines:
            say(f"mlsdc: error: {safe(line)}", sys.stderr)
        return Exit.UNUSABLE
    except TooFew as error:
        raise Unusable(f"{asked.file}: {error}") from error
    say((as_json if asked.json else as_text)(plan, results, verdict), sys.stdout)
    return Exit.CLEAN if verdict.best else Exit.FINDINGS
