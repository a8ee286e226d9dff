"""A verdict in, lines for a person out: the decision first, then what it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from mlsdc.cli.cells import safe
from mlsdc.cli.experiment.as_json import srm_reason
from mlsdc.compiler.experiments.compare import Comparison, GuardrailResult
from mlsdc.compiler.experiments.plan import Plan
from mlsdc.compiler.experiments.results import Results
from mlsdc.compiler.experiments.verdict import Verdict


def as_text(plan: Plan, results: Results, verdict: Verdict) -> str:
    """The whole report."""
    return "\n".join(safe(line) for line in _lines(plan, results, verdict))


def _lines(plan: Plan, results: Results, verdict: Verdict) -> Iterator[str]:
    best = verdict.best
    if best is None:
        yield f"no verdict: {srm_reason(verdict)}"
    else:
        several = len(verdict.rulings) > 1
        yield f"{best.decision}{f' {best.variant}' if several else ''}: {best.reason}"
    yield ""
    yield from _sample_ratio(plan, results, verdict)
    if best is None:
        return
    yield from _tests(plan, verdict)
    for ruling in verdict.rulings:
        if len(verdict.rulings) > 1:
            yield f"{ruling.variant}: {ruling.decision}: {ruling.reason}"
        yield _comparison(ruling.primary, "primary", verdict.alpha)
        for guardrail in ruling.guardrails:
            yield _guardrail(guardrail, plan.alpha)
    for text in plan.unjudged:
        yield f"guardrail {text}: open: the results have no column for it"
    for one in verdict.secondary:
        yield _comparison(one, "secondary", verdict.alpha)
    for one in verdict.segments:
        yield _comparison(one, f"segment {one.segment}", verdict.alpha)
    for text in verdict.skipped:
        yield f"left out: {text}"


def _sample_ratio(plan: Plan, results: Results, verdict: Verdict) -> Iterator[str]:
    ratio = verdict.sample_ratio
    planned = "as planned" if plan.allocation else "even, for --allocation is not given"
    for name, count, wanted in zip(verdict.variants, ratio.counts, ratio.expected, strict=True):
        control = " (control)" if name == plan.control else ""
        yield f"{name}{control}: {count} units, {wanted:.1f} expected ({planned})"
    said = "MISMATCH" if ratio.mismatch else "no mismatch"
    yield f"sample ratio: chi-squared {ratio.statistic:.4g}, p = {ratio.p_value:.3g}: {said}"
    if results.several_rows:
        yield f"{results.rows} rows; those of one unit are added up"


def _tests(plan: Plan, verdict: Verdict) -> Iterator[str]:
    words = plan.correction.replace("_", "-")
    if plan.look is not None:
        look = plan.look
        yield (
            f"look {look.number} of {look.of} ({look.spending.replace('_', '-')} spending): "
            f"alpha {verdict.alpha:.4g} of {plan.alpha:g}"
        )
    yield (
        f"alpha {verdict.alpha:.4g}, correction {words}: primary over {len(verdict.rulings)}, "
        f"secondary over {len(verdict.secondary)}, segments over {len(verdict.segments)}"
    )


def _comparison(one: Comparison, role: str, alpha: float) -> str:
    found = one.difference
    relative = f" ({found.relative:+.2%})" if found.relative is not None else ""
    adjusted = one.adjusted_p
    corrected = f", corrected {adjusted:.3g}" if adjusted is not None else ""
    mark = " *" if adjusted is not None and adjusted <= alpha else ""
    return (
        f"{role} {one.metric} ({one.kind}, {found.method}), {one.variant}: {found.control:.6g} -> "
        f"{found.treatment:.6g}, difference {found.value:+.4g}{relative}, interval "
        f"[{found.low:.4g}, {found.high:.4g}], p = {found.p_value:.3g}{corrected}{mark}"
    )


def _guardrail(one: GuardrailResult, alpha: float) -> str:
    found = one.difference
    return (
        f"guardrail {one.guardrail.text}, {one.variant}: {one.state}: {found.control:.6g} -> "
        f"{found.treatment:.6g}, {1 - 2 * alpha:.0%} interval of the difference "
        f"[{found.low:.4g}, {found.high:.4g}], limit {one.margin:.4g}"
    )
