"""How far current data is from its reference: PSI, KL, Jensen-Shannon, KS, chi-squared and others.

Sources: Siddiqi 2006 (PSI and its usual thresholds); Kullback and Leibler 1951; Lin 1991
(Jensen-Shannon); Smirnov 1948 (two samples); Pearson 1900; Evidently's documentation (thresholds
for large data).
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

FLOOR = 1e-4
"""The share an empty bin is taken for in PSI and KL, so that the logarithm is finite."""
WARN_PSI, CRITICAL_PSI = 0.1, 0.25
LARGE_DATA = 0.1
"""Evidently's threshold of KS, normed Wasserstein and Jensen-Shannon distance for large data."""


def shares(counts: Sequence[float], floor: float = 0.0) -> list[float]:
    """Counts as shares of their sum, empty bins as `floor`. Raises ValueError for none at all."""
    total = math.fsum(counts)
    if total <= 0 or any(count < 0 for count in counts):
        raise ValueError(f"counts are not negative and not all 0: {list(counts)}")
    return [count / total if count else floor for count in counts]


def _paired(reference: Sequence[float], current: Sequence[float]) -> None:
    if len(reference) != len(current):
        raise ValueError(f"{len(reference)} bins of the reference, but {len(current)} current ones")


def psi(reference: Sequence[float], current: Sequence[float], floor: float = FLOOR) -> float:
    """Population stability index of two histograms: sum of (a - e) ln(a / e)."""
    _paired(reference, current)
    pairs = zip(shares(reference, floor), shares(current, floor), strict=True)
    return math.fsum((a - e) * math.log(a / e) for e, a in pairs)


def kl(p: Sequence[float], q: Sequence[float], floor: float = FLOOR, base: float = math.e) -> float:
    """Kullback-Leibler divergence of p from q; empty bins of q are raised to the floor."""
    _paired(p, q)
    pairs = zip(shares(p), shares(q, floor), strict=True)
    return math.fsum(a * math.log(a / b) for a, b in pairs if a > 0) / math.log(base)


def jensen_shannon(p: Sequence[float], q: Sequence[float], base: float = 2.0) -> float:
    """Jensen-Shannon distance, the square root of the divergence; at most 1 in base 2."""
    _paired(p, q)
    one, other = shares(p), shares(q)
    middle = [(a + b) / 2 for a, b in zip(one, other, strict=True)]
    found = (kl(one, middle, base=base) + kl(other, middle, base=base)) / 2
    return math.sqrt(max(0.0, found))


def hellinger(p: Sequence[float], q: Sequence[float]) -> float:
    """Hellinger distance: sqrt(1 - sum of sqrt(p q))."""
    _paired(p, q)
    pairs = zip(shares(p), shares(q), strict=True)
    return math.sqrt(max(0.0, 1.0 - math.fsum(math.sqrt(a * b) for a, b in pairs)))


def total_variation(p: Sequence[float], q: Sequence[float]) -> float:
    """Half the sum of absolute differences of shares."""
    _paired(p, q)
    return math.fsum(abs(a - b) for a, b in zip(shares(p), shares(q), strict=True)) / 2


def ks(reference: Sequence[float], current: Sequence[float]) -> float:
    """Largest distance between two empirical distribution functions."""
    one, other = sorted(reference), sorted(current)
    return max(
        abs(bisect_right(one, x) / len(one) - bisect_right(other, x) / len(other))
        for x in (*one, *other)
    )


def ks_histogram(reference: Sequence[float], current: Sequence[float]) -> float:
    """The same of two histograms over the same bins: a lower bound of that of the values."""
    _paired(reference, current)
    gap = furthest = 0.0
    for e, a in zip(shares(reference), shares(current), strict=True):
        gap += a - e
        furthest = max(furthest, abs(gap))
    return furthest


def ks_p_value(distance: float, n: int, m: int) -> float:
    """P(D >= distance) without drift: exact by counting lattice paths (Hodges 1958).

    Paths from (0, 0) to (n, m) stay within the distance of the diagonal; ties are not corrected.
    Beyond 10,000 pairs Smirnov's asymptotic series is used.
    """
    if n * m > 10_000:
        return _smirnov(distance * math.sqrt(n * m / (n + m)))
    limit = distance * n * m - 1e-7
    row = [0.0] * (m + 1)
    for i in range(n + 1):
        for j in range(m + 1):
            if abs(i * m - j * n) >= limit:
                row[j] = 0.0
            elif i == 0 and j == 0:
                row[j] = 1.0
            else:
                # The probability of a uniformly drawn path through (i, j), step by step.
                before = row[j] * (i / (i + j)) if i else 0.0
                left = row[j - 1] * (j / (i + j)) if j else 0.0
                row[j] = before + left
    return 1.0 - row[m]


def _smirnov(scaled: float) -> float:
    if scaled < 0.2:
        return 1.0
    terms = ((-1) ** (k - 1) * math.exp(-2.0 * k * k * scaled * scaled) for k in range(1, 101))
    return min(1.0, max(0.0, 2.0 * math.fsum(terms)))


def wasserstein(reference: Sequence[float], current: Sequence[float]) -> float:
    """Area between two empirical distribution functions (first Wasserstein distance)."""
    one, other = sorted(reference), sorted(current)
    grid = sorted((*one, *other))
    return math.fsum(
        (right - left)
        * abs(bisect_right(one, left) / len(one) - bisect_right(other, left) / len(other))
        for left, right in pairwise(grid)
    )


def deviation(values: Sequence[float]) -> float:
    """Standard deviation of the values themselves (n in the denominator)."""
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((v - mean) ** 2 for v in values) / len(values))


def chi_squared(table: Sequence[Sequence[float]], *, yates: bool = False) -> tuple[float, int]:
    """Pearson's statistic of a contingency table, and its degrees of freedom.

    `yates` corrects a table with one degree of freedom. Raises ValueError for an empty row or
    column, or rows of different lengths.
    """
    if len({len(row) for row in table}) != 1 or len(table) < 2 or len(table[0]) < 2:
        raise ValueError("a contingency table has two equally long rows at least")
    rows = [math.fsum(row) for row in table]
    columns = [math.fsum(row[i] for row in table) for i in range(len(table[0]))]
    if min(*rows, *columns) <= 0:
        raise ValueError("no row and no column of a contingency table is empty")
    total, found = math.fsum(rows), 0.0
    degrees = (len(rows) - 1) * (len(columns) - 1)
    for row, line in zip(rows, table, strict=True):
        for column, count in zip(columns, line, strict=True):
            expected = row * column / total
            gap = abs(count - expected)
            gap -= min(0.5, gap) if yates and degrees == 1 else 0.0
            found += gap * gap / expected
    return found, degrees


def goodness_of_fit(reference: Sequence[float], current: Sequence[float]) -> tuple[float, int]:
    """Pearson's statistic of current counts against the reference's shares, and its freedom."""
    _paired(reference, current)
    total = math.fsum(current)
    expected = [share * total for share in shares(reference)]
    if min(expected) <= 0:
        raise ValueError("no bin of the reference is empty")
    pairs = zip(expected, current, strict=True)
    return math.fsum((a - e) ** 2 / e for e, a in pairs), len(expected) - 1
