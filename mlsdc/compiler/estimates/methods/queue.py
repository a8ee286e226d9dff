"""Waits, sizes and servers of queues."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mlsdc.compiler.estimates.methods.little import LITTLE
from mlsdc.compiler.estimates.methods.tails import TAILS
from mlsdc.compiler.estimates.queue import Notation, fewest_servers, finite_states, read_notation
from mlsdc.compiler.estimates.refusal import Missing, Refusal
from mlsdc.compiler.estimates.working import Method, Working
from mlsdc.compiler.latency import queueing
from mlsdc.compiler.latency.queueing import Unstable, Waiting

ABOUT = "waits, percentiles and servers of a queue; fan-out, hops, retries and caches"
EXAMPLES = (
    "--rate 750/s --service-time 20ms --servers 20 --percentile p99",
    "--rate 10000/s --service-time 20ms --percentile p99 --wait-limit 5ms",
    "--fanout 100 --slow-probability 1%",
)
OPTIONAL = (
    "model arrival_scv service_scv arrival_cv service_cv queue_capacity independent distribution"
)


MOST_SERVERS = 1_000_000
"""Beyond this a queue is no longer computed one server at a time."""


@dataclass(frozen=True, slots=True)
class _Load:
    rate: float
    service: float
    arrival_scv: float
    service_scv: float


def _notation(working: Working) -> Notation | None:
    written = working.text("model")
    if not written:
        return None
    found = read_notation(written)
    if found is None:
        raise Refusal("model", written, "a queue in Kendall's notation", "M/M/c")
    return found


def _variation(working: Working, side: str, fixed: float | None, known: bool) -> float:
    stated = working.maybe(f"{side}_scv")
    if stated is None and working.has(f"{side}_cv"):
        stated = working.number(f"{side}_cv") ** 2
    if stated is None and side == "service" and working.has("service_sd"):
        mean = _service(working)
        if mean is None:
            raise Missing("service_time")
        stated = (working.number("service_sd") / mean) ** 2
    if stated is not None:
        if fixed is not None and known and stated != fixed:
            raise Refusal(f"{side}_scv", stated, f"the model's letter says {fixed:g}")
        return stated
    if fixed is not None:
        return fixed
    if known:
        raise Missing(f"{side}_scv")
    shape = "Poisson arrivals" if side == "arrival" else "exponential service"
    working.note(shape, "the usual model: variation 1", "Kleinrock 1975")
    return 1.0


def _load(working: Working) -> _Load:
    model = _notation(working)
    sides = (model.arrival_scv, model.service_scv) if model else (None, None)
    known = model is not None
    variations = (
        _variation(working, "arrival", sides[0], known),
        _variation(working, "service", sides[1], known),
    )
    rate, service = working.maybe("arrival_rate"), _service(working)
    offered = working.maybe("offered_load")
    if rate is None and offered is not None and service is not None:
        rate = offered / service
    busy = working.maybe("utilisation")
    if rate is None and offered is None and busy is not None and service is not None:
        rate = busy * _servers(working) / service
    if rate is None or service is None:
        if offered is None:
            raise Missing("arrival_rate" if rate is None else "service_time")
        rate, service = offered, 1.0  # time is then counted in service times
    if rate * service > MOST_SERVERS:
        field = "arrival_rate" if working.has("arrival_rate") else "offered_load"
        raise Refusal(field, rate, f"at most {MOST_SERVERS:,} erlangs of work")
    return _Load(rate, service, *variations)


def _service(working: Working) -> float | None:
    stated = working.maybe("service_time")
    if stated is None and working.has("service_rate"):
        return 1.0 / working.number("service_rate")
    return stated


def _servers(working: Working) -> int:
    stated = working.maybe("servers")
    model = _notation(working)
    if stated is None and model and model.servers:
        return model.servers
    if stated is None:
        raise Missing("servers")
    if stated > MOST_SERVERS:
        raise Refusal("servers", stated, f"at most {MOST_SERVERS:,}")
    return int(stated)


def _wait(working: Working) -> Waiting:
    load, servers = _load(working), _servers(working)
    model = _notation(working)
    if model and model.finite:
        raise Missing("queue without a bound")
    found = queueing.wait_ggc(
        load.rate, load.service, servers,
        arrival_scv=load.arrival_scv, service_scv=load.service_scv,
    )  # fmt: skip
    if isinstance(found, Unstable):
        share = f"utilisation {found.utilisation:.4g}: the queue grows without bound"
        fewest = queueing.servers_needed(load.rate, load.service, 1.0)
        raise Refusal("servers", servers, f"{share}; more than {fewest - 1} servers")
    working.step("utilisation", f"{load.rate:g}/s x {load.service:g} s / {servers}",
                 found.utilisation, "share")  # fmt: skip
    working.step("probability of waiting", "Erlang C", found.probability, "share", "Erlang 1917")
    if load.arrival_scv != 1 or load.service_scv != 1:
        stretch = (load.arrival_scv + load.service_scv) / 2
        formula = f"({load.arrival_scv:g} + {load.service_scv:g}) / 2"
        working.step("stretch of the wait", formula, stretch, "x", "Allen-Cunneen")
    return found


def idle_probability(working: Working) -> float:
    """Share of the time in which nothing is there (M/M/c)."""
    load, servers = _load(working), _servers(working)
    if load.arrival_scv != 1 or load.service_scv != 1:
        raise Missing("queue M/M/c")
    waits = _wait(working).probability
    erlangs = load.rate * load.service
    if erlangs <= 0:
        return working.step("idle", "nothing arrives", 1.0, "share")
    # Nothing waits with the sum of a^k / k! up to c - 1, each term times P(0).
    logs = [k * math.log(erlangs) - math.lgamma(k + 1) for k in range(servers)]
    value = 0.0 if max(logs) > 700 else (1.0 - waits) / math.fsum(map(math.exp, logs))
    return working.step("idle", "P(0) of M/M/c", value, "share", "Gross and Harris 2.3")


def utilisation(working: Working) -> float:
    """Share of the servers' time that is needed."""
    load, servers = _load(working), _servers(working)
    share = queueing.utilisation(load.rate, load.service, servers)
    return working.step(
        "utilisation", f"{load.rate:g} x {load.service:g} / {servers}", share, "share"
    )


