"""What hops are worth and may take, and how holes in a budget are filled: against brute force."""

from __future__ import annotations

import math

import pytest

from mlsdc.compiler.analyses.latency import Latencies, RequestLatency
from mlsdc.compiler.latency import allotment
from mlsdc.compiler.latency.allotment import SPREAD, Part, holes
from mlsdc.compiler.latency.leverage import room, slowest, worths
from tests.compiler.checking import fact, only
from tests.compiler.request_graphs import Graphs, design


def latency(text: str) -> RequestLatency:
    return fact(text, Latencies).requests["ask"]


def filled(found: RequestLatency, quantile: float, limit: float) -> tuple[Part, ...]:
    parts = allotment.filled(found, quantile, limit)
    assert parts is not None
    return parts


def chain(a: str = "p50 = 4ms  p99 = 12ms", b: str = "p50 = 10ms  p99 = 40ms") -> str:
    stated = {"a": a, "b": b}
    declared = "".join(
        f"endpoint {name} {{ {own and f'latency {{ {own}  at = 9000/s }}'}  replicas = 1 }}\n"
        for name, own in stated.items()
    )
    return declared + (
        "endpoint c { latency { p50 = 1ms  p99 = 2ms  at = 9000/s }  replicas = 1 }\n"
        "request ask {\n  rate = 9/s\n  budget { p99 <= 60ms }\n  call a\n  call b\n"
        "  branch 0.1% {\n    call c\n  }\n}\n"
    )


def test_what_is_taken_off_buys_what_composing_anew_says() -> None:
    """10 ms off b: the same as stating b faster by a quarter."""
    found = worths(latency(chain()), 0.99)["b"]
    faster = latency(chain(b="p50 = 7.5ms  p99 = 30ms")).independent(0.99)

    assert found.off == pytest.approx(0.010)
    assert found.bought == pytest.approx(latency(chain()).independent(0.99) - faster, rel=1e-3)
    assert 0.008 < found.bought < 0.010


def test_the_best_comes_first_and_a_rare_hop_buys_nothing() -> None:
    found = worths(latency(chain()), 0.99)
    assert list(found) == ["b", "a", "c"]
    assert found["c"].bought < 1e-4


@pytest.mark.parametrize(
    ("own", "off"),
    [
        ("p50 = 4ms  p99 = 12ms", 0.002),
        ("p50 = 3ms  p99 = 4ms", 0.001),
        ("p50 = 9ms  p99 = 200ms", 0.05),
    ],
)
def test_steps_are_round_and_at_most_a_quarter(own: str, off: float) -> None:
    assert worths(latency(chain(a=own)), 0.99)["a"].off == pytest.approx(off)


@pytest.mark.parametrize("name", ["a", "b"])
def test_at_its_room_a_hop_just_meets_the_budget(name: str) -> None:
    found = latency(chain())
    may = room(found, 0.99, 0.060, worths(found, 0.99)[name])
    assert may is not None

    factor = may / slowest(found, 0.99)[name]
    own = {"a": (4, 12), "b": (10, 40)}[name]
    slower = chain(**{name: f"p50 = {own[0] * factor:.6g}ms  p99 = {own[1] * factor:.6g}ms"})
    assert latency(slower).independent(0.99) == pytest.approx(0.060, rel=0.01)


def test_a_hop_that_cannot_break_the_budget_has_no_limit() -> None:
    found = latency(chain().replace("call a\n", "call a  timeout 14ms  fallback c\n"))
    assert room(found, 0.99, 0.060, worths(found, 0.99)["a"]) == math.inf
    assert room(found, 0.99, 0.060, worths(found, 0.99)["c"]) == math.inf


def test_over_the_budget_there_is_no_room() -> None:
    found = latency(chain())
    assert room(found, 0.99, 0.020, worths(found, 0.99)["a"]) is None


@pytest.mark.parametrize("seed", range(12))
def test_room_of_random_graphs_meets_the_limit(seed: int) -> None:
    """Never more than 1 % over it, and within 5 % of it unless the hop has no limit."""
    graphs = Graphs(seed)
    steps = graphs.steps(2)
    text = design(graphs.hops, steps).replace("request asked", "request ask")
    found = latency(text)
    limit = found.independent(0.99) * 1.5
    for worth in list(worths(found, 0.99).values())[:3]:
        may = room(found, 0.99, limit, worth)
        if may is None or math.isinf(may) or limit == 0:
            continue
        factor = may / slowest(found, 0.99)[worth.component]
        times = {leaf: time.scaled(factor) if leaf.answering == worth.component else time
                 for leaf, time in found.times.items()}  # fmt: skip
        assert found.with_times(times).independent(0.99) <= limit * 1.01


def test_holes_are_filled_with_what_is_left() -> None:
    found = latency(chain(b=""))
    (part,) = filled(found, 0.99, 0.060)

    assert [leaf.component for leaf in holes(found)] == ["b"]
    assert (part.component, part.stated) == ("b", False)
    measured = chain(
        b=f"p50 = {part.seconds * 1000 / SPREAD:.6g}ms  p99 = {part.seconds * 1000:.6g}ms"
    )
    assert latency(measured).independent(0.99) == pytest.approx(0.060, rel=0.005)


def test_holes_share_alike_and_stated_parts_are_kept() -> None:
    text = chain(a="", b="")
    both = filled(latency(text), 0.99, 0.060)
    stated = filled(latency(text.replace("call a\n", "call a  within 9ms\n")), 0.99, 0.060)

    assert both[0].seconds == both[1].seconds
    assert stated[0].seconds == pytest.approx(0.009)
    assert [part.stated for part in stated] == [True, False]
    assert stated[1].seconds > both[1].seconds


def test_nothing_is_left_where_the_known_hops_take_all() -> None:
    assert allotment.filled(latency(chain(b="")), 0.99, 0.010) is None


def test_the_finding_names_what_buys_the_most() -> None:
    found = only(chain().replace("p99 <= 60ms", "p99 <= 42ms"), "LAT002")
    assert "b buys the most: 10ms off it are " in found.help
