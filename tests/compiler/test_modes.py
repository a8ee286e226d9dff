"""Requests during failures: each is the design that the failure makes of it."""

from __future__ import annotations

import pytest

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.analyses.latency import Latencies
from mlsdc.compiler.analyses.modes import Mode, Modes
from mlsdc.compiler.latency.load_beyond import work_share
from mlsdc.compiler.latency.queueing import Waiting, wait_ggc
from mlsdc.compiler.model.request import Failure
from tests.compiler.checking import compiled, fact, only, said

SERVED = """
cache answers {{ latency {{ p50 = 0.3ms  p99 = 1ms  at = 9000/s }} }}
endpoint front {{
  latency {{ p50 = 1ms  p99 = 3ms }}
  concurrency = 8
  replicas = 3
}}
endpoint score {{
  latency {{ p50 = 8ms  p99 = 20ms }}
  concurrency = 2
  replicas = {replicas}
  {more}
}}
endpoint rules {{
  latency {{ p50 = 1ms  p99 = 2ms }}
  concurrency = 2
  replicas = 3
}}
request ask {{
  rate = {rate}
  budget {{ p99 <= 200ms }}
  call front
  cached by answers hit {hit} {{
    call score  timeout {timeout}  {call} fallback rules
  }}
}}
"""


def served(**changes: str) -> str:
    usual = {"replicas": "6", "rate": "600/s", "hit": "50%", "timeout": "60ms", "call": "",
             "more": ""}  # fmt: skip
    return SERVED.format(**{**usual, **changes})


def during(text: str, failure: Failure) -> Mode:
    (mode,) = fact(text, Modes).during("ask", failure)
    return mode


def usual(text: str, level: float = 0.99) -> float:
    return fact(text, Latencies).requests["ask"].independent(level)


LEVELS = (0.5, 0.9, 0.99, 0.999)


@pytest.mark.parametrize("level", LEVELS)
def test_caches_cold_are_caches_that_never_hit(level: float) -> None:
    found = during(served(), "cache_cold").reached(level)
    assert found == pytest.approx(usual(served(hit="0%"), level), rel=1e-3)


@pytest.mark.parametrize("level", LEVELS)
def test_one_zone_lost_is_a_third_of_the_replicas_fewer(level: float) -> None:
    found = during(served(), "zone_lost").reached(level)
    fewer = served(replicas="4").replace("replicas = 3", "replicas = 2")
    assert found == pytest.approx(usual(fewer, level), rel=1e-3)


@pytest.mark.parametrize("level", LEVELS)
def test_twice_the_traffic_is_twice_the_rate(level: float) -> None:
    found = during(served(), "double_traffic").reached(level)
    assert found == pytest.approx(usual(served(rate="1200/s"), level), rel=1e-3)


def test_a_rollout_takes_one_replica_away() -> None:
    fewer = served(replicas="5").replace("replicas = 3", "replicas = 2")
    assert during(served(), "rollout").reached(0.99) == pytest.approx(usual(fewer), rel=1e-3)


@pytest.mark.parametrize(("call", "limit"), [("", 0.060), ("retry 2 backoff 5ms", 0.190)])
def test_a_dependency_that_times_out_takes_all_its_attempts(call: str, limit: float) -> None:
    """Half of the requests miss: after all attempts the rules answer in their place."""
    mode = during(served(call=call), "dependency_timeout")
    reached = mode.reached(0.99)

    assert mode.silent == ("score",)
    assert reached is not None
    assert limit + 0.002 < reached < limit + 0.008
    assert (mode.reached(0.3) or 0.0) < 0.005  # a hit waits for nothing


def test_the_fallback_carries_what_the_dependency_does_not() -> None:
    """Rules sized for what usually falls back are overloaded by all of it: nobody answers."""
    few = served(rate="5000/s", replicas="60").replace(
        "concurrency = 2\n  replicas = 3", "concurrency = 1\n  replicas = 1"
    )
    mode = during(few, "dependency_timeout")

    assert set(mode.silent) == {"score", "rules"}
    assert mode.reached(0.99) is None
    assert any(line.startswith("rules: overloaded") for line in mode.because)


def test_no_replica_left_is_answered_by_the_fallback() -> None:
    mode = during(served(replicas="1", rate="60/s"), "zone_lost")

    assert "score: no replica left" in mode.because
    assert mode.reached(0.999) == pytest.approx(0.060 + 0.002, abs=0.008)


def test_without_a_time_limit_nobody_answers() -> None:
    text = served().replace("timeout 60ms   fallback rules", "")
    (modes,) = [fact(text, Modes)]

    assert modes.during("ask", "dependency_timeout") == ()
    lost = during(
        text.replace("replicas = 6", "replicas = 1").replace("600/s", "60/s"), "zone_lost"
    )
    assert lost.reached(0.4) is not None
    assert lost.reached(0.6) is None


def test_a_cold_start_ends_at_the_time_limit() -> None:
    cold = during(served(more="cold_start = 2m"), "cold_start")
    open_ended = served(more="cold_start = 2m").replace("timeout 60ms   fallback rules", "")

    assert 0.060 < (cold.reached(0.99) or 0.0) < 0.070
    assert during(open_ended, "cold_start").reached(0.99) == pytest.approx(120.0, rel=0.01)