def offered(working: Working) -> float:
    """Erlangs of a rate and a service time."""
    load = _load(working)
    return working.step("offered load", f"{load.rate:g}/s x {load.service:g} s",
                        load.rate * load.service, "erlangs")  # fmt: skip


def wait_probability(working: Working) -> float:
    """Share of requests that wait at all."""
    return _wait(working).probability


def mean_wait(working: Working) -> float:
    """Mean wait for a server."""
    wait = _wait(working).mean
    return working.step("mean wait", "probability of waiting / decay", wait, "s")


def wait_percentile(working: Working) -> float:
    """A percentile of the wait."""
    level = working.number("percentile")
    value = _wait(working).quantile(level)
    return working.step(f"p{level * 100:g} wait", "ln(C / (1 - p)) / decay", value, "s")


def mean_response(working: Working) -> float:
    """Mean time in the system."""
    load, wait = _load(working), _wait(working).mean
    return working.step("mean time in system", f"{wait:.6g} s + {load.service:g} s",
                        wait + load.service, "s")  # fmt: skip


def response_percentile(working: Working) -> float:
    """A percentile of the time in the system."""
    load, level = _load(working), working.number("percentile")
    wait = _wait(working)
    if load.arrival_scv == 1 and load.service_scv == 1:
        value = queueing.response_quantile_mmc(load.rate, load.service, _servers(working), level)
        assert not isinstance(value, Unstable)
        return working.step(f"p{level * 100:g} in system", "M/M/c, closed form", value, "s")
    from mlsdc.compiler.latency.distribution import Distribution

    service = Distribution.from_mean(load.service, load.service_scv)
    value = wait.response(service).quantile(level)
    how = "wait and lognormal service, convolved"
    return working.step(f"p{level * 100:g} in system", how, value, "s")


def in_queue(working: Working) -> float:
    """Mean requests that wait."""
    count = _load(working).rate * _wait(working).mean
    return working.step("waiting requests", "rate x mean wait", count, "requests", "Little 1961")


def in_system(working: Working) -> float:
    """Mean requests that wait or are served."""
    load = _load(working)
    count = load.rate * (_wait(working).mean + load.service)
    return working.step("requests in system", "rate x mean time in system", count, "requests",
                        "Little 1961")  # fmt: skip


def within(working: Working) -> float:
    """Share of requests that wait at most so long."""
    limit = working.number("wait_limit")
    share = 1.0 - _wait(working).survival(limit)
    return working.step(f"wait at most {limit:g} s", "1 - C e^(-decay t)", share, "share")


