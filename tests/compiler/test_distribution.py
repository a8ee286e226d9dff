"""Latency distributions against closed forms, published vectors, simulation and their laws."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import special, stats

from mlsdc.compiler.latency.distribution import Distribution
from mlsdc.compiler.latency.distribution_bound import union_bound
from mlsdc.compiler.statistics.normal import normal_probability, normal_score

LEVELS = (0.5, 0.95, 0.99, 0.999)
Z99 = 2.3263478740408408
HOP = Distribution.lognormal(p50=10.0, p99=40.0)
SIGMA = math.log(4.0) / Z99
HIT = Distribution.lognormal(p50=1.0, p99=3.0)


def quantiles(distribution: Distribution) -> list[float]:
    return [distribution.quantile(level) for level in LEVELS]


class TestReferenceVectors:
    """Milliseconds; a hop is lognormal with p50 10 and p99 40, figures good to half a percent."""

    @pytest.mark.parametrize(
        ("hops", "p50", "p95", "p99"),
        [
            (1, 10.0, 26.7, 40.0),
            (2, 21.7, 44.6, 60.6),
            (4, 45.3, 76.6, 96.0),
            (8, 92.9, 135.5, 159.4),
        ],
    )
    def test_hops_in_series(self, hops: int, p50: float, p95: float, p99: float) -> None:
        expected = pytest.approx([p50, p95, p99], rel=0.005)
        assert quantiles(Distribution.series([HOP] * hops))[:3] == expected
        assert quantiles(HOP.repeated(hops))[:3] == expected

    @pytest.mark.parametrize(
        ("leaves", "p50", "p99"),
        [(3, 16.29, 50.33), (10, 24.43, 63.01), (50, 37.18, 82.38), (100, 43.37, 91.66)],
    )
    def test_slowest_of_many(self, leaves: int, p50: float, p99: float) -> None:
        slowest = Distribution.maximum([HOP] * leaves)
        assert slowest.quantile(0.5) == pytest.approx(p50, rel=0.001)
        assert slowest.quantile(0.99) == pytest.approx(p99, rel=0.001)

    @pytest.mark.parametrize(
        ("hit", "p50", "p95", "p99"),
        [(0.90, 1.07, 11.12, 22.6), (0.98, 1.01, 2.42, 11.2), (0.99, 1.01, 2.28, 4.8)],
    )
    def test_cache_before_the_hop(self, hit: float, p50: float, p95: float, p99: float) -> None:
        """The last p99 is on the edge of the miss path: 4.75 by quadrature, published as 4.8."""
        cached = Distribution.mixture([(hit, HIT), (1.0 - hit, HIT + HOP)])
        assert quantiles(cached)[:3] == pytest.approx([p50, p95, p99], rel=0.012)
        for level in LEVELS:
            assert self.cache_probability(hit, cached.quantile(level)) == pytest.approx(
                level, rel=0.001, abs=0.01 * (1.0 - level)
            )

    def cache_probability(self, hit: float, time: float) -> float:
        """P(answer <= time), integrated over the time the cache takes."""
        cache = stats.lognorm(math.log(3.0) / Z99, scale=1.0)
        scores = np.linspace(-8.0, 8.0, 4001)
        left = np.maximum(time - np.exp(math.log(3.0) / Z99 * scores), 0.0)
        missed = stats.lognorm(SIGMA, scale=10.0).cdf(left) * stats.norm.pdf(scores)
        return float(hit * cache.cdf(time) + (1.0 - hit) * np.trapezoid(missed, scores))

    def test_hedge_at_p95(self) -> None:
        answer, extra_load = HOP.hedged(26.67)
        assert answer.quantile(0.99) == pytest.approx(35.4, rel=0.003)
        assert answer.quantile(0.999) == pytest.approx(44.5, rel=0.003)
        assert HOP.quantile(0.999) == pytest.approx(62.9, rel=0.005)
        assert extra_load == pytest.approx(0.05, rel=0.01)

    def test_timeout_and_one_retry(self) -> None:
        outcome = HOP.with_retry(attempts=2, timeout=30.0)
        assert outcome.elapsed.quantile(0.99) == pytest.approx(43.5, rel=0.003)
        assert outcome.elapsed.bound == 60.0
        assert outcome.elapsed.quantile(0.9999) == 60.0
        assert outcome.failure == pytest.approx(0.0011, rel=0.04)
        assert outcome.load == pytest.approx(1.033, rel=0.001)

    def test_three_hops_and_their_naive_sum(self) -> None:
        hops = [Distribution.lognormal(p50=a, p99=b) for a, b in ((2, 8), (5, 20), (20, 60))]
        assert Distribution.series(hops).quantile(0.99) == pytest.approx(69.63, rel=0.003)
        assert Distribution.comonotone_sum(hops).quantile(0.99) == pytest.approx(88.0, rel=1e-9)

    def test_leaf_quantile_of_a_fan_out(self) -> None:
        leaf = Distribution.lognormal(p50=5.0, p99=20.0)
        p99 = Distribution.maximum([leaf] * 10).quantile(0.99)
        assert p99 == pytest.approx(31.504769379394627, rel=0.0005)


class TestShapes:
    @pytest.mark.parametrize("probability", [1e-12, 1e-5, 0.01, 0.3, 0.5, 0.7, 0.99, 1 - 1e-9])
    def test_normal_score(self, probability: float) -> None:
        assert normal_score(probability) == pytest.approx(stats.norm.ppf(probability), abs=1e-9)
        assert normal_probability(normal_score(probability)) == pytest.approx(probability, rel=1e-9)

    @pytest.mark.parametrize("spread", [1.02, 1.5, 4.0, 20.0, 100.0])
    def test_lognormal(self, spread: float) -> None:
        sigma = math.log(spread) / Z99
        fitted = Distribution.lognormal(p50=0.01, p99=0.01 * spread)
        exact = stats.lognorm(sigma, scale=0.01)
        for level in (0.001, 0.037, 0.5, 0.777, 0.95, 0.99, 0.9931, 0.999, 0.99995):
            assert fitted.quantile(level) == pytest.approx(exact.ppf(level), rel=0.003)
            assert fitted.cdf(exact.ppf(level)) == pytest.approx(level, abs=2e-4)
        assert fitted.mean() == pytest.approx(exact.mean(), rel=0.003)
        assert fitted.variance() == pytest.approx(exact.var(), rel=0.03)

    def test_lognormal_from_mean(self) -> None:
        fitted = Distribution.from_mean(0.02, scv=0.3)
        assert fitted.mean() == pytest.approx(0.02, rel=0.001)
        assert fitted.scv == pytest.approx(0.3, rel=0.003)
        assert Distribution.from_mean(0.02, scv=0.0).bound == 0.02

    def test_stated_quantiles_come_back_exactly(self) -> None:
        stated = {0.5: 0.004, 0.9: 0.009, 0.97: 0.03, 0.99: 0.031, 0.9995: 0.4}
        fitted = Distribution.from_quantiles(stated)
        assert {level: fitted.quantile(level) for level in stated} == stated
        between = math.sqrt(0.004 * 0.009)
        middle = normal_probability((normal_score(0.5) + normal_score(0.9)) / 2)
        assert fitted.quantile(middle) == pytest.approx(between, rel=0.002)

    def test_equal_quantiles_are_a_point_mass(self) -> None:
        fitted = Distribution.from_quantiles({0.5: 0.01, 0.95: 0.01, 0.99: 0.05})
        assert fitted.quantile(0.1) == fitted.quantile(0.95) == 0.01
        constant = Distribution.from_quantiles({0.5: 0.01, 0.99: 0.01})
        assert (constant.quantile(0.0), constant.bound, constant.variance()) == (0.01, 0.01, 0.0)

    def test_exponential_tail(self) -> None:
        wait = Distribution.exponential_tail(0.6, rate=50.0)
        assert wait.quantile(0.6) == 0.0
        assert wait.mean() == pytest.approx(0.4 / 50.0, rel=0.001)
        assert wait.variance() == pytest.approx((2 * 0.4 - 0.4**2) / 50.0**2, rel=0.003)
        for level in (0.61, 0.8, 0.95, 0.99, 0.999, 0.99999):
            exact = math.log(0.4 / (1.0 - level)) / 50.0
            assert wait.quantile(level) == pytest.approx(exact, rel=0.002)

    def test_uniform_and_histogram(self) -> None:
        even = Distribution.uniform(2.0, 6.0)
        assert [even.quantile(q) for q in (0.0, 0.3, 1.0)] == pytest.approx([2.0, 3.2, 6.0])
        assert (even.mean(), even.variance()) == pytest.approx((4.0, 16.0 / 12.0))
        measured = Distribution.from_histogram([0.0, 1.0, 2.0, 5.0, 10.0], [10, 0, 5, 1])
        assert measured.cdf(1.5) == pytest.approx(10 / 16)
        assert measured.quantile(10 / 16) == pytest.approx(1.0)
        assert measured.quantile(0.99) == pytest.approx(10.0 - 5.0 * 0.16)
        assert measured.mean() == pytest.approx((10 * 0.5 + 5 * 3.5 + 7.5) / 16)
        assert measured.bound == 10.0

    @pytest.mark.parametrize(
        "make",
        [
            lambda: Distribution.constant(-1.0),
            lambda: Distribution.constant(math.inf),
            lambda: Distribution.constant(math.nan),
            lambda: Distribution.lognormal(p50=2.0, p99=1.0),
            lambda: Distribution.lognormal(p50=0.0, p99=1.0),
            lambda: Distribution.from_quantiles({0.99: 1.0}),
            lambda: Distribution.from_quantiles({0.5: 1.0, 1.0: 2.0}),
            lambda: Distribution.from_mean(0.0, 1.0),
            lambda: Distribution.uniform(2.0, 1.0),
            lambda: Distribution.exponential_tail(1.1, 1.0),
            lambda: Distribution.exponential_tail(0.5, 0.0),
            lambda: Distribution.from_histogram([0.0, 1.0], [1, 1]),
            lambda: Distribution.from_histogram([0.0, 1.0, math.inf], [1, 1]),
            lambda: Distribution.from_histogram([0.0, 1.0], [0]),
            lambda: Distribution.from_points([(0.0, 0.1), (1.0, 1.0)]),
            lambda: Distribution.from_points([(1.0, 0.0), (0.0, 1.0)]),
            lambda: Distribution.mixture([(0.5, HOP), (0.4, HIT)]),
            lambda: Distribution.mixture([(1.5, HOP), (-0.5, HIT)]),
            lambda: Distribution.maximum([]),
            lambda: Distribution.first_of([HOP], 2),
            lambda: Distribution.first_of([HOP], 0),
            lambda: HOP.repeated(-1),
            lambda: HOP.scaled(-2.0),
            lambda: HOP.with_timeout(-1.0),
            lambda: HOP.with_retry(0, 1.0),
            lambda: HOP.with_retry(3, 1.0, [0.1]),
            lambda: HOP.hedged(-1.0),
            lambda: HOP.quantile(1.5),
            lambda: union_bound([HOP], 1.5),
        ],
    )
    def test_impossible_figures_are_refused(self, make: Callable[[], object]) -> None:
        with pytest.raises(ValueError, match=r"\w"):
            make()


class TestClosedForms:
    @pytest.mark.parametrize("hops", [2, 3, 7, 16, 40])
    def test_exponentials_add_to_an_erlang(self, hops: int) -> None:
        total = Distribution.exponential_tail(0.0, 1.0).repeated(hops)
        exact = stats.gamma(hops).ppf(LEVELS)
        assert quantiles(total) == pytest.approx(list(exact), rel=0.004)

    def test_constants_in_branches_stay_exact(self) -> None:
        coin = Distribution.mixture(
            [(0.5, Distribution.constant(1)), (0.5, Distribution.constant(2))]
        )
        three = coin.repeated(3)
        assert [three.cdf(t) for t in (2.999, 3.0, 4.0, 5.0, 6.0)] == [0.0, 0.125, 0.5, 0.875, 1.0]
        assert [three.quantile(q) for q in (0.1, 0.126, 0.5, 0.51, 0.99)] == [
            3.0,
            4.0,
            4.0,
            5.0,
            6.0,
        ]

    def test_nobody_waits_stays_exact(self) -> None:
        waits = [
            Distribution.exponential_tail(p, r) for p, r in ((0.9, 10.0), (0.8, 3.0), (0.7, 1.0))
        ]
        total = Distribution.series([*waits, Distribution.constant(0.25)])
        assert total.cdf(0.25) == pytest.approx(0.9 * 0.8 * 0.7, rel=1e-12)
        assert total.cdf(0.2499) == 0.0

    @pytest.mark.parametrize(("count", "k"), [(1, 1), (5, 1), (5, 3), (5, 5), (40, 10), (40, 38)])
    def test_order_statistics(self, count: int, k: int) -> None:
        levels = special.betaincinv(k, count - k + 1, LEVELS)
        exact = stats.lognorm(SIGMA, scale=10.0).ppf(levels)
        answer = Distribution.first_of([HOP] * count, k)
        assert quantiles(answer) == pytest.approx(list(exact), rel=0.004)

    def test_order_statistic_of_different_constants(self) -> None:
        three = [Distribution.constant(t) for t in (3.0, 1.0, 2.0)]
        assert [Distribution.first_of(three, k).quantile(0.5) for k in (1, 2, 3)] == [1.0, 2.0, 3.0]
        assert [Distribution.first_of(three, k).bound for k in (1, 2, 3)] == [1.0, 2.0, 3.0]

    def test_races_of_a_range_bend_it(self) -> None:
        even = Distribution.uniform(0.0, 1.0)
        for level in LEVELS:
            slowest = Distribution.maximum([even] * 10).quantile(level)
            assert slowest == pytest.approx(level**0.1, rel=0.001)
            fastest = Distribution.first_of([even] * 10, 1).quantile(level)
            assert fastest == pytest.approx(1.0 - (1.0 - level) ** 0.1, rel=0.004)

    def test_a_far_tail_leaves_the_body_alone(self) -> None:
        """99 % take about ten microseconds, one in a hundred ten seconds."""
        fast, slow = (
            Distribution.lognormal(p50=1e-5, p99=2e-5),
            Distribution.lognormal(p50=10, p99=20),
        )
        path = Distribution.mixture([(0.99, fast), (0.01, slow)]).repeated(2)
        both_fast = (fast + fast).quantile(0.5 / 0.9801)
        assert path.quantile(0.5) == pytest.approx(both_fast, rel=0.005)
        assert path.mean() == pytest.approx(
            2 * (0.99 * fast.mean() + 0.01 * slow.mean()), rel=0.001
        )

    def test_timeout_with_and_without_fallback(self) -> None:
        limit, fallback = HOP.quantile(0.9), Distribution.constant(2.0)
        cut = HOP.with_timeout(limit)
        assert cut.timed_out == pytest.approx(0.1)
        assert cut.answer is not None
        assert cut.answer.quantile(0.5) == pytest.approx(HOP.quantile(0.45), rel=1e-4)
        assert cut.elapsed.quantile(0.95) == cut.elapsed.bound == limit
        helped = HOP.with_timeout(limit, fallback)
        assert helped.answer is not None
        assert helped.answer.quantile(0.95) == helped.answer.bound == limit + 2.0
        assert helped.answer.quantile(0.8) == pytest.approx(HOP.quantile(0.8), rel=1e-4)

    def test_timeout_that_never_or_always_strikes(self) -> None:
        call = Distribution.constant(3.0)
        never = call.with_timeout(3.0)
        assert (never.timed_out, never.elapsed.quantile(0.5)) == (0.0, 3.0)
        always = call.with_timeout(2.0)
        assert (always.answer, always.timed_out, always.elapsed.quantile(0.0)) == (None, 1.0, 2.0)
        helped = call.with_timeout(2.0, Distribution.constant(0.5))
        assert helped.answer is not None
        assert helped.answer.quantile(0.5) == 2.5
        retried = call.with_retry(3, 2.0, [0.1, 0.2])
        assert (retried.answer, retried.failure, retried.load) == (None, 1.0, 3.0)
        assert retried.elapsed.quantile(0.5) == pytest.approx(6.3)

    def test_hedge_with_another_copy(self) -> None:
        answer, extra = Distribution.constant(9.0).hedged(2.0, Distribution.constant(1.0))
        assert (answer.quantile(0.5), answer.bound, extra) == (3.0, 3.0, 1.0)


class TestUnionBound:
    def test_equal_stages_split_the_misses_equally(self) -> None:
        assert union_bound([HOP] * 5, 0.99) == pytest.approx(5 * HOP.quantile(0.998), rel=1e-9)

    def test_constants_take_no_share(self) -> None:
        bound = union_bound([HOP, Distribution.constant(7.0)], 0.99)
        assert bound == pytest.approx(7.0 + HOP.quantile(0.99), rel=1e-9)

    def test_uneven_stages_gain_from_an_uneven_split(self) -> None:
        stages = [HOP, *[Distribution.lognormal(p50=0.1, p99=0.3)] * 9]
        equal = sum(stage.quantile(0.999) for stage in stages)
        assert HOP.quantile(0.99) < union_bound(stages, 0.99) < 0.75 * equal

    def test_timeouts_cap_it(self) -> None:
        stages = [HOP.with_timeout(15.0).elapsed] * 3
        assert union_bound(stages, 0.99) == union_bound(stages, 1.0) == 45.0
        assert union_bound([HOP], 1.0) == math.inf
