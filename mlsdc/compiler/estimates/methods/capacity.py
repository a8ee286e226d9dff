"""Arithmetic of capacity: error budgets, backlogs, batches, copies, limits of a speed-up."""

from __future__ import annotations

import math
from collections.abc import Callable

from mlsdc.compiler.estimates.refusal import Refusal
from mlsdc.compiler.estimates.working import Method, Working


def error_budget(working: Working) -> float:
    """Time that may be lost within an objective's window."""
    share, window = 1.0 - working.number("availability"), working.number("window")
    return working.step("error budget", f"{share:.6g} x {window:g} s", share * window, "s",
                        "Beyer et al. 2016")  # fmt: skip


def drained(working: Working) -> float:
    """Time until a backlog is read, while more arrives."""
    waiting, read = working.number("backlog"), working.number("consume_rate")
    more = working.maybe("arrival_rate") or 0.0
    if read <= more:
        raise Refusal("consume_rate", read, f"more than the {more:g}/s that arrive")
    formula = f"{waiting:g} / ({read:g}/s - {more:g}/s)"
    return working.step("until it is read", formula, waiting / (read - more), "s")


def filling(working: Working) -> float:
    """Mean wait of a request until its batch is full."""
    size, rate = working.number("batch"), working.number("arrival_rate")
    value = (size - 1.0) / (2.0 * rate)
    return working.step("wait", f"({size:g} - 1) / (2 x {rate:g}/s)", value, "s")


def all_slow(working: Working) -> float:
    """Requests of which every independent copy is slow."""
    slow, copies = working.number("slow_probability"), working.number("copies")
    return working.step("slow", f"{slow:g}^{copies:g}", slow**copies, "share",
                        "Dean and Barroso 2013")  # fmt: skip


def speed_limit(working: Working) -> float:
    """Speed-up of work of which a share cannot be divided."""
    divided = working.maybe("parallel_fraction")
    divided = 1.0 - working.number("serial_fraction") if divided is None else divided
    count = working.either("servers", "gpus")
    value = 1.0 / (1.0 - divided + divided / count)
    formula = f"1 / ({1 - divided:.4g} + {divided:g} / {count:g})"
    return working.step("speed-up", formula, value, "x", "Amdahl 1967")


def lost_in(days: float, name: str) -> Callable[[Working], float]:
    """Time that an availability loses in so many days."""

    def run(working: Working) -> float:
        share = 1.0 - working.number("availability")
        formula = f"{share:.6g} x {days:g} d"
        return working.step(f"lost in a {name}", formula, share * days * 86400.0, "s")

    return run


def repaired(working: Working) -> float:
    """Availability of what fails and is repaired."""
    up, down = working.number("mtbf"), working.number("mttr")
    return working.step("availability", f"{up:g} s / ({up:g} s + {down:g} s)", up / (up + down),
                        "share")  # fmt: skip


def busy_requests(working: Working) -> float:
    """Requests in flight where each takes its service time."""
    rate, time = working.number("arrival_rate"), working.number("service_time")
    return working.step("in flight", f"{rate:g}/s x {time:g} s", rate * time, "requests",
                        "Little 1961")  # fmt: skip


def readers(working: Working) -> float:
    """Fewest partitions or consumers that keep up."""
    rate, each = working.number("arrival_rate"), working.number("consume_rate")
    value = float(math.ceil(rate / each - 1e-9))
    return working.step("consumers", f"{rate:g}/s / {each:g}/s, rounded up", value, "partitions")


def needed_hits(working: Working) -> float:
    """The least hit ratio that spares a store what it cannot take."""
    rate, most = working.number("arrival_rate"), working.number("backend_capacity")
    return working.step("hit ratio", f"1 - {most:g}/s / {rate:g}/s", max(0.0, 1.0 - most / rate),
                        "share")  # fmt: skip


