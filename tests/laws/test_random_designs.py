"""Any design gets diagnostics: no fault, each with its place, the same in whatever order."""

from __future__ import annotations

import math
from collections import Counter
from random import Random

import pytest

from mlsdc.compiler.latency.queueing import erlang_b
from mlsdc.compiler.latency.queueing_batches import Batching
from mlsdc.diagnostics import NOWHERE, Span
from tests.compiler.checking import only, outcome, said
from tests.laws.random_designs import random_design


@pytest.mark.parametrize("wild", [False, True])
@pytest.mark.parametrize("start", range(0, 60, 10))
def test_no_design_makes_the_compiler_fail(start: int, wild: bool) -> None:
    """Every role with random fields, sound ones and ones at an edge."""
    for seed in range(start, start + 10):
        for found in outcome("\n\n".join(random_design(seed, wild)) + "\n").diagnostics:
            assert found.code != "INT001", (seed, found.message)
            assert found.span != NOWHERE, (seed, found.code)
            assert found.message, (seed, found.code)


@pytest.mark.parametrize("seed", range(100, 112))
def test_the_order_of_random_declarations_changes_nothing(seed: int) -> None:
    """What is said, and of which words."""
    pieces = random_design(seed)
    expected = _telling("\n\n".join(pieces) + "\n")
    Random(seed).shuffle(pieces)
    assert _telling("\n\n".join(pieces) + "\n") == expected


def _telling(text: str) -> Counter[tuple[object, ...]]:
    def word(span: Span) -> str:
        return text[span.start : span.end]

    return Counter(
        (d.code, d.subject, d.message, d.help, word(d.span), d.missing, d.environments)
        for d in outcome(text).diagnostics
    )


def test_a_scaled_endpoint_may_hold_a_signature() -> None:
    """A component that holds a mapping is no key of another one."""
    text = """
        endpoint score {
          signature { amount: float64 }
          scaling   { minimum = 1  maximum = 4 }
        }
        request ask { rate = 10/s  call score }
        """
    assert "INT001" not in {d.code for d in said(text)}


@pytest.mark.parametrize(
    ("word", "limit"), [("retry 10_000_000", "20"), ("times 10_000_000", "10000")]
)
def test_a_call_is_not_repeated_for_ever(word: str, limit: str) -> None:
    """Each repetition is looked at by itself, so there is a most, told at its line."""
    text = f"endpoint score {{}}\nrequest ask {{ call score {word} }}\n"
    field = word.split()[0]
    found = only(text, "TYP003")
    assert found.message.startswith(f"`{field}` must be at most {limit}, this is")


@pytest.mark.parametrize(
    ("word", "unit", "most"), [("rate", "/s", "1e+18/s"), ("event_size", "B", "888PiB")]
)
def test_what_no_machine_can_hold_is_said_at_its_line(word: str, unit: str, most: str) -> None:
    """Beyond 1e18 arithmetic would overflow somewhere else; it is told in the field's unit."""
    found = only(f"stream events {{ {word} = 1e30{unit} }}", "TYP003")
    assert f"must be at most {most}, this is" in found.message


@pytest.mark.parametrize("servers", [1001, 5000, 20_000])
@pytest.mark.parametrize("use", [0.3, 0.9, 0.999, 1.2, 4.0])
def test_many_servers_are_counted_like_few(servers: int, use: float) -> None:
    """The sum against the recursion."""
    load, blocked = use * servers, 1.0
    for busy in range(1, servers + 1):
        blocked = load * blocked / (busy + load * blocked)
    assert math.isclose(erlang_b(load, servers), blocked, rel_tol=1e-9, abs_tol=1e-290)


def test_a_thousand_million_servers_take_no_time() -> None:
    """At a load that they just carry, nearly nothing is turned away."""
    assert 0.0 < erlang_b(1e9 - 1e5, 10**9) < 1e-5


def test_a_large_batch_is_followed_in_parcels() -> None:
    """Ten thousand requests a batch answer as soon as those of a batch of many can."""
    found = Batching(largest=10_000, max_delay=0.0, base=0.1, per_item=1e-5).response(2000.0, 1)
    assert 0.1 < found.quantile(0.5) < 0.4  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
