"""Measures of drift from histograms, values and tables, with the thresholds people use."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

from mlsdc.compiler.estimates import drift
from mlsdc.compiler.estimates.methods.drift_tests import DRIFT_TESTS, largest_gap
from mlsdc.compiler.estimates.methods.planning import SEVERAL
from mlsdc.compiler.estimates.refusal import Missing
from mlsdc.compiler.estimates.working import Method, Working
from mlsdc.compiler.statistics.drift_noise import ks_critical as critical_distance
from mlsdc.compiler.statistics.tails import chi_squared_survival

ABOUT = "PSI, KL, Jensen-Shannon, KS, Wasserstein and chi-squared of current data"
EXAMPLES = (
    "--reference-counts 100,100,100 --current-counts 80,100,120",
    "--statistic ks --reference 0.1,0.4,0.7 --current 0.3,0.6,0.9",
    "--statistic ks-critical --n-reference 100000 --n-current 100000 --alpha 5%",
)
OPTIONAL = "statistic floor base yates warn critical"
_NAMES = {
    "psi": r"psi|population.?stability",
    "kl": r"\bkl|kullback",
    "js": r"jensen|\bjs",
    "ks": r"\bks|kolmogorov|smirnov",
    "chi2": r"chi",
    "wasserstein": r"wasser|earth|emd",
    "hellinger": r"hellinger",
    "tv": r"total.?variation|\btv\b|\bl1\b",
    "linf": r"l.?inf|chebyshev|maximum",
}
Measure = Callable[[Sequence[float], Sequence[float]], float]


def _asked(working: Working, name: str, *, critical: bool = False) -> None:
    """Raise `Missing` where a statistic is stated and it is another one."""
    stated = working.text("statistic").replace("_", " ")
    if not stated:
        return
    if not re.search(_NAMES[name], stated) or ("critical" in stated) != critical:
        raise Missing(f"statistic {name}")


def _bins(working: Working) -> tuple[Sequence[float], Sequence[float]]:
    """Histograms: counts, or what is stated as shares."""
    if working.has("reference_counts", "current_counts"):
        return working.numbers("reference_counts"), working.numbers("current_counts")
    reference, current = working.numbers("reference"), working.numbers("current")
    named = working.text("statistic")
    total = 0.999 < sum(reference) < 1.001 and 0.999 < sum(current) < 1.001
    if not total and not named:
        raise Missing("reference_counts")  # plain values have no bins
    return reference, current


def _log_base(working: Working, usual: float) -> float:
    stated = working.maybe("base")
    said = working.text("statistic")
    if stated is None and (found := re.search(r"base\s*([0-9.]+)", said)):
        stated = float(found[1])
    if stated is None and re.search(r"natural|\bnats?\b|\bln\b|base\s*e\b", said):
        stated = math.e
    return stated or usual


def psi(working: Working) -> float:
    """Population stability index."""
    _asked(working, "psi")
    reference, current = _bins(working)
    floor = working.maybe("floor") or drift.FLOOR
    value = drift.psi(reference, current, floor)
    working.note("empty bins", f"taken for a share of {floor:g}")
    return _judged(working, "sum of (a - e) ln(a / e)", value,
                   drift.WARN_PSI, drift.CRITICAL_PSI, "Siddiqi 2006")  # fmt: skip


def _judged(
    working: Working, formula: str, value: float, warn: float, critical: float, source: str
) -> float:
    warn, critical = working.maybe("warn") or warn, working.maybe("critical") or critical
    verdict = "critical" if value >= critical else "warning" if value >= warn else "stable"
    working.note("verdict", f"{verdict}: warning from {warn:g}, critical from {critical:g}", source)
    return working.step("statistic", formula, value, "", source)


def kl(working: Working) -> float:
    """Kullback-Leibler divergence in nats, of the reference unless the statistic says otherwise."""
    _asked(working, "kl")
    reference, current = _bins(working)
    base, floor = _log_base(working, math.e), working.maybe("floor") or drift.FLOOR
    said = working.text("statistic")
    turned = re.search(r"(cur\w*|actual|prod\w*)\s*(\|\||from|to|against|vs|,)", said) is not None
    ends = (current, reference) if turned else (reference, current)
    which = "current data, KL(c || r)" if turned else "reference, KL(r || c), as Evidently's"
    working.note("direction", f"of the {which}")
    value = drift.kl(*ends, floor, base)
    return working.step("statistic", "sum of p ln(p / q)", value, "", "Kullback, Leibler 1951")


def kl_bits(working: Working) -> float:
    """The same in bits."""
    value = kl(working)
    if _log_base(working, math.e) != math.e:
        return value  # the base is stated
    return working.step("in bits", f"{value:.6g} / ln 2", value / math.log(2.0), "")


def jensen_shannon(working: Working) -> float:
    """Jensen-Shannon distance."""
    value = _distance(working)
    return _judged(working, "sqrt((KL(p|m) + KL(q|m)) / 2)", value,
                   drift.LARGE_DATA, 2 * drift.LARGE_DATA, "Evidently's default 0.1")  # fmt: skip


def jensen_shannon_divergence(working: Working) -> float:
    """Its square."""
    value = _distance(working) ** 2
    return working.step("statistic", "(KL(p|m) + KL(q|m)) / 2", value, "", "Lin 1991")


def _distance(working: Working) -> float:
    _asked(working, "js")
    return drift.jensen_shannon(*_bins(working), _log_base(working, 2.0))


def _of_shares(name: str, measure: Measure, formula: str) -> Callable[[Working], float]:
    def run(working: Working) -> float:
        _asked(working, name)
        return working.step("statistic", formula, measure(*_bins(working)), "")

    return run


def _ks(working: Working) -> float:
    _asked(working, "ks")
    if working.has("reference_counts", "current_counts"):
        return drift.ks_histogram(*_bins(working))
    return drift.ks(working.numbers("reference"), working.numbers("current"))


def ks(working: Working) -> float:
    """Kolmogorov-Smirnov distance."""
    return _judged(working, "largest gap between the distribution functions", _ks(working),
                   drift.LARGE_DATA, 2 * drift.LARGE_DATA, "Evidently's default 0.1")  # fmt: skip


def ks_p_value(working: Working) -> float:
    """P-value of the distance."""
    distance = _ks(working)
    if working.has("reference_counts", "current_counts"):
        n, m = (sum(working.numbers(name)) for name in ("reference_counts", "current_counts"))
    else:
        n, m = len(working.numbers("reference")), len(working.numbers("current"))
    value = drift.ks_p_value(distance, int(n), int(m))
    formula = f"P(D >= {distance:.6g}) of {n:g} and {m:g} rows"
    return working.step("p-value", formula, value, "share", "Smirnov 1948")


def ks_critical(working: Working) -> float:
    """The distance that chance alone exceeds with probability alpha."""
    _asked(working, "ks", critical=bool(working.text("statistic")))
    n, m = working.number("n_reference"), working.number("n_current")
    value = critical_distance(n, m, working.number("alpha"))
    formula = f"sqrt(-ln(alpha / 2) / 2) sqrt(({n:g} + {m:g}) / ({n:g} x {m:g}))"
    return working.step("critical distance", formula, value, "", "Smirnov 1948")


def wasserstein_normed(working: Working) -> float:
    """Wasserstein distance over the reference's standard deviation."""
    spread = drift.deviation(working.numbers("reference"))
    if spread <= 0:
        raise ValueError("the reference has no spread")
    return _judged(working, f"distance / {spread:.6g}", _wasserstein(working) / spread,
                   drift.LARGE_DATA, 2 * drift.LARGE_DATA, "Evidently's default 0.1")  # fmt: skip


