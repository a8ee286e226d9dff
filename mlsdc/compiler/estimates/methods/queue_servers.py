"""How many servers a queue needs, for each way of saying what is good enough."""

from __future__ import annotations

from mlsdc.compiler.estimates.methods.queue_load import Load, load_of
from mlsdc.compiler.estimates.queue import fewest_servers
from mlsdc.compiler.estimates.refusal import Refusal
from mlsdc.compiler.estimates.working import Method, Working
from mlsdc.compiler.latency import queueing
from mlsdc.compiler.latency.queueing import Unstable


def servers_for_wait(working: Working) -> float:
    """Fewest servers for a percentile of the wait."""
    load = load_of(working)
    count = queueing.servers_for_wait(
        load.rate, load.service, working.number("percentile"), working.number("wait_limit"),
        arrival_scv=load.arrival_scv, service_scv=load.service_scv,
    )  # fmt: skip
    busy = load.rate * load.service / count
    return working.step("servers", f"fewest that keep it; utilisation {busy:.4g}", count, "servers")


def servers_for_response(working: Working) -> float:
    """Fewest servers for a percentile of the time in the system (M/M/c)."""
    load, level, limit = (
        load_of(working),
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


def _responds(load: Load, servers: int, level: float, limit: float) -> bool:
    found = queueing.response_quantile_mmc(load.rate, load.service, servers, level)
    return not isinstance(found, Unstable) and found <= limit


def servers_for_mean_wait(working: Working) -> float:
    """Fewest servers for the mean of the wait."""
    load, limit = load_of(working), working.number("mean_wait_limit")

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
    load, most = load_of(working), working.number("wait_probability")
    if most <= 0:
        raise Refusal("wait_probability", most, "above 0", "20%")
    count = fewest_servers(load.rate * load.service, most, waiting=True)
    return working.step(
        "servers", "fewest with Erlang C within it", count, "servers", "Erlang 1917"
    )


def servers_for_blocking(working: Working) -> float:
    """Fewest servers that turn away at most a share of requests."""
    load, most = load_of(working), working.number("blocking")
    if most <= 0:
        raise Refusal("blocking", most, "above 0", "1%")
    count = fewest_servers(load.rate * load.service, most, waiting=False)
    return working.step(
        "servers", "fewest with Erlang B within it", count, "servers", "Erlang 1917"
    )


def servers_for_utilisation(working: Working) -> float:
    """Fewest servers at a utilisation."""
    load, most = load_of(working), working.number("utilisation")
    if most <= 0:
        raise Refusal("utilisation", most, "above 0", "50%")
    count = queueing.servers_needed(load.rate, load.service, most)
    formula = f"{load.rate:g} x {load.service:g} / {most:g}"
    return working.step("servers", formula, count, "servers")


_LOAD = ("arrival_rate", "offered_load")
_TIMED = ("service_time", "service_rate")
_ANY = ("service_time", "service_rate", "offered_load")

SERVERS: tuple[Method, ...] = (
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
)  # fmt: skip
