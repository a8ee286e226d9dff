"""How large a drift statistic gets by chance alone: sample sizes in, thresholds out."""

from __future__ import annotations

import math

from mlsdc.compiler.statistics.comparison import require_positive, require_share
from mlsdc.compiler.statistics.tails import chi_squared_score


def ks_critical(reference: float, current: float, alpha: float = 0.05) -> float:
    """The Kolmogorov-Smirnov distance that is exceeded without drift in a share alpha of windows.

    c(alpha) sqrt((n + m) / (n m)) with c = sqrt(-ln(alpha / 2) / 2). Source: Smirnov 1948.
    """
    require_share("alpha", alpha)
    return math.sqrt(-0.5 * math.log(alpha / 2.0) * _noise(reference, current))


def psi_critical(bins: int, reference: float, current: float, alpha: float = 0.05) -> float:
    """The population stability index that is exceeded without drift in a share alpha of windows.

    chi^2(bins - 1) x (1/n + 1/m). Source: Yurdakul 2018, Statistical properties of the population
    stability index.
    """
    if bins < 2:
        raise ValueError(f"a stability index compares at least 2 bins, not {bins!r}")
    return chi_squared_score(1.0 - alpha, bins - 1.0) * _noise(reference, current)


def jensen_shannon_critical(
    bins: int, reference: float, current: float, alpha: float = 0.05
) -> float:
    """The same for the Jensen-Shannon distance (base 2).

    Near equal shares the divergence is 1/8 of the index, over ln 2 in bits; the distance is its
    square root. Source: the second-order expansion of f-divergences (Csiszar and Shields 2004).
    """
    index = psi_critical(bins, reference, current, alpha)
    return math.sqrt(index / 8.0 / math.log(2.0))


def psi_rows(bins: int, threshold: float, alpha: float = 0.05) -> int:
    """Rows of each of two equal windows from which on chance stays under the threshold."""
    require_positive("the threshold", threshold)
    if bins < 2:
        raise ValueError(f"a stability index compares at least 2 bins, not {bins!r}")
    return math.ceil(2.0 * chi_squared_score(1.0 - alpha, bins - 1.0) / threshold)


def _noise(reference: float, current: float) -> float:
    require_positive("the rows of the reference", reference)
    require_positive("the rows of a window", current)
    return 1.0 / reference + 1.0 / current
