"""Comparisons in, a verdict with its reason out.

- A sample ratio mismatch stops everything: no verdict.
- kill: a guardrail is violated, the primary metric is worse, or an effect worth having is excluded.
- ship: the primary metric is better after the correction, and every guardrail is kept. All
  guardrails have to hold at once, so each is tested at alpha (Berger 1982, intersection-union).
- iterate: anything else, for the data does not decide yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from mlsdc.compiler.experiments.compare import (
    Comparison,
    GuardrailResult,
    TooFew,
    compare,
    guard,
)
from mlsdc.compiler.experiments.plan import Plan
from mlsdc.compiler.experiments.results import Results
from mlsdc.compiler.statistics.multiple_testing import adjusted
from mlsdc.compiler.statistics.normal import two_sided
from mlsdc.compiler.statistics.sample_ratio_mismatch import SampleRatio, sample_ratio
from mlsdc.compiler.statistics.sequential import boundaries, equal_looks

Decision = Literal["ship", "iterate", "kill"]
_RANK: dict[Decision, int] = {"ship": 0, "iterate": 1, "kill": 2}
_CLOSE = 1.0 + 1e-12


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is decided about one treatment."""

    variant: str
    decision: Decision
    reason: str
    primary: Comparison
    guardrails: tuple[GuardrailResult, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the results say."""

    sample_ratio: SampleRatio
    variants: tuple[str, ...]
    """In the order of the counts of the sample ratio."""
    alpha: float
    """Of this look."""
    rulings: tuple[Ruling, ...] = ()
    secondary: tuple[Comparison, ...] = ()
    segments: tuple[Comparison, ...] = ()
    skipped: tuple[str, ...] = ()
    """What could not be compared, and why."""

    @property
    def best(self) -> Ruling | None:
        """The ruling on the treatment to go on with; None where the division cannot be believed."""
        if not self.rulings:
            return None
        return min(self.rulings, key=lambda r: (_RANK[r.decision], r.primary.adjusted_p or 0.0))


def look_alpha(plan: Plan) -> float:
    """The alpha of this look: all of it, or what is spent on this one of several."""
    if plan.look is None:
        return plan.alpha
    times = equal_looks(plan.look.of)[: plan.look.number]
    return two_sided(boundaries(times, plan.alpha, plan.look.spending)[-1])


def judge(plan: Plan, results: Results) -> Verdict:
    """Decide about every treatment.

    Raises TooFew where the primary metric or a guardrail cannot be compared at all.
    """
    variants = tuple(results.variants)
    counts = [results.units(variant) for variant in variants]
    planned = [plan.allocation[name] for name in variants] if plan.allocation else None
    ratio = sample_ratio(counts, planned, alarm=plan.alarm)
    alpha = look_alpha(plan)
    if ratio.mismatch:
        return Verdict(ratio, variants, alpha)
    treatments = [name for name in variants if name != plan.control]
    tests = len(treatments)
    level = alpha if plan.correction == "none" else alpha / tests
    primary = _adjust(
        plan, [compare(plan, results, plan.primary, name, None, level) for name in treatments]
    )
    rulings: list[Ruling] = []
    for comparison in primary:
        kept = tuple(guard(plan, results, g, comparison.variant) for g in plan.guardrails)
        decision, reason = _decide(plan, comparison, kept, alpha)
        rulings.append(Ruling(comparison.variant, decision, reason, comparison, kept))
    skipped: list[str] = []
    secondary = [
        compare(plan, results, metric, name, None, alpha)
        for metric in plan.secondary
        for name in treatments
    ]
    segments = _segments(plan, results, treatments, alpha, skipped)
    return Verdict(
        ratio, variants, alpha, tuple(rulings), tuple(_adjust(plan, secondary)),
        tuple(_adjust(plan, segments)), tuple(skipped),
    )  # fmt: skip


def _segments(
    plan: Plan, results: Results, treatments: Sequence[str], alpha: float, skipped: list[str]
) -> list[Comparison]:
    found: list[Comparison] = []
    for segment in results.segments if results.segments != [""] else []:
        for name in treatments:
            try:
                found.append(compare(plan, results, plan.primary, name, segment, alpha))
            except TooFew as error:
                skipped.append(f"segment `{segment}`, {name}: {error}")
    return found


def _adjust(plan: Plan, comparisons: Sequence[Comparison]) -> list[Comparison]:
    """With p-values corrected within this family of tests."""
    values = adjusted([c.difference.p_value for c in comparisons], plan.correction)
    return [replace(c, adjusted_p=p) for c, p in zip(comparisons, values, strict=True)]


def _decide(
    plan: Plan, primary: Comparison, guardrails: Sequence[GuardrailResult], alpha: float
) -> tuple[Decision, str]:
    violated = [g.guardrail.text for g in guardrails if g.state == "violated"]
    unsure = [g.guardrail.text for g in guardrails if g.state == "open"]
    if violated:
        return "kill", f"guardrail violated: {', '.join(violated)}"
    found = primary.difference
    gain = found.value if plan.higher_is_better else -found.value
    if (primary.adjusted_p or 0.0) <= alpha * _CLOSE:
        if gain < 0:
            return "kill", f"`{primary.metric}` is worse than the control's"
        if unsure:
            return "iterate", f"better, but not yet certain to keep: {', '.join(unsure)}"
        if plan.unjudged:
            return "iterate", (
                f"better, but the results do not tell about: {', '.join(plan.unjudged)}"
            )
        kept = "every guardrail is kept" if guardrails else "no guardrail was asked for"
        return "ship", f"`{primary.metric}` is better, and {kept}"
    most = found.high if plan.higher_is_better else -found.low
    if plan.minimum_effect is not None and most < plan.minimum_effect * abs(found.control):
        return "kill", (
            f"no significant gain, and the interval excludes one of "
            f"{plan.minimum_effect * 100:g}% or more"
        )
    return "iterate", f"`{primary.metric}`: the data does not tell the two apart yet"
