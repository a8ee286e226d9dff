"""Whether what is served was trained on: against every value of a small world."""

from __future__ import annotations

from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from mlsdc.compiler.consistency.populations import OTHER, holds, witness
from mlsdc.compiler.model.features import Restriction
from mlsdc.units import DURATION, Quantity

NUMBERS = [value / 2 for value in range(-4, 16)]
WORDS = ["DE", "FR", "US", OTHER]
numbers = st.integers(0, 5)
words = st.sampled_from(WORDS[:3])


Operator = Literal["==", "!=", "<=", "<", ">=", ">"]
EQUAL: list[Operator] = ["==", "!="]
ORDER: list[Operator] = ["<", "<=", ">", ">="]


def limited(operator: Operator, limit: object) -> Restriction:
    return Restriction(measure="x", operator=operator, limit=limit)


def restriction(limits: st.SearchStrategy[object], order: bool) -> st.SearchStrategy[Restriction]:
    plain = st.builds(limited, st.sampled_from([*EQUAL, *(ORDER if order else [])]), limits)
    listed = st.builds(
        limited, st.sampled_from(EQUAL), st.lists(limits, min_size=1, max_size=3)
    )  # fmt: skip
    return st.one_of(plain, listed)


def brute(served: list[Restriction], trained: Restriction, world: list[object]) -> bool:
    return any(all(holds(one, v) for one in served) and not holds(trained, v) for v in world)


@given(st.lists(restriction(numbers, order=True), max_size=3), restriction(numbers, order=True))
@settings(max_examples=400, deadline=None)
def test_numbers(served: list[Restriction], trained: Restriction) -> None:
    """A number of half steps from below the least to above the largest decides."""
    found = witness(served, trained)

    assert (found is not None) == brute(served, trained, [*NUMBERS])
    if found is not None:
        assert all(holds(one, found) for one in served)
        assert not holds(trained, found)


@given(st.lists(restriction(words, order=False), max_size=3), restriction(words, order=False))
@settings(max_examples=400, deadline=None)
def test_words(served: list[Restriction], trained: Restriction) -> None:
    """The named words and one that nobody has named decide."""
    assert (witness(served, trained) is not None) == brute(served, trained, [*WORDS])


def test_other_columns_do_not_narrow() -> None:
    """A limit on another column says nothing about this one."""
    other = Restriction(measure="y", operator="==", limit="DE")

    assert witness([other], Restriction(measure="x", operator="==", limit="DE")) == OTHER


def test_truths_and_quantities() -> None:
    """Truths are no numbers; quantities are compared in their base unit."""
    known = Restriction(measure="x", operator="==", limit=True)
    hour = Restriction(measure="x", operator="<=", limit=Quantity(3600.0, DURATION))

    assert witness([], known) == "false"
    assert not holds(known, 1.0)
    assert holds(hour, 3600.0)
    assert witness([hour], Restriction(measure="x", operator="<", limit=Quantity(60.0, DURATION)))
