"""A request's steps in, one latency composition out, in three tellings.

Independent: distributions are convolved, the verdict. Correlated: everything is slow together, so
equal quantiles add. Certain: no assumption at all, by the union bound, or by timeouts where they
are tighter: if stage i meets x_i with probability 1 - a_i, the path meets the sum with 1 - sum a_i.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from mlsdc.compiler.latency.distribution import Distribution

Tail = Callable[[float, bool], float]


@dataclass(frozen=True)
class Composition:
    """The latency of a part of a request.

    `tail(share, split)` is the time in seconds that at most this share of the requests exceeds:
    where the share is split over the hops, whatever depends on whatever; where it is not, when all
    hops are at the same quantile at once. `hops` is what the share is split over.
    """

    independent: Distribution
    tail: Tail
    hops: int

    def correlated(self, quantile: float) -> float:
        """The quantile in seconds when all hops are slow together."""
        return self.tail(1 - quantile, False)

    def certain(self, quantile: float) -> float:
        """The time that the quantile certainly meets, whatever depends on whatever."""
        return self.tail(1 - quantile, True)


NOTHING = Composition(Distribution.constant(0.0), lambda share, split: 0.0, 0)


def leaf(distribution: Distribution) -> Composition:
    """One hop."""
    return Composition(
        distribution, lambda share, split: distribution.quantile(min(max(1 - share, 0.0), 1.0)), 1
    )


@lru_cache(maxsize=2048)
def _sum(parts: tuple[Distribution, ...]) -> Distribution:
    """Equal hops in equal order are summed once: requests of one pattern are many."""
    return Distribution.series(parts)


@lru_cache(maxsize=2048)
def _cut(whole: Distribution, limit: float, fallback: Distribution | None) -> Distribution:
    return whole.with_timeout(limit, fallback).elapsed


def _split(parts: list[Composition], share: float, split: bool) -> list[float]:
    """The parts' times; the share they may exceed is divided by their number of hops."""
    hops = sum(part.hops for part in parts)
    return [part.tail(share * part.hops / hops if split and hops else share, split)
            for part in parts]  # fmt: skip


def series(parts: list[Composition]) -> Composition:
    """One after the other."""
    parts = [part for part in parts if part is not NOTHING]
    if not parts:
        return NOTHING
    if len(parts) == 1:
        return parts[0]
    return Composition(
        _sum(tuple(p.independent for p in parts)),
        lambda share, split: sum(_split(parts, share, split)),
        sum(p.hops for p in parts),
    )


def one_draw(parts: list[Composition]) -> Composition:
    """One after the other, and all at the same quantile: one component, reached several times.

    What is certain assumes nothing, so that only the verdict changes.
    """
    parts = [part for part in parts if part is not NOTHING]
    plain = series(parts)
    if len(parts) < 2:
        return plain
    together = Distribution.comonotone_sum([part.independent for part in parts])
    return Composition(together, plain.tail, plain.hops)


def parallel(parts: list[Composition], first: int | None) -> Composition:
    """All at once; done when all, or the first k, have answered.

    A part that takes no time (or whose time nobody states: a lower bound) has answered at once.
    """
    known = [part for part in parts if part is not NOTHING]
    awaited = min(first or len(parts), len(parts)) - (len(parts) - len(known))
    if awaited <= 0:
        return NOTHING
    if len(known) == 1:
        return known[0]
    return Composition(
        Distribution.first_of([p.independent for p in known], awaited),
        lambda share, split: sorted(_split(known, share, split))[awaited - 1],
        sum(p.hops for p in known),
    )


def chosen(share: float, part: Composition) -> Composition:
    """A part that only a share of the requests runs through; those are the slow ones."""
    if part is NOTHING or share <= 0:
        return NOTHING
    nothing = Distribution.constant(0.0)
    return Composition(
        Distribution.mixture([(share, part.independent), (1 - share, nothing)]),
        lambda slower, split: 0.0 if slower >= share else part.tail(slower / share, split),
        part.hops,
    )


