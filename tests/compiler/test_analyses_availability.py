"""The availability of requests: what is needed, what stands in, and what is not known."""

from __future__ import annotations

from itertools import product

import pytest
from scipy import stats

from mlsdc.compiler.analyses.availability import Answered, Availability, replicas_available
from mlsdc.compiler.figures import Figure, Unknown
from tests.compiler.checking import fact

HOPS = """
    endpoint a { availability = 99% }
    endpoint b { availability = 98% }
    endpoint c { availability = 97% }
    cache answers { availability = 99.9% }
    stream log { rate = 1/s }
    request ask {
      rate = 10/s
      STEPS
    }
    """


def _more_than(count: int, replicas: int, chance: float) -> float:
    """SciPy's binomial distribution: more than `count` of them."""
    found: object = stats.binom.sf(count, replicas, chance)
    assert isinstance(found, float)
    return float(found)


def answered(steps: str, hops: str = HOPS) -> Answered:
    return fact(hops.replace("STEPS", steps), Availability).requests["ask"]


def share(steps: str) -> float:
    found = answered(steps).availability
    assert isinstance(found, Figure)
    return found.value


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("call a", 0.99),
        ("call a\n call b", 0.99 * 0.98),
        ("call a { call b }", 0.99 * 0.98),
        ("call a\n call a", 0.99),
        ("call a  fallback b", 1 - 0.01 * 0.02),
        ("call a { call b }  fallback c", None),
        ("call a\n call b  fallback a", 0.99),
        ("call a\n call log  asynchronous", 0.99),
        ("parallel { call a\n call b\n call c }", 0.99 * 0.98 * 0.97),
        ("parallel first 1 { call a\n call b\n call c }", 1 - 0.01 * 0.02 * 0.03),
        ("parallel first 2 { call a\n call b\n call c }",
         0.99 * 0.98 * 0.97 + 0.01 * 0.98 * 0.97 + 0.99 * 0.02 * 0.97 + 0.99 * 0.98 * 0.03),
        ("branch 10% { call a }", 1 - 0.1 * 0.01),
        ("call b\n branch 10% { call b }", 0.98),
        ("cached by answers hit 90% { call a }", 0.999 * (1 - 0.1 * 0.01)),
        ("call a  errors 2%", 0.99 * 0.98),
        ("call a  errors 2%  retry 1", 0.99 * (1 - 0.02**2)),
        ("call a  times 3  errors 2%", 0.99 * 0.98**3),
        ("call a  errors 2%  fallback b", 1 - (1 - 0.99 * 0.98) * 0.02),
    ],
)  # fmt: skip
def test_steps(steps: str, expected: float | None) -> None:
    """Series multiply, fallbacks add, and one component is one however often it is called."""
    if expected is None:
        steps, expected = "call a  fallback c { call b }", (1 - 0.01 * 0.03) * 0.98
        expected = 0.99 * 0.98 + (1 - 0.99 * 0.98) * 0.97  # what `a` calls fails with it
    assert share(steps) == pytest.approx(expected, abs=1e-12)


def test_brute_force_over_component_states() -> None:
    """Three components in four places: the sum over the eight states."""
    found = share("call a  fallback b\n parallel { call b  fallback c\n call c  fallback a }")
    up = {"a": 0.99, "b": 0.98, "c": 0.97}
    total = 0.0
    for a, b, c in product([False, True], repeat=3):
        weight = 1.0
        for name, works in zip("abc", (a, b, c), strict=True):
            weight *= up[name] if works else 1 - up[name]
        total += weight * ((a or b) and (b or c) and (c or a))

    assert found == pytest.approx(total, abs=1e-12)


def test_what_fails_with_each_component() -> None:
    found = answered("call a\n call b  fallback c\n branch 10% { call c }")

    assert found.without == pytest.approx({"a": 1.0, "b": 0.0, "c": 0.1})


def test_unknown_is_never_taken_for_always() -> None:
    """What is not stated is named; what is stated bounds the answer from above."""
    hops = HOPS.replace("endpoint b { availability = 98% }", "endpoint b { }")
    found = answered("call a\n call b", hops)

    assert found.availability == Unknown(("b.availability",))
    assert found.at_most == pytest.approx(0.99)


def test_feature_reads_need_both_stores() -> None:
    found = fact(
        """
        entity user { key user_id: string }
        online_store keys { availability = 99% }
        feature_store features { online = keys  availability = 98% }
        features profile { entity = user  store = features  visits: int64 }
        endpoint a { availability = 100%  features = profile }
        endpoint b { availability = 100% }
        request read { rate = 1/s
          call b { call profile } }
        request ask { rate = 1/s
          call a }
        """,
        Availability,
    )

    assert found.requests["read"].availability == Figure(0.99 * 0.98, because=(
        "b: 100%", "features: 98%", "keys: 99%"))  # fmt: skip
    assert list(found.requests["ask"].without) == ["a"]  # the request `read` fetches the view


class TestReplicas:
    """`replica_availability`: enough of the replicas work."""

    @pytest.mark.parametrize(("replicas", "needed"), [(1, 1), (3, 1), (3, 2), (10, 7), (5, 5)])
    def test_binomial(self, replicas: int, needed: int) -> None:
        expected = _more_than(needed - 1, replicas, 0.95)

        assert replicas_available(replicas, needed, 0.95) == pytest.approx(expected)

    @pytest.mark.parametrize(("replicas", "zones"), [(1, 3), (2, 3), (4, 3), (6, 2), (3, 1)])
    def test_zones_against_all_states(self, replicas: int, zones: int) -> None:
        """Every state of zones and replicas, counted one by one."""
        up, zone = 0.9, 0.8
        for needed in range(1, replicas + 1):
            total = 0.0
            for state in product([False, True], repeat=zones + replicas):
                weight = 1.0
                for at, works in enumerate(state):
                    chance = zone if at < zones else up
                    weight *= chance if works else 1 - chance
                alive = sum(state[zones + at] and state[at % zones] for at in range(replicas))
                total += weight * (alive >= needed)
            assert replicas_available(replicas, needed, up, zones, zone) == pytest.approx(total)

    def test_more_replicas_help_where_the_load_stays(self) -> None:
        shares = [replicas_available(n, 2, 0.95, 3, 0.99) for n in range(2, 9)]

        assert shares == sorted(shares)
        assert shares[0] < shares[-1]

    def test_load_decides_how_many_are_needed(self) -> None:
        text = """
            endpoint a {
              latency  { p50 = 5ms  p99 = 14ms  at = 100/s }
              replicas = 4
              replica_availability = 99%
            }
            request ask {
              rate = RATE
              call a
            }
            """
        found = [
            fact(text.replace("RATE", rate), Availability).components["a"]
            for rate in ("50/s", "150/s", "400/s", "900/s")
        ]
        expected = [_more_than(needed - 1, 4, 0.99) for needed in (1, 2, 4, 4)]

        assert [f.value for f in found if isinstance(f, Figure)] == pytest.approx(expected)

    def test_unknown_load(self) -> None:
        text = """
            endpoint a { replicas = 4  replica_availability = 99% }
            request ask { call a }
            """
        found = fact(text, Availability).components["a"]

        assert isinstance(found, Unknown)
        assert "ask.rate" in found.missing