def _wasserstein(working: Working) -> float:
    _asked(working, "wasserstein")
    return drift.wasserstein(working.numbers("reference"), working.numbers("current"))


def wasserstein(working: Working) -> float:
    """Wasserstein distance in the values' own unit."""
    if "norm" in working.text("statistic"):
        raise Missing("statistic wasserstein")
    return working.step("statistic", "area between the distributions", _wasserstein(working), "")


def _chi2(working: Working) -> tuple[float, int]:
    _asked(working, "chi2")
    if working.has("table"):
        table = working.rows("table")
        # Correction is said, never assumed: programs differ in what they do unasked.
        return drift.chi_squared(table, yates=working.flag("yates"))
    name = "reference_counts" if working.has("reference_counts") else "reference"
    reference, current = working.numbers(name), working.numbers("current_counts")
    if re.search(r"contingency|homogen|independ|2.?samp|two.?samp", working.text("statistic")):
        return drift.chi_squared([reference, current], yates=working.flag("yates"))
    return drift.goodness_of_fit(reference, current)


def chi_squared(working: Working) -> float:
    """Pearson's chi-squared."""
    value, degrees = _chi2(working)
    yates = " with Yates' correction" if working.flag("yates") else ""
    formula = f"sum of (count - expected)^2 / expected, {degrees} degrees of freedom{yates}"
    return working.step("statistic", formula, value, "", "Pearson 1900")


