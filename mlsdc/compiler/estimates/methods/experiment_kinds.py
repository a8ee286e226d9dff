"""Experiments of other kinds: pairs, several groups, non-inferiority, ratios, counts in lists."""

from __future__ import annotations

import math
import re

from mlsdc.compiler.estimates import defaults
from mlsdc.compiler.estimates.methods.planning import alpha
from mlsdc.compiler.estimates.refusal import Missing, Refusal
from mlsdc.compiler.estimates.working import Method, Working
from mlsdc.compiler.statistics.comparison import ErrorRates, design_effect
from mlsdc.compiler.statistics.normal import two_sided
from mlsdc.compiler.statistics.paired import paired_units
from mlsdc.compiler.statistics.variance_analysis import variance_units


def _rates(working: Working, sides: float = 2.0) -> ErrorRates:
    stated = working.maybe("sides") or sides
    return ErrorRates(alpha(working), working.assume(defaults.POWER), int(stated))


def pairs(working: Working) -> float:
    """Pairs of a paired t test, or units of a test of one sample."""
    if not re.search(r"paired|one.?sample|before.?after", working.text("test")):
        raise Missing("test paired t")
    effect = working.maybe("effect_size_d")
    if effect is None:
        effect = working.number("mde_abs") / working.number("sd")
    formula = f"t test of differences, d = {effect:g}"
    return working.step("pairs", formula, paired_units(effect, _rates(working)), "pairs",
                        "Cohen 1988")  # fmt: skip


def units_of_groups(working: Working) -> float:
    """Units of each group of a one-way analysis of variance."""
    effect, groups = working.number("effect_size_f"), working.number("arms")
    value = variance_units(effect, int(groups), _rates(working))
    formula = f"F test of {groups:g} groups, f = {effect:g}"
    return working.step("units of a group", formula, value, "units", "Cohen 1988")


def units_of_all_groups(working: Working) -> float:
    """Units of all groups of a one-way analysis of variance."""
    groups, each = working.number("arms"), units_of_groups(working)
    return working.step("units", f"{groups:g} x {each:.6g}", groups * each, "units")


def not_worse(working: Working) -> float:
    """Units of an arm to show that the treatment is not worse by more than a margin."""
    rates, margin = _rates(working, 1.0), working.number("margin")
    if working.has("baseline"):
        share = working.number("baseline")
        if working.maybe("changed") not in (None, share):
            raise Missing("equal shares")
        spread, what = share * (1.0 - share), f"{share:g} x {1 - share:g}"
    else:
        spread, what = working.number("sd") ** 2, f"{working.number('sd'):g}^2"
    value = 2.0 * (rates.critical + rates.detecting) ** 2 * spread / margin**2
    formula = f"2 (z_a + z_b)^2 x {what} / {margin:g}^2"
    return working.step("units of an arm", formula, value, "units",
                        "Blackwelder 1982")  # fmt: skip


def ratio_error(working: Working) -> float:
    """Standard error of a ratio of two means, by the delta method."""
    top, bottom = working.number("mean_numerator"), working.number("mean_denominator")
    ratio = top / bottom
    spread = (
        working.number("var_numerator")
        - 2.0 * ratio * (working.maybe("covariance") or 0.0)
        + ratio**2 * working.number("var_denominator")
    )
    if spread < 0:
        raise ValueError("the covariance is larger than the variances allow")
    units = working.number("units")
    formula = f"sqrt((v_n - 2 R c + R^2 v_d) / n) / {bottom:g}, R = {ratio:g}"
    return working.step("standard error", formula, math.sqrt(spread / units) / bottom, "",
                        "Deng 2018")  # fmt: skip


def mean_error(working: Working) -> float:
    """Standard error of a mean."""
    spread, units = working.number("sd"), working.number("units")
    return working.step("standard error", f"{spread:g} / sqrt({units:g})", spread / units**0.5, "")


def listed_score(working: Working) -> float:
    """The pooled z of two shares that are stated arm by arm."""
    counts, won = working.numbers("arm_counts"), working.numbers("arm_successes")
    if len(counts) != 2 or len(won) != 2:
        raise Refusal("arm_successes", None, "one number for each of two arms", "200,230")
    if not all(0 <= one <= of for one, of in zip(won, counts, strict=True)):
        raise Refusal("arm_successes", list(won), "at most the units of the arm", "200,230")
    pooled = sum(won) / sum(counts)
    if not 0 < pooled < 1:
        raise ValueError("all units or none succeeded")
    error = (pooled * (1 - pooled) * (1 / counts[0] + 1 / counts[1])) ** 0.5
    gap = won[1] / counts[1] - won[0] / counts[0]
    formula = f"({won[1]:g}/{counts[1]:g} - {won[0]:g}/{counts[0]:g}) / {error:.6g}"
    return working.step("z", formula, gap / error, "", "pooled z test")


def listed_p_value(working: Working) -> float:
    """Its two-sided p-value."""
    score = listed_score(working)
    return working.step("p-value", f"2 P(Z > {abs(score):.6g})", two_sided(score), "share")


def effective_units(working: Working) -> float:
    """Independent units that are worth as much as units in clusters."""
    units = working.number("units")
    factor = design_effect(working.number("cluster_size"), working.number("icc"))
    formula = f"{units:g} / (1 + (m - 1) ICC)"
    return working.step("effective units", formula, units / factor, "units", "Kish 1965")


_EFFECT = ("mde_abs", "mde_rel", "changed")

EXPERIMENT_KINDS: tuple[Method, ...] = (
    Method("pairs", "pairs of a paired test", "pairs", ("test", ("effect_size_d", "sd")),
           "pairs pair per sample size units subjects", pairs, unless=("units",),
           asked_only=True),
    Method("per_arm", "units of a group", "units", ("effect_size_f", "arms"),
           "per variant group arm sample size each units", units_of_groups, unless=("units",)),
    Method("total", "units of all groups", "units", ("effect_size_f", "arms"),
           "total sample size all required together combined overall", units_of_all_groups,
           unless=("units",)),
    Method("per_arm", "units of an arm", "units", ("margin", ("baseline", "sd")),
           "per variant group arm sample size each units", not_worse,
           unless=("units", "mde_abs", "mde_rel")),
    Method("ratio_error", "standard error of a ratio", "",
           ("mean_numerator", "mean_denominator", "var_numerator", "var_denominator", "units"),
           "standard error of the ratio se delta", ratio_error),
    Method("effective_units", "effective sample size", "units", ("units", "cluster_size", "icc"),
           "effective sample size independent units", effective_units, unless=_EFFECT,
           asked_only=True),
    Method("mean_error", "standard error of a mean", "", ("sd", "units"),
           "standard error of the mean se", mean_error, unless=_EFFECT, asked_only=True),
    Method("difference_score", "z of two shares", "", ("arm_counts", "arm_successes"),
           "z score statistic test", listed_score),
    Method("difference_p_value", "p-value of two shares", "share",
           ("arm_counts", "arm_successes"), "p value pvalue significance", listed_p_value),
)  # fmt: skip
