"""Results in, the right verdict out; rows in any order, grouped or not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mlsdc.compiler.experiments.compare import TooFew, compare
from mlsdc.compiler.experiments.estimate import Aim, Traffic, estimate, power_of
from mlsdc.compiler.experiments.plan import Guardrail, Look, Metric, Plan
from mlsdc.compiler.experiments.results import Collector, Contradiction, Results
from mlsdc.compiler.experiments.verdict import judge, look_alpha
from mlsdc.compiler.statistics.sample_size import proportions

CONVERTED = Metric("converted", "converted")
REVENUE = Metric("revenue", "revenue")
PLAN = Plan("control", CONVERTED)
Row = tuple[str, Sequence[float]]


def results(plan: Plan, rows: Sequence[Row], segments: Sequence[str] | None = None) -> Results:
    """Rows of (variant, a value for each metric), each a unit by itself."""
    collector = Collector(plan)
    for at, (variant, values) in enumerate(rows):
        segment = segments[at] if segments else ""
        collector.add(variant, segment, None, [(value, 1.0) for value in values], at + 2)
    return collector.finish()


def shares(control: int, treatment: int, units: int = 1000) -> list[Row]:
    """So many successes of so many units in each of two arms."""
    return [
        (name, (float(at < successes),))
        for name, successes in (("control", control), ("treatment", treatment))
        for at in range(units)
    ]


@pytest.mark.parametrize(
    ("control", "treatment", "changes", "decision"),
    [
        (100, 160, {}, "ship"),
        (160, 100, {}, "kill"),
        (100, 105, {}, "iterate"),
        (160, 100, {"higher_is_better": False}, "ship"),
        (100, 90, {"minimum_effect": 0.5}, "kill"),
        (100, 105, {"minimum_effect": 0.05}, "iterate"),
        (100, 160, {"unjudged": ("p99 <= 50ms",)}, "iterate"),
        (100, 130, {"look": Look(1, 5)}, "iterate"),
        (100, 130, {}, "ship"),
    ],
)
def test_verdicts(control: int, treatment: int, changes: dict[str, Any], decision: str) -> None:
    """Each way that results can fall."""
    plan = Plan("control", CONVERTED, **changes)
    best = judge(plan, results(plan, shares(control, treatment))).best
    assert best is not None
    assert best.decision == decision, best.reason


@pytest.mark.parametrize(
    ("shift", "margin", "state", "decision"),
    [(0.0, 0.5, "kept", "ship"), (-2.0, 0.5, "violated", "kill"), (0.0, 0.001, "open", "iterate")],
)
def test_guardrails(shift: float, margin: float, state: str, decision: str) -> None:
    """A guardrail that is kept, violated or open, and what follows."""
    guardrail = Guardrail(REVENUE, ">=", -margin, against_control=True, text="revenue>=-x")
    plan = Plan("control", CONVERTED, guardrails=(guardrail,))
    spread = np.random.default_rng(4).normal(10, 1, 1000)
    rows = [
        (name, (*values, spread[at % 1000] + (shift if name == "treatment" else 0)))
        for at, (name, values) in enumerate(shares(100, 160))
    ]
    best = judge(plan, results(plan, rows)).best
    assert best is not None
    assert (best.guardrails[0].state, best.decision) == (state, decision)


@pytest.mark.parametrize(
    ("operator", "limit", "state"),
    [(">=", 0.1, "kept"), (">=", 0.3, "violated"), (">=", 0.165, "open"), ("<=", 0.1, "violated")],
)
def test_limits(operator: Any, limit: float, state: str) -> None:
    """A limit is compared with the treatment's own interval."""
    guardrail = Guardrail(CONVERTED, operator, limit, against_control=False, text="x")
    plan = Plan("control", CONVERTED, guardrails=(guardrail,))
    best = judge(plan, results(plan, shares(100, 160))).best
    assert best is not None
    assert best.guardrails[0].state == state


