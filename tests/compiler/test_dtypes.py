"""What a step between two types does to values, against what numpy does to them."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsdc.compiler.consistency.dtypes import FLOATS, INTEGERS, exact_up_to, fits, relation, wider
from mlsdc.compiler.model.types import SCALARS

NUMPY = [name for name in (*INTEGERS, *FLOATS) if name != "bfloat16"]
PAIRS = list(product(NUMPY, NUMPY))


def samples(name: str) -> list[int] | list[float]:
    """Values at the edges of a type, and around every power of two."""
    if name in INTEGERS:
        info = np.iinfo(name)
        around = [2**k + d for k in range(64) for d in (-1, 0, 1)]
        return [v for v in (*around, *(-v for v in around)) if info.min <= v <= info.max]
    info = np.finfo(name)
    edges = [info.max, info.tiny, 1 + float(info.eps), info.smallest_subnormal]
    return [float(v) for v in (*edges, *(-e for e in edges), 0.0, 0.5)]


def kept(one: str, other: str) -> bool:
    """Whether every sample comes back as it went."""
    with np.errstate(all="ignore"):
        for value in samples(one):
            try:
                there = np.array([value], dtype=one).astype(other)
            except OverflowError:
                return False
            back = there.astype("object")[0]
            if back != np.array([value], dtype=one).astype("object")[0]:
                return False
    return True


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=[f"{a}-{b}" for a, b in PAIRS])
def test_kept_as_numpy_keeps_it(one: str, other: str) -> None:
    """A step is said to keep every value exactly where it does."""
    found = relation(one, other)
    if one in FLOATS and other in INTEGERS:
        assert found == "changed"
        return
    assert (found in ("same", "widening")) == kept(one, other)
    assert (found == "same") == (one == other)
    assert (found == "inexact") == (one in INTEGERS and other in FLOATS and not kept(one, other))


def test_bfloat16() -> None:
    """Eight bits of significand and the range of float32."""
    assert relation("bfloat16", "float32") == "widening"
    assert relation("bfloat16", "float16") == "narrowing"
    assert relation("float16", "bfloat16") == "narrowing"
    assert relation("int8", "bfloat16") == "widening"
    assert relation("int16", "bfloat16") == "inexact"


def test_other_kinds_change() -> None:
    """Nothing but numbers goes over into another type unseen."""
    others = [name for name in SCALARS if name not in INTEGERS and name not in FLOATS]
    for one, other in product(others, SCALARS):
        assert relation(one, other) == ("same" if one == other else "changed")
        assert relation(other, one) == ("same" if one == other else "changed")


@given(st.sampled_from(NUMPY), st.sampled_from(NUMPY))
def test_wider_holds_both(one: str, other: str) -> None:
    """The wider of two types loses nothing of either, but what an integer loses in a float."""
    found = wider(one, other)
    assert found in (one, other)
    assert found == wider(other, one)
    assert {relation(one, found), relation(other, found)} <= {"same", "widening", "inexact"}


@pytest.mark.parametrize("name", ["float16", "float32", "float64"])
def test_exact_up_to(name: str) -> None:
    """The first whole number that is lost is the one behind the limit."""
    limit = 2 ** int(exact_up_to(name).removeprefix("2^"))
    assert int(np.array([limit], dtype=name)[0]) == limit
    assert int(np.array([limit - 1], dtype=name)[0]) == limit - 1
    assert int(np.array([limit + 1], dtype=name)[0]) != limit + 1


@pytest.mark.parametrize(
    ("given_", "wanted", "fit"),
    [
        ((), (), True), ((), (1,), True), ((1,), (), True), ((128,), (128,), True),
        ((128,), (256,), False), ((128,), (-1,), True), ((-1,), (128,), False),
        ((-1,), (-1,), True), ((), (2,), False), ((2, 3), (3, 2), False), ((2, 3), (6,), False),
        ((2, 3), (-1, 3), True),
    ],
)  # fmt: skip
def test_fits(given_: tuple[int, ...], wanted: tuple[int, ...], fit: bool) -> None:
    assert fits(given_, wanted) is fit
