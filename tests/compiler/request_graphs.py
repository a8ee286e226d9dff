"""Random request graphs: the same graph as a design's text and as plain records to simulate.

Nothing here uses the compiler: what a step means is written down a second time, on purpose.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.float64]
SCORE_99 = 2.3263478740408408
"""The standard normal score of the 99th percentile."""


@dataclass(frozen=True)
class Hop:
    """A component with a lognormal service time; times are in seconds."""

    name: str
    p50: float
    p99: float

    @property
    def sigma(self) -> float:
        """The standard deviation of the logarithm."""
        return math.log(self.p99 / self.p50) / SCORE_99

    @property
    def declaration(self) -> str:
        """The endpoint as it is declared, measured at a load that it never reaches."""
        return (
            f"endpoint {self.name} {{\n  latency {{ p50 = {_ms(self.p50)}  p99 = {_ms(self.p99)}"
            "  at = 1000000/s }\n  replicas = 1\n}"
        )


@dataclass(frozen=True)
class Call:
    hop: Hop
    body: tuple[Step, ...] = ()
    times: int = 1
    hedge: float | None = None
    timeout: float | None = None
    retry: int = 0
    backoff: float = 0.0
    fallback: Hop | None = None


@dataclass(frozen=True)
class Parallel:
    body: tuple[Step, ...]
    first: int | None = None


@dataclass(frozen=True)
class Branch:
    share: float
    body: tuple[Step, ...]


@dataclass(frozen=True)
class Cached:
    by: Hop
    hit: float
    body: tuple[Step, ...]


Step = Call | Parallel | Branch | Cached


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.6g}ms"


class Graphs:
    """A source of random graphs with a fixed seed.

    `again` is the chance that a place of the graph is filled by a component that it has already.
    """

    def __init__(self, seed: int, timers: bool = True, again: float = 0.0) -> None:
        self._random = Random(seed)
        self._timers = timers
        self._again = again
        self.hops: list[Hop] = []

    def steps(self, depth: int = 2, most: int = 3) -> tuple[Step, ...]:
        """A few steps, one after the other."""
        return tuple(self._step(depth) for _ in range(self._random.randint(1, most)))

    def _hop(self) -> Hop:
        if self.hops and self._again and self._random.random() < self._again:
            return self._random.choice(self.hops)
        p50 = float(f"{10 ** self._random.uniform(-3.3, -1.7):.3g}")
        p99 = float(f"{p50 * self._random.uniform(1.5, 9):.3g}")
        self.hops.append(Hop(f"c{len(self.hops)}", p50, p99))
        return self.hops[-1]

    def _step(self, depth: int) -> Step:
        kind = self._random.choice("ccccpkbh") if depth else "c"
        if kind == "p":
            return Parallel(self.steps(depth - 1, 4))
        if kind == "k":
            body = (*self.steps(depth - 1), *self.steps(depth - 1))
            return Parallel(body, self._random.randint(1, len(body)))
        if kind == "b":
            return Branch(self._random.choice([0.05, 0.1, 0.35, 0.8]), self.steps(depth - 1))
        if kind == "h":
            hit = self._random.choice([0.2, 0.85, 0.97])
            return Cached(self._hop(), hit, self.steps(depth - 1))
        return self._call(depth)

    def _call(self, depth: int) -> Call:
        hop, chance = self._hop(), self._random.random
        body = self.steps(depth - 1, 2) if depth and chance() < 0.25 else ()
        times = self._random.choice([2, 3]) if chance() < 0.15 else 1
        if not self._timers or chance() < 0.4:
            return Call(hop, body, times)
        limit = float(f"{hop.p50 * self._random.uniform(1.2, 6):.3g}")
        hedge = float(f"{hop.p50 * self._random.uniform(0.8, 3):.3g}") if chance() < 0.35 else None
        if chance() < 0.3:
            return Call(hop, body, times, hedge)
        fallback = self._hop() if chance() < 0.5 else None
        if fallback is hop:  # another draw of what was late already: nobody writes that
            fallback = None
        if chance() < 0.4:
            backoff = self._random.choice([0.0, 0.001])
            retry = self._random.choice([1, 2])
            return Call(hop, body, times, hedge, limit, retry, backoff, fallback)
        return Call(hop, body, times, hedge, limit, 0, 0.0, fallback)


def design(hops: list[Hop], steps: tuple[Step, ...], rate: str = "10/s") -> str:
    """The design that declares the hops and makes the request."""
    caches = {step.by.name for step in every(steps) if isinstance(step, Cached)}
    declared = [
        hop.declaration.replace("endpoint", "cache").replace("  replicas = 1\n", "")
        if hop.name in caches
        else hop.declaration
        for hop in hops
    ]
    request = f"request asked {{\n  rate = {rate}\n{_written(steps, 1)}}}"
    return "\n".join([*declared, request, ""])


def every(steps: tuple[Step, ...]) -> list[Step]:
    """All steps, outer before inner."""
    return [found for step in steps for found in (step, *every(step.body))]


def _written(steps: tuple[Step, ...], depth: int) -> str:
    return "".join(_statement(step, depth) for step in steps)


def _statement(step: Step, depth: int) -> str:
    pad = "  " * depth
    body = f" {{\n{_written(step.body, depth + 1)}{pad}}}" if step.body else ""
    if isinstance(step, Parallel):
        return f"{pad}parallel{f' first {step.first}' if step.first else ''}{body}\n"
    if isinstance(step, Branch):
        return f"{pad}branch {step.share * 100:.6g}%{body}\n"
    if isinstance(step, Cached):
        return f"{pad}cached by {step.by.name} hit {step.hit * 100:.6g}%{body}\n"
    words = [
        f"call {step.hop.name}",
        f"times {step.times}" if step.times > 1 else "",
        f"hedge at {_ms(step.hedge)}" if step.hedge is not None else "",
        f"timeout {_ms(step.timeout)}" if step.timeout is not None else "",
        f"retry {step.retry}" if step.retry else "",
        f"backoff {_ms(step.backoff)}" if step.backoff else "",
        f"fallback {step.fallback.name}" if step.fallback else "",
    ]
    return pad + "  ".join(word for word in words if word) + body + "\n"


Scores = Callable[[], Times]
"""Standard normal scores, one for each simulated request."""


@dataclass(frozen=True)
class Simulation:
    """What happens to `count` requests; `scores` decides how hops depend on each other."""

    count: int
    scores: Scores
    random: np.random.Generator
    drawn: dict[str, Times] | None = None
    """Where it is given, a component is one draw of each request, wherever it is reached; each of
    several attempts, copies or repetitions of a call draws anew, once for all that it does."""

    def steps(self, steps: tuple[Step, ...]) -> Times:
        """Seconds that each request takes for the steps."""
        total = np.zeros(self.count)
        for step in steps:
            total += self._step(step)
        return total

    def _hop(self, hop: Hop) -> Times:
        if self.drawn is None:
            return hop.p50 * np.exp(hop.sigma * self.scores())
        if hop.name not in self.drawn:
            self.drawn[hop.name] = hop.p50 * np.exp(hop.sigma * self.scores())
        return self.drawn[hop.name]

    def _anew(self) -> Simulation:
        return self if self.drawn is None else replace(self, drawn={})

    def _step(self, step: Step) -> Times:
        if isinstance(step, Parallel):
            each = np.sort(np.stack([self._step(inner) for inner in step.body]), axis=0)
            return each[(step.first or len(step.body)) - 1]
        if isinstance(step, Branch):
            return np.where(self._happens(step.share), self.steps(step.body), 0.0)
        if isinstance(step, Cached):
            missed = np.where(self._happens(1 - step.hit), self.steps(step.body), 0.0)
            return self._hop(step.by) + missed
        total = np.zeros(self.count)
        for _ in range(step.times):
            total += (self._anew() if step.times > 1 else self)._called(step)
        return total

    def _happens(self, share: float) -> NDArray[np.bool_]:
        return self.random.random(self.count) < share

    def _once(self, call: Call) -> Times:
        if call.hedge is None:
            return self._hop(call.hop) + self.steps(call.body)
        one, other = self._anew(), self._anew()
        answer = one._hop(call.hop) + one.steps(call.body)
        return np.minimum(answer, call.hedge + other._hop(call.hop) + other.steps(call.body))

    def _called(self, call: Call) -> Times:
        if call.timeout is None:
            return self._once(call)
        elapsed, waiting = np.zeros(self.count), np.ones(self.count, dtype=bool)
        for attempt in range(call.retry + 1):
            answer = (self._anew() if call.retry else self)._once(call)
            elapsed += np.where(waiting, np.minimum(answer, call.timeout), 0.0)
            waiting &= answer > call.timeout
            if attempt < call.retry:
                elapsed += np.where(waiting, call.backoff, 0.0)
        if call.fallback is not None:
            elapsed += np.where(waiting, self._hop(call.fallback), 0.0)
        return elapsed


def independent(count: int, seed: int) -> Simulation:
    """Every hop, copy and attempt is drawn by itself."""
    random = np.random.default_rng(seed)
    return Simulation(count, lambda: random.standard_normal(count), random)


def one_draw(count: int, seed: int) -> Simulation:
    """The same, but a component that is reached twice by one request is slow both times."""
    random = np.random.default_rng(seed)
    return Simulation(count, lambda: random.standard_normal(count), random, {})


def together(count: int, seed: int) -> Simulation:
    """Everything is at the same quantile at once."""
    random = np.random.default_rng(seed)
    shared = random.standard_normal(count)
    return Simulation(count, lambda: shared, random)


def by_turns(count: int, seed: int) -> Simulation:
    """Hops are slow for different requests: the exceptions of all hops add up."""
    random = np.random.default_rng(seed)
    scores = np.sort(random.standard_normal(count))
    turn = [0]

    def rolled() -> Times:
        turn[0] += 1
        return np.roll(scores, turn[0] * (count // 997 + 1) * 7)

    return Simulation(count, rolled, random)
