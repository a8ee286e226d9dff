"""An experiment of a design in, what the design states of it out: options left open are filled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mlsdc.cli.complain import complain
from mlsdc.cli.examine import Question, examine
from mlsdc.cli.exits import Exit
from mlsdc.cli.experiment.options import Wish
from mlsdc.cli.outputs import Unusable
from mlsdc.compiler.model.operations import Experiment, Guardrail
from mlsdc.diagnostics import Severity, nearest
from mlsdc.units import NUMBER, Quantity, digits, show


def experiment_of(question: Question, name: str | None) -> Experiment | Exit:
    """The experiment of this name, or the only one; an exit code where the design has mistakes.

    Raises Unusable where there is none of this name.
    """
    examined = examine(question)
    outcome = examined.outcome
    compiled = outcome.compiled if outcome else []
    if not compiled:
        faults = [d for d in examined.report.diagnostics if d.severity is Severity.ERROR]
        return complain(examined.inputs, faults, examined.report.exit or Exit.FINDINGS)
    design = compiled[0].design
    known = {one.name: one for one in design.of(Experiment)}
    listed = ", ".join(known) or "none"
    if name is None:
        if len(known) != 1:
            raise Unusable(f"name one experiment of the design: --experiment NAME ({listed})")
        return next(iter(known.values()))
    if name not in known:
        near = nearest(name, known)
        hint = f"did you mean `{near}`?" if near else f"experiments: {listed}"
        raise Unusable(f"--experiment {name}: the design has no such experiment; {hint}")
    return known[name]


def filled(wish: Wish, experiment: Experiment, columns: Sequence[str]) -> Wish:
    """The options with what the design states put where nothing was typed.

    A guardrail whose measure is no column of the results, or whose limit has a unit that a column
    does not tell, stays open: it is told, and nothing ships.
    """
    control, treatment = experiment.control, experiment.treatment
    guardrails = list(wish.guardrails)
    typed = {text.partition("<")[0].partition(">")[0].strip() for text in guardrails}
    unjudged: list[str] = []
    stated = experiment.guardrails.objectives if experiment.guardrails else ()
    for one in stated:
        if one.measure in typed:
            continue
        limit = _limit(one)
        if limit is None or one.measure not in columns:
            unjudged.append(f"{one.measure} {one.operator} {_shown(one)}")
        else:
            guardrails.append(f"{one.measure}{one.operator[0]}={limit!r}")
    metric = experiment.metric
    allocation = wish.allocation
    share = experiment.share
    if allocation is None and control and treatment and share and share < 1.0:
        allocation = f"{control}={1.0 - share!r},{treatment}={share!r}"
    effect = wish.minimum_effect
    if effect is None and metric is not None and metric.minimum_effect:
        effect = repr(metric.minimum_effect)
    return replace(
        wish,
        control=wish.control or control,
        primary=wish.primary or (metric.name if metric else None),
        guardrails=tuple(guardrails),
        unjudged=tuple(unjudged),
        alpha=experiment.significance if wish.alpha is None else wish.alpha,
        allocation=allocation,
        minimum_effect=effect,
    )


def _limit(guardrail: Guardrail) -> float | None:
    limit = guardrail.limit
    if not isinstance(limit, Quantity):
        return limit
    return limit.value if limit.dimension == NUMBER else None


def _shown(guardrail: Guardrail) -> str:
    limit = guardrail.limit
    return show(limit) if isinstance(limit, Quantity) else digits(limit)
