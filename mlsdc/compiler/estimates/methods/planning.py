"""Factors and borders of experiments: relative differences, splits, looks, false alarms."""

from __future__ import annotations

import re

from mlsdc.compiler.estimates import defaults
from mlsdc.compiler.estimates.refusal import Missing
from mlsdc.compiler.estimates.working import Method, Working
from mlsdc.compiler.statistics import multiple_testing, sequential
from mlsdc.compiler.statistics.comparison import cuped_factor
from mlsdc.compiler.statistics.normal import two_sided
from mlsdc.compiler.statistics.sample_ratio_mismatch import SampleRatio, sample_ratio

MOST_LOOKS = 50
_CORRECTED = r"bonferroni|dunn|[sš]id[aá]k|holm"


def looks(working: Working) -> int:
    """How often results are looked at."""
    from mlsdc.compiler.estimates.refusal import Refusal

    found = int(working.number("looks"))
    if found > MOST_LOOKS:
        raise Refusal("looks", found, f"at most {MOST_LOOKS}", "5")
    return found


def _shares_of_arms(working: Working) -> tuple[float, float, float, float]:
    """Successes and units of the control and of the treatment."""
    control = working.either("control_count", "n_reference")
    treatment = working.either("treatment_count", "n_current")
    won, more = (working.number(f"{arm}_successes") for arm in ("control", "treatment"))
    return won, control, more, treatment


def difference_score(working: Working) -> float:
    """The z of two shares, pooled."""
    won, of, more, among = _shares_of_arms(working)
    pooled = (won + more) / (of + among)
    if not 0 < pooled < 1:
        raise ValueError("all units or none succeeded")
    spread = (pooled * (1 - pooled) * (1 / of + 1 / among)) ** 0.5
    formula = f"({more:g}/{among:g} - {won:g}/{of:g}) / {spread:.6g}"
    return working.step("z", formula, (more / among - won / of) / spread, "", "pooled z test")


def difference_p_value(working: Working) -> float:
    """Its two-sided p-value."""
    score = difference_score(working)
    return working.step("p-value", f"2 P(Z > {abs(score):.6g})", two_sided(score), "share")


def variance_removed(working: Working) -> float:
    """Share of the variance that a covariate explains."""
    share = 1.0 - cuped_factor(working.number("cuped_correlation"))
    return working.step("variance removed", "rho^2", share, "share", "Deng 2013")


def variance_left(working: Working) -> float:
    """Share of the variance that is left."""
    share = cuped_factor(working.number("cuped_correlation"))
    return working.step("variance left", "1 - rho^2", share, "share", "Deng 2013")


def split_inflation(working: Working) -> float:
    """Units over those of an even split of as many arms."""
    shares = working.numbers("allocation")
    whole = sum(shares)
    parts = [share / whole for share in shares]
    if min(parts) <= 0:
        raise ValueError("every arm has a share")
    if len(parts) != 2:
        raise Missing("allocation of two arms")
    value = 1.0 / (4.0 * parts[0] * parts[1])
    return working.step("units over an even split", "1 / (4 r (1 - r))", value, "x")


def first_boundary(working: Working) -> float:
    """The critical score of the first look."""
    count, alpha = looks(working), working.assume(defaults.ALPHA)
    name = working.text("method")
    if "pocock" in name:
        value = sequential.constant_boundary(count, alpha)
        return working.step("critical score", f"{count} looks, all alike", value, "", "Pocock 1977")
    if "brien" not in name:
        raise Missing("method pocock or obrien-fleming")
    last = sequential.obrien_fleming_constant(count, alpha)
    formula = f"{last:.6g} x sqrt({count})"
    return working.step("critical score", formula, last * count**0.5, "",
                        "O'Brien and Fleming 1979")  # fmt: skip


def level_of_look(working: Working) -> float:
    """The two-sided level that each look is judged at."""
    if "pocock" not in working.text("method"):
        raise Missing("method pocock")
    count, alpha = looks(working), working.assume(defaults.ALPHA)
    score = sequential.constant_boundary(count, alpha)
    value = two_sided(score)
    return working.step("level of a look", f"2 P(Z > {score:.6g})", value, "share", "Pocock 1977")


def ratio(working: Working) -> SampleRatio:
    """The test of a sample ratio mismatch."""
    if working.has("control_count"):
        counts = [int(working.number(name)) for name in ("control_count", "treatment_count")]
    else:
        name = "arm_counts" if working.has("arm_counts") else "current_counts"
        counts = [int(count) for count in working.numbers(name)]
    planned = working.numbers("planned") if working.has("planned") else None
    found = sample_ratio(counts, planned)
    verdict = "mismatch" if found.mismatch else "as planned"
    working.note("verdict", f"{verdict}: alarm below {found.alarm:g}")
    return found


