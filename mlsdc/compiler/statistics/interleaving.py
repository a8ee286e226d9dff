"""Which of two rankers users prefer, from lists that mix both (team draft).

Sources: Radlinski, Kurup and Joachims 2008, How does clickthrough data reflect retrieval quality?;
Chapelle, Joachims, Radlinski and Yue 2012, Large-scale validation and analysis of interleaved
search evaluation. It tells a preference, never by how much a metric would change.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from mlsdc.compiler.statistics.comparison import ErrorRates, require_share
from mlsdc.compiler.statistics.incomplete import incomplete_beta


@dataclass(frozen=True, slots=True)
class Preference:
    """The outcome of an interleaving test."""

    delta: float
    """(wins of B + ties / 2) / all - 1/2: above 0 where B is preferred (Chapelle 2012, 3.2)."""
    p_value: float
    """Two-sided sign test of the sessions that are no ties."""


def preference(wins_a: int, wins_b: int, ties: int = 0) -> Preference:
    """Who won more sessions, and whether that can be chance.

    Raises ValueError for negative counts, or no session at all.
    """
    if min(wins_a, wins_b, ties) < 0 or not wins_a + wins_b + ties:
        raise ValueError("sessions are not negative, and there is at least one")
    decided = wins_a + wins_b
    delta = (wins_b + 0.5 * ties) / (decided + ties) - 0.5
    fewer = min(wins_a, wins_b)
    if not decided or 2 * fewer == decided:
        return Preference(delta, 1.0)
    # P(X <= k) of a fair binomial is I_{1/2}(n - k, k + 1).
    return Preference(delta, min(1.0, 2.0 * incomplete_beta(0.5, decided - fewer, fewer + 1)))


def sessions(share_preferring: float, *, rates: ErrorRates, ties: float = 0.0) -> int:
    """Sessions needed to tell this share of wins (among decided sessions) from one half.

    Normal approximation of the sign test; `ties` is the share of sessions without a winner.
    """
    require_share("the share of wins", share_preferring)
    if share_preferring == 0.5:
        raise ValueError("a share of one half is no preference: no sample tells it")
    if not 0.0 <= ties < 1.0:
        raise ValueError(f"the share of ties is at least 0 and below 1, not {ties!r}")
    deviation = math.sqrt(share_preferring * (1.0 - share_preferring))
    reach = rates.critical * 0.5 + rates.detecting * deviation
    decided = (reach / (share_preferring - 0.5)) ** 2
    return math.ceil(decided / (1.0 - ties))