def test_what_scales_to_zero_has_to_say_how_long_it_starts() -> None:
    mode = during(served(more="scaling { minimum = 0 }"), "cold_start")
    assert mode.missing == ("score.cold_start",)


def test_an_autoscaler_has_acted_where_it_has_a_maximum() -> None:
    text = served(replicas="auto", more="scaling { maximum = 40 }")
    fixed = during(served(replicas="auto"), "double_traffic").reached(0.99)
    scaled = during(text, "double_traffic").reached(0.99)

    assert scaled is not None
    assert fixed is None or fixed > scaled
    assert any("scaled out from" in line for line in during(text, "double_traffic").because)


def test_failures_that_cannot_reach_a_request_are_not_told() -> None:
    plain = """
        endpoint a { latency { p50 = 1ms  p99 = 3ms  at = 900/s }  concurrency = 4 }
        request ask {
          rate = 9/s
          call a
        }
        """
    found = {mode.change.failure for mode in fact(plain, Modes).of("ask")}
    assert found == {"zone_lost", "double_traffic", "rollout"}


def test_what_a_failure_does_not_touch_is_not_composed_again() -> None:
    """Two replicas far below their measured load stay what they were: the very same object."""
    plain = """
        endpoint a { latency { p50 = 1ms  p99 = 3ms  at = 900/s }  concurrency = 4 }
        request ask {
          rate = 9/s
          call a
        }
        """
    one = compiled(plain)
    usually = one.facts.get(Latencies).requests["ask"]
    assert all(mode.latency is usually for mode in one.facts.get(Modes).of("ask"))
    assert one.facts.get(Capacity).replicas("a") == 2


MEASURED = """
endpoint a {{
  latency {{ p50 = 10ms  p99 = 10ms  at = 60/s }}
  {workers}
  replicas = 2
}}
request ask {{
  rate = 100/s
  budget {{ p99 <= 25ms }}
  {more}
  call a
}}
"""


def test_quantiles_of_a_load_are_taken_to_a_higher_one() -> None:
    """All of 100/s on one replica of one worker: the work that explains 10 ms at 60/s."""
    text = MEASURED.format(workers="concurrency = 1", more="")
    share = work_share(0.010, 0.0, 60.0, 1)
    queue = wait_ggc(100.0, 0.010 * share, 1, service_scv=0.0)
    assert isinstance(queue, Waiting)

    mode = during(text, "zone_lost")
    assert mode.latency.mean() == pytest.approx(queue.mean + 0.010 * share, rel=0.01)
    assert mode.latency.mean() > 0.012


def test_without_workers_a_higher_load_is_not_known() -> None:
    mode = during(MEASURED.format(workers="", more=""), "zone_lost")
    assert mode.missing == ("a.concurrency",)
    assert mode.reached(0.99) == pytest.approx(0.010)


@pytest.mark.parametrize(("rate", "workers"), [(10.0, 1), (60.0, 1), (300.0, 4), (5000.0, 64)])
def test_work_and_its_wait_are_what_was_measured(rate: float, workers: int) -> None:
    """The law of `work_share`, for every scv: put together again, the mean is the measured one."""
    for scv in (0.0, 0.5, 1.0, 4.0):
        share = work_share(0.010, scv, rate, workers)
        queue = wait_ggc(rate, 0.010 * share, workers, service_scv=scv)
        assert isinstance(queue, Waiting)
        assert queue.mean + 0.010 * share == pytest.approx(0.010, rel=1e-6)


class TestWithstands:
    """LAT021"""

    @pytest.mark.parametrize(
        ("failures", "broken"),
        [
            ("rollout", ["rollout"]), ("double_traffic", ["twice the traffic"]),
            ("cache_cold", []), ("dependency_timeout", []),
        ],
    )  # fmt: skip
    def test_each_failure_is_judged(self, failures: str, broken: list[str]) -> None:
        text = MEASURED.format(workers="concurrency = 1", more=f"withstands = [{failures}]")
        found = said(text, "LAT021")
        assert [d.message.partition(":")[0] for d in found] == broken

    def test_what_breaks_is_told_with_its_reason(self) -> None:
        text = MEASURED.format(workers="concurrency = 1", more="withstands = [zone_lost]")
        found = only(text, "LAT021")

        assert found.message.startswith("one zone lost: p99 is ")
        assert found.message.endswith("over its 25ms budget")
        assert any(line.startswith("a with 1 replica: p99 10ms -> ") for line in found.arithmetic)

    def test_what_is_not_known_is_undecided(self) -> None:
        text = MEASURED.format(workers="", more="withstands = [zone_lost]")
        assert only(text, "LAT021").missing == ("a.concurrency",)

    def test_without_a_budget_there_is_nothing_to_hold(self) -> None:
        text = MEASURED.format(workers="concurrency = 1", more="withstands = [zone_lost]")
        found = only(text.replace("  budget { p99 <= 25ms }\n", ""), "LAT021")
        assert found.missing == ("ask.budget",)

    def test_a_failure_that_does_not_exist(self) -> None:
        text = MEASURED.format(workers="", more="withstands = [zone_gone]")
        assert "zone_lost" in only(text, "TYP002").help
