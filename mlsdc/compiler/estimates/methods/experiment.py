"""Sample sizes, power, corrections and repeated looks; the formulas are `compiler/statistics`.

`mlsdc experiment size` plans a whole experiment, with its ramp and its duration.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from mlsdc.compiler.estimates import defaults
from mlsdc.compiler.estimates.methods.experiment_kinds import EXPERIMENT_KINDS
from mlsdc.compiler.estimates.methods.planning import PLANNING, alpha, looks
from mlsdc.compiler.estimates.refusal import Missing, Refusal
from mlsdc.compiler.estimates.working import Method, Working
from mlsdc.compiler.statistics import multiple_testing, power, sample_size, sequential
from mlsdc.compiler.statistics.comparison import EVEN, ErrorRates, cuped_factor, design_effect

ABOUT = "units of an experiment, its power, corrections and the cost of looking early"
EXAMPLES = (
    "--baseline 10% --mde-abs 1% --power 90%",
    "--sd 30 --mde-abs 0.5",
    "--looks 5 --alpha 5%",
)
OPTIONAL = (
    "alpha power sides method test allocation cluster_size icc cuped_correlation comparisons "
    "q exposure planned equally_spaced"
)
Proportions = Literal["pooled", "unpooled", "baseline", "arcsine"]
_PROPORTIONS: Mapping[str, Proportions] = {
    "": "pooled", "pooled": "pooled", "unpooled": "unpooled", "wald": "unpooled",
    "baseline": "baseline", "evan": "baseline", "evan miller": "baseline", "arcsine": "arcsine",
    "cohen h": "arcsine",
}  # fmt: skip
_PROCEDURES = {
    "bh": "benjamini_hochberg", "fdr": "benjamini_hochberg", "uncorrected": "none",
}  # fmt: skip


def _rates(working: Working) -> ErrorRates:
    sides = int(working.maybe("sides") or 2)
    return ErrorRates(alpha(working), working.assume(defaults.POWER), sides)


def _allocation(working: Working) -> tuple[float, ...]:
    if not working.has("allocation"):
        return EVEN
    shares = working.numbers("allocation")
    return tuple(one / sum(shares) for one in shares)


def _changed(working: Working) -> float:
    if working.has("changed"):
        return working.number("changed")
    absolute, relative = working.maybe("mde_abs"), working.maybe("mde_rel")
    if absolute is None and relative is None:
        raise Missing("mde_abs")
    return sample_size.alternative(working.number("baseline"), absolute=absolute, relative=relative)


def _proportions_method(working: Working) -> Proportions:
    written = working.text("method").replace("_", " ").replace("'s", "")
    if re.fullmatch(r"bonferroni|none|uncorrected|fixed( horizon)?|[sš]id[aá]k", written):
        written = ""  # a correction or none: `alpha` sees to it
    if written not in _PROPORTIONS:
        raise Missing("method of a sample size")
    return _PROPORTIONS[written]


def _spread(working: Working) -> float:
    stated = working.maybe("sd")
    return stated if stated is not None else working.number("variance") ** 0.5


def _difference(working: Working) -> float:
    stated = working.maybe("mde_abs")
    if stated is None and working.has("mde_rel"):
        return working.number("mde_rel") * working.number("baseline_mean")
    return working.number("mde_abs")


def _sized(working: Working) -> sample_size.SampleSize:
    test = working.text("test")
    if re.search(r"paired|one.?sample|whitney|wilcoxon|log.?rank|non.?inferior|equivalence", test):
        raise Missing("test of two independent samples")
    rates, shares = _rates(working), _allocation(working)
    adjustment = sample_size.Adjustment(
        working.maybe("cluster_size") or 1.0,
        working.maybe("icc") or 0.0,
        working.maybe("cuped_correlation") or 0.0,
    )
    if any(working.has(name) for name in ("sd", "variance", "effect_size_d", "effect_size_h")):
        # Cohen's d is in standard deviations already, and h of proportions in those of a score.
        effect = working.maybe("effect_size_d") or working.maybe("effect_size_h")
        spread = 1.0 if effect is not None else _spread(working)
        effect = effect if effect is not None else _difference(working)
        normal = working.has("effect_size_h") or re.search(r"\bz\b|normal", test) is not None
        found = sample_size.means(
            effect, spread, alpha=rates.alpha, power=rates.power, sides=rates.sides,
            method="normal" if normal else "t", allocation=shares, adjustment=adjustment,
            comparisons=1 if working.has("comparisons") else None,
        )  # fmt: skip
    else:
        found = sample_size.proportions(
            working.number("baseline"), _changed(working), alpha=rates.alpha, power=rates.power,
            sides=rates.sides, method=_proportions_method(working), allocation=shares,
            adjustment=adjustment,
            comparisons=1 if working.has("comparisons") else None,
        )  # fmt: skip
    for line in found.because:
        working.note("sample size", line)
    return found


def per_arm(working: Working) -> float:
    """Units of the smallest arm but the control; of each where the split is even."""
    return working.step("units of an arm", "largest arm", max(_sized(working).arms), "units")


def total(working: Working) -> float:
    """Units of all arms."""
    sizes = _sized(working).arms
    arms = working.maybe("arms") or 2.0
    if arms != 2 and not working.has("allocation"):
        formula = f"{arms:g} arms x {max(sizes):.6g}"
        return working.step("units", formula, arms * max(sizes), "units")
    return working.step("units", "sum of the arms", sum(sizes), "units")


def days(working: Working) -> float:
    """Time until all units have entered."""
    units = sum(_sized(working).arms)
    daily = working.number("units_per_day") * (working.maybe("exposure") or 1.0)
    formula = f"{units:.6g} units / {daily:g} a day"
    return working.step("duration", formula, units / daily * 86400.0, "s")


def days_of_units(working: Working) -> float:
    """Time until stated units of each arm have entered."""
    units, arms = working.number("units"), working.number("arms")
    daily = working.number("units_per_day") * (working.maybe("exposure") or 1.0)
    formula = f"{units:.6g} x {arms:g} arms / {daily:g} a day"
    return working.step("duration", formula, units * arms / daily * 86400.0, "s")


def days_of_all(working: Working) -> float:
    """Time until stated units of all arms have entered."""
    units = working.number("total_units")
    daily = working.number("units_per_day") * (working.maybe("exposure") or 1.0)
    return working.step("duration", f"{units:.6g} / {daily:g} a day", units / daily * 86400.0, "s")


def detected(working: Working) -> float:
    """Power of so many units in each arm."""
    units, level = working.number("units"), alpha(working)
    sides = int(working.maybe("sides") or 2)
    if working.has("sd") or working.has("effect_size_d"):
        size = working.maybe("effect_size_d")
        spread = 1.0 if size is not None else working.number("sd")
        size = size if size is not None else working.number("mde_abs")
        value = power.means_power(size, spread, units, alpha=level, sides=sides)
    else:
        value = power.proportions_power(
            working.number("baseline"), _changed(working), units, alpha=level, sides=sides,
            method=_proportions_method(working),
        )  # fmt: skip
    return working.step("power", f"of {units:g} units in each arm", value, "share")


def smallest(working: Working) -> float:
    """The smallest difference that so many units detect."""
    units, rates = working.number("units"), _rates(working)
    if working.has("sd"):
        value = power.smallest_mean_difference(working.number("sd"), units, rates=rates)
    else:
        method = _proportions_method(working)
        value = power.smallest_difference(
            working.number("baseline"), units, rates=rates, method=method
        )
    return working.step("smallest difference", f"of {units:g} units in each arm", value, "")


def detectable(working: Working) -> float:
    """The treatment's share that so many units tell from the control's."""
    baseline, value = working.number("baseline"), smallest(working)
    return working.step("smallest share", f"{baseline:g} + {value:.6g}", baseline + value, "share")


def smallest_relative(working: Working) -> float:
    """The same as a share of the baseline."""
    baseline, value = working.number("baseline"), smallest(working)
    return working.step("smallest lift", f"{value:.6g} / {baseline:g}", value / baseline, "share")


def clustered(working: Working) -> float:
    """Units where whole clusters are randomised, or with a covariate from before the test."""
    units = working.either("n_individual", "units")
    if working.has("cluster_size", "icc"):
        factor = design_effect(working.number("cluster_size"), working.number("icc"))
        working.step("design effect", "1 + (m - 1) ICC", factor, "x", "Kish 1965")
        units *= factor
    elif working.has("design_effect"):
        units *= working.number("design_effect")
    if working.has("cuped_correlation"):
        left = cuped_factor(working.number("cuped_correlation"))
        working.step("variance left", "1 - rho^2", left, "share", "Deng 2013")
        units *= left
    return working.step("units", "x the factors above", units, "units")


def factor_of_clusters(working: Working) -> float:
    """How many times more units clusters need."""
    value = design_effect(working.number("cluster_size"), working.number("icc"))
    return working.step("design effect", "1 + (m - 1) ICC", value, "x", "Kish 1965")


def rejections(working: Working) -> float:
    """Hypotheses that a procedure rejects."""
    usual = "benjamini_hochberg" if working.has("q") else "holm"
    written = re.sub(r"[^a-z]+", "_", working.text("method") or usual)
    name = _PROCEDURES.get(written, written)
    if name not in multiple_testing.METHODS:
        raise Refusal("method", working.text("method"), "bonferroni, holm or benjamini-hochberg",
                      "holm")  # fmt: skip
    level = working.number("q") if working.has("q") else working.assume(defaults.ALPHA)
    found = multiple_testing.rejected(working.numbers("p_values"), level, name)
    return working.step("rejected", f"{name} at {level:g}", float(sum(found)), "hypotheses")


def peeking(working: Working) -> float:
    """Error rate of judging every look as if it were the only one."""
    if re.search(r"pocock|brien|spending", working.text("method")):
        raise Missing("no method")
    count, level = looks(working), working.assume(defaults.ALPHA)
    value = sequential.peeking_error(count, level)
    return working.step("error rate", f"{count} looks at {level:g} each", value, "share",
                        "Armitage, McPherson, Rowe 1969")  # fmt: skip


def boundary(working: Working) -> float:
    """The critical score of a procedure for repeated looks."""
    count, level = looks(working), working.assume(defaults.ALPHA)
    name = working.text("method")
    if "pocock" in name:
        value, source = sequential.constant_boundary(count, level), "Pocock 1977"
    elif "brien" in name:
        value = sequential.obrien_fleming_constant(count, level)
        source = "O'Brien and Fleming 1979: the last look's"
    else:
        raise Missing("method pocock or obrien-fleming")
    return working.step("critical score", f"{count} looks", value, "", source)


_EFFECT = ("mde_abs", "mde_rel", "changed")
_SIZED_BY: tuple[tuple[str | tuple[str, ...], ...], ...] = (
    ("baseline", _EFFECT),
    (("sd", "variance"), ("mde_abs", "baseline_mean")),
    (("effect_size_d", "effect_size_h"),),
)

METHODS: tuple[Method, ...] = (
    *(
        method
        for needs in _SIZED_BY
        for method in (
            Method("per_arm", "units of an arm", "units", needs,
                   "per variant group arm sample size each units", per_arm,
                   unless=("units", "p_values")),
            Method("total", "units of all arms", "units", needs,
                   "total sample size all required both arm together combined overall", total,
                   unless=("units", "p_values")),
            Method("duration", "time until all have entered", "s", (*needs, "units_per_day"),
                   "days duration weeks time", days),
            Method("power", "power", "share", (*needs, "units"), "power probability detect",
                   detected),
        )
    ),
    Method("duration", "time until all have entered", "s", ("units", "arms", "units_per_day"),
           "days duration weeks time", days_of_units),
    Method("duration", "time until all have entered", "s", ("total_units", "units_per_day"),
           "days duration weeks time", days_of_all),
    Method("smallest", "smallest difference detected", "", ("units", ("baseline", "sd")),
           "minimum detectable effect mde smallest difference absolute", smallest,
           unless=("mde_abs", "mde_rel", "changed")),
    Method("adjusted", "units after adjustment", "units",
           ("n_individual", ("icc", "cuped_correlation", "design_effect")),
           "required sample total units per variant", clustered),
    Method("adjusted", "units after adjustment", "units", ("units", "cuped_correlation"),
           "required sample total units per variant group arm cuped", clustered,
           unless=("n_individual", *_EFFECT)),
    Method("detectable", "smallest share detected", "share", ("units", "baseline"),
           "p2 detectable treatment rate share proportion", detectable, unless=_EFFECT,
           asked_only=True),
    Method("smallest_relative", "smallest difference, of the baseline", "share",
           ("units", "baseline"), "relative lift uplift percent minimum detectable effect mde",
           smallest_relative, unless=_EFFECT),
    Method("design_effect", "design effect", "x", ("cluster_size", "icc"),
           "design effect factor inflation x", factor_of_clusters, unless=("n_individual",)),
    Method("rejections", "hypotheses rejected", "hypotheses", ("p_values",),
           "rejections rejected significant hypotheses discoveries", rejections),
    Method("peeking", "true error rate of peeking", "share", ("looks",),
           "true type i error rate false positive", peeking),
    Method("boundary", "critical score", "", ("looks", "method"),
           "constant critical z boundary score value last final", boundary),
    *EXPERIMENT_KINDS,
    *PLANNING,
)  # fmt: skip
