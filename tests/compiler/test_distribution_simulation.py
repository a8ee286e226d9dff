"""Latency composition against simulation: random expressions and long chains, p50 to p99.9."""

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from mlsdc.compiler.latency.distribution import Distribution

LEVELS = (0.5, 0.95, 0.99, 0.999)
Z99 = 2.3263478740408408

Draw = Callable[[np.random.Generator, int], npt.NDArray[np.float64]]
Part = tuple[Distribution, Draw]


def quantiles(distribution: Distribution) -> list[float]:
    return [distribution.quantile(level) for level in LEVELS]


class Path:
    """One random expression: the analysed distribution beside a way to draw from it."""

    def __init__(self, seed: int, depth: int) -> None:
        self.choices = np.random.default_rng(seed)
        self.distribution, self.draw = self.tree(depth)

    def tree(self, depth: int) -> Part:
        choices = self.choices
        if depth == 0 or choices.random() < 0.15:
            return self.leaf()
        kind = choices.choice(["series", "series", "all", "branch", "timeout", "first", "repeat"])
        if kind in ("timeout", "repeat"):
            return getattr(self, kind)(self.tree(depth - 1), self.tree(depth - 1))
        return getattr(self, kind)([self.tree(depth - 1) for _ in range(choices.integers(2, 5))])

    def leaf(self) -> Part:
        scale = float(10.0 ** self.choices.uniform(-5.0, 0.5))
        kind = self.choices.integers(0, 6)
        if kind == 0:
            return Distribution.constant(scale), lambda rng, n: np.full(n, scale)
        if kind == 1:
            return Distribution.uniform(scale, 3 * scale), lambda rng, n: rng.uniform(
                scale, 3 * scale, n
            )
        if kind == 2:
            zero = float(self.choices.uniform(0.1, 0.9))
            wait = Distribution.exponential_tail(zero, 1.0 / scale)
            return wait, lambda rng, n: np.where(
                rng.random(n) < zero, 0.0, rng.exponential(scale, n)
            )
        spread = float(10.0 ** self.choices.uniform(0.05, 1.2))
        sigma = math.log(spread) / Z99
        hop = Distribution.lognormal(p50=scale, p99=scale * spread)
        return hop, lambda rng, n: scale * np.exp(sigma * rng.standard_normal(n))

    def series(self, parts: list[Part]) -> Part:
        total = Distribution.series([part for part, _ in parts])
        return total, lambda rng, n: sum(draw(rng, n) for _, draw in parts)

    def all(self, parts: list[Part]) -> Part:
        slowest = Distribution.maximum([part for part, _ in parts])
        return slowest, lambda rng, n: np.max([draw(rng, n) for _, draw in parts], axis=0)

    def first(self, parts: list[Part]) -> Part:
        k = int(self.choices.integers(1, len(parts) + 1))
        answer = Distribution.first_of([part for part, _ in parts], k)
        return answer, lambda rng, n: np.sort([draw(rng, n) for _, draw in parts], axis=0)[k - 1]

    def branch(self, parts: list[Part]) -> Part:
        weights = self.choices.dirichlet(np.ones(len(parts)))

        def draw(rng, n):
            drawn = np.empty(n)
            chosen = rng.choice(len(parts), n, p=weights)
            for index, (_, draw_part) in enumerate(parts):
                drawn[chosen == index] = draw_part(rng, int((chosen == index).sum()))
            return drawn

        pairs = [(float(weight), part) for weight, (part, _) in zip(weights, parts, strict=True)]
        return Distribution.mixture(pairs), draw

    def timeout(self, call: Part, fallback: Part) -> Part:
        limit = call[0].quantile(float(self.choices.uniform(0.5, 0.99)))

        def draw(rng, n):
            drawn = call[1](rng, n)
            return np.where(drawn <= limit, drawn, limit + fallback[1](rng, n))

        return call[0].with_timeout(limit, fallback[0]).answer, draw

    def repeat(self, call: Part, other: Part) -> Part:
        """A hedge, or up to three attempts with a pause."""
        limit = call[0].quantile(float(self.choices.uniform(0.8, 0.98))) or 1e-3
        if self.choices.random() < 0.5:
            answer = call[0].hedged(limit, other[0]).answer
            return answer, lambda rng, n: np.minimum(call[1](rng, n), limit + other[1](rng, n))
        attempts, pause = int(self.choices.integers(1, 4)), limit / 3

        def draw(rng, n):
            spent, done = np.zeros(n), np.zeros(n, dtype=bool)
            for attempt in range(attempts):
                drawn = call[1](rng, n)
                spent += np.where(done, 0.0, np.minimum(drawn, limit) + (pause if attempt else 0.0))
                done |= drawn <= limit
            return spent

        return call[0].with_retry(attempts, limit, pause).elapsed, draw

    def worst_error(self, seed: int, draws: int) -> list[float]:
        """How far each quantile lies outside the two-sigma interval of the simulated one."""
        drawn = np.sort(self.draw(np.random.default_rng(seed), draws))
        errors = []
        for level in LEVELS:
            slack = 2.0 * math.sqrt(level * (1.0 - level) / draws)
            low, high = (drawn[int(draws * (level + sign * slack))] for sign in (-1, 1))
            found = self.distribution.quantile(level)
            errors.append(max(0.0, low - found, found - high) / max(found, 1e-12))
        return errors


TOLERANCE = np.array([0.02, 0.02, 0.02, 0.03])


class TestAgainstSimulation:
    @pytest.mark.parametrize("seed", range(44))
    def test_random_expressions(self, seed: int) -> None:
        errors = Path(seed, depth=2 + seed % 2).worst_error(seed + 1000, 1_000_000)
        assert (np.array(errors) <= TOLERANCE).all(), errors

    @pytest.mark.parametrize("seed", range(6))
    def test_chains_of_fifteen_hops(self, seed: int) -> None:
        path = Path(seed, depth=0)
        leaves = [path.leaf() for _ in range(15)]
        path.distribution, path.draw = path.series(leaves)
        errors = path.worst_error(seed + 2000, 1_000_000)
        assert (np.array(errors) <= TOLERANCE).all(), errors
        one_by_one = leaves[0][0]
        for leaf, _ in leaves[1:]:
            one_by_one = one_by_one + leaf
        assert quantiles(one_by_one) == pytest.approx(quantiles(path.distribution), rel=0.01)
