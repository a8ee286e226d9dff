"""Queues and tails against simulation, scipy and other forms of the formulas."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mlsdc.compiler.estimates.queue import finite_states, read_notation
from mlsdc.compiler.estimates.refusal import Missing, Refusal
from tests.compiler.estimates.asking import ask, value


def waits(rate: float, service: np.ndarray, servers: int, seed: int = 1) -> np.ndarray:
    """Waits of customers served in order, followed one by one."""
    generator = np.random.default_rng(seed)
    arrivals = np.cumsum(generator.exponential(1 / rate, service.size))
    free = [0.0] * servers
    found = np.empty(service.size)
    for i, (at, takes) in enumerate(zip(arrivals, service, strict=True)):
        first = min(range(servers), key=free.__getitem__)
        start = max(at, free[first])
        found[i], free[first] = start - at, start + takes
    return found[service.size // 10 :]


def test_mmc_by_simulation() -> None:
    service = np.random.default_rng(7).exponential(0.02, 200_000)
    simulated = waits(320, service, 8)
    found = ask("queue", rate="320/s", service_time="20ms", servers=8, percentile="p99")
    assert found["utilisation"].value == pytest.approx(0.8)
    assert found["mean_wait"].value == pytest.approx(simulated.mean(), rel=0.06)
    assert found["wait_probability"].value == pytest.approx((simulated > 0).mean(), rel=0.03)
    assert found["wait_percentile"].value == pytest.approx(np.quantile(simulated, 0.99), rel=0.06)
    assert found["in_queue"].value == pytest.approx(320 * simulated.mean(), rel=0.06)


def test_md1_by_simulation() -> None:
    simulated = waits(80, np.full(200_000, 0.01), 1)
    found = value("queue", "mean_wait", model="M/D/1", rate="80/s", service_time="10ms")
    assert found == pytest.approx(0.02)
    assert found == pytest.approx(simulated.mean(), rel=0.06)


@given(st.floats(0.05, 0.95), st.floats(0.001, 10), st.floats(0, 4))
def test_mg1_is_pollaczek_khinchine(busy: float, service: float, scv: float) -> None:
    found = value("queue", "mean_wait", model="M/G/1", lambda_per_s=busy / service,
                  service_time_s=service, service_scv=scv)  # fmt: skip
    assert found == pytest.approx(
        busy * service * (1 + scv) / (2 * (1 - busy)), rel=1e-6, abs=1e-12
    )


def test_gg1_is_kingman() -> None:
    found = value("queue", "mean_wait", model="G/G/1", rate="80/s", service_time="10ms",
                  arrival_scv=1.5, service_scv=0.5)  # fmt: skip
    assert found == pytest.approx(0.8 / 0.2 * (1.5 + 0.5) / 2 * 0.01)


@given(st.floats(0.1, 30), st.integers(1, 20), st.integers(0, 30))
def test_the_finite_queue_is_its_balance(load: float, servers: int, room: int) -> None:
    states = finite_states(load, servers, servers + room)
    assert math.fsum(states) == pytest.approx(1)
    for count, (below, above) in enumerate(pairwise(states), 1):
        assert load * below == pytest.approx(min(count, servers) * above)


@given(st.floats(0.1, 40), st.integers(1, 40))
def test_loss_is_a_truncated_poisson(load: float, servers: int) -> None:
    found = value("queue", "blocked", model="M/M/c/c", offered_erlangs=load, servers=servers)
    poisson = stats.poisson(load)
    assert found == pytest.approx(poisson.pmf(servers) / poisson.cdf(servers), rel=1e-9)


def test_servers_for_a_wait_are_the_fewest() -> None:
    given = {"rate": "10000/s", "service_time": "20ms", "percentile": 0.99}
    count = value("queue", "servers", **given, wait_limit="5ms")
    assert count == 214
    enough, few = (
        value("queue", "wait_percentile", **given, servers=servers) for servers in (214, 213)
    )
    assert enough <= 0.005 < few


def test_servers_for_a_response() -> None:
    given = {"rate": "100/s", "service_time": "50ms", "percentile": "p99"}
    count = value("queue", "servers", **given, response_limit="300ms")
    enough, few = (
        value("queue", "response_percentile", **given, servers=servers)
        for servers in (count, count - 1)
    )
    assert enough <= 0.3 < few
    with pytest.raises(Refusal, match="service alone"):
        ask("queue", **given, response_limit="100ms")


def test_servers_for_blocking() -> None:
    """Erlang B tables: 10 trunks carry 4.461 erlangs at 1 %."""
    assert value("queue", "servers", erlangs=4.46, blocking="1%") == 10
    assert value("queue", "servers", erlangs=4.47, blocking="1%") == 11


def test_an_overloaded_queue_is_refused() -> None:
    with pytest.raises(Refusal, match=r"utilisation 4.*more than 15 servers"):
        ask("queue", rate="800/s", service_time="20ms", servers=4)


def test_a_general_service_needs_its_variation() -> None:
    with pytest.raises(Missing, match="service_scv"):
        value("queue", "mean_wait", model="M/G/1", rate="50/s", service_time="10ms")


@pytest.mark.parametrize(
    ("text", "servers", "scv", "loss"),
    [("M/M/c", None, 1.0, False), ("M/D/1", 1, 0.0, False), ("m/e4/3", 3, 0.25, False),
     ("M/M/c/c", None, 1.0, True), ("M/G/8", 8, None, False)],
)  # fmt: skip
def test_notation(text: str, servers: int | None, scv: float | None, loss: bool) -> None:
    found = read_notation(text)
    assert found is not None
    assert (found.servers, found.service_scv, found.loss) == (servers, scv, loss)
    assert read_notation("llama-3-8b") is None


def test_hops_by_monte_carlo() -> None:
    hops = [(2, 8), (5, 20), (20, 60)]
    generator = np.random.default_rng(3)
    total = sum(
        np.exp(
            generator.normal(math.log(p50), math.log(p99 / p50) / stats.norm.ppf(0.99), 1_000_000)
        )
        for p50, p99 in hops
    )
    found = ask("queue", hops=[{"p50_ms": a, "p99_ms": b} for a, b in hops], percentile=0.99)
    assert found["sum_percentile"].value == pytest.approx(np.quantile(total, 0.99) / 1000, rel=0.01)
    dependent = ask("queue", hops=[{"p50_ms": a, "p99_ms": b} for a, b in hops], percentile=0.99,
                    independent=False)  # fmt: skip
    assert dependent["sum_percentile"].value == pytest.approx(0.088, rel=1e-6)


def test_fan_out_by_simulation() -> None:
    generator = np.random.default_rng(5)
    sigma = math.log(20 / 5) / stats.norm.ppf(0.99)
    slowest = np.exp(generator.normal(math.log(5), sigma, (200_000, 10))).max(axis=1)
    found = value("queue", "slowest_leaf", fanout=10, leaf={"p50_ms": 5, "p99_ms": 20},
                  percentile=0.99)  # fmt: skip
    assert found == pytest.approx(np.quantile(slowest, 0.99) / 1000, rel=0.02)
    assert value("queue", "slow_requests", fanout=100, p_slow="1%") == pytest.approx(
        0.634, abs=1e-3
    )


@given(st.just(0.0) | st.floats(1e-6, 0.99), st.integers(1, 20))
def test_retries_are_a_truncated_geometric_series(failure: float, attempts: int) -> None:
    found = ask("queue", qps="1000/s", p_fail=failure, max_attempts=attempts)
    exact = stats.geom(1 - failure) if failure else None
    mean = 1.0
    if exact is not None:
        mean = sum(k * exact.pmf(k) for k in range(1, attempts)) + attempts * exact.sf(attempts - 1)
    assert found["attempt_rate"].value == pytest.approx(1000 * mean)
    assert found["retried_success"].value == pytest.approx(1 - failure**attempts)


def test_a_cache_leaves_the_p99_alone() -> None:
    found = ask("queue", hit_ratio="90%", hit_time="1ms", miss_time="25ms", percentile="p99")
    assert found["cached_mean"].value == pytest.approx(0.0034)
    assert found["cached_percentile"].value == 0.025
    assert found["cache_gain"].value == pytest.approx(10)