def chi_squared_p_value(working: Working) -> float:
    """Its p-value."""
    value, degrees = _chi2(working)
    share = chi_squared_survival(value, degrees)
    return working.step("p-value", f"P(chi^2({degrees}) >= {value:.6g})", share, "share")


_COUNTS = ("reference_counts", "reference")
_NOW = ("current_counts", "current")
_P = "p value pvalue significance"

METHODS: tuple[Method, ...] = (
    Method("psi", "PSI", "", (_COUNTS, _NOW), "psi population stability index", psi),
    Method("kl", "KL divergence", "", (_COUNTS, _NOW), "kl divergence nats entropy", kl),
    Method("kl_bits", "KL divergence in bits", "", (_COUNTS, _NOW), "kl divergence bits", kl_bits,
           asked_only=True),
    Method("js", "Jensen-Shannon distance", "", (_COUNTS, _NOW), "jensen shannon js distance",
           jensen_shannon),
    Method("js_divergence", "Jensen-Shannon divergence", "", (_COUNTS, _NOW),
           "jensen shannon js divergence", jensen_shannon_divergence, asked_only=True),
    Method("hellinger", "Hellinger distance", "", (_COUNTS, _NOW), "hellinger distance",
           _of_shares("hellinger", drift.hellinger, "sqrt(1 - sum of sqrt(p q))"),
           asked_only=True),
    Method("tv", "total variation", "", (_COUNTS, _NOW), "total variation tv distance",
           _of_shares("tv", drift.total_variation, "half the sum of |p - q|"), asked_only=True),
    Method("linf", "largest difference of a share", "", (_COUNTS, _NOW),
           "l infinity linf chebyshev distance", _of_shares("linf", largest_gap, "max |p - q|"),
           asked_only=True),
    Method("ks", "KS distance", "", (_COUNTS, _NOW), "d ks statistic distance kolmogorov smirnov",
           ks),
    Method("ks_p_value", "p-value of KS", "share", (_COUNTS, _NOW), _P, ks_p_value),
    Method("ks_critical", "KS distance by chance", "", ("n_reference", "n_current", "alpha"),
           "d critical value", ks_critical),
    Method("wasserstein_normed", "Wasserstein distance over the deviation", "",
           ("reference", "current"), "normed norm standard deviation std normalised",
           wasserstein_normed),
    Method("wasserstein", "Wasserstein distance", "", ("reference", "current"),
           "wasserstein distance earth mover", wasserstein),
    Method("chi_squared", "chi-squared", "", (("table", "reference_counts", "reference"),),
           "chi square squared statistic", chi_squared),
    Method("chi_squared_p_value", "p-value of chi-squared", "share",
           (("table", "reference_counts", "reference"),), _P, chi_squared_p_value),
    *DRIFT_TESTS,
    *SEVERAL,
)  # fmt: skip
