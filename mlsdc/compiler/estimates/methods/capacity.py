"""Arithmetic of capacity: error budgets, backlogs, batches, copies, limits of a speed-up."""

from __future__ import annotations

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


CAPACITY: tuple[Method, ...] = (
    Method("error_budget", "time that may be lost", "s", ("availability", "window"),
           "error budget downtime allowed outage unavailable of", error_budget),
    Method("drained", "time until a backlog is read", "s", ("backlog", "consume_rate"),
           "drain catch up backlog lag recover time to clear", drained),
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