def slow_quorum(working: Working) -> float:
    """Requests for which too few leaves answer in time."""
    leaves, wanted = int(working.number("fanout")), int(working.number("quorum"))
    slow = working.number("slow_probability")
    if not wanted <= leaves <= 10_000:
        raise Refusal("quorum", wanted, f"at most the {leaves} leaves, and those 10,000", "2")
    value = math.fsum(
        math.comb(leaves, k) * slow**k * (1.0 - slow) ** (leaves - k)
        for k in range(leaves - wanted + 1, leaves + 1)
    )
    formula = f"P(more than {leaves - wanted} of {leaves} are slow)"
    return working.step("slow", formula, value, "share", "binomial")


def multiplied_attempts(working: Working) -> float:
    """Attempts at the bottom where every layer retries on its own."""
    each, layers = working.number("attempts_per_layer"), working.number("retry_layers")
    return working.step("attempts", f"{each:g}^{layers:g}", each**layers, "x")


def scaled_capacity(working: Working) -> float:
    """Capacity of several nodes over that of one, with contention and coherency."""
    count = working.either("nodes", "servers", "gpus")
    serial, pairs = working.number("contention"), working.maybe("coherency") or 0.0
    value = count / (1.0 + serial * (count - 1.0) + pairs * count * (count - 1.0))
    formula = f"N / (1 + {serial:g} (N - 1) + {pairs:g} N (N - 1)), N = {count:g}"
    return working.step("capacity", formula, value, "x", "Gunther 1993")


CAPACITY: tuple[Method, ...] = (
    Method("error_budget", "time that may be lost", "s", ("availability", "window"),
           "error budget downtime allowed outage unavailable of", error_budget),
    Method("drained", "time until a backlog is read", "s", ("backlog", "consume_rate"),
           "drain catch up backlog lag recover time to clear", drained),
    Method("lost_year", "time lost in a year", "s", ("availability",),
           "downtime per year outage unavailable annual", lost_in(365.0, "year"),
           unless=("window",), asked_only=True),
    Method("lost_month", "time lost in 30 days", "s", ("availability",),
           "downtime per month outage unavailable monthly", lost_in(30.0, "month"),
           unless=("window",), asked_only=True),
    Method("availability", "availability", "share", ("mtbf", "mttr"),
           "availability uptime probability", repaired),
    Method("in_flight", "requests in flight", "requests", ("arrival_rate", "service_time"),
           "requests in flight concurrency concurrent threads busy number connections workers",
           busy_requests,
           unless=("servers", "model", "mean_latency", "batch"), asked_only=True),
    Method("readers", "partitions or consumers", "partitions", ("arrival_rate", "consume_rate"),
           "partitions consumers minimum needed workers number", readers, unless=("backlog",)),
    Method("needed_hits", "hit ratio that is needed", "share",
           ("arrival_rate", "backend_capacity"), "hit ratio needed required cache minimum",
           needed_hits),
    Method("slow_quorum", "requests that too few leaves answer in time", "share",
           ("fanout", "quorum", "slow_probability"), "probability quorum request slow share",
           slow_quorum),
    Method("attempts", "attempts at the lowest layer", "x",
           ("attempts_per_layer", "retry_layers"),
           "x worst case amplification factor attempts load", multiplied_attempts),
    Method("capacity", "capacity over that of one node", "x",
           ("contention", ("nodes", "servers", "gpus")),
           "x relative capacity speedup speed up scaling throughput", scaled_capacity),
    Method("filling", "wait until a batch is full", "s", ("batch", "arrival_rate"),
           "batch formation fill filling assembly queueing mean wait", filling,
           unless=("service_time", "service_rate", "servers", "offered_load"), asked_only=True),
    Method("slow_requests", "requests of which all copies are slow", "share",
           ("slow_probability", "copies"), "probability both all copies slow share request",
           all_slow, unless=("fanout",)),
    Method("speed_up", "speed-up", "x",
           (("parallel_fraction", "serial_fraction"), ("servers", "gpus")),
           "speedup speed up x times amdahl", speed_limit),
)  # fmt: skip
