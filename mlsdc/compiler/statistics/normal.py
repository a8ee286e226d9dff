"""The standard normal distribution."""

from __future__ import annotations

import math
from functools import cache


def normal_probability(score: float) -> float:
    """P(Z <= score) of a standard normal Z, to double precision in both tails."""
    return 0.5 * math.erfc(-score / math.sqrt(2.0))


def normal_density(score: float) -> float:
    """The density of a standard normal at a score."""
    return math.exp(-0.5 * score * score) / math.sqrt(2.0 * math.pi)


@cache
def normal_score(probability: float) -> float:
    """The score a standard normal stays under with this probability, by Newton's method.

    Raises ValueError outside the open interval (0, 1).
    """
    if not 0.0 < probability < 1.0:
        raise ValueError(f"a quantile lies strictly between 0 and 1, not at {probability!r}")
    if probability == 0.5:
        return 0.0
    if probability > 0.5:
        return -normal_score(1.0 - probability)
    # Left of the root and never more than sqrt(2 pi) away from it, so Newton's steps stay bounded.
    score = -math.sqrt(-2.0 * math.log(probability))
    for _ in range(60):
        step = (normal_probability(score) - probability) / normal_density(score)
        score -= step
        if abs(step) < 1e-14 * max(1.0, abs(score)):
            break
    return score


def two_sided(score: float) -> float:
    """P(|Z| >= |score|): the p-value of a two-sided z test."""
    return math.erfc(abs(score) / math.sqrt(2.0))
