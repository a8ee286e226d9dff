"""The latency of whole requests against a simulation written without the compiler."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from mlsdc.compiler.analyses.latency import Latencies, RequestLatency
from tests.compiler.checking import fact
from tests.compiler.request_graphs import (
    Branch,
    Cached,
    Call,
    Graphs,
    Hop,
    Parallel,
    Step,
    by_turns,
    design,
    every,
    independent,
    together,
)

SEEDS = range(44)
COUNT = 300_000
DEVIATIONS = 3.5
"""Standard deviations of the simulated share that are put down to chance; seeds are fixed."""
TOLERANCE = {0.5: 0.02, 0.9: 0.02, 0.95: 0.02, 0.99: 0.02, 0.999: 0.03}
A, B, C, D = (Hop("a", 0.004, 0.012), Hop("b", 0.010, 0.018), Hop("c", 0.002, 0.030),
              Hop("d", 0.001, 0.004))  # fmt: skip


@cache
def graph(seed: int) -> tuple[str, tuple[Step, ...]]:
    graphs = Graphs(seed)
    steps = graphs.steps(2 + seed % 2)
    return design(graphs.hops, steps), steps


def latency(text: str) -> RequestLatency:
    return fact(text, Latencies).requests["asked"]


def shares(level: float, count: int) -> tuple[float, float]:
    """The shares between which the true quantile lies, all but certainly."""
    slack = DEVIATIONS * math.sqrt(level * (1 - level) / count)
    return max(level - slack, 0.0), min(level + slack, 1.0)


def assert_quantiles(found: RequestLatency, simulated: np.ndarray) -> None:
    """Every quantile is within its tolerance of what the simulation allows for."""
    simulated.sort()
    wrong: list[str] = []
    for level, tolerance in TOLERANCE.items():
        low, high = (
            float(simulated[min(int(share * len(simulated)), len(simulated) - 1)])
            for share in shares(level, len(simulated))
        )
        value = found.independent(level)
        if not low * (1 - tolerance) <= value <= high * (1 + tolerance):
            wrong.append(f"{level}: {value * 1e3:.3f} ms, not {low * 1e3:.3f}..{high * 1e3:.3f}")
    assert wrong == []


def test_the_graphs_hold_every_kind_of_step() -> None:
    """The comparison below means something only where every construct occurs, often."""
    steps = [step for seed in SEEDS for step in every(graph(seed)[1])]
    calls = [step for step in steps if isinstance(step, Call)]
    occurrences = {
        "all of": sum(isinstance(s, Parallel) and s.first is None for s in steps),
        "first k": sum(
            isinstance(s, Parallel) and s.first is not None and s.first < len(s.body) for s in steps
        ),
        "branch": sum(isinstance(s, Branch) for s in steps),
        "cached": sum(isinstance(s, Cached) for s in steps),
        "times": sum(c.times > 1 for c in calls),
        "timeout": sum(c.timeout is not None and not c.fallback for c in calls),
        "fallback": sum(c.fallback is not None and not c.retry for c in calls),
        "retry": sum(c.retry > 0 and not c.fallback for c in calls),
        "retry and fallback": sum(c.retry > 0 and c.fallback is not None for c in calls),
        "hedge": sum(c.hedge is not None and c.timeout is None for c in calls),
        "hedge and timeout": sum(c.hedge is not None and c.timeout is not None for c in calls),
        "body": sum(bool(c.body) for c in calls),
    }
    assert len(SEEDS) >= 40
    assert {kind for kind, count in occurrences.items() if count < 5} == set()


@pytest.mark.parametrize("seed", SEEDS)
def test_independent_composition_is_what_happens(seed: int) -> None:
    """2 % from p50 to p99, 3 % at p99.9, sampling error accounted for."""
    text, steps = graph(seed)

    assert_quantiles(latency(text), independent(COUNT, seed + 1000).steps(steps))


@pytest.mark.parametrize("seed", SEEDS)
def test_certain_bound_holds_whatever_depends_on_whatever(seed: int) -> None:
    """No dependence makes more requests slower than the bound than the quantile allows."""
    text, steps = graph(seed)
    found = latency(text)
    for simulation in (independent, together, by_turns):
        simulated = simulation(40_000, seed).steps(steps)
        for level in (0.5, 0.9, 0.99, 0.999):
            slower = float(np.mean(simulated > found.certain(level) * (1 + 1e-9)))
            assert slower <= 1 - shares(level, 40_000)[0]


@pytest.mark.parametrize("seed", SEEDS)
def test_tellings_are_ordered(seed: int) -> None:
    """Nothing certain is below what happens, and quantiles rise."""
    found = latency(graph(seed)[0])
    for level in (0.5, 0.9, 0.99, 0.999):
        assert found.certain(level) >= found.correlated(level) * (1 - 1e-9)
        assert found.certain(level) >= found.independent(level) * 0.98
    for tell in (found.certain, found.correlated, found.independent):
        assert tell(0.5) <= tell(0.9) <= tell(0.99) <= tell(0.999)


def test_correlated_is_the_sum_of_equal_quantiles() -> None:
    """Series add, parallel calls take the slowest, repetitions multiply."""
    text = design([A, B, C, D], (Call(A, times=3), Parallel((Call(B), Call(C))), Call(D)))
    found = latency(text)

    simulated = np.sort(
        together(400_000, 5).steps((Call(A, times=3), Parallel((Call(B), Call(C))), Call(D)))
    )
    assert found.correlated(0.99) == pytest.approx(3 * 0.012 + 0.030 + 0.004, rel=1e-6)
    assert found.correlated(0.5) == pytest.approx(3 * 0.004 + 0.010 + 0.001, rel=1e-6)
    assert found.correlated(0.9) == pytest.approx(simulated[360_000], rel=0.01)


def test_certain_is_the_union_bound() -> None:
    """Three hops at p99 end to end are each needed at p99.67."""
    found = latency(design([A, B, C], (Call(A), Call(B), Call(C))))
    score = 2.7130520  # of 1 - 0.01 / 3

    expected = sum(hop.p50 * math.exp(hop.sigma * score) for hop in (A, B, C))
    assert found.certain(0.99) == pytest.approx(expected, rel=1e-3)
    assert found.composition.hops == 3


def test_time_limits_are_certain() -> None:
    """What is given up is bounded by its limit, whatever its tail."""
    slow = Hop("slow", 0.010, 0.500)
    limited = design([slow], (Call(slow, timeout=0.05),))
    retried = design([slow], (Call(slow, timeout=0.05, retry=2, backoff=0.001),))

    assert latency(limited).certain(0.999) == pytest.approx(0.05)
    assert latency(retried).certain(0.999) == pytest.approx(3 * 0.05 + 2 * 0.001)


def test_rare_branch_decides_nothing() -> None:
    """A branch that 5 % take is the tail of p99 and absent from p50."""
    slow = Hop("slow", 1.0, 2.0)
    found = latency(design([A, slow], (Call(A), Branch(0.05, (Call(slow),)))))

    assert found.certain(0.5) < 0.05
    assert found.certain(0.99) > 1.0


def test_cached_step_inside_parallel_is_one_part() -> None:
    """Look-up and miss path follow each other, also where they race with something else."""
    steps = (Parallel((Cached(D, 0.3, (Call(B),)), Call(A))),)

    assert_quantiles(latency(design([A, B, D], steps)), independent(COUNT, 3).steps(steps))


UNKNOWN = "endpoint unknown { replicas = 1 }\n"


def test_unknown_hop_makes_a_lower_bound() -> None:
    """A hop that states nothing is named, and the rest still counts."""
    text = design([A], (Call(A),)).replace("  call a\n", "  call a\n  call unknown\n") + UNKNOWN
    found = latency(text)

    assert found.missing == ("unknown.latency",)
    assert found.independent(0.99) == pytest.approx(A.p99, rel=1e-6)


def test_unknown_part_of_a_race_may_have_won() -> None:
    """The first of a known and an unknown answer may come at once: all that is sure is 0."""
    race = "  parallel first 1 {\n    call a\n    call unknown\n  }\n"
    text = design([A], (Call(A),)).replace("  call a\n", race) + UNKNOWN
    found = latency(text)

    assert found.missing == ("unknown.latency",)
    assert found.independent(0.99) == 0.0


def test_asynchronous_calls_are_not_waited_for() -> None:
    """They cost no time, and nothing is missing where theirs is unknown."""
    text = design([A], (Call(A),)).replace("  call a\n", "  call a\n  call unknown  asynchronous\n")
    found = latency(text + UNKNOWN)

    assert found.missing == ()
    assert [hop.component for hop in found.hops] == ["a"]


def test_nested_request_takes_its_own_steps() -> None:
    """A call of a request is the whole of it, also as a fallback."""
    inner = "request inner {\n  call b\n  call d\n}\n"
    nested = design([A, B, D], (Call(A),)).replace("  call a\n", "  call a\n  call inner\n")
    flat = design([A, B, D], (Call(A), Call(B), Call(D)))
    late = "  call a  timeout 1ms  fallback inner\n"
    fallen = design([A, B, D], (Call(A),)).replace("  call a\n", late)

    expected = latency(flat).independent(0.99)
    assert latency(nested + inner).independent(0.99) == pytest.approx(expected, rel=2e-3)
    assert latency(fallen + inner).independent(0.99) > 0.001 + B.p50


def test_requests_that_call_each_other_end() -> None:
    """A cycle has no latency of its own; it is another finding."""
    text = design([A], (Call(A),)).replace("  call a\n", "  call a\n  call other\n")
    found = latency(text + "request other {\n  call asked\n}\n")

    assert found.independent(0.99) == pytest.approx(A.p99, rel=1e-6)


def test_a_batch_that_nobody_joins_waits_all_of_its_delay() -> None:
    """At 10 requests a second 5 ms bring no second one: the delay is paid for nothing."""
    plain = design([A], (Call(A),))
    batched = plain.replace("replicas = 1", "replicas = 1  batching { size = 8  delay = 5ms }")
    alone, formed = latency(plain), latency(batched)

    assert formed.independent(0.5) - alone.independent(0.5) == pytest.approx(0.005, rel=0.03)
    assert formed.independent(0.999) <= alone.independent(0.999) + 0.005 + 1e-9
    assert "batch forms within 5ms" in formed.hops[0].notes


def test_a_batch_that_fills_does_not_wait() -> None:
    """At 20,000 requests a second eight come within 0.4 ms, on average in half of that."""
    batched = design([A], (Call(A),), "20000/s").replace(
        "replicas = 1", "replicas = 1  batching { size = 8  delay = 5ms }"
    )
    formed = latency(batched)

    assert formed.mean() - latency(design([A], (Call(A),))).mean() == pytest.approx(
        0.000175, rel=0.1
    )


def test_queue_waits_where_quantiles_hold_at_no_load() -> None:
    """Without a load the quantiles are service time alone, and waiting is added (M/M/1 here)."""
    text = """
        endpoint a {
          latency { p50 = 10ms  p99 = 10ms }
          concurrency = 1
          replicas    = 1
        }
        request asked {
          rate = 50/s
          call a
        }
        """
    found = latency(text)
    free = latency(text.replace("50/s", "1/s"))

    # M/D/1 at utilisation 0.5 waits rho / (2 (1 - rho)) service times on average: 5 ms.
    assert found.mean() == pytest.approx(0.015, rel=0.05)
    assert free.mean() == pytest.approx(0.010, rel=0.02)
    assert found.hops[0].notes == ("G/G/c waiting added",)


def test_ledger_names_every_hop_in_order() -> None:
    """Component, place, method and quantiles; the fallback stands aside."""
    text = design([A, B, C, D], (Call(A, body=(Call(B),)), Call(C, timeout=0.02, fallback=D)))
    found = latency(text)

    assert [hop.component for hop in found.hops] == ["a", "b", "c"]
    assert [text[h.place.start : h.place.end] for h in found.hops] == ["a", "b", "c"]
    assert {hop.method for hop in found.hops} == {"measured"}
    assert found.hops[2].p99 == pytest.approx(C.p99, rel=1e-6)
