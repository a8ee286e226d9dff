"""Intervals and p-values against statsmodels, scipy and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from mlsdc.compiler.experiments.tally import Tally, merged
from mlsdc.compiler.statistics.intervals import cuped, means, proportions, ratios, wilson

arms = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
values = st.lists(st.floats(-1e3, 1e3, width=32), min_size=3, max_size=40)


def tally(xs: list[float], ys: list[float] | None = None) -> Tally:
    found = Tally()
    for x, y in zip(xs, ys or [1.0] * len(xs), strict=True):
        found.add(x, y)
    return found


@given(arms, st.floats(0.001, 0.5))
def test_wilson_is_statsmodels(arm: tuple[int, int], alpha: float) -> None:
    """One share."""
    low, high = proportion_confint(*arm, alpha=alpha, method="wilson")
    assert wilson(*arm, alpha) == (pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9))


@given(arms, arms, st.floats(0.001, 0.5))
def test_newcombe_and_wald_are_statsmodels(
    control: tuple[int, int], treatment: tuple[int, int], alpha: float
) -> None:
    """Both intervals of a difference; the chi-squared test of the table."""
    for method, name in (("newcombe", "newcomb"), ("wald", "wald")):
        low, high = confint_proportions_2indep(*treatment, *control, method=name, alpha=alpha)
        found = proportions(control, treatment, alpha=alpha, method=method)
        assert (found.low, found.high) == (
            pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9)
        )  # fmt: skip
        assert found.low <= found.value + 1e-12
        assert found.value <= found.high + 1e-12
    (x, n), (y, m) = control, treatment
    if 0 < x + y < n + m:
        table = [[x, n - x], [y, m - y]]
        oracle = stats.chi2_contingency(table, correction=False).pvalue
        assert found.p_value == pytest.approx(oracle, rel=1e-6, abs=1e-12)
    else:
        assert found.p_value == 1


@given(values, values)
def test_welch_is_statsmodels(xs: list[float], ys: list[float]) -> None:
    """The interval and the p-value."""
    if min(np.std(xs), np.std(ys)) < 1e-3:
        return  # test_constant_arms
    found = means(tally(xs).outcome(), tally(ys).outcome())
    low, high = CompareMeans(DescrStatsW(ys), DescrStatsW(xs)).tconfint_diff(usevar="unequal")
    oracle = stats.ttest_ind(ys, xs, equal_var=False)
    assert found.low == pytest.approx(low, rel=1e-6, abs=1e-6)
    assert found.high == pytest.approx(high, rel=1e-6, abs=1e-6)
    assert found.p_value == pytest.approx(oracle.pvalue, rel=1e-5, abs=1e-10)


def test_ratios_cover() -> None:
    """The delta method's 95% interval covers the true difference in about 95% of 1,500 runs."""
    random = np.random.default_rng(2)
    covered = 0
    for _ in range(1500):
        sides: list[Tally] = []
        for rate in (0.2, 0.22):
            views = random.poisson(8, 300) + 1
            each = np.clip(random.normal(rate, 0.05, 300), 0, 1)
            clicks = random.binomial(views, each)
            sides.append(tally([float(c) for c in clicks], [float(v) for v in views]))
        found = ratios(sides[0].ratio(), sides[1].ratio())
        covered += found.low <= 0.02 <= found.high
    assert covered / 1500 == pytest.approx(0.95, abs=0.02)


def test_ratio_of_constant_denominator_is_the_mean() -> None:
    """Clicks over one view each are a mean."""
    xs, ys = [0.0, 1.0, 1.0, 0.0, 1.0] * 40, [1.0, 1.0, 0.0, 1.0, 1.0] * 40
    as_ratio = ratios(tally(xs).ratio(), tally(ys).ratio())
    as_mean = means(tally(xs).outcome(), tally(ys).outcome())
    assert as_ratio.value == pytest.approx(as_mean.value)
    assert as_ratio.standard_error == pytest.approx(as_mean.standard_error)


@given(values, st.data())
def test_cuped_is_the_residual(xs: list[float], data: st.DataObject) -> None:
    """Its moments are those of outcome minus slope times the centred covariate."""
    ys = data.draw(st.lists(st.floats(-100, 100), min_size=len(xs), max_size=len(xs)))
    slope, centre = data.draw(st.floats(-3, 3)), data.draw(st.floats(-10, 10))
    both = tally(xs, ys)
    found = cuped(both.outcome(), both.covariate(), both.covariance(), slope, centre)
    rest = np.array(xs) - slope * (np.array(ys) - centre)
    assert found.mean == pytest.approx(rest.mean(), rel=1e-6, abs=1e-6)
    assert found.variance == pytest.approx(rest.var(ddof=1), rel=1e-6, abs=1e-5)


@given(st.lists(st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)), max_size=15)))
def test_merging_is_adding(groups: list[list[tuple[float, float]]]) -> None:
    """Tallies of groups merged are the tally of all, and numpy's moments."""
    parts = [tally([x for x, _ in g], [y for _, y in g]) if g else Tally() for g in groups]
    whole = merged(parts)
    pairs = [pair for group in groups for pair in group]
    assert whole.count == len(pairs)
    if len(pairs) < 2:
        return
    matrix = np.cov(np.array(pairs).T, ddof=1)
    assert whole.outcome().variance == pytest.approx(matrix[0, 0], rel=1e-6, abs=1e-6)
    assert whole.covariate().variance == pytest.approx(matrix[1, 1], rel=1e-6, abs=1e-6)
    assert whole.covariance() == pytest.approx(matrix[0, 1], rel=1e-6, abs=1e-6)


def test_wrong_input() -> None:
    """What has no interval is refused."""
    with pytest.raises(ValueError, match="successes"):
        proportions((2, 1), (1, 2))
    with pytest.raises(ValueError, match="2 units"):
        means(tally([1.0]).outcome(), tally([1.0, 2.0]).outcome())
    zero = tally([1.0, 2.0], [0.0, 0.0]).ratio()
    with pytest.raises(ValueError, match="denominator"):
        ratios(zero, zero)
    with pytest.raises(ValueError, match="alpha"):
        proportions((1, 2), (1, 2), alpha=math.nan)


def test_constant_arms() -> None:
    """Without any spread, equal values are no difference and unequal ones a certain one."""
    same = means(tally([1.0] * 5).outcome(), tally([1.0] * 5).outcome())
    other = means(tally([1.0] * 5).outcome(), tally([2.0] * 5).outcome())
    assert (same.p_value, other.p_value) == (1.0, 0.0)
    assert (other.low, other.high) == (1.0, 1.0)
