"""Laws that every latency distribution and every composition keeps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlsdc.compiler.latency.distribution import Distribution
from mlsdc.compiler.latency.distribution_bound import union_bound

LEVELS = (0.5, 0.95, 0.99, 0.999)


def quantiles(distribution: Distribution) -> list[float]:
    return [distribution.quantile(level) for level in LEVELS]


def assert_alike(one: Distribution, other: Distribution, rel: float) -> None:
    """Equal quantiles; where one is steep or flat, at a level 3 % of the tail to either side."""
    for level in LEVELS:
        side = 0.03 * (1.0 - level)
        low, high = (other.quantile(level + sign * side) for sign in (-1, 1))
        assert low * (1.0 - rel) - 1e-12 <= one.quantile(level) <= high * (1.0 + rel) + 1e-12


seconds = st.floats(1e-5, 10.0)
levels = st.sampled_from([0.05, 0.3, 0.5, 0.75, 0.9, 0.99, 0.999])
lognormals = st.builds(
    lambda p50, spread: Distribution.lognormal(p50=p50, p99=p50 * spread),
    seconds,
    st.floats(1.01, 50),
)
leaves = st.one_of(
    lognormals,
    st.builds(Distribution.constant, seconds),
    st.builds(lambda a, b: Distribution.uniform(min(a, b), max(a, b)), seconds, seconds),
    st.builds(Distribution.exponential_tail, st.floats(0, 0.99), st.floats(0.1, 1e5)),
)
distributions = st.one_of(
    leaves,
    st.builds(
        lambda w, a, b: Distribution.mixture([(w, a), (1 - w, b)]), st.floats(0, 1), leaves, leaves
    ),
)
law = settings(max_examples=40, deadline=None, derandomize=True)


class TestLaws:
    @law
    @given(distributions, distributions)
    def test_quantiles_rise_and_invert_the_distribution_function(self, a, b) -> None:
        for part in (a, a + b, Distribution.maximum([a, b]), a.hedged(b.mean(), b).answer):
            times = [part.quantile(level) for level in np.linspace(0.0, 0.9999, 200)]
            assert times == sorted(times)
            assert all(
                part.cdf(time) >= level - 1e-6
                for time, level in zip(
                    times[::20], np.linspace(0.0, 0.9999, 200)[::20], strict=True
                )
            )
            assert times[-1] <= part.bound
            assert part.survival(times[50]) == pytest.approx(1.0 - part.cdf(times[50]))

    @law
    @given(distributions, distributions)
    def test_a_sum_adds_means_and_variances_in_any_order(self, a, b) -> None:
        total = a + b
        assert total.mean() == pytest.approx(a.mean() + b.mean(), rel=0.01)
        assert total.variance() == pytest.approx(
            a.variance() + b.variance(), rel=0.05, abs=1e-5 * total.mean() ** 2
        )
        assert quantiles(b + a) == pytest.approx(quantiles(total), rel=1e-6)
        assert total.bound == a.bound + b.bound

    @law
    @given(distributions, distributions, distributions)
    def test_a_sum_can_be_bracketed_at_will(self, a, b, c) -> None:
        assert_alike((a + b) + c, Distribution.series([a, b, c]), rel=0.02)

    @law
    @given(distributions, seconds, st.floats(0.01, 100.0))
    def test_constants_shift_and_factors_scale_exactly(self, a, delay, factor) -> None:
        moved = a + Distribution.constant(delay)
        assert quantiles(moved) == pytest.approx([time + delay for time in quantiles(a)], rel=1e-9)
        scaled = a.scaled(factor)
        assert quantiles(scaled) == pytest.approx(
            [time * factor for time in quantiles(a)], rel=1e-9
        )
        assert scaled.scv == pytest.approx(a.scv, rel=1e-6, abs=1e-12)

    @law
    @given(distributions, distributions, levels)
    def test_waiting_for_more_answers_takes_longer(self, a, b, level) -> None:
        one, both = (Distribution.first_of([a, b], k).quantile(level) for k in (1, 2))
        slack = 1.0 + 2e-3
        assert one <= min(a.quantile(level), b.quantile(level)) * slack + 1e-12
        assert both * slack + 1e-12 >= max(a.quantile(level), b.quantile(level))
        assert both == Distribution.maximum([b, a]).quantile(level)

    @law
    @given(distributions, distributions, st.floats(0.001, 0.999) | st.just(0.0), levels)
    def test_a_mixture_lies_between_its_parts(self, a, b, weight, level) -> None:
        mixed = Distribution.mixture([(weight, a), (1.0 - weight, b)])
        fastest = min(part.quantile(level - 1e-6) for part in (a, b))
        slowest = max(part.quantile(level + 1e-6) for part in (a, b))
        assert fastest * 0.995 - 1e-12 <= mixed.quantile(level) <= slowest * 1.005 + 1e-12
        assert mixed.mean() == pytest.approx(weight * a.mean() + (1 - weight) * b.mean(), rel=0.005)

    @law
    @given(distributions, distributions, seconds)
    def test_timeouts_bound(self, a, b, limit) -> None:
        answer, timed_out, elapsed = a.with_timeout(limit)
        assert timed_out == pytest.approx(a.survival(limit), abs=1e-9)
        assert elapsed.bound <= limit
        assert (answer is None) == (timed_out == 1.0)
        assert answer is None or answer.quantile(0.9999) <= answer.bound <= limit
        helped = a.with_timeout(limit, Distribution.constant(1.0)).answer
        assert helped is not None
        assert helped.quantile(0.9999) <= helped.bound <= limit + 1.0
        later = elapsed + b
        assert later.quantile(0.9999) <= limit + b.quantile(1.0)

    @law
    @given(distributions, seconds, st.integers(1, 4), st.floats(0.0, 1.0))
    def test_retries_cost_load_and_cap_time(self, a, timeout, attempts, pause) -> None:
        outcome = a.with_retry(attempts, timeout, pause)
        late = a.survival(timeout)
        assert outcome.failure == pytest.approx(late**attempts, abs=1e-9)
        assert outcome.load == pytest.approx(sum(late**n for n in range(attempts)), abs=1e-9)
        cap = attempts * timeout + (attempts - 1) * pause
        assert outcome.elapsed.quantile(1.0) <= cap * (1 + 1e-9)

    @law
    @given(distributions, distributions, seconds, levels)
    def test_a_hedge_never_slows_the_call(self, a, b, at, level) -> None:
        answer, extra_load = a.hedged(at, b)
        assert answer.quantile(level) <= a.quantile(level) * 1.002 + 1e-12
        assert extra_load == a.survival(at)

    @law
    @given(st.lists(distributions, min_size=1, max_size=5), levels)
    def test_the_three_figures_of_a_path(self, stages, level) -> None:
        """Fully correlated stages add their quantiles; the union bound covers any correlation."""
        together = Distribution.comonotone_sum(stages)
        correlated = sum(stage.quantile(level) for stage in stages)
        side = 0.03 * (1.0 - level)
        assert together.quantile(level - side) * 0.995 <= correlated + 1e-9
        assert together.quantile(level + side) * 1.005 >= correlated - 1e-9
        bound = union_bound(stages, level)
        assert bound * (1 + 1e-6) >= correlated * 0.995
        assert bound * 1.02 + 1e-9 >= Distribution.series(stages).quantile(level)

    @law
    @given(distributions, st.integers(0, 20))
    def test_repetition_is_a_series_of_itself(self, a, times) -> None:
        repeated = a.repeated(times)
        assert_alike(repeated, Distribution.series([a] * times), rel=0.015)
        assert repeated.mean() == pytest.approx(times * a.mean(), rel=0.005, abs=1e-12)

    def test_shared_knots_cannot_be_changed(self) -> None:
        hop, hit = Distribution.lognormal(p50=10, p99=40), Distribution.uniform(1, 3)
        for part in (hop, hop + hit, hop.scaled(2.0), Distribution.maximum([hop, hit])):
            with pytest.raises(ValueError, match="read-only"):
                part.knots.seconds[0] = 0.0
