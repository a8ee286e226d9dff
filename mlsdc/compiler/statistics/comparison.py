"""What every sample-size and power calculation is told: error rates, allocation and corrections."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mlsdc.compiler.statistics.normal import normal_score

Correction = Literal["none", "bonferroni", "holm"]
EVEN = (0.5, 0.5)


def require_share(name: str, value: float) -> float:
    """The value itself; ValueError where it does not lie strictly between 0 and 1."""
    if not 0.0 < value < 1.0:
        raise ValueError(f"{name} lies strictly between 0 and 1, not at {value!r}")
    return value


def require_positive(name: str, value: float) -> float:
    """The value itself; ValueError where it is not positive and finite."""
    if not 0.0 < value < math.inf:
        raise ValueError(f"{name} is positive and finite, not {value!r}")
    return value


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """How often a test may be wrong: `alpha` of one comparison, after any correction."""

    alpha: float = 0.05
    power: float = 0.8
    sides: int = 2

    def __post_init__(self) -> None:
        require_share("alpha", self.alpha)
        require_share("power", self.power)
        if self.sides not in (1, 2):
            raise ValueError(f"a test has 1 or 2 sides, not {self.sides!r}")
        if self.power <= self.alpha / self.sides:
            raise ValueError(f"power {self.power!r} is no more than chance gives: {self.alpha!r}")

    @property
    def critical(self) -> float:
        """The score beyond which the test rejects."""
        return normal_score(1.0 - self.alpha / self.sides)

    @property
    def detecting(self) -> float:
        """The score of the power."""
        return normal_score(self.power)


def corrected_alpha(alpha: float, comparisons: int, correction: Correction) -> float:
    """The alpha of one of several comparisons.

    Holm's procedure rejects at least what Bonferroni rejects; its first step, which a sample must
    suffice for, is Bonferroni's. Source: Holm 1979, A simple sequentially rejective multiple test
    procedure.
    """
    require_share("alpha", alpha)
    if comparisons < 1:
        raise ValueError(f"there is at least 1 comparison, not {comparisons!r}")
    if correction not in ("none", "bonferroni", "holm"):
        raise ValueError(f"correction is none, bonferroni or holm, not {correction!r}")
    return alpha if correction == "none" else alpha / comparisons


def checked_allocation(allocation: Sequence[float]) -> tuple[float, ...]:
    """Shares of traffic, the control's first; they sum to at most 1.

    Raises ValueError for fewer than two shares, or shares that cannot be.
    """
    shares = tuple(float(share) for share in allocation)
    if len(shares) < 2:
        raise ValueError("an allocation names the control's share and at least one more")
    if any(not 0.0 < share < 1.0 for share in shares):
        raise ValueError(f"each share lies strictly between 0 and 1: {list(shares)}")
    if math.fsum(shares) > 1.0 + 1e-9:
        raise ValueError(f"shares sum to at most 1, these to {math.fsum(shares):.6g}")
    return shares


def design_effect(cluster_size: float, correlation: float) -> float:
    """How many times the sample grows where whole clusters are randomised: 1 + (m - 1) x ICC.

    Source: Kish 1965, Survey Sampling. `cluster_size` is the mean number of observations in one
    cluster (an account, a region), `correlation` the intra-class correlation.
    """
    if not 1.0 <= cluster_size < math.inf:
        raise ValueError(f"a cluster holds at least 1 observation, not {cluster_size!r}")
    if not 0.0 <= correlation <= 1.0:
        raise ValueError(f"the intra-class correlation is from 0 to 1, not {correlation!r}")
    return 1.0 + (cluster_size - 1.0) * correlation


def cuped_factor(correlation: float) -> float:
    """The share of the variance that is left once a pre-period covariate is taken out: 1 - rho^2.

    Source: Deng, Xu, Kohavi and Walker 2013, Improving the sensitivity of online controlled
    experiments by utilizing pre-experiment data.
    """
    if not -1.0 < correlation < 1.0:
        raise ValueError(f"the correlation lies strictly between -1 and 1, not {correlation!r}")
    return 1.0 - correlation * correlation
