"""Looking more than once: group-sequential boundaries by alpha spending.

Two-sided and symmetric. The chance of crossing a boundary is integrated look by look over the paths
that have not crossed yet. Sources: Armitage, McPherson and Rowe 1969, Repeated significance tests
on accumulating data; O'Brien and Fleming 1979; Pocock 1977; Lan and DeMets 1983, Discrete
sequential boundaries for clinical trials.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from mlsdc.compiler.statistics.comparison import ErrorRates, require_share
from mlsdc.compiler.statistics.normal import normal_probability, normal_score
from mlsdc.compiler.statistics.solve import rising_root

Spending = Literal["obrien_fleming", "pocock"]
_PANELS = 150
"""Pairs of Simpson's panels over the paths that go on."""
_CLOSE = 1e-8
_WIDEST = 12.0
"""A score that is never reached: a boundary beyond it spends nothing."""


def equal_looks(looks: int) -> tuple[float, ...]:
    """The shares of the information at this many equally spaced looks, the last one at 1."""
    if looks < 1:
        raise ValueError(f"there is at least 1 look, not {looks!r}")
    return tuple((look + 1) / looks for look in range(looks))


def spent(share: float, alpha: float, spending: Spending) -> float:
    """The two-sided alpha spent once this share of the information is in (Lan and DeMets 1983).

    O'Brien-Fleming: 4 - 4 Phi(z(1 - alpha/4) / sqrt(t)); Pocock: alpha ln(1 + (e - 1) t).
    """
    require_share("alpha", alpha)
    if not 0.0 < share <= 1.0:
        raise ValueError(f"the share of the information is above 0 and at most 1, not {share!r}")
    if spending == "pocock":
        return alpha * math.log(1.0 + (math.e - 1.0) * share)
    if spending != "obrien_fleming":
        raise ValueError(f"spending is obrien_fleming or pocock, not {spending!r}")
    return 4.0 * normal_probability(-normal_score(1.0 - alpha / 4.0) / math.sqrt(share))


def boundaries(times: Sequence[float], alpha: float, spending: Spending) -> tuple[float, ...]:
    """The score at each look beyond which the experiment stops.

    `times` are the looks' shares of the planned information, rising, at most 1.
    """
    _check(times)
    paths = _Paths()
    found: list[float] = []
    before = 0.0
    for share in times:
        budget = spent(share, alpha, spending)
        edge = _boundary(paths, share, budget - before)
        paths.go_on(share, edge)
        found.append(edge)
        before = budget
    return tuple(found)


def _boundary(paths: _Paths, share: float, step: float) -> float:
    """The score that is first crossed at this look with this probability."""
    if step <= 0.0 or paths.beyond(share, _WIDEST) >= step:
        return math.inf
    return rising_root(lambda score: step - paths.beyond(share, score), 0.0, _WIDEST)


def constant_boundary(looks: int, alpha: float) -> float:
    """Pocock's constant: the one score for all of these equally spaced looks (Pocock 1977)."""
    require_share("alpha", alpha)
    times = equal_looks(looks)

    def kept(score: float) -> float:
        return alpha - sum(crossing(times, [score] * looks))

    return rising_root(kept, 0.0, _WIDEST, tolerance=_CLOSE)


def obrien_fleming_constant(looks: int, alpha: float) -> float:
    """O'Brien and Fleming's constant: the last look's score; look k of K has it x sqrt(K / k)."""
    require_share("alpha", alpha)
    times = equal_looks(looks)

    def kept(last: float) -> float:
        return alpha - sum(crossing(times, [last / math.sqrt(t) for t in times]))

    return rising_root(kept, 0.1, _WIDEST, tolerance=_CLOSE)


def peeking_error(looks: int, alpha: float = 0.05) -> float:
    """The true error rate where each of these looks is judged as if it were the only one."""
    score = normal_score(1.0 - require_share("alpha", alpha) / 2.0)
    return sum(crossing(equal_looks(looks), [score] * looks))


def inflation(times: Sequence[float], rates: ErrorRates, spending: Spending) -> float:
    """How many times the fixed sample the largest sample is, so that looking costs no power.

    Source: Jennison and Turnbull 2000, Group Sequential Methods, section 2.3. Two-sided.
    """
    edges = boundaries(times, rates.alpha, spending)
    fixed = rates.critical + rates.detecting

    def short(drift: float) -> float:
        return sum(crossing(times, edges, drift)) - rates.power

    drift = rising_root(short, 0.0, 2.0 * fixed, tolerance=_CLOSE)
    return (drift / fixed) ** 2


def crossing(
    times: Sequence[float], edges: Sequence[float], drift: float = 0.0
) -> tuple[float, ...]:
    """The chance that |Z| first exceeds the edge at each look; `drift` is the last Z's mean."""
    _check(times)
    paths = _Paths(drift)
    found: list[float] = []
    for share, edge in zip(times, edges, strict=True):
        found.append(paths.beyond(share, edge))
        paths.go_on(share, edge)
    return tuple(found)


class _Paths:
    """The paths that have crossed no edge yet, as weighted points of B(t) = Z(t) sqrt(t).

    B has independent normal increments of variance dt and mean drift x dt.
    """

    def __init__(self, drift: float = 0.0) -> None:
        import numpy as np

        self._drift, self._time = drift, 0.0
        self._points, self._mass = np.zeros(1), np.ones(1)

    def beyond(self, time: float, edge: float) -> float:
        """The chance to go on until this look, and to be outside the edge there."""
        step, reach = math.sqrt(time - self._time), edge * math.sqrt(time)
        middle: list[float] = (self._points + self._drift * (time - self._time)).tolist()
        mass: list[float] = self._mass.tolist()
        return sum(
            weight
            * (normal_probability((-reach - at) / step) + normal_probability((at - reach) / step))
            for at, weight in zip(middle, mass, strict=True)
        )

    def go_on(self, time: float, edge: float) -> None:
        """Move on to this look, without the paths outside the edge; Simpson's rule."""
        import numpy as np

        step = math.sqrt(time - self._time)
        middle = self._points + self._drift * (time - self._time)
        widest = _WIDEST * math.sqrt(time) + abs(self._drift) * time
        wide = min(edge * math.sqrt(time), widest)
        grid = np.linspace(-wide, wide, 2 * _PANELS + 1)
        weights = np.full(grid.size, 2.0)
        weights[1::2], weights[0], weights[-1] = 4.0, 1.0, 1.0
        scores = (grid[:, None] - middle[None, :]) / step
        density = np.exp(-0.5 * scores**2) / (step * math.sqrt(2.0 * math.pi))
        self._mass = weights * wide / (3.0 * _PANELS) * (density @ self._mass)
        self._points, self._time = grid, time


def _check(times: Sequence[float]) -> None:
    if not times or times[0] <= 0 or times[-1] > 1.0 + 1e-12:
        raise ValueError(f"looks lie above 0 and at most at 1: {list(times)}")
    if any(later <= earlier for earlier, later in pairwise(times)):
        raise ValueError(f"each look has more information than the one before: {list(times)}")
