"""Queues, retries, hedges and batches against a simulation event by event."""

from __future__ import annotations

import pytest

from benchmarks.latency import AGAIN, EVENTS, REACH, composed, graph_errors
from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.figures import Figure
from tests.compiler.checking import fact
from tests.compiler.event_simulation import Asked, simulate

COUNT = 30_000
TOLERANCE = {
    "M/G/1, 50 % busy": 0.10,  # the exponential tail of the wait overstates a light-tailed queue
    "M/G/4, 70 % busy": 0.06,
    "M/G/16, 80 % busy": 0.06,
    "retries in a queue": 0.05,
    "hedges in a queue": 0.05,
    "batches, 30 % busy": 0.04,
    "batches, 60 % busy": 0.04,
}
"""How far p99 may be from 30,000 simulated requests, sampling included."""


@pytest.mark.parametrize("name", EVENTS)
def test_an_endpoint_under_load_answers_as_simulated(name: str) -> None:
    asked = EVENTS[name]
    found, simulated = composed(asked.design), simulate(asked, COUNT, seed=11)

    assert found.mean() == pytest.approx(simulated.mean, rel=0.05)
    assert found.independent(0.5) == pytest.approx(simulated.quantile(0.5), rel=0.05)
    assert found.independent(0.99) == pytest.approx(simulated.quantile(0.99), rel=TOLERANCE[name])


@pytest.mark.parametrize("name", ["retries in a queue", "hedges in a queue"])
def test_repetitions_load_the_endpoint_as_simulated(name: str) -> None:
    asked = EVENTS[name]
    arriving = fact(asked.design, Workload).of("a")
    simulated = simulate(asked, COUNT, seed=12).attempts / COUNT

    assert isinstance(arriving, Figure)
    assert arriving.value / asked.rate == pytest.approx(simulated, rel=0.02)
    assert simulated > 1.01


def test_what_is_metastable_collapses_in_the_simulation() -> None:
    """2.4 of 4 workers are busy, and three attempts of everything would need seven: a burst that
    makes answers late makes more of them late, and it never ends."""
    asked = Asked(rate=200, workers=4, p50=0.010, p99=0.040, timeout=0.030, retry=2, backoff=0.002)
    calm = Asked(rate=60, workers=4, p50=0.010, p99=0.040, timeout=0.030, retry=2, backoff=0.002)

    assert fact(asked.design, Workload).metastable == {"a"}
    assert fact(calm.design, Workload).metastable == frozenset()
    assert simulate(asked, COUNT, seed=13).attempts / COUNT > 2.5
    assert simulate(calm, COUNT, seed=13).attempts / COUNT < 1.2


@pytest.mark.parametrize("graph", range(30, 40))
def test_a_component_that_is_reached_twice_is_one_draw(graph: int) -> None:
    """It is slow both times: against a simulation that draws it once for each request."""
    errors = list(graph_errors(graph, 200_000, AGAIN))

    assert [error for error in errors if error.beyond > REACH[error.level]] == []


@pytest.mark.parametrize("graph", range(100, 108))
def test_graphs_of_the_benchmark_are_within_reach(graph: int) -> None:
    """A part of what `python -m benchmarks.latency` measures on 200 graphs."""
    errors = list(graph_errors(graph, 200_000))

    assert [error for error in errors if error.beyond > REACH[error.level]] == []
