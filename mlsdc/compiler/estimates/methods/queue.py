"""Waits, sizes and servers of queues."""

from __future__ import annotations

import math

from mlsdc.compiler.estimates.methods.little import LITTLE
from mlsdc.compiler.estimates.methods.queue_load import (
    MOST_SERVERS,
    load_of,
    notation,
    servers_of,
    waiting,
)
from mlsdc.compiler.estimates.methods.queue_servers import SERVERS
from mlsdc.compiler.estimates.methods.tails import TAILS
from mlsdc.compiler.estimates.queue import finite_states
from mlsdc.compiler.estimates.refusal import Missing, Refusal
from mlsdc.compiler.estimates.working import Method, Working
from mlsdc.compiler.latency import queueing
from mlsdc.compiler.latency.queueing import Unstable

ABOUT = "waits, percentiles and servers of a queue; fan-out, hops, retries and caches"
EXAMPLES = (
    "--rate 750/s --service-time 20ms --servers 20 --percentile p99",
    "--rate 10000/s --service-time 20ms --percentile p99 --wait-limit 5ms",
    "--fanout 100 --slow-probability 1%",
)
OPTIONAL = (
    "model arrival_scv service_scv arrival_cv service_cv queue_capacity independent distribution"
)


def idle_probability(working: Working) -> float:
    """Share of the time in which nothing is there (M/M/c)."""
    load, servers = load_of(working), servers_of(working)
    if load.arrival_scv != 1 or load.service_scv != 1:
        raise Missing("queue M/M/c")
    waits = waiting(working).probability
    erlangs = load.rate * load.service
    if erlangs <= 0:
        return working.step("idle", "nothing arrives", 1.0, "share")
    # Nothing waits with the sum of a^k / k! up to c - 1, each term times P(0).
    logs = [k * math.log(erlangs) - math.lgamma(k + 1) for k in range(servers)]
    value = 0.0 if max(logs) > 700 else (1.0 - waits) / math.fsum(map(math.exp, logs))
    return working.step("idle", "P(0) of M/M/c", value, "share", "Gross and Harris 2.3")


def utilisation(working: Working) -> float:
    """Share of the servers' time that is needed."""
    load, servers = load_of(working), servers_of(working)
    share = queueing.utilisation(load.rate, load.service, servers)
    return working.step(
        "utilisation", f"{load.rate:g} x {load.service:g} / {servers}", share, "share"
    )


def offered(working: Working) -> float:
    """Erlangs of a rate and a service time."""
    load = load_of(working)
    return working.step("offered load", f"{load.rate:g}/s x {load.service:g} s",
                        load.rate * load.service, "erlangs")  # fmt: skip


def wait_probability(working: Working) -> float:
    """Share of requests that wait at all."""
    return waiting(working).probability


def mean_wait(working: Working) -> float:
    """Mean wait for a server."""
    wait = waiting(working).mean
    return working.step("mean wait", "probability of waiting / decay", wait, "s")


def wait_percentile(working: Working) -> float:
    """A percentile of the wait."""
    level = working.number("percentile")
    value = waiting(working).quantile(level)
    return working.step(f"p{level * 100:g} wait", "ln(C / (1 - p)) / decay", value, "s")


def mean_response(working: Working) -> float:
    """Mean time in the system."""
    load, wait = load_of(working), waiting(working).mean
    return working.step("mean time in system", f"{wait:.6g} s + {load.service:g} s",
                        wait + load.service, "s")  # fmt: skip


def response_percentile(working: Working) -> float:
    """A percentile of the time in the system."""
    load, level = load_of(working), working.number("percentile")
    wait = waiting(working)
    if load.arrival_scv == 1 and load.service_scv == 1:
        value = queueing.response_quantile_mmc(load.rate, load.service, servers_of(working), level)
        assert not isinstance(value, Unstable)
        return working.step(f"p{level * 100:g} in system", "M/M/c, closed form", value, "s")
    from mlsdc.compiler.latency.distribution import Distribution

    service = Distribution.from_mean(load.service, load.service_scv)
    value = wait.response(service).quantile(level)
    how = "wait and lognormal service, convolved"
    return working.step(f"p{level * 100:g} in system", how, value, "s")


def in_queue(working: Working) -> float:
    """Mean requests that wait."""
    count = load_of(working).rate * waiting(working).mean
    return working.step("waiting requests", "rate x mean wait", count, "requests", "Little 1961")


def in_system(working: Working) -> float:
    """Mean requests that wait or are served."""
    load = load_of(working)
    count = load.rate * (waiting(working).mean + load.service)
    return working.step("requests in system", "rate x mean time in system", count, "requests",
                        "Little 1961")  # fmt: skip


def within(working: Working) -> float:
    """Share of requests that wait at most so long."""
    limit = working.number("wait_limit")
    share = 1.0 - waiting(working).survival(limit)
    return working.step(f"wait at most {limit:g} s", "1 - C e^(-decay t)", share, "share")


def exceeding(working: Working) -> float:
    """Share of requests that are in the system for longer than a time (M/M/c)."""
    load = load_of(working)
    if load.arrival_scv != 1 or load.service_scv != 1:
        raise Missing("queue M/M/c")
    limit = working.number("time_threshold")
    value = queueing.response_survival(waiting(working), load.service, limit)
    return working.step(f"longer than {limit:g} s", "M/M/c, closed form", value, "share",
                        "Gross and Harris 2.3")  # fmt: skip


def carried(working: Working) -> float:
    """Erlangs that so many servers take at a share turned away."""
    servers, share = servers_of(working), working.number("blocking")
    load = queueing.load_for_blocking(servers, share)
    return working.step("offered load", "inverse of Erlang B", load, "erlangs", "Erlang 1917")


def blocked(working: Working) -> float:
    """Share of requests turned away."""
    load, servers = load_of(working), servers_of(working)
    model = notation(working)
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
_BOUND = ("time_threshold", "blocking", "queue_capacity", "fanout", "attempts", "hit_ratio")

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
    Method("exceeding", "requests that take longer", "share",
           (_BUSY, _TIMED, _SIZE, "time_threshold"),
           "probability exceed longer sojourn response system latency share over above",
           exceeding, unless=("blocking", "queue_capacity", "fanout", "attempts", "hit_ratio")),
    *SERVERS,
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
