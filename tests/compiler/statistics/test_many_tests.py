"""Corrections, sample ratios, looks and always-valid tests against statsmodels and simulation."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from mlsdc.compiler.statistics.always_valid import always_valid_p, half_width
from mlsdc.compiler.statistics.comparison import ErrorRates
from mlsdc.compiler.statistics.drift_noise import (
    jensen_shannon_critical,
    ks_critical,
    psi_critical,
    psi_rows,
)
from mlsdc.compiler.statistics.interleaving import preference, sessions
from mlsdc.compiler.statistics.multiple_testing import adjusted, family_error, rejected
from mlsdc.compiler.statistics.sample_ratio_mismatch import sample_ratio
from mlsdc.compiler.statistics.sequential import (
    boundaries,
    constant_boundary,
    crossing,
    equal_looks,
    inflation,
    obrien_fleming_constant,
    peeking_error,
    spent,
)

CASES = Path(__file__).parents[4] / "shared" / "estimation-cases" / "abtest.json"
NAMES = {"bonferroni": "bonferroni", "holm": "holm", "benjamini_hochberg": "fdr_bh"}


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.sampled_from(sorted(NAMES)))
def test_adjusted_is_statsmodels(p_values: list[float], method: str) -> None:
    """All three procedures."""
    oracle = multipletests(p_values, method=NAMES[method])[1]
    assert adjusted(p_values, method) == pytest.approx(list(oracle))  # pyright: ignore[reportArgumentType]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_order_of_strictness(p_values: list[float]) -> None:
    """Bonferroni rejects no more than Holm, Holm no more than Benjamini and Hochberg."""
    sets = [set(np.flatnonzero(rejected(p_values, 0.05, m)))
            for m in ("bonferroni", "holm", "benjamini_hochberg", "none")]  # fmt: skip
    assert all(a <= b for a, b in pairwise(sets))


def test_reference_cases() -> None:
    """Benjamini and Hochberg's example, and the tables of repeated looks."""
    if not CASES.exists():
        pytest.skip(f"the reference cases are not beside this checkout: {CASES}")
    judged = 0
    for case in json.loads(CASES.read_text()):
        given, expected = case["inputs"], case["expected"]["value"]
        if "p_values" in given:
            alpha = given.get("q", given.get("alpha"))
            method = given["method"].replace("-", "_")
            found: float = sum(rejected(given["p_values"], alpha, method))
        elif given.get("method") == "pocock":
            found = constant_boundary(given["looks"], given["alpha"])
        elif "looks" in given:
            found = peeking_error(given["looks"], given["nominal_alpha"])
        else:
            continue
        assert found == pytest.approx(expected, **case["tolerance"]), case["id"]
        judged += 1
    assert judged == 5


def test_family_error() -> None:
    """Twenty tests at 5%."""
    assert family_error(0.05, 20) == pytest.approx(1 - 0.95**20)
    assert family_error(0.05, 0) == 0


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=6), st.data())
def test_sample_ratio_is_scipy(counts: list[int], data: st.DataObject) -> None:
    """Any number of arms and shares."""
    if not sum(counts):
        return
    shares = data.draw(st.lists(st.floats(0.01, 10), min_size=len(counts), max_size=len(counts)))
    expected = np.array(shares) / sum(shares) * sum(counts)
    oracle = stats.chisquare(counts, expected, sum_check=False)
    found = sample_ratio(counts, shares)
    assert found.statistic == pytest.approx(oracle.statistic, rel=1e-9, abs=1e-9)
    assert found.p_value == pytest.approx(oracle.pvalue, rel=1e-6, abs=1e-12)


def test_sample_ratio_mismatch() -> None:
    """821,588 against 815,482 users of an even split is one (Kohavi 2020, chapter 3)."""
    found = sample_ratio([821_588, 815_482])
    assert found.mismatch
    assert found.p_value == pytest.approx(1.8e-6, rel=0.05)
    assert not sample_ratio([100, 110]).mismatch


@pytest.mark.parametrize(
    ("counts", "planned"), [([1], None), ([0, 0], None), ([1, -1], None), ([1, 2], [1, 0]),
                            ([1, 2], [1])]
)  # fmt: skip
def test_wrong_ratios(counts: list[int], planned: list[float] | None) -> None:
    """What is no division of units is refused."""
    with pytest.raises(ValueError, match=r"\w"):
        sample_ratio(counts, planned)


def test_published_boundaries() -> None:
    """Lan and DeMets' functions as `ldbounds` prints them; constants of Jennison and Turnbull."""
    five = equal_looks(5)
    assert boundaries(five, 0.05, "obrien_fleming") == pytest.approx(
        (4.8769, 3.3569, 2.6803, 2.2898, 2.0310), abs=2e-4
    )
    assert boundaries(five, 0.05, "pocock") == pytest.approx(
        (2.4380, 2.4268, 2.4101, 2.3966, 2.3859), abs=2e-4
    )
    assert constant_boundary(5, 0.05) == pytest.approx(2.413, abs=1e-3)
    assert constant_boundary(3, 0.05) == pytest.approx(2.289, abs=1e-3)
    assert obrien_fleming_constant(5, 0.05) == pytest.approx(2.040, abs=1e-3)


