"""CAP002 and LAT012 at their edges, and the arithmetic of load that doubles."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsdc.compiler.analyses.surges import Surge, Surges
from mlsdc.compiler.capacity.spare import carriers
from mlsdc.compiler.figures import Figure, Unknown, duration
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.model.serving import Scaling
from mlsdc.units import DURATION, Quantity
from tests.compiler.checking import fact, labelled, only, said

TEXT = """
SYSTEM
endpoint rank {
  latency { p50 = 8ms  p99 = 30ms  at = 100/s }
  FIELDS
}
endpoint popular { latency { p50 = 1ms  p99 = 2ms  at = 900/s } }
request search {
  rate = 600/s
  REQUEST
  call rank CALL
}
"""
PRODUCTION = 'system shop { tier = production  owner = "ml"  contact = "#ml" }'


def design(fields: str, request: str = "", call: str = "", system: str = "") -> str:
    """One autoscaled endpoint and what calls it."""
    text = TEXT.replace("FIELDS", fields).replace("REQUEST", request)
    return text.replace("CALL", call).replace("SYSTEM", system)


class TestReach:
    """CAP002."""

    @pytest.mark.parametrize(
        ("scaling", "message"),
        [
            ("minimum = 2  maximum = 6", ""),
            ("minimum = 2  maximum = 5",
             "`rank` carries 500/s with its most replicas, 600/s arrive"),
            ("minimum = 6  maximum = 6", ""),
            ("minimum = 8  maximum = 7", "`rank` runs at least 8 replicas and at most 7"),
            ("minimum = 2", ""),
            ("", ""),
        ],
    )  # fmt: skip
    def test_bounds(self, scaling: str, message: str) -> None:
        text = design(f"scaling {{ {scaling} }}")
        assert [d.message for d in said(text, "CAP002")] == ([message] if message else [])

    def test_both_halves(self) -> None:
        text = design("scaling { minimum = 2  maximum = 4 }")
        one = only(text, "CAP002")
        assert labelled(one, text) == ["600/s"]
        assert one.help == "maximum = 6"
        assert one.arithmetic[-1] == "4 x 100/s = 400/s"

    @pytest.mark.parametrize(
        ("minimum", "fields", "base", "found"),
        [
            (2, "cold_start = 45s", "200/s  doubles = 10d", "`rank` carries 200/s"),  # grows a bit
            (3, "cold_start = 45s", "200/s  doubles = 10d", ""),
            (2, "", "201/s", "`rank` carries 200/s"),  # certain whatever the growth
            (3, "cold_start = 45s", "200/s  doubles = 1m", "`rank` carries 300/s"),  # doubles
            (4, "cold_start = 45s", "200/s  doubles = 1m", ""),
            (4, "cold_start = 44s  ", "200/s  doubles = 1m", ""),
        ],
    )
    def test_base_load(self, minimum: int, fields: str, base: str, found: str) -> None:
        scaling = f"scaling {{ minimum = {minimum}  maximum = 8 }}\n  {fields}"
        messages = [d.message for d in said(design(scaling, f"base = {base}"), "CAP002")]
        assert len(messages) == bool(found)
        assert all(message.startswith(found) for message in messages)

    def test_reaction_counts(self) -> None:
        scaling = "scaling { minimum = 4  maximum = 8  reaction = REACTION }\n  cold_start = 45s"
        text = design(scaling, "base = 200/s  doubles = 1m")
        assert said(text.replace("REACTION", "15s"), "CAP002") == []
        one = only(text.replace("REACTION", "20s"), "CAP002")
        assert one.help == "minimum = 5"

    def test_undecided(self) -> None:
        scaling = "scaling { minimum = 2  maximum = 8 }"
        (one,) = said(design(scaling, "base = 200/s"), "CAP002")
        assert one.missing == ("rank.cold_start", "search.doubles")
        other = "\nrequest browse { rate = 1/s\n call rank }"
        (two,) = said(design(scaling, "base = 200/s") + other, "CAP002")
        assert two.missing == ("browse.base",)

    def test_absurd_growth(self) -> None:
        text = design("scaling { minimum = 2  maximum = 8 }\n  cold_start = 300d",
                      "base = 1/s  doubles = 1ms")  # fmt: skip
        assert only(text, "CAP002").help == "a shorter cold_start"


class TestColdStart:
    """LAT012."""

    ZERO = "scaling { minimum = 0  maximum = 8 }\n  cold_start = 2m"

    @pytest.mark.parametrize(
        ("request_fields", "call", "message"),
        [
            ("budget { p99 <= 1s }", "",
             "the first request waits 2m15s for `rank`, its p99 is 1s"),
            ("budget { p99 <= 1s }", "timeout 20ms  fallback popular",
             "the first request waits 2m15s for `rank`, its timeout is 20ms"),
            ("budget { p99 <= 3m }", "", ""),
            ("budget { p99 <= 1s }", "asynchronous", ""),
            ("", "", ""),
        ],
    )  # fmt: skip
    def test_from_zero(self, request_fields: str, call: str, message: str) -> None:
        found = said(design(self.ZERO, request_fields, call), "LAT012")
        assert [d.message for d in found] == ([message] if message else [])

    def test_from_zero_without_a_start(self) -> None:
        text = design("scaling { minimum = 0  maximum = 8 }", "budget { p99 <= 1s }")
        assert [d.missing for d in said(text, "LAT012")] == [("rank.cold_start",)]

    @pytest.mark.parametrize(
        ("target", "doubles", "found"),
        [("50%", "135s", 0), ("50%", "134s", 1), ("25%", "68s", 0), ("25%", "67s", 1)],
    )
    def test_outgrown(self, target: str, doubles: str, found: int) -> None:
        """A start of 2 m 15 s: at half load one doubling, at a quarter two."""
        text = design(f"scaling {{ minimum = 2  maximum = 8  target = {target} }}  cold_start = 2m",
                      f"doubles = {doubles}")  # fmt: skip
        assert len(said(text, "LAT012")) == found

    def test_the_help_is_enough(self) -> None:
        text = design("scaling { minimum = 2  maximum = 8  target = 80% }  cold_start = 2m",
                      "doubles = 5m")  # fmt: skip
        one = only(text, "LAT012")
        assert one.help == "target = 73% in `scaling`, or minimum = 6"
        assert said(text.replace("target = 80%", "target = 73%"), "LAT012") == []
        assert said(text.replace("minimum = 2", "minimum = 6"), "LAT012") == []

    def test_the_peak_is_there_already(self) -> None:
        text = design("scaling { minimum = N  maximum = 8 }  cold_start = 9m", "doubles = 1m")
        assert said(text.replace("N ", "6 "), "LAT012") == []
        assert len(said(text.replace("N ", "5 "), "LAT012")) == 1

    def test_undecided(self) -> None:
        text = design("scaling { minimum = 1  maximum = 8 }", system="SYSTEM")
        assert said(text.replace("SYSTEM", ""), "LAT012") == []
        (one,) = said(text.replace("SYSTEM", PRODUCTION), "LAT012")
        assert one.missing == ("rank.cold_start", "search.doubles")


def test_no_scaling_no_surge() -> None:
    assert fact(design("replicas = 6"), Surges).of == {}


@given(
    st.floats(1, 1e6), st.floats(0.01, 0.999), st.floats(0, 1e6),
)  # fmt: skip
def test_load_reaches_capacity_at_the_breach(doubles: float, target: float, base: float) -> None:
    """By simulation of the definition: replicas busy for the target grow until they are full."""
    request = Request(name="r", doubles=Quantity(doubles, DURATION))
    surge = Surge(Scaling(), duration(0.0), target, (request,), request, None)
    assert surge.breach is not None
    grown = surge.growth(surge.breach)
    assert grown is not None
    assert target * grown == pytest.approx(1.0)
    assert surge.growth(doubles) == pytest.approx(2.0)


def test_growth_is_never_undefined() -> None:
    request = Request(name="r", doubles=Quantity(1e-9, DURATION))
    surge = Surge(Scaling(), Unknown(("x",)), 0.5, (request,), request, None)
    assert surge.growth(1e6) == math.inf
    silent = Surge(Scaling(), Figure(1.0), 0.5, (Request(name="q"),), None, None)
    assert (silent.growth(1.0), silent.breach, silent.silent) == (None, None, ("q.doubles",))


@given(st.floats(0.001, 1e6), st.floats(0.001, 1e6))
def test_carriers(arriving: float, each: float) -> None:
    count = carriers(arriving, each)
    assert count * each >= arriving * (1 - 1e-6)
    assert count == 1 or (count - 1) * each < arriving * (1 + 1e-6)
