"""What has to work for a request to be answered, as an expression, and how probable that is.

Components fail independently of each other; one that is needed in several places is one and the
same, up or down in all of them. Source: Barlow and Proschan, Statistical Theory of Reliability and
Life Testing (1975), chapters 1 and 2: structure functions and pivotal decomposition.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Up:
    """One component works."""

    name: str


@dataclass(frozen=True)
class Chance:
    """Works with a probability that no component decides: each time anew."""

    probability: float


@dataclass(frozen=True)
class Needs:
    """At least `least` of the parts work."""

    least: int
    parts: tuple[Structure, ...]


@dataclass(frozen=True)
class Sometimes:
    """Only a share of the requests needs the part."""

    share: float
    part: Structure


Structure = Up | Chance | Needs | Sometimes
ALWAYS, NEVER = Chance(1.0), Chance(0.0)
MOST_CASES = 2_000
"""Distinctions of cases beyond which no probability is worked out."""


class TooManyCasesError(ArithmeticError):
    """So many components are shared by alternatives that no exact answer is worked out."""


def every(*parts: Structure) -> Structure:
    """All of the parts work."""
    return Needs(len(parts), parts)


def either(*parts: Structure) -> Structure:
    """One of the parts works."""
    return Needs(1, parts)


def names(structure: Structure) -> Iterator[str]:
    """The components of a structure, as often as they stand in it."""
    if isinstance(structure, Up):
        yield structure.name
    elif isinstance(structure, Needs):
        for part in structure.parts:
            yield from names(part)
    elif isinstance(structure, Sometimes):
        yield from names(structure.part)


def probability(structure: Structure, up: Mapping[str, float]) -> float:
    """The share of requests that are answered, exactly.

    `up` holds the probability that each component works, between 0 and 1.

    Raises:
        TooManyCasesError: alternatives share more components than can be told apart.
    """
    return _Cases(up).probability(structure)


def probability_if(structure: Structure, works: Mapping[str, bool]) -> float:
    """The share of requests that are answered where it is known which components work."""
    return _Cases({name: float(up) for name, up in works.items()}).apart(structure)


@dataclass
class _Cases:
    up: Mapping[str, float]
    left: int = field(default=MOST_CASES)

    def probability(self, structure: Structure) -> float:
        """Decide what is certain first, then one shared component after the other."""
        self.left -= 1
        if self.left < 0:
            raise TooManyCasesError
        certain, rest = self._series(structure)
        if isinstance(rest, Chance):
            return certain * rest.probability
        shared = [name for name, count in Counter(names(rest)).most_common(1) if count > 1]
        if not shared:
            return certain * self.apart(rest)
        works = self.up[shared[0]]
        if works in (0.0, 1.0):
            return certain * self.probability(given(rest, {shared[0]: works == 1.0}))
        return certain * (
            works * self.probability(given(rest, {shared[0]: True}))
            + (1 - works) * self.probability(given(rest, {shared[0]: False}))
        )

    def _series(self, structure: Structure) -> tuple[float, Structure]:
        """What every answer needs is taken out: the product of it, and what remains."""
        product, rest = 1.0, given(structure, {})
        while isinstance(rest, Needs) and rest.least == len(rest.parts):
            needed = {part.name: True for part in rest.parts if isinstance(part, Up)}
            if not needed:
                break
            for name in needed:
                product *= self.up[name]
            rest = given(rest, needed)
        if isinstance(rest, Up):
            return product * self.up[rest.name], ALWAYS
        return product, rest

    def apart(self, structure: Structure) -> float:
        """No component stands in two places, or none of them is up by chance."""
        if isinstance(structure, Up):
            return self.up[structure.name]
        if isinstance(structure, Chance):
            return structure.probability
        if isinstance(structure, Sometimes):
            return 1 - structure.share * (1 - self.apart(structure.part))
        return at_least(structure.least, [self.apart(part) for part in structure.parts])


def at_least(least: int, chances: list[float]) -> float:
    """The probability that so many of independent events happen."""
    if least == len(chances):
        product = 1.0
        for chance in chances:
            product *= chance
        return product
    return min(1.0, sum(how_many(chances)[max(least, 0) :]))


def how_many(chances: list[float]) -> list[float]:
    """The probability that exactly none, one, two ... of independent events happen."""
    counts = [1.0]
    for chance in chances:
        counts = [
            (counts[k] * (1 - chance) if k < len(counts) else 0.0)
            + (counts[k - 1] * chance if k else 0.0)
            for k in range(len(counts) + 1)
        ]
    return counts


def given(structure: Structure, known: Mapping[str, bool]) -> Structure:
    """The structure where some components are known to work or not, written as short as can be."""
    if isinstance(structure, Up):
        state = known.get(structure.name)
        return structure if state is None else (ALWAYS if state else NEVER)
    if isinstance(structure, Sometimes):
        part = given(structure.part, known)
        if isinstance(part, Chance):
            return Chance(1 - structure.share * (1 - part.probability))
        return part if structure.share >= 1 else Sometimes(structure.share, part)
    if isinstance(structure, Needs):
        return _needs(structure.least, [given(part, known) for part in structure.parts])
    return structure


def _needs(least: int, parts: list[Structure]) -> Structure:
    certain = [part for part in parts if isinstance(part, Chance) and part in (ALWAYS, NEVER)]
    if certain:
        least -= certain.count(ALWAYS)
        parts = [part for part in parts if part not in certain]
    if least == len(parts):  # all of them: nested ones stand in one row
        parts = [
            inner
            for part in parts
            for inner in (
                part.parts if isinstance(part, Needs) and part.least == len(part.parts) else (part,)
            )
        ]
        parts = [*dict.fromkeys(p for p in parts if isinstance(p, Up)),
                 *(p for p in parts if not isinstance(p, Up))]  # fmt: skip
        least = len(parts)
    if least <= 0:
        return ALWAYS
    if least > len(parts):
        return NEVER
    return parts[0] if len(parts) == 1 else Needs(least, tuple(parts))
