"""Servers that work on batches: how large they get, how long they form, how long it all takes.

In: `Batching` (the batch's cost, its largest size, its longest delay) and a Poisson arrival rate.
Out: sizes, `Distribution`s, or `Unstable`. Law: capacity is largest / (base + per_item * largest);
the delay only ever adds what it can buy, so a delay nobody shares shows as plain waiting.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlsdc.compiler.latency.queueing import Unstable, check_figures, utilisation, wait_ggc

if TYPE_CHECKING:
    from mlsdc.compiler.latency.distribution import Distribution

_FORMATION_STEPS = 64


@dataclass(frozen=True)
class Batching:
    """A server that works on up to `largest` requests at once, in `base + per_item * n` seconds.

    A batch starts when the server is free and the batch is full, or `max_delay` seconds after its
    first request came. Raises ValueError for negative figures, no request, or no work at all.
    """

    base: float
    per_item: float
    largest: int
    max_delay: float

    def __post_init__(self) -> None:
        check_figures(base=self.base, per_item=self.per_item, max_delay=self.max_delay)
        if self.largest < 1:
            raise ValueError(f"a batch holds at least one request, not {self.largest}")
        if self.base + self.per_item <= 0.0:
            raise ValueError("a batch takes some time")

    def service(self, size: float) -> float:
        """Seconds a batch of this size takes."""
        return self.base + self.per_item * size

    @property
    def capacity(self) -> float:
        """The most requests per second one server can do: full batches, back to back."""
        return self.largest / self.service(self.largest)

    def utilisation(self, rate: float, servers: int) -> float:
        """The arrival rate (per second) over the capacity of all servers; 1 is unstable."""
        return utilisation(rate, 1.0 / self.capacity, servers)

    def mean_size(self, rate: float) -> float:
        """Requests in a batch that an idle server waits for.

        One opens the batch; those that come within the delay join it while there is room. Under
        load batches are larger, as requests also gather while the server is busy.
        """
        check_figures(rate=rate)
        return 1.0 + _expected_capped(rate * self.max_delay, self.largest - 1)

    def formation(self, rate: float) -> "Distribution":
        """How long a request waits for its batch to be closed where the server is idle.

        Exact for Poisson arrivals: the first of a batch waits until the batch is full or the delay
        is over, the last of a full batch not at all.
        """
        from mlsdc.compiler.latency.distribution import Distribution

        check_figures(rate=rate)
        if self.max_delay == 0.0 or self.largest == 1:
            return Distribution.constant(0.0)
        size = self.mean_size(rate)
        steps = [self.max_delay * step / _FORMATION_STEPS for step in range(_FORMATION_STEPS + 1)]
        waiting = [min(1.0, self._still_forming(rate, seconds) / size) for seconds in steps]
        points = [(0.0, 0.0), *((t, 1.0 - share) for t, share in zip(steps, waiting, strict=True))]
        return Distribution.from_points([*points, (self.max_delay, 1.0)], bound=self.max_delay)

    def _still_forming(self, rate: float, seconds: float) -> float:
        """Expected requests of a batch that wait longer than `seconds` (before `max_delay`).

        The first does if the batch is not full by then. One that arrives s after it does if fewer
        than largest - 2 others come in s + seconds; that is summed over s up to the deadline.
        """
        room = self.largest - 2
        first = math.fsum(_poisson(rate * seconds, room))
        later = _expected_capped(rate * self.max_delay, room)
        return first + later - _expected_capped(rate * seconds, room)

    def response(self, rate: float, servers: int) -> "Distribution | Unstable":
        """From a request's arrival to the end of its batch, the requests shared out evenly.

        An approximation that follows one server from batch to batch (see
        `queueing_batch_cycle`): within about 1 % of a simulation up to 60 % utilisation, and
        within 20 % at p99 up to 90 %. Servers without batches (`largest` 1) share one queue.
        Raises ValueError for no server or a negative rate.
        """
        from mlsdc.compiler.latency.distribution import Distribution
        from mlsdc.compiler.latency.queueing_batch_cycle import batch_response

        alone = self.service(1)
        if self.largest == 1:
            waiting = wait_ggc(rate, alone, servers, service_scv=0.0)
            if isinstance(waiting, Unstable):
                return waiting
            return waiting.response(Distribution.constant(alone))
        busy = self.utilisation(rate, servers)
        if busy >= 1.0:
            return Unstable(busy)
        if rate == 0.0:
            return Distribution.constant(self.max_delay + alone)
        return batch_response(
            self.base, self.per_item, self.largest, self.max_delay, rate / servers
        )


def _expected_capped(mean: float, most: int) -> float:
    """E[min(N, most)] of a Poisson variable."""
    below = _poisson(mean, most - 1)
    return max(0, most) - math.fsum((most - n) * share for n, share in enumerate(below))


def _poisson(mean: float, last: int) -> list[float]:
    """P(N = 0), ..., P(N = last), in logarithms, so that a large mean does not underflow early."""
    if mean <= 0.0:
        return [float(n == 0) for n in range(last + 1)]
    log_mean = math.log(mean)
    return [math.exp(n * log_mean - mean - math.lgamma(n + 1.0)) for n in range(last + 1)]
