"""Many p-values in, p-values corrected for their number out.

Sources: Bonferroni's inequality; Holm 1979, A simple sequentially rejective multiple test
procedure; Benjamini and Hochberg 1995, Controlling the false discovery rate.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

Method = Literal["none", "bonferroni", "holm", "benjamini_hochberg"]
METHODS: tuple[Method, ...] = ("none", "bonferroni", "holm", "benjamini_hochberg")


def adjusted(p_values: Sequence[float], method: Method) -> list[float]:
    """Each p-value's adjusted one, in the order given: reject where it is at most alpha.

    Raises ValueError for a number that is no probability, or a method that is not known.
    """
    if any(not 0.0 <= p <= 1.0 for p in p_values):
        raise ValueError(f"p-values lie between 0 and 1: {list(p_values)}")
    if method not in METHODS:
        raise ValueError(f"method is one of {', '.join(METHODS)}, not {method!r}")
    count = len(p_values)
    if method == "none":
        return list(p_values)
    if method == "bonferroni":
        return [min(1.0, count * p) for p in p_values]
    order = sorted(range(count), key=lambda i: p_values[i])
    found = [0.0] * count
    if method == "holm":
        largest = 0.0
        for rank, i in enumerate(order):
            largest = max(largest, min(1.0, (count - rank) * p_values[i]))
            found[i] = largest
        return found
    smallest = 1.0
    for rank in range(count, 0, -1):
        i = order[rank - 1]
        smallest = min(smallest, count / rank * p_values[i])
        found[i] = smallest
    return found


def rejected(p_values: Sequence[float], alpha: float, method: Method) -> list[bool]:
    """Which hypotheses are rejected at this error rate.

    `alpha` is the family-wise error rate, or for benjamini_hochberg the false discovery rate.
    """
    # A product such as 3 x 0.05/3 may end one bit above alpha.
    return [p <= alpha * (1.0 + 1e-12) for p in adjusted(p_values, method)]


def family_error(alpha: float, comparisons: int) -> float:
    """The chance of one false alarm or more in independent comparisons: 1 - (1 - alpha)^m."""
    if not 0.0 <= alpha < 1.0 or comparisons < 0:
        raise ValueError(f"wants 0 <= alpha < 1 and m >= 0, not {alpha!r} and {comparisons!r}")
    return -math.expm1(comparisons * math.log1p(-alpha))
