"""Percentiles of fan-out and of hops, retries, hedges and caches."""

from __future__ import annotations

from mlsdc.compiler.estimates import tails
from mlsdc.compiler.estimates.methods.capacity import CAPACITY
from mlsdc.compiler.estimates.methods.times import TIMES
from mlsdc.compiler.estimates.refusal import Missing, Refusal
from mlsdc.compiler.estimates.working import Method, Working

_SOURCE = "Dean and Barroso 2013"


def slow_requests(working: Working) -> float:
    """Requests that wait for a slow leaf."""
    leaves, slow = working.number("fanout"), working.number("slow_probability")
    share = tails.any_slow(slow, leaves)
    return working.step("slow requests", f"1 - (1 - {slow:g})^{leaves:g}", share, "share", _SOURCE)


def leaf_percentile(working: Working) -> float:
    """The percentile each leaf must keep."""
    leaves, level = working.number("fanout"), working.number("percentile")
    share = tails.leaf_level(level, leaves)
    return working.step("of each leaf", f"{level:g}^(1/{leaves:g})", share, "share", _SOURCE)


def slowest_leaf(working: Working) -> float:
    """A percentile of the slowest of several leaves."""
    from mlsdc.compiler.latency.distribution import Distribution

    level = tails.leaf_level(working.number("percentile"), working.number("fanout"))
    p50, p99 = working.number("leaf_p50"), working.number("leaf_p99")
    _lognormal(working)
    working.step("of each leaf", "level^(1/leaves)", level, "share", _SOURCE)
    value = Distribution.lognormal(p50=p50, p99=p99).quantile(level)
    return working.step("slowest leaf", "the leaf's quantile there", value, "s")


def _lognormal(working: Working) -> None:
    shape = working.text("distribution") or "lognormal"
    if shape != "lognormal":
        raise Refusal("distribution", shape, "two quantiles give a lognormal", "lognormal")
    working.note("distribution", "lognormal through p50 and p99")


def sum_percentile(working: Working) -> float:
    """A percentile of hops one after the other."""
    from mlsdc.compiler.latency.distribution import Distribution

    _lognormal(working)
    hops = _hops(working)
    parts = [Distribution.lognormal(p50=p50, p99=p99) for p50, p99 in hops]
    level = working.number("percentile")
    dependent = working.has("independent") and not working.flag("independent")
    joined = Distribution.comonotone_sum(parts) if dependent else Distribution.series(parts)
    value = joined.quantile(level)
    how = "all slow together" if dependent else "independent: convolution"
    return working.step(f"p{level * 100:g} of the sum", how, value, "s")


def _hops(working: Working) -> list[tuple[float, float]]:
    medians, highs = working.numbers("hops_p50"), working.numbers("hops_p99")
    if len(medians) != len(highs):
        raise Missing("hops_p99")
    return list(zip(medians, highs, strict=True))


def sum_of_percentiles(working: Working) -> float:
    """The sum of the hops' p99: what they take if all are slow together."""
    highs = working.numbers("hops_p99")
    return working.step("sum of p99", " + ".join(f"{v:g}" for v in highs), sum(highs), "s")


def _attempts(working: Working) -> float:
    retries = working.maybe("retries")
    return retries + 1.0 if retries is not None else working.number("attempts")


def attempt_rate(working: Working) -> float:
    """Attempts per second with retries."""
    rate, failure = working.number("arrival_rate"), working.number("failure_probability")
    count = _attempts(working)
    each = tails.attempts_per_request(failure, count)
    formula = f"{rate:g}/s x (1 + p + ... + p^{count - 1:g}), p = {failure:g}"
    return working.step("attempts", formula, rate * each, "/s")


def amplification(working: Working) -> float:
    """Attempts of one request with retries."""
    count, failure = _attempts(working), working.number("failure_probability")
    each = tails.attempts_per_request(failure, count)
    return working.step("attempts of a request", "1 + p + p^2 ...", each, "x")


def retried_success(working: Working) -> float:
    """Requests answered in the end."""
    count, failure = _attempts(working), working.number("failure_probability")
    share = tails.success(failure, count)
    return working.step("answered", f"1 - {failure:g}^{count:g}", share, "share")


