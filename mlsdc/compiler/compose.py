"""A request's steps in, one latency composition out, in three tellings.

Independent: distributions are convolved, the verdict. Correlated: everything is slow together, so
equal quantiles add. Certain: no assumption at all, by the union bound, or by timeouts where they
are tighter: if stage i meets x_i with probability 1 - a_i, the path meets the sum with 1 - sum a_i.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mlsdc.compiler.distribution import Distribution

Bound = Callable[[float], float]


@dataclass(frozen=True)
class Composition:
    """The latency of a part of a request.

    `bound(level)` is the certain time of this part when each of its `leaves` holds its quantile at
    that level.
    """

    independent: Distribution
    correlated: Distribution
    bound: Bound
    leaves: int

    def certain(self, quantile: float) -> float:
        """The time that the quantile certainly meets, whatever depends on whatever."""
        return self.bound(1 - (1 - quantile) / max(1, self.leaves))


NOTHING = Composition(Distribution.constant(0.0), Distribution.constant(0.0), lambda _: 0.0, 0)


def leaf(distribution: Distribution) -> Composition:
    """One hop."""
    return Composition(distribution, distribution, distribution.quantile, 1)


def series(parts: list[Composition]) -> Composition:
    """One after the other."""
    parts = [part for part in parts if part is not NOTHING]
    if not parts:
        return NOTHING
    if len(parts) == 1:
        return parts[0]
    return Composition(
        Distribution.series([p.independent for p in parts]),
        Distribution.comonotone_sum([p.correlated for p in parts]),
        lambda level: sum(p.bound(level) for p in parts),
        sum(p.leaves for p in parts),
    )


def parallel(parts: list[Composition], first: int | None) -> Composition:
    """All at once; done when all, or the first k, have answered."""
    parts = [part for part in parts if part is not NOTHING]
    if not parts:
        return NOTHING
    k = min(first or len(parts), len(parts))

    def kth(level: float) -> float:
        return sorted(p.bound(level) for p in parts)[k - 1]

    if k == len(parts):
        independent = Distribution.maximum([p.independent for p in parts])
        correlated = Distribution.maximum([p.correlated for p in parts])
    else:
        independent = Distribution.first_of([p.independent for p in parts], k)
        correlated = Distribution.first_of([p.correlated for p in parts], k)
    return Composition(independent, correlated, kth, sum(p.leaves for p in parts))


def chosen(share: float, part: Composition) -> Composition:
    """A part that only a share of the requests runs through."""
    if part is NOTHING or share <= 0:
        return NOTHING
    nothing = Distribution.constant(0.0)
    return Composition(
        Distribution.mixture([(share, part.independent), (1 - share, nothing)]),
        Distribution.mixture([(share, part.correlated), (1 - share, nothing)]),
        part.bound,
        part.leaves,
    )


def repeated(part: Composition, times: int) -> Composition:
    """The same part several times in a row."""
    if times == 1 or part is NOTHING:
        return part
    return Composition(
        part.independent.repeated(times),
        part.correlated.scaled(times),
        lambda level: times * part.bound(level),
        part.leaves * times,
    )


def limited(part: Composition, limit: float, fallback: Composition | None) -> Composition:
    """A part that is given up after a time limit, and then answered by a fallback."""
    other = fallback.independent if fallback else None
    other_correlated = fallback.correlated if fallback else None

    def bound(level: float) -> float:
        own = part.bound(level)
        if own <= limit:
            return own
        return limit + (fallback.bound(level) if fallback else 0.0)

    return Composition(
        part.independent.with_timeout(limit, other).elapsed,
        part.correlated.with_timeout(limit, other_correlated).elapsed,
        bound,
        part.leaves + (fallback.leaves if fallback else 0),
    )


def retried(part: Composition, attempts: int, limit: float, backoff: float) -> Composition:
    """A part tried again after each time limit."""
    worst = attempts * limit + (attempts - 1) * backoff

    def bound(level: float) -> float:
        own = part.bound(level)
        return own if own <= limit else worst

    return Composition(
        part.independent.with_retry(attempts, limit, backoff).elapsed,
        part.correlated.with_retry(attempts, limit, backoff).elapsed,
        bound,
        part.leaves,
    )


def hedged(part: Composition, at: float) -> Composition:
    """A part whose second attempt starts after a while; the first answer counts."""
    return Composition(
        part.independent.hedged(at).answer,
        part.correlated,  # two copies that are slow together gain nothing
        part.bound,
        part.leaves,
    )
