"""The latency a path is certain to keep whatever the correlation of its stages.

In: distributions of serial stages and a level. Out: seconds. Law: if stage i misses x_i with
probability a_i, the path misses the sum of x_i with probability at most the sum of a_i.
"""

import math
from collections.abc import Sequence

from mlsdc.compiler.latency.distribution import Distribution


def union_bound(stages: Sequence[Distribution], level: float) -> float:
    """Seconds the whole path meets with probability `level` at least, however stages correlate.

    The allowed misses, 1 - level, are split over the stages that vary: equally, and in proportion
    to how fast each one's tail grows (the optimum for exponential tails); the lower result and
    the sum of the certain bounds compete. Infinite at level 1 if a stage has no certain bound.
    Raises ValueError outside [0, 1].
    """
    if not 0.0 <= level <= 1.0:
        raise ValueError(f"a path is met at a level between 0 and 1, not at {level!r}")
    certain = math.fsum(stage.bound for stage in stages)
    misses = 1.0 - level
    constant = math.fsum(stage.bound for stage in stages if _is_constant(stage))
    varying = [stage for stage in stages if not _is_constant(stage)]
    if misses == 0.0 or not varying:
        return certain
    growth = [_tail_growth(stage, misses / len(varying)) for stage in varying]
    splits = [[1.0] * len(varying)]
    if min(growth) > 0.0:
        splits.append(growth)
    sums = [_sum_at(varying, shares, misses) for shares in splits]
    return min(certain, constant + min(sums))


def _is_constant(stage: Distribution) -> bool:
    return stage.quantile(0.0) == stage.bound


def _sum_at(stages: Sequence[Distribution], shares: Sequence[float], misses: float) -> float:
    whole = math.fsum(shares)
    return math.fsum(
        stage.quantile(1.0 - misses * share / whole)
        for stage, share in zip(stages, shares, strict=True)
    )


def _tail_growth(stage: Distribution, misses: float) -> float:
    """Seconds the quantile grows while the misses fall by a factor ten."""
    return stage.quantile(1.0 - misses / 10.0) - stage.quantile(1.0 - misses)