def test_a_sample_ratio_mismatch_stops_everything() -> None:
    """However good the results look."""
    rows = [*shares(100, 500), *[("control", (0.0,))] * 300]
    verdict = judge(PLAN, results(PLAN, rows))
    assert verdict.best is None
    assert verdict.sample_ratio.mismatch
    planned = Plan("control", CONVERTED, allocation={"control": 1300, "treatment": 1000})
    assert judge(planned, results(planned, rows)).best is not None


def test_several_treatments_are_corrected() -> None:
    """Each p-value is Holm's; the best one is told."""
    rows = [*shares(100, 130), *(("third", (float(at < 160),)) for at in range(1000))]
    verdict = judge(PLAN, results(PLAN, rows))
    raw = sorted(r.primary.difference.p_value for r in verdict.rulings)
    corrected = sorted(r.primary.adjusted_p or 0 for r in verdict.rulings)
    assert corrected == pytest.approx([2 * raw[0], max(2 * raw[0], raw[1])])
    assert verdict.best is not None
    assert verdict.best.variant == "third"


def test_rows_of_a_unit_are_added_up() -> None:
    """Against the delta method by hand on the sums of each unit."""
    plan = Plan("control", CONVERTED)
    random = np.random.default_rng(8)
    collector, sums = Collector(plan), {"control": [], "treatment": []}
    for at in range(400):
        name = "control" if at % 2 else "treatment"
        values = random.integers(0, 2, random.integers(1, 6)).astype(float)
        sums[name].append((values.sum(), len(values)))
        for value in values:
            collector.add(name, "", f"u{at}", [(value, 1.0)], 2)
    found = compare(plan, collector.finish(), CONVERTED, "treatment", None, 0.05)
    error = 0.0
    for pairs in sums.values():
        x, y = np.array(pairs).T
        error += np.var(x - x.mean() / y.mean() * y, ddof=1) / y.mean() ** 2 / len(x)
    assert found.kind == "ratio"
    assert found.difference.standard_error == pytest.approx(math.sqrt(error))


def test_cuped_narrows_the_interval() -> None:
    """By the root of 1 - rho^2, and agrees with a regression on the covariate."""
    plan = Plan("control", REVENUE, covariate="before")
    random = np.random.default_rng(6)
    collector = Collector(plan)
    before = random.normal(10, 3, 4000)
    after = before + random.normal(0, 1, 4000)
    for at in range(4000):
        collector.add("treatment" if at % 2 else "control", "", None, [(after[at], before[at])], 2)
    found = compare(plan, collector.finish(), REVENUE, "treatment", None, 0.05).difference
    plain = stats.ttest_ind(after[1::2], after[::2], equal_var=False).confidence_interval()
    rho = np.corrcoef(before, after)[0, 1]
    narrower = (found.high - found.low) / (plain.high - plain.low)
    assert narrower == pytest.approx(math.sqrt(1 - rho**2), rel=0.02)
    residual = after - np.polyfit(before, after, 1)[0] * (before - before.mean())
    assert found.value == pytest.approx(residual[1::2].mean() - residual[::2].mean(), abs=1e-4)


@given(st.permutations(list(range(60))))
def test_order_of_rows_changes_nothing(order: list[int]) -> None:
    """But rounding."""
    rows: list[Row] = [("control" if at % 2 else "treatment", (float(at % 7),)) for at in range(60)]
    plan = Plan("control", REVENUE)
    one = judge(plan, results(plan, rows)).best
    other = judge(plan, results(plan, [rows[at] for at in order])).best
    assert one is not None
    assert other is not None
    assert one.decision == other.decision
    assert one.primary.difference.p_value == pytest.approx(other.primary.difference.p_value)


def test_every_metric_stands_once() -> None:
    """The primary metric first, though a guardrail names it again."""
    guardrails = tuple(Guardrail(m, ">=", 0.0, against_control=False) for m in (CONVERTED, REVENUE))
    plan = Plan("control", CONVERTED, secondary=(REVENUE,), guardrails=guardrails)
    assert plan.metrics == (CONVERTED, REVENUE)


def test_segments() -> None:
    """Each is compared by itself; one too small is left out and told."""
    rows = [*shares(100, 160), ("control", (1.0,))]
    segments = ["de" if at % 2 else "fr" for at in range(2000)] + ["at"]
    verdict = judge(PLAN, results(PLAN, rows, segments))
    assert {one.segment for one in verdict.segments} == {"de", "fr"}
    assert any("`at`" in text for text in verdict.skipped)