def servers_for_wait(working: Working) -> float:
    """Fewest servers for a percentile of the wait."""
    load = _load(working)
    count = queueing.servers_for_wait(
        load.rate, load.service, working.number("percentile"), working.number("wait_limit"),
        arrival_scv=load.arrival_scv, service_scv=load.service_scv,
    )  # fmt: skip
    busy = load.rate * load.service / count
    return working.step("servers", f"fewest that keep it; utilisation {busy:.4g}", count, "servers")


def servers_for_response(working: Working) -> float:
    """Fewest servers for a percentile of the time in the system (M/M/c)."""
    load, level, limit = (
        _load(working),
        working.number("percentile"),
        working.number("response_limit"),
    )
    alone = queueing.response_quantile_mmc(0.0, load.service, 1, level)
    if isinstance(alone, Unstable) or alone > limit:
        raise Refusal("response_limit", limit, f"service alone takes more at p{level * 100:g}")
    few, step = queueing.servers_needed(load.rate, load.service, 1.0) - 1, 1
    while not _responds(load, few + step, level, limit):
        few, step = few + step, step * 2
    many = few + step
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if _responds(load, middle, level, limit) else (middle, many)
    return working.step("servers", "fewest that keep it", many, "servers")


def _responds(load: _Load, servers: int, level: float, limit: float) -> bool:
    found = queueing.response_quantile_mmc(load.rate, load.service, servers, level)
    return not isinstance(found, Unstable) and found <= limit


def servers_for_mean_wait(working: Working) -> float:
    """Fewest servers for the mean of the wait."""
    load, limit = _load(working), working.number("mean_wait_limit")

    def waits(count: int) -> bool:
        found = queueing.wait_ggc(
            load.rate, load.service, count,
            arrival_scv=load.arrival_scv, service_scv=load.service_scv,
        )  # fmt: skip
        return isinstance(found, Unstable) or found.mean > limit

    few, step = queueing.servers_needed(load.rate, load.service, 1.0) - 1, 1
    while waits(few + step):
        few, step = few + step, step * 2
    many = few + step
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (middle, many) if waits(middle) else (few, middle)
    return working.step("servers", "fewest that keep it", many, "servers")


def servers_for_probability(working: Working) -> float:
    """Fewest servers with which at most a share of requests waits."""
    load, most = _load(working), working.number("wait_probability")
    if most <= 0:
        raise Refusal("wait_probability", most, "above 0", "20%")
    count = fewest_servers(load.rate * load.service, most, waiting=True)
    return working.step(
        "servers", "fewest with Erlang C within it", count, "servers", "Erlang 1917"
    )


def servers_for_blocking(working: Working) -> float:
    """Fewest servers that turn away at most a share of requests."""
    load, most = _load(working), working.number("blocking")
    if most <= 0:
        raise Refusal("blocking", most, "above 0", "1%")
    count = fewest_servers(load.rate * load.service, most, waiting=False)
    return working.step(
        "servers", "fewest with Erlang B within it", count, "servers", "Erlang 1917"
    )


def servers_for_utilisation(working: Working) -> float:
    """Fewest servers at a utilisation."""
    load, most = _load(working), working.number("utilisation")
    if most <= 0:
        raise Refusal("utilisation", most, "above 0", "50%")
    count = queueing.servers_needed(load.rate, load.service, most)
    formula = f"{load.rate:g} x {load.service:g} / {most:g}"
    return working.step("servers", formula, count, "servers")


def carried(working: Working) -> float:
    """Erlangs that so many servers take at a share turned away."""
    servers, share = _servers(working), working.number("blocking")
    load = queueing.load_for_blocking(servers, share)
    return working.step("offered load", "inverse of Erlang B", load, "erlangs", "Erlang 1917")


def blocked(working: Working) -> float:
    """Share of requests turned away."""
    load, servers = _load(working), _servers(working)
    model = _notation(working)
    capacity = working.maybe("queue_capacity") or (model.capacity if model else None)
    if model and model.loss:
        capacity = servers
    if capacity is None:
        raise Missing("queue_capacity")
    if capacity > MOST_SERVERS:
        raise Refusal("queue_capacity", capacity, f"at most {MOST_SERVERS:,}")
    if capacity < servers:
        raise Refusal("queue_capacity", capacity, f"at least the {servers} servers", str(servers))
    erlangs = load.rate * load.service
    if capacity == servers:
        share = queueing.erlang_b(erlangs, servers)
        return working.step("turned away", "Erlang B", share, "share", "Erlang 1917")
    share = finite_states(erlangs, servers, int(capacity))[-1]
    return working.step("turned away", "P(K) of M/M/c/K", share, "share", "Gross and Harris 2.5")