@pytest.mark.parametrize("spending", ["obrien_fleming", "pocock"])
def test_boundaries_spend_alpha(spending: str) -> None:
    """At unequal looks too, each spends what its function says; simulated with 400,000 paths."""
    times = (0.2, 0.35, 0.8, 1.0)
    edges = boundaries(times, 0.05, spending)  # pyright: ignore[reportArgumentType]
    random = np.random.default_rng(11)
    steps = np.sqrt(np.diff((0.0, *times)))
    scores = np.cumsum(random.standard_normal((400_000, 4)) * steps, axis=1) / np.sqrt(times)
    outside = np.abs(scores) >= np.array(edges)
    reached = np.cumsum(outside, axis=1) > 0
    for at, time in enumerate(times):
        expected = spent(time, 0.05, spending)  # pyright: ignore[reportArgumentType]
        assert reached[:, at].mean() == pytest.approx(expected, abs=0.0012)


def test_crossing_of_one_look_is_the_normal_tail() -> None:
    """With and without a drift."""
    assert crossing((1.0,), (1.96,))[0] == pytest.approx(2 * stats.norm.sf(1.96), abs=1e-9)
    expected = stats.norm.sf(1.96 - 2.8) + stats.norm.cdf(-1.96 - 2.8)
    assert crossing((1.0,), (1.96,), 2.8)[0] == pytest.approx(expected, abs=1e-9)


def test_inflation() -> None:
    """Jennison and Turnbull's table 2.1 for Pocock's test (5 looks, power 0.9) says 1.207."""
    found = inflation(equal_looks(5), ErrorRates(power=0.9), "pocock")
    assert found == pytest.approx(1.207, abs=0.02)
    assert inflation(equal_looks(1), ErrorRates(), "obrien_fleming") == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("times", [(), (0.0, 1.0), (0.5, 0.5), (0.5, 1.2)])
def test_wrong_looks(times: tuple[float, ...]) -> None:
    """Looks rise from above 0 to 1."""
    with pytest.raises(ValueError, match=r"look"):
        boundaries(times, 0.05, "pocock")


def test_always_valid_holds_for_every_stop() -> None:
    """Of 4,000 experiments without effect, looked at 200 times each, at most 5% ever reject."""
    random = np.random.default_rng(5)
    looks = np.arange(1, 201) * 10
    sums = np.cumsum(random.standard_normal((4000, 200)) * math.sqrt(10), axis=1)
    reach = np.array([half_width(1 / math.sqrt(n), 0.3) for n in looks])
    false = np.any(np.abs(sums / looks) >= reach, axis=1).mean()
    assert 0 < false <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 4000)


@given(st.floats(-3, 3), st.floats(0.01, 2), st.floats(0.01, 2), st.floats(0.001, 0.5))
def test_sequence_and_p_value_agree(
    difference: float, error: float, spread: float, alpha: float
) -> None:
    """The interval leaves out 0 exactly where the p-value is below alpha."""
    p, reach = always_valid_p(difference, error, spread), half_width(error, spread, alpha)
    if abs(abs(difference) - reach) > 1e-9:
        assert (p < alpha) == (abs(difference) > reach)


@given(st.integers(0, 3000), st.integers(0, 3000), st.integers(0, 500))
def test_preference_is_the_sign_test(wins_a: int, wins_b: int, ties: int) -> None:
    """Binomial and exact."""
    if wins_a + wins_b + ties == 0:
        return
    found = preference(wins_a, wins_b, ties)
    expected = stats.binomtest(wins_b, wins_a + wins_b).pvalue if wins_a + wins_b else 1.0
    assert found.p_value == pytest.approx(expected, rel=1e-7, abs=1e-12)
    assert found.delta == pytest.approx(-preference(wins_b, wins_a, ties).delta, abs=1e-12)


def test_sessions_have_the_power() -> None:
    """The sign test of that many sessions detects 53% about as often as asked for."""
    needed = sessions(0.53, rates=ErrorRates(power=0.9))
    wins = np.random.default_rng(3).binomial(needed, 0.53, 20_000)
    scores = np.abs(2 * wins - needed) / math.sqrt(needed)
    assert (scores >= 1.96).mean() == pytest.approx(0.9, abs=0.01)
    assert sessions(0.53, rates=ErrorRates(), ties=0.5) == pytest.approx(
        2 * sessions(0.53, rates=ErrorRates()), abs=2
    )


@settings(deadline=None)
@given(st.sampled_from([(500, 500), (5000, 800)]))
def test_drift_thresholds_are_reached_by_chance(sizes: tuple[int, int]) -> None:
    """In 5% of 4,000 pairs of windows without drift, to the error of the simulation."""
    random = np.random.default_rng(9)
    n, m = sizes
    first = random.multinomial(n, [0.1] * 10, 4000) / n
    second = random.multinomial(m, [0.1] * 10, 4000) / m
    index = ((first - second) * np.log(first / second)).sum(axis=1)
    assert (index > psi_critical(10, n, m)).mean() == pytest.approx(0.05, abs=0.012)
    middle = (first + second) / 2
    js = ((first * np.log2(first / middle)) + (second * np.log2(second / middle))).sum(axis=1) / 2
    over = np.sqrt(js) > jensen_shannon_critical(10, n, m)
    assert over.mean() == pytest.approx(0.05, abs=0.012)


def test_drift_sizes() -> None:
    """At 100,000 rows a KS distance of 0.0061 is significant already."""
    assert ks_critical(100_000, 100_000) == pytest.approx(0.0060736, rel=1e-4)
    rows = psi_rows(10, 0.1)
    assert psi_critical(10, rows, rows) <= 0.1 < psi_critical(10, rows - 1, rows - 1)
    with pytest.raises(ValueError, match="2 bins"):
        psi_critical(1, 10, 10)
