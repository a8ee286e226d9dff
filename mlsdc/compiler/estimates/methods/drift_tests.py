"""Further distances of drift, and what tests of many features do by chance."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from mlsdc.compiler.estimates import drift
from mlsdc.compiler.estimates.refusal import Missing
from mlsdc.compiler.estimates.working import Method, Working


def largest_gap(reference: Sequence[float], current: Sequence[float]) -> float:
    """The largest difference of one share: L-infinity."""
    pairs = zip(drift.shares(reference), drift.shares(current), strict=True)
    return max(abs(p - q) for p, q in pairs)


def cramers_v(working: Working) -> float:
    """Chi-squared as an effect size from 0 to 1."""
    if not re.search(r"cram", working.text("statistic") or "cramer"):
        raise Missing("statistic cramers v")
    table = working.rows("table")
    value, _ = drift.chi_squared(table)
    total = math.fsum(math.fsum(row) for row in table)
    least = min(len(table), len(table[0])) - 1
    formula = f"sqrt({value:.6g} / ({total:g} x {least}))"
    return working.step("V", formula, math.sqrt(value / (total * least)), "", "Cramer 1946")


def degrees(working: Working) -> float:
    """Degrees of freedom of a contingency table."""
    table = working.rows("table")
    _, count = drift.chi_squared(table)
    rows, columns = len(table), len(table[0])
    return working.step("freedom", f"({rows} - 1) x ({columns} - 1)", float(count), "degrees")


def p_of_distance(working: Working) -> float:
    """The probability of a KS distance without drift."""
    distance = working.number("ks_distance")
    n, m = int(working.number("n_reference")), int(working.number("n_current"))
    value = drift.ks_p_value(distance, n, m)
    formula = f"P(D >= {distance:g}) of {n} and {m} rows"
    return working.step("p-value", formula, value, "share", "Smirnov 1948")


def moved_mean(working: Working) -> float:
    """Difference of the means over the reference's standard deviation."""
    before, now = working.number("reference_mean"), working.number("current_mean")
    spread = working.number("reference_sd")
    formula = f"({now:g} - {before:g}) / {spread:g}"
    return working.step("shift", formula, (now - before) / spread, "deviations", "Cohen 1988")


DRIFT_TESTS: tuple[Method, ...] = (
    Method("cramers_v", "Cramer's V", "", ("table",), "v cramer cramers effect size", cramers_v,
           asked_only=True),
    Method("degrees", "degrees of freedom", "degrees", ("table",), "degrees freedom df dof chi "
    "squared square",
           degrees, asked_only=True),
    Method("ks_p_value", "p-value of KS", "share", ("ks_distance", "n_reference", "n_current"),
           "p value pvalue significance", p_of_distance),
    Method("moved_mean", "difference of the means", "deviations",
           ("reference_mean", "reference_sd", "current_mean"),
           "standard deviations deviation mean difference shift standardised z score d",
           moved_mean),
)  # fmt: skip
