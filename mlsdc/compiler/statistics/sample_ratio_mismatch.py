"""Whether the units were divided as planned: the sample ratio mismatch (SRM) test.

Source: Fabijan, Gupchup, Gupta, Omhover, Qin, Vermeer and Dmitriev 2019, Diagnosing sample ratio
mismatch in online controlled experiments: a chi-squared test of the counts against the planned
shares; nothing else of an experiment that fails it can be believed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mlsdc.compiler.statistics.tails import chi_squared_survival

ALARM = 0.001
"""The p-value below which an alarm is raised: small, because the test runs for every experiment."""


@dataclass(frozen=True, slots=True)
class SampleRatio:
    """The outcome of the test."""

    counts: tuple[int, ...]
    expected: tuple[float, ...]
    statistic: float
    """Chi-squared."""
    p_value: float
    alarm: float

    @property
    def mismatch(self) -> bool:
        """Whether the division is not the planned one."""
        return self.p_value < self.alarm


def sample_ratio(
    counts: Sequence[int], planned: Sequence[float] | None = None, *, alarm: float = ALARM
) -> SampleRatio:
    """Compare the units of each arm with the planned shares.

    The shares are even where absent, and may have any positive scale.

    Raises ValueError for fewer than two arms, counts that are negative or all 0, or shares that do
    not match the counts.
    """
    shares = [1.0] * len(counts) if planned is None else [float(share) for share in planned]
    if len(counts) < 2:
        raise ValueError("a ratio needs at least two arms")
    if len(shares) != len(counts):
        raise ValueError(f"{len(counts)} arms, but {len(shares)} planned shares")
    if any(not 0.0 < share < math.inf for share in shares):
        raise ValueError(f"planned shares are positive: {shares}")
    total = sum(counts)
    if any(count < 0 for count in counts) or not total:
        raise ValueError(f"counts are not negative and not all 0: {list(counts)}")
    whole = math.fsum(shares)
    expected = tuple(total * share / whole for share in shares)
    pairs = zip(counts, expected, strict=True)
    statistic = math.fsum((count - wanted) ** 2 / wanted for count, wanted in pairs)
    p_value = chi_squared_survival(statistic, len(counts) - 1)
    return SampleRatio(tuple(counts), expected, statistic, p_value, alarm)