def cached_mean(working: Working) -> float:
    """Mean time of a read through a cache."""
    hit, near, far = (working.number(n) for n in ("hit_ratio", "hit_time", "miss_time"))
    formula = f"{hit:g} x {near:g} s + {1 - hit:.4g} x {far:g} s"
    return working.step("mean", formula, tails.cached_mean(hit, near, far), "s")


def cached_percentile(working: Working) -> float:
    """A percentile of a read through a cache whose hits and misses each take one time."""
    hit, level = working.number("hit_ratio"), working.number("percentile")
    value = working.number("hit_time") if level <= hit else working.number("miss_time")
    side = "a hit" if level <= hit else "a miss"
    return working.step(f"p{level * 100:g}", f"{side}, as {hit:g} of reads hit", value, "s")


def missed_rate(working: Working) -> float:
    """Reads that go through to the store."""
    rate, hit = working.number("arrival_rate"), working.number("hit_ratio")
    return working.step("misses", f"{rate:g}/s x (1 - {hit:g})", rate * (1.0 - hit), "/s")


def cache_gain(working: Working) -> float:
    """How many times fewer reads reach the store."""
    hit = working.number("hit_ratio")
    return working.step("reads over misses", f"1 / (1 - {hit:g})", 1.0 / (1.0 - hit), "x")


def hedged_share(working: Working) -> float:
    """Load that a second copy at a percentile adds."""
    level = working.number("hedge_percentile")
    return working.step("more load", f"1 - {level:g}", 1.0 - level, "share", _SOURCE)


def hedged_rate(working: Working) -> float:
    """Requests per second with a second copy sent at a percentile."""
    rate, level = working.number("arrival_rate"), working.number("hedge_percentile")
    return working.step("with hedges", f"{rate:g}/s x (2 - {level:g})", rate * (2.0 - level), "/s",
                        _SOURCE)  # fmt: skip


_RETRIES = ("attempts", "retries")

TAILS: tuple[Method, ...] = (
    Method("slow_requests", "requests that wait for a slow leaf", "share",
           ("fanout", "slow_probability"), "probability request slow share", slow_requests,
           unless=("quorum",)),
    Method("leaf_percentile", "percentile each leaf must keep", "share", ("fanout", "percentile"),
           "per leaf percentile needed quantile", leaf_percentile, unless=("leaf_p50",)),
    Method("slowest_leaf", "percentile of the slowest leaf", "s",
           ("fanout", "leaf_p50", "leaf_p99", "percentile"),
           "p50 p90 p95 p99 maximum slowest fan out", slowest_leaf),
    Method("sum_percentile", "percentile of all hops", "s", ("hops_p50", "hops_p99", "percentile"),
           "p50 p90 p95 p99 sum serial hops", sum_percentile),
    Method("sum_of_percentiles", "sum of the hops' p99", "s", ("hops_p99",),
           "naive upper bound added sum of p99s", sum_of_percentiles, asked_only=True),
    Method("attempt_rate", "attempts", "/s", ("arrival_rate", "failure_probability", _RETRIES),
           "attempts load per retries requests", attempt_rate),
    Method("amplification", "attempts of a request", "x", ("failure_probability", _RETRIES),
           "x amplification factor attempts per request expected", amplification),
    Method("retried_success", "requests answered", "share", ("failure_probability", _RETRIES),
           "success probability answered availability", retried_success),
    Method("cached_mean", "mean time of a read", "s", ("hit_ratio", "hit_time", "miss_time"),
           "mean effective average latency", cached_mean),
    Method("cached_percentile", "percentile of a read", "s",
           ("hit_ratio", "hit_time", "miss_time", "percentile"), "p50 p90 p95 p99 percentile",
           cached_percentile),
    Method("missed_rate", "reads that miss", "/s", ("arrival_rate", "hit_ratio"),
           "misses origin backend store requests per load", missed_rate),
    Method("cache_gain", "reads over misses", "x", ("hit_ratio",),
           "x multiplier reduction gain factor speedup throughput", cache_gain),
    Method("hedged_share", "load that hedging adds", "share", ("hedge_percentile",),
           "extra additional load share percent more requests", hedged_share),
    Method("hedged_rate", "requests with hedges", "/s", ("arrival_rate", "hedge_percentile"),
           "requests attempts load per hedged", hedged_rate),
    *TIMES,
    *CAPACITY,
)  # fmt: skip
