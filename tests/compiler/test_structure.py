"""Probabilities of structures against every state counted one by one, and their laws."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlsdc.compiler.availability.structure import (
    ALWAYS,
    NEVER,
    Chance,
    Needs,
    Sometimes,
    Structure,
    TooManyCasesError,
    Up,
    at_least,
    either,
    every,
    names,
    probability,
    probability_if,
)

NAMES: tuple[str, ...] = ("a", "b", "c", "d")
probabilities = st.sampled_from([0.0, 0.1, 0.5, 0.9, 0.999, 1.0])
ups = st.fixed_dictionaries(dict.fromkeys(NAMES, probabilities))


def _needs(parts: list[Structure], least: int) -> Structure:
    return Needs(min(least, len(parts)), tuple(parts))


structures = st.recursive(
    st.one_of(st.sampled_from([Up(name) for name in NAMES]), st.builds(Chance, probabilities)),
    lambda inner: st.one_of(
        st.builds(_needs, st.lists(inner, min_size=1, max_size=3), st.integers(0, 3)),
        st.builds(Sometimes, probabilities, inner),
    ),
    max_leaves=7,
)


def tossed(structure: Structure) -> list[float]:
    """The probabilities of everything that is decided anew for each request, in order."""
    if isinstance(structure, Chance):
        return [structure.probability]
    if isinstance(structure, Sometimes):
        return [structure.share, *tossed(structure.part)]
    parts = structure.parts if isinstance(structure, Needs) else ()
    return [one for part in parts for one in tossed(part)]


def works(structure: Structure, state: dict[str, bool], tosses: list[bool]) -> bool:
    """Whether one request is answered in one state; the tosses are used up in order."""
    if isinstance(structure, Up):
        return state[structure.name]
    if isinstance(structure, Chance):
        return tosses.pop(0)
    if isinstance(structure, Sometimes):
        taken = tosses.pop(0)
        inner = works(structure.part, state, tosses)
        return inner or not taken
    return sum([works(part, state, tosses) for part in structure.parts]) >= structure.least


def counted(structure: Structure, up: dict[str, float]) -> float:
    """The probability as the sum over all states of components and tosses."""
    chances = [up[name] for name in NAMES] + tossed(structure)
    total = 0.0
    for bits in product([False, True], repeat=len(chances)):
        weight = 1.0
        for bit, chance in zip(bits, chances, strict=True):
            weight *= chance if bit else 1 - chance
        if weight:
            state = dict(zip(NAMES, bits, strict=False))
            total += weight * works(structure, state, list(bits[len(NAMES) :]))
    return total


@given(structures, ups)
@settings(max_examples=200, deadline=None)
def test_equal_to_counting_all_states(structure: Structure, up: dict[str, float]) -> None:
    """Shared components are one and the same wherever they stand."""
    assert probability(structure, up) == pytest.approx(counted(structure, up), abs=1e-12)


@given(structures, ups, st.sampled_from(NAMES))
@settings(max_examples=100, deadline=None)
def test_longer_series_never_answer_more(
    structure: Structure, up: dict[str, float], name: str
) -> None:
    assert probability(every(structure, Up(name)), up) <= probability(structure, up) + 1e-12


@given(structures, ups, st.sampled_from(NAMES))
@settings(max_examples=100, deadline=None)
def test_a_fallback_never_answers_less(
    structure: Structure, up: dict[str, float], name: str
) -> None:
    assert probability(either(structure, Up(name)), up) >= probability(structure, up) - 1e-12


@given(structures, ups, st.sampled_from(NAMES))
@settings(max_examples=100, deadline=None)
def test_a_better_component_never_answers_less(
    structure: Structure, up: dict[str, float], name: str
) -> None:
    better = {**up, name: 1.0}
    assert probability(structure, better) >= probability(structure, up) - 1e-12


@given(structures, st.fixed_dictionaries({name: st.booleans() for name in NAMES}))
@settings(max_examples=200, deadline=None)
def test_what_is_known_to_work_needs_no_cases(structure: Structure, up: dict[str, bool]) -> None:
    expected = probability(structure, {name: float(works) for name, works in up.items()})
    assert probability_if(structure, up) == pytest.approx(expected)


def test_known_values() -> None:
    up = {"a": 0.9, "b": 0.9}
    assert probability(every(Up("a"), Up("b")), up) == pytest.approx(0.81)
    assert probability(either(Up("a"), Up("b")), up) == pytest.approx(0.99)
    assert probability(every(Up("a"), Up("a")), up) == pytest.approx(0.9)
    assert probability(either(Up("a"), Up("a")), up) == pytest.approx(0.9)
    assert probability(every(), up) == 1.0
    assert probability(either(), up) == 0.0
    assert probability(every(ALWAYS, NEVER), up) == 0.0
    assert at_least(2, [0.9, 0.9, 0.9]) == pytest.approx(0.972)


def test_long_series_cost_little() -> None:
    """Five hundred components in two places each: what all answers need is taken out first."""
    chain = [Up(f"c{at}") for at in range(500)]
    up = {one.name: 0.9999 for one in chain}

    assert probability(every(*chain, *chain), up) == pytest.approx(0.9999**500)


def test_too_many_shared_alternatives_are_refused() -> None:
    """No figure is given rather than a wrong one."""
    pairs = [either(Up(f"c{i}"), Up(f"c{j}")) for i in range(40) for j in range(i + 1, 40) if i % 3]
    structure = Needs(len(pairs) // 2, tuple(pairs))

    with pytest.raises(TooManyCasesError):
        probability(structure, dict.fromkeys(names(structure), 0.9))