_LOAD = ("arrival_rate", "offered_load")
_BUSY = ("arrival_rate", "offered_load", "utilisation")
_TIMED = ("service_time", "service_rate")
_ANY = ("service_time", "service_rate", "offered_load")
_SIZE = ("servers", "model")
_BOUND = ("blocking", "queue_capacity", "fanout", "attempts", "hit_ratio")

METHODS: tuple[Method, ...] = (
    Method("utilisation", "utilisation", "share", (_LOAD, _ANY, _SIZE),
           "utilisation utilization busy load rho", utilisation),
    Method("idle_probability", "probability that nothing is there", "share", (_BUSY, _ANY, _SIZE),
           "empty idle p0 zero nothing", idle_probability, unless=_BOUND,
           asked_only=True),
    Method("wait_probability", "probability of waiting", "share", (_BUSY, _ANY, _SIZE),
           "probability waiting wait erlang c delay queued queueing queue", wait_probability,
           unless=_BOUND),
    Method("mean_wait", "mean wait", "s", (_BUSY, _TIMED, _SIZE),
           "mean wait waiting queue queueing average speed answer delay asa wq", mean_wait,
           unless=_BOUND),
    Method("wait_percentile", "percentile of the wait", "s", (_BUSY, _TIMED, _SIZE, "percentile"),
           "p50 p90 p95 p99 p999 median percentile wait waiting queue queueing delay",
           wait_percentile, unless=_BOUND),
    Method("mean_response", "mean time in the system", "s", (_BUSY, _TIMED, _SIZE),
           "mean sojourn response system latency time total average w", mean_response,
           unless=_BOUND),
    Method("response_percentile", "percentile of the time in the system", "s",
           (_BUSY, _TIMED, _SIZE, "percentile"),
           "p50 p90 p95 p99 p999 median percentile sojourn response system latency time",
           response_percentile, unless=_BOUND),
    Method("in_queue", "requests waiting", "requests", (_BUSY, _ANY, _SIZE),
           "queue length waiting requests customers in lq mean number", in_queue, unless=_BOUND),
    Method("in_system", "requests in the system", "requests", (_BUSY, _ANY, _SIZE),
           "system requests customers in l mean number flight", in_system, unless=_BOUND),
    Method("within", "requests that wait at most so long", "share",
           (_LOAD, _TIMED, _SIZE, "wait_limit"),
           "service level answered within share probability wait percent", within, unless=_BOUND),
    Method("servers", "fewest servers", "servers", (_LOAD, _TIMED, "percentile", "wait_limit"),
           "servers minimum agents replicas needed", servers_for_wait, unless=("servers",)),
    Method("servers", "fewest servers", "servers", (_LOAD, _TIMED, "percentile", "response_limit"),
           "servers minimum agents replicas needed", servers_for_response, unless=("servers",)),
    Method("servers", "fewest servers", "servers", (_LOAD, _TIMED, "mean_wait_limit"),
           "servers minimum agents replicas needed", servers_for_mean_wait, unless=("servers",)),
    Method("servers", "fewest servers", "servers", (_LOAD, _ANY, "wait_probability"),
           "servers minimum agents replicas needed", servers_for_probability, unless=("servers",)),
    Method("servers", "fewest servers", "servers", (_LOAD, _ANY, "blocking"),
           "servers minimum agents trunks needed", servers_for_blocking, unless=("servers",)),
    Method("servers", "fewest servers", "servers", (_LOAD, _ANY, "utilisation"),
           "servers minimum agents replicas needed", servers_for_utilisation,
           unless=("servers",)),
    Method("offered_load", "offered load", "erlangs", ("arrival_rate", _TIMED),
           "erlangs offered traffic load", offered, unless=("blocking",)),
    Method("offered_load", "load that so many servers take", "erlangs", (_SIZE, "blocking"),
           "erlangs offered traffic load", carried),
    Method("blocked", "share turned away", "share", (_LOAD, _ANY, _SIZE),
           "blocking blocked probability loss rejected turned away share", blocked,
           unless=("blocking", "wait_limit", "fanout", "attempts")),
    *TAILS,
    *LITTLE,
)  # fmt: skip