def mismatch(working: Working) -> float:
    """P-value of a sample ratio mismatch."""
    found = ratio(working)
    formula = f"chi-squared {found.statistic:.5g}"
    return working.step("p-value", formula, found.p_value, "share", "Fabijan 2019")


def mismatch_statistic(working: Working) -> float:
    """Chi-squared of a sample ratio mismatch."""
    value = ratio(working).statistic
    return working.step("chi-squared", "sum of (count - planned)^2 / planned", value, "",
                        "Pearson 1900")  # fmt: skip


def family_error(working: Working) -> float:
    """Chance of a false alarm among independent comparisons."""
    alpha, many = working.assume(defaults.ALPHA), working.number("comparisons")
    value = multiple_testing.family_error(alpha, int(many))
    return working.step("one false alarm or more", f"1 - (1 - {alpha:g})^{many:g}", value, "share")


def false_alarms(working: Working) -> float:
    """How many comparisons alarm by chance."""
    alpha, many = working.assume(defaults.ALPHA), working.number("comparisons")
    return working.step("false alarms", f"{many:g} x {alpha:g}", many * alpha, "alarms")


def alpha_of_one(working: Working) -> float:
    """The level of one of several comparisons: Bonferroni's, or Sidak's where it is named."""
    name = working.text("method")
    if re.search(r"holm|hochberg|pocock|brien", name):
        raise Missing("method bonferroni")
    return alpha(working)


def alpha(working: Working) -> float:
    """The level of each comparison."""
    each = working.assume(defaults.ALPHA)
    many = working.maybe("comparisons") or 1.0
    if not working.has("comparisons") and re.search(_CORRECTED, working.text("method")):
        # Each treatment is compared with the control.
        many = max(1.0, (working.maybe("arms") or 2.0) - 1.0)
    if many == 1:
        return each
    if re.search(r"[sš]id[aá]k", working.text("method")):
        value, formula = 1.0 - (1.0 - each) ** (1.0 / many), f"1 - (1 - {each:g})^(1/{many:g})"
        return working.step("alpha of one comparison", formula, value, "share", "Sidak 1967")
    return working.step("alpha of one comparison", f"{each:g} / {many:g}", each / many, "share",
                        "Bonferroni")  # fmt: skip


_SIZING = ("mde_abs", "mde_rel", "changed")

SEVERAL: tuple[Method, ...] = (
    Method("family_error", "one false alarm or more", "share", ("comparisons",),
           "family wise error rate fwer probability false positive at least one", family_error,
           unless=_SIZING),
    Method("alpha_of_one", "alpha of one comparison", "share", ("comparisons",),
           "alpha per comparison corrected adjusted threshold test feature level bonferroni sidak",
           alpha_of_one, unless=_SIZING),
    Method("false_alarms", "false alarms by chance", "alarms", ("comparisons",),
           "expected false alarms positives number count", false_alarms,
           unless=(*_SIZING, "p_values"), asked_only=True),
)  # fmt: skip
"""Of several comparisons, whatever they compare."""

PLANNING: tuple[Method, ...] = (
    Method("variance_removed", "variance that the covariate removes", "share",
           ("cuped_correlation",), "variance reduction reduced removed explained percent cuped",
           variance_removed, unless=("n_individual", "units", *_SIZING)),
    Method("variance_left", "variance that is left", "share", ("cuped_correlation",),
           "variance left remaining factor residual", variance_left,
           unless=("n_individual", "units", *_SIZING), asked_only=True),
    Method("split_inflation", "units over those of an even split", "x", ("allocation",),
           "x inflation factor against even 50 split times multiplier", split_inflation,
           unless=_SIZING),
    Method("first_boundary", "critical score of the first look", "", ("looks", "method"),
           "first critical z boundary score look", first_boundary, asked_only=True),
    Method("level_of_look", "level of each look", "share", ("looks", "method"),
           "nominal significance p value alpha level per each look", level_of_look,
           asked_only=True),
    Method("difference_score", "z of two shares", "", ("control_successes", "treatment_successes"),
           "z score statistic test", difference_score),
    Method("difference_p_value", "p-value of two shares", "share",
           ("control_successes", "treatment_successes"), "p value pvalue significance",
           difference_p_value),
    Method("mismatch", "p-value of the sample ratio", "share",
           (("arm_counts", "current_counts", "control_count"),),
           "p value pvalue srm sample ratio mismatch", mismatch,
           unless=("control_successes", "arm_successes")),
    Method("mismatch_statistic", "chi-squared of the sample ratio", "",
           (("arm_counts", "current_counts", "control_count"),),
           "chi square squared chi2 statistic", mismatch_statistic, asked_only=True),
    *SEVERAL,
)  # fmt: skip
