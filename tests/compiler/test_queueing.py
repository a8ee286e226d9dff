"""Queues against closed forms, published figures and an event simulation in this file."""

import heapq
import itertools
import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mlsdc.compiler.latency.distribution import Distribution
from mlsdc.compiler.latency.queueing import (
    Unstable,
    Waiting,
    erlang_b,
    erlang_c,
    load_for_blocking,
    response_quantile_mmc,
    servers_for_wait,
    servers_needed,
    utilisation,
    wait_ggc,
    wait_mmc,
)
from mlsdc.compiler.latency.queueing_batches import Batching

Floats = npt.NDArray[np.float64]
LEVELS = (0.5, 0.95, 0.99)


def stable(waiting: Waiting | Unstable) -> Waiting:
    assert isinstance(waiting, Waiting)
    return waiting


class TestErlang:
    @pytest.mark.parametrize("servers", [1, 2, 10, 100, 1000])
    @pytest.mark.parametrize("share", [0.1, 0.6, 0.95, 1.3])
    def test_blocking_is_a_truncated_poisson(self, servers: int, share: float) -> None:
        load = servers * share
        offered = stats.poisson(load)
        exact = math.exp(offered.logpmf(servers) - offered.logcdf(servers))
        assert erlang_b(load, servers) == pytest.approx(exact, rel=1e-9)

    @pytest.mark.parametrize(
        ("servers", "blocking", "load"), [(10, 0.01, 4.461), (20, 0.01, 12.03), (10, 0.02, 5.084)]
    )
    def test_traffic_tables(self, servers: int, blocking: float, load: float) -> None:
        assert load_for_blocking(servers, blocking) == pytest.approx(load, rel=2e-4)
        assert erlang_b(load, servers) == pytest.approx(blocking, rel=2e-3)

    @pytest.mark.parametrize(
        ("load", "servers", "probability"),
        [(3.2, 4, 0.5964), (8.0, 10, 0.40918015079644354), (15.0, 20, 0.1604293874169236)],
    )
    def test_probability_of_waiting(self, load: float, servers: int, probability: float) -> None:
        assert erlang_c(load, servers) == pytest.approx(probability, rel=1e-4)

    def test_a_call_centre(self) -> None:
        """360 calls in half an hour, four minutes each, 55 agents."""
        waiting = stable(wait_mmc(0.2, 240.0, 55))
        assert waiting.probability == pytest.approx(0.2387, rel=1e-3)
        assert waiting.mean == pytest.approx(8.184, rel=1e-3)

    def test_one_server_waits_when_it_is_busy(self) -> None:
        assert erlang_c(0.37, 1) == pytest.approx(0.37)
        assert erlang_c(4.0, 4) == erlang_c(9.0, 4) == 1.0


