"""What a hop costs beyond its service, language models, tied calls and errors: by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mlsdc.compiler.analyses.latency import Latencies, RequestLatency
from mlsdc.compiler.latency.crossing import MESHES, ROUND_TRIPS
from mlsdc.compiler.latency.queueing import Waiting, wait_ggc
from tests.compiler.checking import fact

COUNT = 400_000
SCORE_99 = 2.3263478740408408
Times = np.ndarray
SCORE = "endpoint score { latency { p50 = 4ms  p99 = 12ms  at = 9000/s }  replicas = 1 }\n"
RULES = "endpoint rules { latency { p50 = 1ms  p99 = 3ms  at = 9000/s }  replicas = 1 }\n"


def latency(text: str) -> RequestLatency:
    return fact(text, Latencies).requests["ask"]


def ask(call: str, network: str = "", declared: str = SCORE) -> RequestLatency:
    platform = f"kubernetes {{ network {{ {network} }} }}" if network else "kubernetes"
    return latency(
        f"{declared}request ask {{\n  rate = 10/s\n  {call}\n}}\n"
        f"environment only {{ platform = {platform} }}\n"
    )


def drawn(random: np.random.Generator, p50: float, p99: float) -> Times:
    return p50 * np.exp(math.log(p99 / p50) / SCORE_99 * random.standard_normal(COUNT))


def assert_same(found: RequestLatency, simulated: Times, tolerance: float = 0.02) -> None:
    for level in (0.5, 0.9, 0.99):
        expected = float(np.quantile(simulated, level))
        assert found.independent(level) == pytest.approx(expected, rel=tolerance), level


def test_nothing_stated_adds_nothing() -> None:
    assert ask("call score").independent(0.99) == pytest.approx(0.012, rel=1e-6)


def test_a_stated_round_trip_is_added_as_it_stands() -> None:
    found = ask("call score", "round_trip = 1ms")
    assert found.independent(0.99) == pytest.approx(0.013, rel=1e-3)
    assert found.hops[0].notes == ("round trip: 1ms (declared)",)
    assert ask("call score  round_trip 3ms", "round_trip = 1ms").independent(0.5) == (
        pytest.approx(0.007, rel=1e-3)
    )


@pytest.mark.parametrize("reach", ROUND_TRIPS)
def test_the_reach_of_a_call_is_a_default_and_told_as_one(reach: str) -> None:
    random = np.random.default_rng(3)
    found = ask(f"call score  across {reach}")

    assert_same(found, drawn(random, 0.004, 0.012) + drawn(random, *ROUND_TRIPS[reach]))
    assert "(default)" in found.hops[0].notes[0]


@pytest.mark.parametrize("mesh", MESHES)
def test_proxies_of_a_mesh_are_on_every_call(mesh: str) -> None:
    random = np.random.default_rng(4)
    simulated = sum(drawn(random, 0.004, 0.012) + drawn(random, *MESHES[mesh]) for _ in range(3))
    found = ask("call score  times 3", f"mesh = {mesh}")
    assert_same(found, np.asarray(simulated))


def test_bytes_pay_for_the_link_and_for_their_encoding() -> None:
    """3 MB over 100 MB/s, and in and out of values at 300 MB/s: 30 ms and 10 ms."""
    found = ask("call score  payload 2MB  answer 1MB", "bandwidth = 100MB/s  encoding = 300MB/s")
    assert found.independent(0.5) == pytest.approx(0.044, rel=1e-3)


LLM = """
endpoint llm {{
  generation {{
    ttft   {{ p50 = 180ms  p99 = 600ms  at = 50/s }}
    tpot   {{ p50 = 20ms  p99 = 35ms }}
    output {{ p50 = 200  p99 = {longest} }}
  }}
  replicas = 1
}}
"""


@pytest.mark.parametrize("longest", [200, 900])
def test_an_answer_is_its_first_token_and_then_every_other(longest: int) -> None:
    random = np.random.default_rng(5)
    tokens = drawn(random, 200, longest) if longest > 200 else np.full(COUNT, 200.0)
    each = drawn(random, 0.020, 0.035)
    simulated = drawn(random, 0.180, 0.600) + np.maximum(tokens - 1, 0) * each
    assert_same(ask("call llm", declared=LLM.format(longest=longest)), simulated)


def test_tied_calls_wait_in_the_shorter_of_two_queues() -> None:
    """The work is done once, and the wait is the smaller of two."""
    busy = "endpoint score { latency { p50 = 10ms  p99 = 40ms }  concurrency = 1  replicas = 2 }\n"
    text = busy + "request ask {\n  rate = 110/s\n  call score TIED\n}\n"
    tied, plain = latency(text.replace("TIED", "tied")), latency(text.replace("TIED", ""))
    sigma = math.log(4) / SCORE_99
    mean = 0.010 * math.exp(sigma**2 / 2)
    queue = wait_ggc(110.0, mean, 2, service_scv=math.exp(sigma**2) - 1)
    assert isinstance(queue, Waiting)

    random = np.random.default_rng(6)
    waits = [
        np.where(random.random(COUNT) < queue.probability,
                 random.exponential(1 / queue.decay, COUNT), 0.0)
        for _ in range(2)
    ]  # fmt: skip
    assert_same(tied, np.minimum(*waits) + drawn(random, 0.010, 0.040))
    assert_same(plain, waits[0] + drawn(random, 0.010, 0.040))


def test_errors_are_tried_again_and_fall_back_in_the_end() -> None:
    """An error comes when the answer would have come."""
    random = np.random.default_rng(7)
    elapsed, waiting = np.zeros(COUNT), np.ones(COUNT, dtype=bool)
    for attempt in range(3):
        elapsed += np.where(waiting, drawn(random, 0.004, 0.012), 0.0)
        waiting &= random.random(COUNT) < 0.2
        elapsed += np.where(waiting & (attempt < 2), 0.005, 0.0)
    elapsed += np.where(waiting, drawn(random, 0.001, 0.003), 0.0)
    found = ask("call score  errors 20%  retry 2  backoff 5ms  fallback rules",
                declared=SCORE + RULES)  # fmt: skip
    assert_same(found, elapsed)


def test_errors_of_what_nobody_measured_are_a_lower_bound() -> None:
    """Neither the callee nor anything behind it is known: nothing is divided by nothing."""
    unknown = "endpoint score { replicas = 1 }\n"
    found = ask("call score  errors 10%  retry 2", declared=unknown)

    assert found.missing == ("score.latency",)
    assert found.certain(0.99) == 0.0
    assert ask("call score  errors 10%  fallback rules", declared=unknown + RULES).certain(0.99) > 0
