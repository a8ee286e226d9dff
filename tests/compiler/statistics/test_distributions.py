"""The normal, t, noncentral t, chi-squared, beta and gamma functions against scipy."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from mlsdc.compiler.statistics.incomplete import incomplete_beta, incomplete_gamma_survival
from mlsdc.compiler.statistics.normal import normal_score, two_sided
from mlsdc.compiler.statistics.tails import (
    chi_squared_score,
    chi_squared_survival,
    noncentral_student_probability,
    student_probability,
    student_score,
    student_two_sided,
)

probabilities = st.floats(1e-6, 1 - 1e-6)
degrees = st.floats(1, 1e6)


@given(st.floats(0, 1), st.floats(0.1, 5000), st.floats(0.1, 5000))
def test_incomplete_beta(x: float, a: float, b: float) -> None:
    """Over five orders of magnitude of both parameters."""
    assert incomplete_beta(x, a, b) == pytest.approx(special.betainc(a, b, x), rel=1e-8, abs=1e-12)


@given(st.floats(0.1, 5000), st.floats(0, 10000))
def test_incomplete_gamma(a: float, x: float) -> None:
    """In both the series and the fraction."""
    expected = special.gammaincc(a, x)
    assert incomplete_gamma_survival(a, x) == pytest.approx(expected, rel=1e-8, abs=1e-12)


@given(st.floats(0, 2000), st.floats(1, 1000))
def test_chi_squared(value: float, df: float) -> None:
    """The p-value."""
    assert chi_squared_survival(value, df) == pytest.approx(
        stats.chi2.sf(value, df), rel=1e-8, abs=1e-12
    )


@given(st.floats(0.001, 0.9999), st.floats(1, 500))
def test_chi_squared_score(probability: float, df: float) -> None:
    """Back from the probability."""
    assert chi_squared_score(probability, df) == pytest.approx(
        stats.chi2.ppf(probability, df), rel=1e-7
    )


@given(st.floats(-50, 50), degrees)
def test_student(statistic: float, df: float) -> None:
    """Both tails together, and one."""
    expected = 2 * stats.t.sf(abs(statistic), df)
    assert student_two_sided(statistic, df) == pytest.approx(expected, rel=1e-6, abs=1e-14)
    assert student_probability(statistic, df) == pytest.approx(
        stats.t.cdf(statistic, df), rel=1e-6, abs=1e-12
    )


@given(st.floats(0.001, 0.999), degrees)
def test_student_score(probability: float, df: float) -> None:
    """Back from the probability."""
    assert student_score(probability, df) == pytest.approx(
        stats.t.ppf(probability, df), rel=1e-7, abs=1e-7
    )


@given(st.floats(-3, 8), st.floats(2, 10000), st.floats(0, 6))
def test_noncentral_student(statistic: float, df: float, shift: float) -> None:
    """The distribution that power rests on."""
    expected = stats.nct.cdf(statistic, df, shift)
    assert noncentral_student_probability(statistic, df, shift) == pytest.approx(expected, abs=1e-6)


def test_limits() -> None:
    """Where the functions end."""
    assert student_two_sided(math.inf, 5) == 0
    assert student_two_sided(1.96, math.inf) == pytest.approx(two_sided(1.96))
    assert student_score(0.975, math.inf) == pytest.approx(1.959963985)
    assert incomplete_beta(0, 2, 3) == 0
    assert incomplete_beta(1, 2, 3) == 1
    assert chi_squared_survival(0, 3) == 1
    assert chi_squared_survival(math.inf, 3) == 0


@pytest.mark.parametrize("probability", [0.0, 1.0, -1.0, math.nan])
def test_no_probability(probability: float) -> None:
    """What is no probability has no score."""
    for score in (normal_score, lambda p: student_score(p, 5), lambda p: chi_squared_score(p, 5)):
        with pytest.raises(ValueError, match="strictly between 0 and 1"):
            score(probability)


def test_no_degrees() -> None:
    """Less than one degree of freedom is none."""
    with pytest.raises(ValueError, match="degree of freedom"):
        student_score(0.9, 0.5)
    with pytest.raises(ValueError, match="wants"):
        incomplete_beta(0.5, 0, 1)
    with pytest.raises(ValueError, match="wants"):
        incomplete_gamma_survival(1, -1)