class TestWaiting:
    """Reference vectors, mean service 20 ms, figures in milliseconds."""

    @pytest.mark.parametrize(
        ("servers", "load", "wait", "p99"),
        [
            (1, 0.8, 80.0, 460.5),
            (4, 0.5, 1.739, 95.28),
            (4, 0.7, 7.144, 109.85),
            (4, 0.8, 14.911, 137.86),
            (4, 0.9, 39.388, 243.86),
            (4, 0.95, 89.142, 471.34),
            (16, 0.8, 1.906, 94.70),
            (16, 0.95, 19.505, 144.33),
        ],
    )
    def test_mmc(self, servers: int, load: float, wait: float, p99: float) -> None:
        rate = load * servers / 0.020
        waiting = stable(wait_mmc(rate, 0.020, servers))
        assert waiting.utilisation == pytest.approx(load)
        assert waiting.mean * 1e3 == pytest.approx(wait, rel=3e-4)
        exact = response_quantile_mmc(rate, 0.020, servers, 0.99)
        assert exact == pytest.approx(p99 / 1e3, rel=1e-4)
        response = waiting.response(Distribution.exponential_tail(0.0, 50.0))
        assert response.quantile(0.99) * 1e3 == pytest.approx(p99, rel=2e-3)
        assert response.mean() == pytest.approx(waiting.mean + 0.020, rel=2e-3)

    @pytest.mark.parametrize(
        ("servers", "load", "arrival_scv", "service_scv", "wait"),
        [
            (4, 0.8, 2.0, 1.0, 22.366),
            (4, 0.8, 1.0, 0.3, 9.692),
            (16, 0.875, 1.5, 0.5, 5.084822),
            (1, 0.9, 1.0, 0.0, 90.0),
        ],
    )
    def test_ggc(
        self, servers: int, load: float, arrival_scv: float, service_scv: float, wait: float
    ) -> None:
        rate = load * servers / 0.020
        waiting = stable(
            wait_ggc(rate, 0.020, servers, arrival_scv=arrival_scv, service_scv=service_scv)
        )
        assert waiting.mean * 1e3 == pytest.approx(wait, rel=3e-4)

    def test_the_wait_as_a_distribution(self) -> None:
        waiting = stable(wait_mmc(160.0, 0.020, 4))
        spread = waiting.distribution()
        assert spread.mean() == pytest.approx(waiting.mean, rel=1e-3)
        assert spread.cdf(0.0) == pytest.approx(1.0 - 0.5964, rel=1e-4)
        for level in (0.5, 0.9, 0.99, 0.999):
            assert spread.quantile(level) == pytest.approx(waiting.quantile(level), rel=2e-3)
            assert waiting.survival(waiting.quantile(level)) == pytest.approx(1.0 - level)
        assert waiting.quantile(0.4) == 0.0
        assert (waiting.survival(-1.0), waiting.survival(0.0)) == (1.0, waiting.probability)

    def test_unstable_is_no_number(self) -> None:
        assert wait_mmc(200.0, 0.020, 4) == Unstable(1.0)
        assert wait_ggc(220.0, 0.020, 4, service_scv=0.0) == Unstable(pytest.approx(1.1))
        assert response_quantile_mmc(200.0, 0.020, 4, 0.99) == Unstable(1.0)
        assert isinstance(wait_mmc(199.0, 0.020, 4), Waiting)

    def test_nothing_to_wait_for(self) -> None:
        clockwork = stable(wait_ggc(160.0, 0.020, 4, arrival_scv=0.0, service_scv=0.0))
        idle = stable(wait_mmc(0.0, 0.020, 4))
        for waiting in (clockwork, idle):
            assert (waiting.mean, waiting.quantile(0.999), waiting.survival(0.0)) == (0, 0, 0)
            assert waiting.distribution().bound == 0.0
        assert response_quantile_mmc(0.0, 0.020, 4, 0.99) == pytest.approx(-0.02 * math.log(0.01))

    @pytest.mark.parametrize(
        "make",
        [
            lambda: utilisation(1.0, 1.0, 0),
            lambda: utilisation(-1.0, 1.0, 1),
            lambda: utilisation(1.0, math.nan, 1),
            lambda: erlang_b(-1.0, 3),
            lambda: load_for_blocking(0, 0.1),
            lambda: load_for_blocking(3, 1.0),
            lambda: wait_ggc(1.0, 0.1, 1, arrival_scv=-1.0),
            lambda: servers_needed(1.0, 1.0, 0.0),
            lambda: servers_for_wait(1.0, 1.0, 0.99, -1.0),
            lambda: servers_for_wait(1.0, 1.0, 1.0, 1.0),
            lambda: stable(wait_mmc(1.0, 0.1, 1)).quantile(1.0),
            lambda: response_quantile_mmc(1.0, 0.1, 1, 1.0),
            lambda: Batching(0.0, 0.0, 8, 0.0),
            lambda: Batching(1.0, 0.1, 0, 0.0),
            lambda: Batching(1.0, -0.1, 8, 0.0),
            lambda: Batching(1.0, 0.1, 8, 0.0).formation(-1.0),
        ],
    )
    def test_impossible_figures_are_refused(self, make: Callable[[], object]) -> None:
        with pytest.raises(ValueError, match=r"\w"):
            make()