def repeated(part: Composition, times: int) -> Composition:
    """The same part several times in a row."""
    if times == 1 or part is NOTHING:
        return part
    return Composition(
        part.independent.repeated(times),
        lambda share, split: times * part.tail(share / times if split else share, split),
        part.hops * times,
    )


def limited(part: Composition, limit: float, fallback: Composition | None) -> Composition:
    """A part that is given up after a time limit, and then answered by a fallback."""
    elapsed = _cut(part.independent, limit, fallback and fallback.independent)
    return _given_up(part, elapsed, limit, limit, fallback)


def retried(
    part: Composition, attempts: int, limit: float, backoff: float, fallback: Composition | None
) -> Composition:
    """A part tried again after each time limit, and at last answered by a fallback."""
    worst = attempts * limit + (attempts - 1) * backoff
    outcome = part.independent.with_retry(attempts, limit, backoff)
    elapsed = outcome.elapsed
    if fallback is not None:
        at_last = Distribution.constant(worst) + fallback.independent
        answered = [] if outcome.answer is None else [(1 - outcome.failure, outcome.answer)]
        elapsed = Distribution.mixture([*answered, (outcome.failure, at_last)])
    return _given_up(part, elapsed, limit, worst, fallback)


def attempted(
    part: Composition, attempts: int, limit: float | None, backoff: float, errors: float,
    fallback: Composition | None,
) -> Composition:  # fmt: skip
    """A part some of whose answers are errors, tried again, and at last answered by a fallback.

    An error comes when the answer would have come. `limit` is None where nothing is given up.
    """
    whole = part.independent
    outcome = whole.with_timeout(limit) if limit is not None else None
    late = outcome.timed_out if outcome else 0.0
    answer = outcome.answer if outcome else whole
    failing = late + (1 - late) * errors
    lost = [] if answer is None else [((1 - late) * errors / failing, answer)]
    if limit is not None:
        lost.append((late / failing, Distribution.constant(limit)))
    once = Distribution.mixture(lost)
    before, ways = Distribution.constant(0.0), list[tuple[float, Distribution]]()
    for n in range(attempts):
        if answer is not None:
            ways.append((failing**n * (1 - failing), before + answer))
        pause = Distribution.constant(backoff if n < attempts - 1 else 0.0)
        before = Distribution.series([before, once, pause])
    end = before if fallback is None else before + fallback.independent
    elapsed = Distribution.mixture([*ways, (failing**attempts, end)])
    hops = part.hops * attempts + (fallback.hops if fallback else 0)

    def tail(share: float, split: bool) -> float:
        own = part.tail(share, split) if limit is None else min(limit, part.tail(share, split))
        if share > failing:
            rest = part.tail(share - failing, split)
            return rest if limit is None else min(limit, rest)
        each = part.tail(share * part.hops / hops, split) if split and hops else own
        worst = each if limit is None else min(limit, each)
        after = (
            fallback.tail(share * fallback.hops / hops if split and hops else share, split)
            if fallback
            else 0.0
        )
        return attempts * worst + (attempts - 1) * backoff + after

    return Composition(elapsed, tail, hops)


def _given_up(
    part: Composition, elapsed: Distribution, limit: float, worst: float,
    fallback: Composition | None,
) -> Composition:  # fmt: skip
    """What is in time takes its own time; the rest takes the worst, and then the fallback's."""

    def tail(share: float, split: bool) -> float:
        own = part.tail(share, split)
        if own <= limit:
            return own
        return worst + (fallback.tail(share, split) if fallback else 0.0)

    return Composition(elapsed, tail, max(part.hops, fallback.hops if fallback else 0))


def hedged(part: Composition, at: float) -> Composition:
    """A part whose second attempt starts after a while; the first answer counts.

    Two copies that are slow together gain nothing: the other tellings stay as they are.
    """
    return Composition(part.independent.hedged(at).answer, part.tail, part.hops)
