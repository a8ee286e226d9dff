"""One endpoint under load, event by event: queues, retries, hedges and batches, with simpy.

Nothing here uses the compiler: what a queue, an attempt or a batch does is written down a second
time, on purpose. Times are in seconds. An attempt that is given up goes on to occupy its worker, as
servers do that are not told.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import simpy

SCORE_99 = 2.3263478740408408
"""The standard normal score of the 99th percentile."""
Process = Generator[Any, Any, Any]


@dataclass(frozen=True)
class Asked:
    """A single endpoint and the call that a request makes of it."""

    rate: float
    workers: int
    p50: float
    p99: float
    timeout: float | None = None
    retry: int = 0
    backoff: float = 0.0
    hedge: float | None = None
    batch: int = 0
    """The largest batch; 0 where nothing is batched."""
    delay: float = 0.0
    base: float = 0.0
    per_item: float = 0.0

    @property
    def design(self) -> str:
        """The same as a design."""
        call = "call a" + "".join([
            f"  timeout {_ms(self.timeout)}" if self.timeout is not None else "",
            f"  retry {self.retry}" if self.retry else "",
            f"  backoff {_ms(self.backoff)}" if self.backoff else "",
            f"  hedge at {_ms(self.hedge)}" if self.hedge is not None else "",
        ])  # fmt: skip
        served = f"latency {{ p50 = {_ms(self.p50)}  p99 = {_ms(self.p99)} }}"
        if self.batch:
            served = (
                f"batching {{ size = {self.batch}  delay = {_ms(self.delay)}  "
                f"base = {_ms(self.base)}  per_item = {_ms(self.per_item)} }}"
            )
        return (
            f"endpoint a {{\n  {served}\n  concurrency = {self.workers}\n  replicas = 1\n"
            f"  utilisation = 99%\n}}\n"
            f"request asked {{\n  rate = {self.rate:.6g}/s\n  {call}\n}}\n"
        )


def _ms(seconds: float | None) -> str:
    return f"{(seconds or 0.0) * 1000:.6g}ms"


@dataclass
class Simulated:
    """What happened: the time of each request, and the attempts that reached the endpoint."""

    times: list[float] = field(default_factory=list[float])
    attempts: int = 0

    def quantile(self, level: float) -> float:
        """The time that a share of the requests stayed within."""
        ordered = sorted(self.times)
        return ordered[min(int(level * len(ordered)), len(ordered) - 1)]

    @property
    def mean(self) -> float:
        return sum(self.times) / len(self.times)


def simulate(asked: Asked, count: int, seed: int, warm_up: float = 0.05) -> Simulated:
    """So many requests, from an empty system on; the first ones do not count."""
    run = _Run(asked, count, Random(seed))
    run.environment.process(run.arrive())
    run.environment.run()
    run.found.times = run.found.times[int(count * warm_up) :]
    return run.found


@dataclass
class _Run:
    asked: Asked
    count: int
    random: Random
    environment: simpy.Environment = field(default_factory=simpy.Environment)
    found: Simulated = field(default_factory=Simulated)

    def __post_init__(self) -> None:
        self.workers = simpy.Resource(self.environment, self.asked.workers)
        self.sigma = 0.0 if self.asked.batch else (
            math.log(self.asked.p99 / self.asked.p50) / SCORE_99)  # fmt: skip
        self.gathering: list[list[simpy.Event]] = [[] for _ in range(self.asked.workers)]
        self.came: list[simpy.Event] = []
        if self.asked.batch:
            for at in range(self.asked.workers):
                self.came.append(self.environment.event())
                self.environment.process(self._batches(at))

    def arrive(self) -> Process:
        for _ in range(self.count):
            yield self.environment.timeout(self.random.expovariate(self.asked.rate))
            self.environment.process(self._request())

    def _request(self) -> Process:
        start = self.environment.now
        for attempt in range(self.asked.retry + 1):
            answered = self._once()
            if self.asked.timeout is None:
                yield answered
                break
            limit = self.environment.timeout(self.asked.timeout)
            yield answered | limit
            if answered.triggered:
                break
            if attempt < self.asked.retry and self.asked.backoff:
                yield self.environment.timeout(self.asked.backoff)
        self.found.times.append(self.environment.now - start)

    def _once(self) -> simpy.Event:
        """One attempt: an event that happens when the first copy has answered."""
        answered = self.environment.event()
        self._send(answered)
        if self.asked.hedge is not None:
            self.environment.process(self._again(answered, self.asked.hedge))
        return answered

    def _again(self, answered: simpy.Event, after: float) -> Process:
        yield self.environment.timeout(after)
        if not answered.triggered:
            self._send(answered)

    def _send(self, answered: simpy.Event) -> None:
        self.found.attempts += 1
        if self.asked.batch:
            at = self.random.randrange(self.asked.workers)
            self.gathering[at].append(answered)
            if not self.came[at].triggered:
                self.came[at].succeed()
        else:
            self.environment.process(self._work(answered))

    def _work(self, answered: simpy.Event) -> Process:
        turn = self.workers.request()
        yield turn
        work = self.asked.p50 * math.exp(self.sigma * self.random.gauss(0.0, 1.0))
        yield self.environment.timeout(work)
        self.workers.release(turn)
        if not answered.triggered:
            answered.succeed()

    def _batches(self, at: int) -> Process:
        """One server: wait for a first request, then for the batch to fill or the delay to end."""
        asked, queue = self.asked, self.gathering[at]
        while True:
            if not queue:
                self.came[at] = self.environment.event()
                yield self.came[at]
                deadline = self.environment.now + asked.delay
                while len(queue) < asked.batch and self.environment.now < deadline:
                    self.came[at] = self.environment.event()
                    yield self.came[at] | self.environment.timeout(deadline - self.environment.now)
            batch, queue[:] = queue[: asked.batch], queue[asked.batch :]
            yield self.environment.timeout(asked.base + asked.per_item * len(batch))
            for answered in batch:
                if not answered.triggered:
                    answered.succeed()