class TestServers:
    def test_utilisation_and_its_inverse(self) -> None:
        assert utilisation(100.0, 0.05, 10) == pytest.approx(0.5)
        assert servers_needed(100.0, 0.05, 0.5) == 10
        assert servers_needed(100.1, 0.05, 0.5) == 11
        assert servers_needed(0.0, 0.05, 0.5) == 1
        assert servers_needed(10_000.0, 0.02, 0.7) == 286

    def test_servers_for_a_wait(self) -> None:
        assert servers_for_wait(10_000.0, 0.020, 0.99, 0.005) == 214
        assert servers_for_wait(120.0, 0.050, 0.95, 0.010) == 10
        assert servers_for_wait(120.0, 0.050, 0.95, 1e9) == 7
        bursty = servers_for_wait(120.0, 0.050, 0.95, 0.010, arrival_scv=4.0)
        assert bursty > 10
        assert servers_for_wait(0.0, 0.050, 0.95, 0.0) == 1

    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(
        st.floats(0.1, 5_000.0),
        st.floats(1e-4, 0.2),
        st.floats(0.5, 0.999),
        st.floats(1e-4, 0.5),
        st.floats(0.0, 4.0),
    )
    def test_the_answer_is_enough_and_one_less_is_not(
        self, rate: float, service: float, level: float, limit: float, scv: float
    ) -> None:
        servers = servers_for_wait(rate, service, level, limit, service_scv=scv)
        assert stable(wait_ggc(rate, service, servers, service_scv=scv)).quantile(level) <= limit
        if servers > 1:
            fewer = wait_ggc(rate, service, servers - 1, service_scv=scv)
            assert isinstance(fewer, Unstable) or fewer.quantile(level) > limit

    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(st.floats(0.05, 0.97), st.integers(1, 60), st.floats(1e-5, 10.0))
    def test_laws_of_waiting(self, load: float, servers: int, service: float) -> None:
        rate = load * servers / service
        here = stable(wait_mmc(rate, service, servers))
        assert 0.0 <= here.probability <= 1.0
        assert stable(wait_mmc(rate, service, servers + 1)).mean <= here.mean
        assert stable(wait_mmc(rate * 1.02, service, servers)).mean >= here.mean
        one_fast = stable(wait_mmc(rate, service / servers, 1))
        assert here.probability <= one_fast.probability + 1e-12
        slow = stable(wait_ggc(rate, service, servers, arrival_scv=2.0, service_scv=2.0))
        assert slow.mean == pytest.approx(2.0 * here.mean)


