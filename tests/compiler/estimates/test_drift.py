"""Measures of drift against scipy."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial import distance

from mlsdc.compiler.estimates import drift
from mlsdc.compiler.estimates.refusal import Missing
from tests.compiler.estimates.asking import ask, value

COUNTS = st.lists(st.integers(1, 10_000), min_size=4, max_size=4)
VALUES = st.lists(st.integers(-50, 50).map(float), min_size=2, max_size=40)


@given(COUNTS, COUNTS)
def test_histograms_against_scipy(reference: list[int], current: list[int]) -> None:
    p, q = np.array(reference) / sum(reference), np.array(current) / sum(current)
    assert drift.kl(reference, current) == pytest.approx(stats.entropy(p, q), rel=1e-9, abs=1e-9)
    both = stats.entropy(p, q) + stats.entropy(q, p)
    assert drift.psi(reference, current) == pytest.approx(both, rel=1e-9, abs=1e-9)
    exact = distance.jensenshannon(p, q, base=2)
    assert drift.jensen_shannon(reference, current) == pytest.approx(exact, abs=1e-7)
    found, degrees = drift.goodness_of_fit(reference, current)
    assert found == pytest.approx(
        stats.chisquare(current, p * sum(current)).statistic, rel=1e-9, abs=1e-9
    )
    assert degrees == 3
    assert (
        drift.total_variation(reference, current)
        <= drift.hellinger(reference, current) * 2**0.5 + 1e-12
    )


@given(COUNTS, COUNTS)
def test_psi_is_symmetric_and_zero_without_drift(one: list[int], other: list[int]) -> None:
    assert drift.psi(one, other) == pytest.approx(drift.psi(other, one))
    assert drift.psi(one, one) == 0
    assert drift.psi(one, other) >= 0


@given(VALUES, VALUES)
def test_values_against_scipy(reference: list[float], current: list[float]) -> None:
    exact = stats.ks_2samp(reference, current, method="asymp")
    assert drift.ks(reference, current) == pytest.approx(exact.statistic)
    away = stats.wasserstein_distance(reference, current)
    assert drift.wasserstein(reference, current) == pytest.approx(away, rel=1e-9, abs=1e-9)
    assert drift.deviation(reference) == pytest.approx(np.std(reference), rel=1e-9, abs=1e-9)


@given(st.integers(1, 6), st.integers(1, 6), st.data())
def test_the_p_value_counts_every_order(n: int, m: int, data: st.DataObject) -> None:
    """All ways to draw n ranks of n + m, one by one."""
    ranks = range(n + m)
    drawn = [set(chosen) for chosen in combinations(ranks, n)]
    found = [drift.ks(sorted(one), sorted(set(ranks) - one)) for one in drawn]
    limit = data.draw(st.sampled_from(found))
    share = sum(one >= limit - 1e-9 for one in found) / len(found)
    assert drift.ks_p_value(limit, n, m) == pytest.approx(share)


@given(COUNTS, COUNTS, st.booleans())
def test_contingency_against_scipy(one: list[int], other: list[int], yates: bool) -> None:
    for table in ([one, other], [one[:2], other[:2]]):
        found, degrees = drift.chi_squared(table, yates=yates)
        exact = stats.chi2_contingency(table, correction=yates)
        assert found == pytest.approx(exact.statistic, rel=1e-9, abs=1e-9)
        assert degrees == exact.dof
    p_value = value("drift", "chi_squared_p_value", table=[one[:2], other[:2]])
    plain = stats.chi2_contingency([one[:2], other[:2]], correction=False)
    assert p_value == pytest.approx(plain.pvalue, rel=1e-9, abs=1e-9)


def test_large_samples_use_smirnovs_series() -> None:
    found = drift.ks_p_value(0.05, 1000, 1000)
    assert found == pytest.approx(stats.kstwobign.sf(0.05 * 500**0.5), rel=1e-9, abs=1e-9)


def test_empty_bins_are_raised_to_the_floor() -> None:
    assert drift.psi([100, 0], [50, 50]) == pytest.approx(
        (0.5 - 1) * np.log(0.5 / 1) + (0.5 - 1e-4) * np.log(0.5 / 1e-4)
    )


def test_the_verdict_names_both_thresholds() -> None:
    steps = ask("drift", reference_counts="200,300,300,200", current_counts="80,180,340,400")
    said = [step.formula for step in steps["psi"].steps if step.name == "verdict"]
    assert said == ["critical: warning from 0.1, critical from 0.25"]


def test_a_statistic_answers_alone() -> None:
    found = ask("drift", statistic="ks", reference="0.1,0.4,0.7", current="0.3,0.6,0.9")
    assert set(found) == {"ks", "ks_p_value"}
    with pytest.raises(Missing):
        ask("drift", statistic="ks")


def test_bins_that_do_not_match() -> None:
    with pytest.raises(ValueError, match="3 bins of the reference, but 2"):
        ask("drift", statistic="psi", reference_counts="1,2,3", current_counts="1,2")
