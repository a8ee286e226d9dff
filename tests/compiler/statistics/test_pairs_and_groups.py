"""Paired tests and analyses of variance: published tables, statsmodels, and laws."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.power import FTestAnovaPower, TTestPower

from mlsdc.compiler.statistics.comparison import ErrorRates
from mlsdc.compiler.statistics.paired import paired_power, paired_units
from mlsdc.compiler.statistics.variance_analysis import variance_power, variance_units

USUAL = ErrorRates(0.05, 0.8, 2)


@pytest.mark.parametrize("effect", [0.2, 0.5, 0.8])
def test_pairs_agree_with_statsmodels(effect: float) -> None:
    pairs = TTestPower().solve_power(effect, alpha=0.05, power=0.8)
    assert paired_units(effect, USUAL) == pytest.approx(pairs, rel=1e-4)


@pytest.mark.parametrize(("effect", "groups"), [(0.25, 3), (0.1, 4), (0.4, 2), (1.5, 5)])
def test_groups_agree_with_statsmodels(effect: float, groups: int) -> None:
    whole = FTestAnovaPower().solve_power(effect, alpha=0.05, power=0.8, k_groups=groups)
    assert variance_units(effect, groups, USUAL) == pytest.approx(whole / groups, rel=1e-4)


def test_cohens_table_of_three_groups() -> None:
    """Cohen 1988, table 8.4.4: 52 in each of three groups for f = 0.25."""
    assert variance_units(0.25, 3, USUAL) == pytest.approx(52, abs=0.5)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.1, 1.0), st.floats(5, 200))
def test_more_units_have_more_power(effect: float, units: float) -> None:
    assert paired_power(effect, units + 5, USUAL) >= paired_power(effect, units, USUAL) - 1e-9
    more, few = (variance_power(effect, each, 3, 0.05) for each in (units + 5, units))
    assert more >= few - 1e-9


@settings(max_examples=25, deadline=None)
@given(st.floats(0.05, 2.0))
def test_the_units_found_have_the_power_asked_for(effect: float) -> None:
    units = paired_units(effect, USUAL)
    assert units == 3.0 or paired_power(effect, units, USUAL) == pytest.approx(0.8, abs=1e-5)


@pytest.mark.parametrize("effect", [0.0, -1.0, float("nan")])
def test_no_effect_is_refused(effect: float) -> None:
    with pytest.raises(ValueError, match="effect"):
        paired_units(effect, USUAL)
    with pytest.raises(ValueError, match="effect"):
        variance_units(effect, 3, USUAL)


def test_one_group_is_refused() -> None:
    with pytest.raises(ValueError, match="2 to 1000 groups"):
        variance_units(0.25, 1, USUAL)