def simulate_waits(arrivals: Floats, services: Floats, servers: int) -> Floats:
    """Waits of a first-come queue: each request takes the server that is free first."""
    free = [0.0] * servers
    waits = np.empty(arrivals.size)
    pairs = zip(arrivals.tolist(), services.tolist(), strict=True)
    for index, (arrival, service) in enumerate(pairs):
        start = max(free[0], arrival)
        waits[index] = start - arrival
        heapq.heapreplace(free, start + service)
    return waits[arrivals.size // 50 :]


class TestAgainstSimulation:
    """Tolerances cover the simulation's own error: waits of busy queues are strongly correlated."""

    @pytest.mark.parametrize(("servers", "load"), [(1, 0.6), (4, 0.8), (16, 0.85)])
    def test_mmc(self, servers: int, load: float) -> None:
        rng = np.random.default_rng(servers)
        rate, count = load * servers / 0.020, 500_000
        arrivals = np.cumsum(rng.exponential(1.0 / rate, count))
        services = rng.exponential(0.020, count)
        waits = simulate_waits(arrivals, services, servers)
        waiting = stable(wait_mmc(rate, 0.020, servers))
        assert waits.mean() == pytest.approx(waiting.mean, rel=0.05)
        assert (waits > 0.0).mean() == pytest.approx(waiting.probability, rel=0.02)
        assert np.quantile(waits, 0.99) == pytest.approx(waiting.quantile(0.99), rel=0.07)
        response = waiting.response(Distribution.exponential_tail(0.0, 50.0))
        simulated = np.quantile(waits + services[-waits.size :], 0.99)
        assert response.quantile(0.99) == pytest.approx(simulated, rel=0.05)

    @pytest.mark.parametrize(
        ("arrival_scv", "service_scv", "rel"),
        [(1.0, 0.3, 0.05), (2.0, 1.0, 0.15), (0.5, 2.0, 0.15)],
    )
    def test_ggc(self, arrival_scv: float, service_scv: float, rel: float) -> None:
        """Allen-Cunneen is an approximation: 0.15 is what it keeps at 80 % load."""
        rng = np.random.default_rng(7)
        servers, rate, count = 4, 160.0, 500_000

        def gamma(mean: float, scv: float) -> Floats:
            return rng.gamma(1.0 / scv, mean * scv, count)

        arrivals = np.cumsum(gamma(1.0 / rate, arrival_scv))
        waits = simulate_waits(arrivals, gamma(0.020, service_scv), servers)
        waiting = stable(
            wait_ggc(rate, 0.020, servers, arrival_scv=arrival_scv, service_scv=service_scv)
        )
        assert waits.mean() == pytest.approx(waiting.mean, rel=rel)
        assert np.quantile(waits, 0.99) == pytest.approx(waiting.quantile(0.99), rel=0.18)

    def test_a_general_service_time(self) -> None:
        """Lognormal service in four servers at 70 %: the whole response, body and tail."""
        service = Distribution.lognormal(p50=0.010, p99=0.040)
        rate = 0.7 * 4 / service.mean()
        rng = np.random.default_rng(3)
        sigma = math.log(4.0) / stats.norm.ppf(0.99)
        drawn = 0.010 * np.exp(sigma * rng.standard_normal(500_000))
        arrivals = np.cumsum(rng.exponential(1.0 / rate, drawn.size))
        waits = simulate_waits(arrivals, drawn, 4)
        waiting = stable(wait_ggc(rate, service.mean(), 4, service_scv=service.scv))
        response = waiting.response(service)
        simulated = np.quantile(waits + drawn[-waits.size :], LEVELS)
        assert [response.quantile(q) for q in LEVELS] == pytest.approx(list(simulated), rel=0.04)


def simulate_batches(batching: Batching, rate: float, count: int) -> tuple[Floats, float]:
    """Responses, and the mean size of a batch, of one server."""
    arrivals = np.cumsum(np.random.default_rng(5).exponential(1.0 / rate, count))
    responses = np.empty(count)
    free, first, batches = 0.0, 0, 0
    while first < count:
        last = first + batching.largest - 1
        full = arrivals[last] if last < count else math.inf
        start = max(free, min(arrivals[first] + batching.max_delay, full))
        end = min(int(arrivals.searchsorted(start, "right")), first + batching.largest, count)
        free = start + batching.service(end - first)
        responses[first:end] = free - arrivals[first:end]
        first, batches = end, batches + 1
    return responses, count / batches


class TestBatching:
    """The reference server: up to 8 requests in 4 + 0.25 n milliseconds."""

    server = Batching(0.004, 0.00025, largest=8, max_delay=0.005)

    def test_capacity(self) -> None:
        assert self.server.capacity == pytest.approx(1333.3, rel=1e-4)
        assert self.server.utilisation(1000.0, 3) == pytest.approx(0.25)
        assert self.server.response(1500.0, 1) == Unstable(pytest.approx(1.125))
        assert isinstance(self.server.response(1500.0, 2), Distribution)

    def test_a_delay_that_hardly_anybody_shares(self) -> None:
        """Five milliseconds at 100 requests a second buy a mean batch of one and a half."""
        assert self.server.mean_size(100.0) == pytest.approx(1.5, rel=1e-4)
        formation = self.server.formation(100.0)
        assert formation.quantile(0.5) == formation.bound == 0.005
        assert formation.survival(0.0049999) == pytest.approx(1 / 1.5, rel=1e-3)

    @pytest.mark.parametrize(
        ("rate", "max_delay", "p50", "p99"),
        [
            (100.0, 0.0, 4.25, 8.55),
            (100.0, 0.005, 9.25, 9.95),
            (500.0, 0.0, 7.02, 10.06),
            (500.0, 0.005, 8.60, 10.75),
        ],
    )
    def test_reference_responses(
        self, rate: float, max_delay: float, p50: float, p99: float
    ) -> None:
        response = Batching(0.004, 0.00025, 8, max_delay).response(rate, 1)
        assert isinstance(response, Distribution)
        assert response.quantile(0.5) * 1e3 == pytest.approx(p50, rel=0.005)
        assert response.quantile(0.99) * 1e3 == pytest.approx(p99, rel=0.01)

    @pytest.mark.parametrize(("rate", "largest"), [(50.0, 8), (400.0, 4), (3000.0, 4), (900.0, 2)])
    def test_formation_of_batches_for_an_idle_server(self, rate: float, largest: int) -> None:
        batching = Batching(1e-9, 0.0, largest, max_delay=0.005)
        waits, size = simulate_batches(batching, rate, 200_000)
        assert batching.mean_size(rate) == pytest.approx(size, rel=0.01)
        formation = batching.formation(rate)
        assert formation.mean() == pytest.approx(waits.mean(), rel=0.01)
        for seconds in (0.0005, 0.001, 0.002, 0.003, 0.0045):
            assert formation.cdf(seconds) == pytest.approx((waits <= seconds).mean(), abs=0.006)

    @pytest.mark.parametrize(
        ("batching", "rate", "body", "tail"),
        [
            (Batching(0.004, 0.00025, 8, 0.005), 700.0, 0.01, 0.02),
            (Batching(0.004, 0.00025, 8, 0.005), 900.0, 0.02, 0.20),
            (Batching(0.004, 0.00025, 8, 0.0), 1200.0, 0.08, 0.20),
            (Batching(0.020, 0.001, 16, 0.010), 300.0, 0.02, 0.03),
            (Batching(0.004, 0.00025, 4, 0.030), 50.0, 0.01, 0.02),
            (Batching(0.010, 0.00005, 128, 0.005), 5000.0, 0.01, 0.02),
        ],
    )
    def test_responses_under_load(
        self, batching: Batching, rate: float, body: float, tail: float
    ) -> None:
        responses, _ = simulate_batches(batching, rate, 300_000)
        found = batching.response(rate, 1)
        assert isinstance(found, Distribution)
        assert found.quantile(0.5) == pytest.approx(np.quantile(responses, 0.5), rel=body)
        assert found.quantile(0.99) == pytest.approx(np.quantile(responses, 0.99), rel=tail)

    def test_a_batch_of_one_is_a_plain_queue(self) -> None:
        single = Batching(0.008, 0.002, largest=1, max_delay=0.5)
        response = single.response(160.0, 2)
        assert isinstance(response, Distribution)
        waiting = stable(wait_ggc(160.0, 0.010, 2, service_scv=0.0))
        assert response.quantile(0.1) == pytest.approx(0.010)
        assert response.mean() == pytest.approx(0.010 + waiting.mean, rel=1e-3)
        assert single.formation(160.0).bound == 0.0
        assert single.response(200.0, 2) == Unstable(pytest.approx(1.0))

    def test_nobody_comes(self) -> None:
        alone = self.server.response(0.0, 1)
        assert isinstance(alone, Distribution)
        assert alone.quantile(0.5) == pytest.approx(0.00925)

    def test_responses_grow_with_load(self) -> None:
        p99 = [
            response.quantile(0.99)
            for rate in (200.0, 600.0, 900.0, 1200.0, 1320.0)
            if isinstance(response := self.server.response(rate, 1), Distribution)
        ]
        assert len(p99) == 5
        assert all(slower > faster for faster, slower in itertools.pairwise(p99))
