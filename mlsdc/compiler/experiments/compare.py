"""Tallies in, differences out: one metric of one treatment against the control."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mlsdc.compiler.experiments.plan import Guardrail, Kind, Metric, Plan
from mlsdc.compiler.experiments.results import Results, kind_of
from mlsdc.compiler.experiments.tally import Tally, merged
from mlsdc.compiler.statistics.intervals import (
    Difference,
    Moments,
    RatioMoments,
    cuped,
    means,
    proportions,
    ratios,
    wilson,
)

State = Literal["kept", "violated", "open"]


class TooFew(Exception):  # noqa: N818 - named for what happened
    """A metric whose spread cannot be known from so few units, or whose sums are not finite."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A metric of one treatment against the control."""

    metric: str
    kind: Kind
    variant: str
    segment: str | None
    difference: Difference
    adjusted_p: float | None = None
    """After the correction for several tests; None where none is made."""


@dataclass(frozen=True, slots=True)
class GuardrailResult:
    """One guardrail for one treatment."""

    guardrail: Guardrail
    variant: str
    difference: Difference
    margin: float
    """The bound of the difference, or of the treatment's own value, in the metric's unit."""
    state: State


def compare(
    plan: Plan, results: Results, metric: Metric, variant: str, segment: str | None, alpha: float
) -> Comparison:
    """The difference of a metric between a treatment and the control.

    The covariate is used for the primary metric alone (CUPED), with one slope for all variants.

    Raises TooFew where an arm has too few units, sums that are not finite, or differences
    whose squares are 0.
    """
    at = plan.metrics.index(metric)
    kind = kind_of(metric, results, at)
    control = results.tally(plan.control, at, segment)
    treatment = results.tally(variant, at, segment)
    for name, tally in ((plan.control, control), (variant, treatment)):
        if tally.count < 2:
            raise TooFew(f"`{name}` has {tally.count} of the 2 units that a comparison needs")
        if not tally.finite:
            raise TooFew(f"the values of `{metric.name}` are too large to be squared")
        if tally.lost:
            raise TooFew(
                f"the values of `{metric.name}` differ by too little to be squared; give them in a "
                "smaller unit"
            )
    if plan.covariate and metric == plan.primary and kind != "ratio":
        slope, centre = _slope(results, at)
        first, second = (
            cuped(arm.outcome(), arm.covariate(), arm.covariance(), slope, centre)
            for arm in (control, treatment)
        )
        found = means(first, second, alpha=alpha)
    else:
        found = _plain(kind, metric, control, treatment, alpha)
    return Comparison(metric.name, kind, variant, segment, found)


def _plain(
    kind: Kind, metric: Metric, control: Tally, treatment: Tally, alpha: float
) -> Difference:
    if kind == "binary":
        return proportions(
            (int(control.total), control.count), (int(treatment.total), treatment.count),
            alpha=alpha,
        )  # fmt: skip
    if kind != "ratio":
        return means(control.outcome(), treatment.outcome(), alpha=alpha)
    if not control.y or not treatment.y:
        raise TooFew(f"the denominator of `{metric.name}` is 0 on average")
    return ratios(control.ratio(), treatment.ratio(), alpha=alpha)


def _slope(results: Results, at: int) -> tuple[float, float]:
    """The slope within variants, and the covariate's mean over all of them."""
    arms = [results.tally(variant, at) for variant in results.variants]
    spread = sum(arm.yy for arm in arms)
    slope = sum(arm.xy for arm in arms) / spread if spread else 0.0
    return slope, merged(arms).y


def guard(plan: Plan, results: Results, guardrail: Guardrail, variant: str) -> GuardrailResult:
    """Whether a treatment keeps a guardrail: a one-sided test of non-inferiority at alpha.

    Kept where the confidence bound on the harmful side stays within the margin, violated where the
    whole interval lies beyond it, open between. The margin is taken as a fixed number: the
    control's own uncertainty in a relative margin is not counted.
    """
    at = plan.metrics.index(guardrail.metric)
    made = compare(plan, results, guardrail.metric, variant, None, 2.0 * plan.alpha)
    found = made.difference
    if guardrail.against_control:
        margin = guardrail.amount * (abs(found.control) if guardrail.relative else 1.0)
        low, high = found.low, found.high
    else:
        low, high = _own_interval(made.kind, results.tally(variant, at), plan.alpha)
        margin = guardrail.amount
    if guardrail.operator == "<=":
        state: State = "kept" if high <= margin else "violated" if low > margin else "open"
    else:
        state = "kept" if low >= margin else "violated" if high < margin else "open"
    return GuardrailResult(guardrail, variant, found, margin, state)


def _own_interval(kind: Kind, tally: Tally, alpha: float) -> tuple[float, float]:
    """The two-sided interval of an arm's own value whose bounds each hold at alpha."""
    if kind == "binary":
        return wilson(int(tally.total), tally.count, 2.0 * alpha)
    if kind == "ratio":
        nothing = RatioMoments(2, 0.0, 1.0, 0.0, 0.0, 0.0)
        alone = ratios(nothing, tally.ratio(), alpha=2.0 * alpha)
    else:
        alone = means(Moments(2, 0.0, 0.0), tally.outcome(), alpha=2.0 * alpha)
    return alone.low, alone.high
