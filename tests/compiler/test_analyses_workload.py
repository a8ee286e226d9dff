"""Arrival rates against an enumeration of everything that can happen to one request."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from itertools import product

import pytest

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.figures import Figure, Unknown
from tests.compiler.checking import fact
from tests.compiler.request_graphs import (
    Branch,
    Cached,
    Call,
    Graphs,
    Hop,
    Step,
    design,
    every,
)

A, B = Hop("a", 0.004, 0.012), Hop("b", 0.010, 0.018)


def survival(hop: Hop, seconds: float) -> float:
    """P(service time > seconds) of a lognormal."""
    if seconds <= 0:
        return 1.0
    return 0.5 * math.erfc(math.log(seconds / hop.p50) / hop.sigma / math.sqrt(2))


def chances(steps: tuple[Step, ...]) -> list[tuple[Step, float]]:
    """The steps that happen or not, with their probability."""
    return [
        (step, step.share if isinstance(step, Branch) else 1 - step.hit)
        for step in every(steps)
        if isinstance(step, Branch | Cached)
    ]


def calls_in(steps: tuple[Step, ...], taken: dict[int, bool]) -> Iterator[str]:
    """What one request calls, once every branch and every miss is decided."""
    for step in steps:
        if isinstance(step, Branch):
            yield from calls_in(step.body, taken) if taken[id(step)] else ()
        elif isinstance(step, Cached):
            yield step.by.name
            yield from calls_in(step.body, taken) if taken[id(step)] else ()
        elif isinstance(step, Call):
            for _ in range(step.times):
                yield step.hop.name
                yield from calls_in(step.body, taken)
        else:
            yield from calls_in(step.body, taken)


def enumerated(steps: tuple[Step, ...]) -> dict[str, float]:
    """Expected calls of each component, summed over every outcome of every decision."""
    decisions = chances(steps)
    expected: Counter[str] = Counter()
    for outcome in product((True, False), repeat=len(decisions)):
        taken = {id(step): yes for (step, _), yes in zip(decisions, outcome, strict=True)}
        pairs = zip(decisions, outcome, strict=True)
        likely = math.prod(share if yes else 1 - share for (_, share), yes in pairs)
        for name in calls_in(steps, taken):
            expected[name] += likely
    return dict(expected)


@pytest.mark.parametrize("seed", range(60))
def test_rates_are_those_of_every_path(seed: int) -> None:
    """Branches, misses, repetitions and nesting multiply along the path."""
    graphs = Graphs(seed, timers=False)
    steps = graphs.steps(3)
    if len(chances(steps)) > 12:
        steps = steps[:1]

    found = fact(design(graphs.hops, steps, "250/s"), Workload)

    expected = {name: 250 * calls for name, calls in enumerated(steps).items()}
    rates = {h.name: found.of(h.name) for h in graphs.hops}
    assert {n: r.value for n, r in rates.items() if isinstance(r, Figure)} == pytest.approx(
        expected, rel=1e-9
    )
    assert {name for name, r in rates.items() if r is None} == {
        hop.name for hop in graphs.hops if hop.name not in expected
    }


def rates(*steps: Step, hops: tuple[Hop, ...] = (A, B)) -> dict[str, float]:
    found = fact(design(list(hops), steps, "100/s"), Workload)
    return {h.name: r.value for h in hops if isinstance(r := found.of(h.name), Figure)}


def test_a_fallback_takes_what_timed_out() -> None:
    """The share of calls that outlast the limit, and no more."""
    found = rates(Call(A, timeout=0.008, fallback=B))

    assert found["a"] == pytest.approx(100)
    assert found["b"] == pytest.approx(100 * survival(A, 0.008), rel=0.02)


def test_a_retry_repeats_what_timed_out() -> None:
    """Attempts go on while they fail; the fallback takes what failed every time."""
    late = survival(A, 0.006)
    found = rates(Call(A, timeout=0.006, retry=2, fallback=B))

    assert found["a"] == pytest.approx(100 * (1 + late + late**2), rel=0.01)
    assert found["b"] == pytest.approx(100 * late**3, rel=0.05)


def test_a_hedge_repeats_what_is_not_back() -> None:
    """The second copy is sent to the share that is not back by then."""
    found = rates(Call(A, hedge=0.008))

    assert found["a"] == pytest.approx(100 * (1 + survival(A, 0.008)), rel=0.01)


def test_a_hedge_saves_its_call_from_the_fallback() -> None:
    """Both copies have to be late: the second one has less time."""
    both = survival(A, 0.012) * survival(A, 0.012 - 0.005)
    found = rates(Call(A, hedge=0.005, timeout=0.012, fallback=B))

    assert found["a"] == pytest.approx(100 * (1 + survival(A, 0.005)), rel=0.01)
    assert found["b"] == pytest.approx(100 * both, rel=0.05)


def test_a_hedge_behind_the_limit_is_never_sent() -> None:
    """The call has been given up by then."""
    assert rates(Call(A, hedge=0.02, timeout=0.01))["a"] == pytest.approx(100)


def test_two_requests_add_up_and_say_so() -> None:
    """Each contribution is a line of the derivation."""
    text = """
        endpoint a { replicas = 1 }
        request one {
          rate = 30/s
          call a  times 2
        }
        request two {
          rate = 5/s
          branch 20% { call a }
        }
        """
    found = fact(text, Workload).of("a")

    assert isinstance(found, Figure)
    assert found.value == pytest.approx(61)
    assert found.because == ("one: 30/s x 2 times", "two: 5/s x 20% of requests")


def test_unknown_rate_makes_everything_behind_it_unknown() -> None:
    """The field to state is named; a known second caller does not hide it."""
    text = """
        endpoint a { replicas = 1 }
        request one { call a }
        request two {
          rate = 5/s
          call a
        }
        """
    assert fact(text, Workload).of("a") == Unknown(("one.rate",))


def test_unknown_service_time_leaves_the_first_attempt() -> None:
    """Without it nobody knows what times out: the fallback's rate is unknown, the call's is not."""
    text = """
        endpoint a { replicas = 1 }
        endpoint b { replicas = 1 }
        request one {
          rate = 5/s
          call a  timeout 10ms  fallback b
        }
        """
    found = fact(text, Workload)

    assert isinstance(found.of("a"), Figure)
    assert found.of("b") == Unknown(("a.latency",))
    assert fact(text.replace("fallback b", "retry 1"), Workload).of("a") == Unknown(("a.latency",))


FEATURES = """
    entity user { key user_id: string }
    online_store kv: redis { nodes = 3  memory = 1GiB }
    feature_store store: feast { online = kv }
    features profile { entity = user  store = store }
    """


def test_feature_views_are_read_from_their_store() -> None:
    """Reading a view reads its feature store and, through it, the online store."""
    text = (
        FEATURES
        + """
    endpoint score { replicas = 1 }
    request one {
      rate = 40/s
      call score { call profile  times 2 }
    }
    """
    )
    found = fact(text, Workload)

    assert [str(found.of(n)) for n in ("profile", "store", "kv")] == ["80/s", "80/s", "80/s"]


def test_nested_requests_pass_their_rate_on() -> None:
    """A request that is called as well as sent counts both."""
    text = """
        endpoint a { replicas = 1 }
        request inner {
          rate = 10/s
          call a  times 3
        }
        request outer {
          rate = 4/s
          branch 50% { call inner }
        }
        """
    found = fact(text, Workload).of("a")

    assert isinstance(found, Figure)
    assert found.value == pytest.approx(3 * (10 + 4 * 0.5))


STREAMS = """
    stream clicks { rate = 900/s }
    stream seen {}
    pipeline counts { reads = clicks }
    pipeline audit { reads = [clicks, seen] }
    endpoint score { replicas = 1 }
    request one {
      rate = 20/s
      call score { call seen  asynchronous }
    }
    """


def test_streams_carry_their_rate_to_their_consumers() -> None:
    """A declared rate wins; else it is what requests publish."""
    found = fact(STREAMS, Workload)

    assert [str(found.of(n)) for n in ("clicks", "seen", "counts", "audit")] == [
        "900/s", "20/s", "900/s", "920/s",
    ]  # fmt: skip


def test_a_stream_that_nobody_describes_is_unknown() -> None:
    """Its consumers are unknown with it."""
    text = STREAMS.replace("call seen  asynchronous", "")

    assert fact(text, Workload).of("audit") == Unknown(("seen.rate",))


def test_auto_replicas_are_the_fewest_that_carry_the_load() -> None:
    """ceil(arrivals / load of one replica), and at least two."""
    for rate in (1, 99, 100, 101, 200, 201, 999, 1000, 1001):
        text = f"""
            endpoint a {{ latency {{ p50 = 4ms  p99 = 9ms  at = 100/s }} }}
            request one {{
              rate = {rate}/s
              call a
            }}
            """
        sizing = fact(text, Capacity).sizings["a"]
        assert isinstance(sizing.replicas, Figure)
        assert isinstance(sizing.utilisation, Figure)
        replicas = sizing.replicas.value
        assert replicas == max(2, math.ceil(rate / 100))
        assert sizing.utilisation.value <= 1
        assert sizing.derived


def test_load_of_one_replica_follows_from_concurrency() -> None:
    """Little's law: concurrency over the mean service time, up to the planned utilisation."""
    text = """
        endpoint a {
          latency { p50 = 10ms  p99 = 10ms }
          concurrency = 4
          utilisation = 50%
        }
        request one {
          rate = 1000/s
          call a
        }
        """
    sizing = fact(text, Capacity).sizings["a"]

    assert isinstance(sizing.per_replica, Figure)
    assert sizing.per_replica.value == pytest.approx(4 / 0.010 * 0.5)
    assert str(sizing.replicas) == "5"


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ("", ("a.latency",)),
        ("latency { p50 = 1ms  p99 = 2ms }", ("a.latency.at", "a.concurrency")),
        ("latency { p50 = 1ms  p99 = 2ms  at = 0/s }", ("a.latency.at", "a.concurrency")),
        (
            "latency { p50 = 1ms  p99 = 2ms }  concurrency = 1  utilisation = 0%",
            ("a.utilisation",),
        ),
    ],
)
def test_capacity_names_what_it_needs(fields: str, missing: tuple[str, ...]) -> None:
    """Never a default in place of a fact, never a division by zero."""
    text = f"endpoint a {{ {fields} }}\nrequest one {{\n  rate = 5/s\n  call a\n}}\n"
    sizing = fact(text, Capacity).sizings["a"]

    assert sizing.per_replica == Unknown(missing)
    assert sizing.replicas == Unknown(missing)
