"""Waiting for a free server: M/M/c and G/G/c, in seconds and per second.

In: an arrival rate, a service time, servers. Out: a `Waiting`, or `Unstable` where the queue
grows without bound, which is a result and never a number. Law: formulas are computed by stable
recursions, without factorials; numpy is needed only where a `Distribution` is asked for.

Sources: A. K. Erlang 1917 (B and C formulas); A. O. Allen, "Probability, Statistics and Queueing
Theory", 1990 (Allen-Cunneen); L. Kleinrock, "Queueing Systems", 1975.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlsdc.compiler.latency.distribution import Distribution


@dataclass(frozen=True)
class Unstable:
    """Work arrives at least as fast as it can be done: there is no steady state and no wait.

    `utilisation` is the offered work over the capacity, 1 or more.
    """

    utilisation: float


@dataclass(frozen=True)
class Waiting:
    """The time a request waits for a free server, served in order of arrival.

    It waits at all with `probability`; then the wait is exponential with `decay` per second
    (exact for M/M/c, the usual heavy-traffic form for G/G/c). An infinite decay is no wait.
    """

    utilisation: float
    probability: float
    decay: float

    @property
    def mean(self) -> float:
        """Expected wait in seconds, over all requests."""
        return self.probability / self.decay

    def survival(self, seconds: float) -> float:
        """P(wait > seconds)."""
        if seconds < 0.0:
            return 1.0
        if math.isinf(self.decay):
            return 0.0
        return self.probability * math.exp(-self.decay * seconds)

    def quantile(self, level: float) -> float:
        """The wait (seconds) that a share `level` of the requests stays within.

        Zero where that share does not wait at all. Raises ValueError outside [0, 1).
        """
        if not 0.0 <= level < 1.0:
            raise ValueError(f"a wait has quantiles from 0 to below 1, not at {level!r}")
        if self.probability <= 1.0 - level:
            return 0.0
        return math.log(self.probability / (1.0 - level)) / self.decay

    def distribution(self) -> "Distribution":
        """The wait as a distribution."""
        from mlsdc.compiler.latency.distribution import Distribution

        if math.isinf(self.decay) or self.probability <= 0.0:
            return Distribution.constant(0.0)
        return Distribution.exponential_tail(1.0 - self.probability, self.decay)

    def response(self, service: "Distribution") -> "Distribution":
        """Wait and service one after the other, independent of one another."""
        return self.distribution() + service


_FEW = 1_000
"""So many servers are counted one by one."""


def erlang_b(load: float, servers: int) -> float:
    """The probability that all servers are busy where nobody waits (M/G/c/c).

    `load` is in erlangs: arrival rate times service time. Raises ValueError for a negative load.
    """
    check_figures(load=load)
    if load == 0.0:
        return float(servers < 1)
    if servers <= _FEW:
        blocked = 1.0
        for busy in range(1, servers + 1):
            blocked = load * blocked / (busy + load * blocked)
        return blocked
    # 1/B = sum of c!/(c - k)!/a^k: its terms rise to where c - k is a, then vanish, and both
    # happen within some square roots of the load, however many servers there are.
    term = inverse = 1.0
    for busy in range(servers, 0, -1):
        term *= busy / load
        inverse += term
        if inverse > 1e300 or (busy < load and term < 1e-17 * inverse):
            break
    return 1.0 / inverse


def load_for_blocking(servers: int, blocking: float) -> float:
    """The load (erlangs) at which `servers` without a queue turn away this share of requests.

    The inverse of `erlang_b`, by bisection. Raises ValueError for no server or a share outside
    (0, 1).
    """
    if servers < 1 or not 0.0 < blocking < 1.0:
        raise ValueError(f"{servers} servers cannot turn away a share of {blocking!r}")
    low, high = 0.0, float(servers)
    while erlang_b(high, servers) < blocking:
        low, high = high, 2.0 * high
    while high - low > 1e-12 * high:
        middle = (low + high) / 2.0
        low, high = (middle, high) if erlang_b(middle, servers) < blocking else (low, middle)
    return high


def erlang_c(load: float, servers: int) -> float:
    """The probability that a request has to wait (M/M/c), 1 where the queue is unstable.

    `load` is in erlangs. Raises ValueError for a negative load.
    """
    if load >= servers:
        return 1.0
    blocked = erlang_b(load, servers)
    return blocked / (1.0 - load / servers * (1.0 - blocked))


def utilisation(rate: float, service_mean: float, servers: int) -> float:
    """The share of the servers' time that is needed; 1 or more is unstable.

    `rate` is per second, `service_mean` in seconds. Raises ValueError for negative figures or
    no server.
    """
    check_figures(rate=rate, service_mean=service_mean)
    if servers < 1:
        raise ValueError(f"a queue has at least one server, not {servers}")
    return rate * service_mean / servers


def wait_mmc(rate: float, service_mean: float, servers: int) -> Waiting | Unstable:
    """The wait with Poisson arrivals (per second) and exponential service (mean in seconds)."""
    busy = utilisation(rate, service_mean, servers)
    if busy >= 1.0:
        return Unstable(busy)
    if busy == 0.0:
        return Waiting(0.0, 0.0, math.inf)
    return Waiting(busy, erlang_c(rate * service_mean, servers), servers / service_mean - rate)


def wait_ggc(
    rate: float,
    service_mean: float,
    servers: int,
    *,
    arrival_scv: float = 1.0,
    service_scv: float = 1.0,
) -> Waiting | Unstable:
    """The wait with general arrivals and service, by the Allen-Cunneen approximation.

    The M/M/c wait with its mean and its tail stretched by (arrival_scv + service_scv) / 2, squared
    coefficients of variation. The mean is exact for M/G/1; with several servers it was within 15 %
    of a simulation at 80 % load and variations up to 2. The tail is least exact at low load.
    """
    check_figures(arrival_scv=arrival_scv, service_scv=service_scv)
    markovian = wait_mmc(rate, service_mean, servers)
    stretch = (arrival_scv + service_scv) / 2.0
    if isinstance(markovian, Unstable) or stretch == 1.0:
        return markovian
    if stretch == 0.0:
        return Waiting(markovian.utilisation, 0.0, math.inf)
    return Waiting(markovian.utilisation, markovian.probability, markovian.decay / stretch)


def response_quantile_mmc(
    rate: float, service_mean: float, servers: int, level: float
) -> float | Unstable:
    """The M/M/c time in system (seconds) that a share `level` stays within, exactly.

    Solved by bisection on the closed form. Raises ValueError for a level outside [0, 1).
    """
    waiting = wait_mmc(rate, service_mean, servers)
    if isinstance(waiting, Unstable):
        return waiting
    if not 0.0 <= level < 1.0:
        raise ValueError(f"a response has quantiles from 0 to below 1, not at {level!r}")
    low, high = 0.0, service_mean
    while response_survival(waiting, service_mean, high) > 1.0 - level:
        low, high = high, 2.0 * high
    while high - low > 1e-12 * high:
        middle = (low + high) / 2.0
        if response_survival(waiting, service_mean, middle) > 1.0 - level:
            low = middle
        else:
            high = middle
    return high


def response_survival(waiting: Waiting, service_mean: float, seconds: float) -> float:
    """P(wait + exponential service > t), in closed form."""
    service_rate = 1.0 / service_mean
    alone = math.exp(-service_rate * seconds)
    if math.isinf(waiting.decay):
        return alone
    # (e^-at - e^-bt) / (b - a), written so that equal or far apart rates need no case of their own.
    gap = abs(service_rate - waiting.decay) * seconds
    ratio = seconds * (-math.expm1(-gap) / gap if gap > 0.0 else 1.0)
    slower = math.exp(-min(service_rate, waiting.decay) * seconds)
    return alone + waiting.probability * service_rate * slower * ratio


def servers_needed(rate: float, service_mean: float, max_utilisation: float) -> int:
    """The fewest servers whose utilisation is at most `max_utilisation`; at least one.

    Raises ValueError unless 0 < max_utilisation <= 1. At 1 the answer may be on the edge of
    stability: it keeps up on average only.
    """
    if not 0.0 < max_utilisation <= 1.0:
        raise ValueError(f"a target utilisation is above 0 and at most 1, not {max_utilisation!r}")
    needed = utilisation(rate, service_mean, 1) / max_utilisation
    # A product such as 100 * 0.05 / 0.5 must not ask for a server more because of its last bit.
    return max(1, math.ceil(needed * (1.0 - 1e-12)))


def servers_for_wait(
    rate: float,
    service_mean: float,
    level: float,
    limit: float,
    *,
    arrival_scv: float = 1.0,
    service_scv: float = 1.0,
) -> int:
    """The fewest servers with which a share `level` of the requests waits at most `limit` seconds.

    Raises ValueError for a level outside [0, 1) or a negative limit. Searched by doubling and
    bisection: the wait falls with every server added.
    """
    check_figures(limit=limit)

    def enough(servers: int) -> bool:
        waiting = wait_ggc(
            rate, service_mean, servers, arrival_scv=arrival_scv, service_scv=service_scv
        )
        return isinstance(waiting, Waiting) and waiting.quantile(level) <= limit

    few = servers_needed(rate, service_mean, 1.0) - 1
    step = 1
    while not enough(few + step):
        few, step = few + step, step * 2
    many = few + step
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if enough(middle) else (middle, many)
    return many


def check_figures(**figures: float) -> None:
    """Raises ValueError, naming the figure, where one is negative, infinite or not a number."""
    for name, value in figures.items():
        if not 0.0 <= value < math.inf:
            raise ValueError(f"{name} is finite and not negative, not {value!r}")
