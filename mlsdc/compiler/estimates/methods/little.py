"""Little's law: requests in flight, throughput and time in the system, each from the other two."""

from __future__ import annotations

from mlsdc.compiler.estimates.throughput import in_flight
from mlsdc.compiler.estimates.working import Method, Working

_SOURCE = "Little 1961"


def requests_in_flight(working: Working) -> float:
    """L = lambda W."""
    rate, time = working.number("arrival_rate"), working.number("mean_latency")
    return working.step("in flight", f"{rate:g}/s x {time:g} s", in_flight(rate, time), "requests",
                        _SOURCE)  # fmt: skip


def time_in_system(working: Working) -> float:
    """W = L / lambda."""
    count, rate = working.number("concurrency"), working.number("arrival_rate")
    return working.step("in the system", f"{count:g} / {rate:g}/s", count / rate, "s", _SOURCE)


def throughput(working: Working) -> float:
    """lambda = L / W, with `batch` items in each request."""
    count, batch = working.maybe("concurrency") or 1.0, working.maybe("batch") or 1.0
    if not working.has("concurrency"):
        count = working.maybe("servers") or count
    time = working.either("mean_latency", "service_time")
    formula = f"{count:g} x {batch:g} / {time:g} s"
    return working.step("throughput", formula, count * batch / time, "/s", _SOURCE)


LITTLE: tuple[Method, ...] = (
    Method("in_flight", "requests in flight", "requests", ("arrival_rate", "mean_latency"),
           "requests in flight system concurrency little l number concurrent connections threads",
           requests_in_flight),
    Method("time_in_system", "mean time in the system", "s", ("concurrency", "arrival_rate"),
           "mean end to latency little sojourn response time system", time_in_system),
    Method("throughput", "throughput", "/s", ("concurrency", ("mean_latency", "service_time")),
           "inferences requests queries throughput per items samples images", throughput),
    Method("throughput", "throughput", "/s", ("batch", "mean_latency"),
           "inferences requests queries throughput per items samples images", throughput,
           unless=("concurrency",)),
)  # fmt: skip