def test_contradictions() -> None:
    """A unit in two variants, in two segments, or twice with a covariate."""
    for variant, segment, column in (("b", "x", "user"), ("a", "y", "country")):
        collector = Collector(PLAN, "country", "user")
        collector.add("a", "x", "u", [(1.0, 1.0)], 2)
        with pytest.raises(Contradiction, match="in row 2") as caught:
            collector.add(variant, segment, "u", [(1.0, 1.0)], 3)
        assert caught.value.column == column
    collector = Collector(Plan("a", REVENUE, covariate="before"))
    collector.add("a", "", "u", [(1.0, 1.0)], 2)
    with pytest.raises(Contradiction, match="one row a unit"):
        collector.add("a", "", "u", [(1.0, 1.0)], 3)


def test_too_few() -> None:
    """One unit has no spread, and squares may leave the range of numbers."""
    plan = Plan("control", REVENUE)
    with pytest.raises(TooFew, match="1 of the 2 units"):
        judge(plan, results(plan, [("control", (1.0,)), ("treatment", (2.0,))]))
    huge: list[Row] = [("control", (1e200,)), ("control", (-1e200,)), ("treatment", (1.0,)),
                       ("treatment", (2.0,))]  # fmt: skip
    with pytest.raises(TooFew, match="too large"):
        judge(plan, results(plan, huge))


def test_look_alpha() -> None:
    """The nominal levels of O'Brien-Fleming's looks rise to nearly all of alpha."""
    levels = [look_alpha(Plan("c", REVENUE, look=Look(k, 5))) for k in range(1, 6)]
    assert levels == sorted(levels)
    assert levels[0] == pytest.approx(1.08e-6, rel=0.05)
    assert levels[-1] == pytest.approx(0.0422, abs=2e-4)


def test_false_verdicts_are_as_rare_as_alpha() -> None:
    """Of 2,000 experiments without effect, 5% are decided, each way half as often."""
    random = np.random.default_rng(12)
    decisions: list[str] = []
    for x, y in random.binomial(2000, 0.1, (2000, 2)):
        collector = Collector(PLAN)
        for name, successes in (("control", x), ("treatment", y)):
            tally = collector.finish().tallies.setdefault((name, ""), [])
            from mlsdc.compiler.experiments.tally import Tally

            mean = successes / 2000
            tally.append(Tally(2000, float(successes), mean, 1.0, 2000 * mean * (1 - mean)))
        best = judge(PLAN, collector.finish()).best
        assert best is not None
        decisions.append(best.decision)
    assert decisions.count("ship") / 2000 == pytest.approx(0.025, abs=0.011)
    assert decisions.count("kill") / 2000 == pytest.approx(0.025, abs=0.011)


def test_estimate() -> None:
    """Size, days and power agree with one another."""
    aim = Aim(baseline=0.1, relative=0.05)
    found = estimate(aim, Traffic(10_000, matures=3))
    assert found.size.per_arm == proportions(0.1, 0.105).per_arm
    assert found.duration is not None
    assert found.duration.days == 7 * math.ceil(found.size.total / 10_000 / 7)
    assert power_of(aim, found.size.total) == pytest.approx(0.8, abs=1e-4)
    looked = estimate(Aim(baseline=0.1, relative=0.05, looks=5, spending="pocock"))
    assert 1.15 < looked.size.total / found.size.total < 1.3


@pytest.mark.parametrize(
    "aim", [Aim(), Aim(deviation=1, relative=0.1), Aim(baseline=0.1),
            Aim(baseline=0.9, relative=0.2), Aim(baseline=0.1, relative=0.1, metrics=0),
            Aim(baseline=0.1, relative=0.1, looks=3, sides=1)]
)  # fmt: skip
def test_wrong_aims(aim: Aim) -> None:
    """What cannot be estimated says what it lacks."""
    with pytest.raises(ValueError, match=r"\w"):
        estimate(aim)
