"""Reference vectors of latency, read from whole designs.

Hop X is lognormal with p50 10 ms and p99 40 ms. Series, caches, hedges and retries: Monte Carlo of
four million draws (half a percent); parallel calls: closed form; batches: event simulation. The
distributions themselves are held to the same vectors in test_distribution.py and test_queueing.py.
"""

from __future__ import annotations

import pytest

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.analyses.latency import Latencies, RequestLatency
from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.figures import Figure
from mlsdc.compiler.named_figures import named_figures
from mlsdc.diagnostics import Source
from mlsdc.pipeline import Compiled, check
from mlsdc.stdlib.find import standard_catalog

X = "latency { p50 = 10ms  p99 = 40ms  at = 1000/s }"


def compiled(text: str) -> Compiled:
    outcome = check([Source("d.mlsd", text)], standard_catalog())
    assert [d.message for d in outcome.diagnostics if d.code[:3] in ("SYN", "TYP", "INT")] == []
    return outcome.compiled[0]


def latency(steps: str, hops: int = 1, extra: str = "", rate: str = "1/s") -> RequestLatency:
    declared = "\n".join(f"endpoint x{at} {{ {X} }}" for at in range(hops))
    one = compiled(f"{declared}\n{extra}\nrequest ask {{\n  rate = {rate}\n{steps}\n}}\n")
    return one.facts.get(Latencies).requests["ask"]


def ms(seconds: float) -> float:
    return seconds * 1000


@pytest.mark.parametrize(
    ("hops", "p50", "p95", "p99"),
    [(1, 10.0, 26.7, 40.0), (2, 21.7, 44.6, 60.6), (4, 45.3, 76.6, 96.0), (8, 92.9, 135.5, 159.4)],
)
def test_series(hops: int, p50: float, p95: float, p99: float) -> None:
    found = latency("\n".join(f"  call x{at}" for at in range(hops)), hops)
    for level, expected in ((0.5, p50), (0.95, p95), (0.99, p99)):
        assert ms(found.independent(level)) == pytest.approx(expected, rel=0.006)
    assert ms(found.correlated(0.99)) == pytest.approx(40.0 * hops)
    assert found.certain(0.99) >= found.correlated(0.99) * (1 - 1e-9)


@pytest.mark.parametrize(
    ("hops", "p50", "p99"),
    [(3, 16.29, 50.33), (10, 24.43, 63.01), (50, 37.18, 82.38), (100, 43.37, 91.66)],
)
def test_all_of(hops: int, p50: float, p99: float) -> None:
    calls = "\n".join(f"    call x{at}" for at in range(hops))
    found = latency(f"  parallel {{\n{calls}\n  }}", hops)
    assert ms(found.independent(0.5)) == pytest.approx(p50, rel=0.003)
    assert ms(found.independent(0.99)) == pytest.approx(p99, rel=0.003)


@pytest.mark.parametrize(
    ("hit", "p50", "p95", "p99"),
    [(90, 1.07, 11.12, 22.6), (98, 1.01, 2.42, 11.2), (99, 1.01, 2.28, 4.8)],
)
def test_behind_a_cache(hit: int, p50: float, p95: float, p99: float) -> None:
    """The look-up first, and X on a miss; the vectors have two or three digits."""
    cache = "cache near { latency { p50 = 1ms  p99 = 3ms } }"
    found = latency(f"  cached by near hit {hit}% {{\n    call x0\n  }}", extra=cache)
    for level, expected in ((0.5, p50), (0.95, p95), (0.99, p99)):
        assert ms(found.independent(level)) == pytest.approx(expected, rel=0.011)


def test_hedged() -> None:
    found = latency("  call x0  hedge at 26.67ms")
    assert ms(found.independent(0.99)) == pytest.approx(35.4, rel=0.006)
    assert ms(found.independent(0.999)) == pytest.approx(44.5, rel=0.01)
    alone = latency("  call x0")
    assert ms(alone.independent(0.999)) == pytest.approx(62.9, rel=0.006)


def test_given_up_and_tried_again() -> None:
    found = latency("  call x0  timeout 30ms  retry 1")
    assert ms(found.independent(0.99)) == pytest.approx(43.5, rel=0.006)
    assert ms(found.certain(0.99999)) <= 60.0 + 1e-9


@pytest.mark.parametrize(
    ("words", "more"), [("hedge at 26.67ms", 0.05), ("timeout 30ms  retry 1", 0.033)]
)
def test_the_load_that_repeating_adds(words: str, more: float) -> None:
    one = compiled(
        f"endpoint x0 {{ {X} }}\nrequest ask {{\n  rate = 100/s\n  call x0  {words}\n}}\n"
    )
    arriving = one.facts.get(Workload).of("x0")
    assert isinstance(arriving, Figure)
    assert arriving.value == pytest.approx(100 * (1 + more), rel=0.003)


BATCHED = """
endpoint x {{
  batching {{ size = 8  delay = {delay}ms  base = 4ms  per_item = 0.25ms }}
  concurrency = 1
  replicas    = 1
  utilisation = 100%
}}
request ask {{
  rate = {rate}/s
  call x
}}
"""


@pytest.mark.parametrize(
    ("rate", "delay", "p50", "p99"),
    [(100, 0, 4.25, 8.55), (100, 5, 9.25, 9.95), (500, 0, 7.02, 10.06), (500, 5, 8.60, 10.75)],
)
def test_batches(rate: int, delay: int, p50: float, p99: float) -> None:
    """A delay that cannot fill a batch costs its whole length."""
    one = compiled(BATCHED.format(rate=rate, delay=delay))
    found = one.facts.get(Latencies).requests["ask"]
    assert ms(found.independent(0.5)) == pytest.approx(p50, rel=0.02)
    assert ms(found.independent(0.99)) == pytest.approx(p99, rel=0.02)


def test_a_batch_server_beyond_its_capacity() -> None:
    """B / (a + b B) = 1.333 a millisecond: 1.5 is refused."""
    for rate, codes in ((1300, set[str]()), (1500, {"CAP001"})):
        text = BATCHED.format(rate=rate, delay=0)
        outcome = check([Source("d.mlsd", text)], standard_catalog())
        assert {d.code for d in outcome.diagnostics if d.code == "CAP001"} == codes
        sizing = outcome.compiled[0].facts.get(Capacity).sizings["x"]
        assert isinstance(sizing.per_replica, Figure)
        assert sizing.per_replica.value == pytest.approx(8 / 6e-3)


def test_why_tells_the_same() -> None:
    """What is asked by name is what the vectors say."""
    text = f"endpoint a {{ {X} }}\nendpoint b {{ {X} }}\n"
    one = compiled(text + "request ask {\n  rate = 1/s\n  call a\n  call b\n}\n")
    named = named_figures(one.design, one.facts)["ask.p99"]
    assert isinstance(named.known, Figure)
    assert ms(named.known.value) == pytest.approx(60.6, rel=0.006)
    assert any("all slow together: p99 80ms" in line for line in named.known.because)
