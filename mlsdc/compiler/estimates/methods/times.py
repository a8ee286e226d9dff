"""Times of one hop or leaf, means of several hops, and availability of several components."""

from __future__ import annotations

import math
import re

from mlsdc.compiler.estimates.refusal import Missing, Refusal
from mlsdc.compiler.estimates.working import Method, Working
from mlsdc.compiler.statistics.normal import normal_probability, normal_score


def _spread(near: float, far: float) -> float:
    """The deviation of the logarithm of a lognormal time, from its p50 and p99."""
    if not 0 < near <= far:
        raise ValueError(f"p50 {near:g} s is above 0 and at most p99 {far:g} s")
    return math.log(far / near) / normal_score(0.99)


def _lognormal_mean(near: float, far: float) -> float:
    return near * math.exp(_spread(near, far) ** 2 / 2)


def percentile(working: Working) -> float:
    """Another percentile of a time of which two are stated."""
    if "exp" in working.text("distribution"):
        raise Missing("leaf_mean")
    near, far = working.number("leaf_p50"), working.number("leaf_p99")
    level = working.number("percentile")
    value = near * math.exp(_spread(near, far) * _score(level))
    return working.step(f"p{level * 100:g}", "lognormal through p50 and p99", value, "s")


def mean(working: Working) -> float:
    """The mean of a time of which two percentiles are stated."""
    near, far = working.number("leaf_p50"), working.number("leaf_p99")
    value = _lognormal_mean(near, far)
    return working.step("mean", "lognormal through p50 and p99", value, "s")


def hedged_percentile(working: Working) -> float:
    """A percentile where a second copy starts after a while, and the first answer counts."""
    if "exp" in working.text("distribution"):
        raise Missing("distribution lognormal")
    near, far, level = (working.number(n) for n in ("leaf_p50", "leaf_p99", "percentile"))
    spread = _spread(near, far)
    after = working.maybe("hedge_after")
    if after is None:
        after = near * math.exp(spread * _score(working.number("hedge_percentile")))
    low, high = 0.0, near * math.exp(spread * _score(level))
    for _ in range(200):
        middle = (low + high) / 2
        late = _later(middle, near, spread) * _later(middle - after, near, spread)
        low, high = (middle, high) if late > 1.0 - level else (low, middle)
    formula = f"S(t) S(t - {after:.6g} s) = {1 - level:g}"
    return working.step(f"p{level * 100:g}", formula, high, "s", "Dean and Barroso 2013")


def _score(level: float) -> float:
    if not 0 < level < 1:
        raise Refusal("percentile", level, "between 0 and 1", "p99")
    return normal_score(level)


def _later(seconds: float, near: float, spread: float) -> float:
    """The probability that a lognormal time is longer."""
    if seconds <= 0:
        return 1.0
    if spread == 0:
        return float(seconds < near)
    return 1.0 - normal_probability(math.log(seconds / near) / spread)


def mean_of_hops(working: Working) -> float:
    """Means of hops add, whatever depends on whatever."""
    if working.has("hops_mean"):
        means = list(working.numbers("hops_mean"))
    else:
        pairs = zip(working.numbers("hops_p50"), working.numbers("hops_p99"), strict=True)
        means = [_lognormal_mean(p50, p99) for p50, p99 in pairs]
    formula = " + ".join(f"{one:.6g}" for one in means[:8]) + (" ..." if len(means) > 8 else "")
    return working.step("mean", formula, math.fsum(means), "s")


def _exponential(working: Working) -> float:
    shape = working.text("distribution")
    if "exp" not in shape:
        raise Missing("distribution exponential")
    return working.number("leaf_mean")


def mean_of_slowest(working: Working) -> float:
    """The mean of the slowest of several exponential leaves."""
    each, leaves = _exponential(working), working.number("fanout")
    if leaves > 1_000_000:
        raise Refusal("fanout", leaves, "at most 1,000,000", "100")
    harmonic = math.fsum(1.0 / k for k in range(1, int(leaves) + 1))
    formula = f"{each:g} s x (1 + 1/2 + ... + 1/{leaves:g})"
    return working.step("mean of the slowest", formula, each * harmonic, "s")


def exponential_percentile(working: Working) -> float:
    """A percentile of an exponential time, or of the slowest of several."""
    each, level = _exponential(working), working.number("percentile")
    leaves = working.maybe("fanout") or 1.0
    own = level ** (1.0 / leaves)
    formula = f"-{each:g} s x ln(1 - {level:g}^(1/{leaves:g}))"
    return working.step(f"p{level * 100:g}", formula, -each * math.log1p(-own), "s")


def slow_by_level(working: Working) -> float:
    """Requests slower than a percentile that each leaf keeps."""
    leaves, level = working.number("fanout"), working.number("leaf_level")
    share = 1.0 - level**leaves
    return working.step("slow requests", f"1 - {level:g}^{leaves:g}", share, "share",
                        "Dean and Barroso 2013")  # fmt: skip


def all_available(working: Working) -> float:
    """Availability of several components: all of them needed, or any one."""
    each = working.numbers("availabilities")
    if _redundant(working):
        value, formula = 1.0 - math.prod(1.0 - a for a in each), "1 - product of (1 - a)"
    else:
        value, formula = math.prod(each), " x ".join(f"{a:g}" for a in each[:8])
    if not all(0.0 <= a <= 1.0 for a in each):
        raise Refusal("availabilities", list(each), "shares from 0 to 1", "0.999,0.99")
    return working.step("availability", formula, value, "share")


def alike_available(working: Working) -> float:
    """The same of equal components."""
    each, count = working.number("availability"), working.either("n_components", "servers")
    if _redundant(working):
        value, formula = 1.0 - (1.0 - each) ** count, f"1 - (1 - {each:g})^{count:g}"
    else:
        value, formula = each**count, f"{each:g}^{count:g}"
    return working.step("availability", formula, value, "share")


def _redundant(working: Working) -> bool:
    said = working.text("arrangement")
    if re.search(r"parallel|redundan|replica|\bany\b", said):
        return True
    if not said or re.search(r"serie|serial|\ball\b", said):
        return False
    raise Refusal("arrangement", said, "series or parallel", "series")


def retried_failure(working: Working) -> float:
    """Requests that no attempt answers."""
    failure = working.number("failure_probability")
    stated = working.maybe("attempts")
    count = stated if stated is not None else working.number("retries") + 1
    return working.step("failed", f"{failure:g}^{count:g}", failure**count, "share")


def worst_case(working: Working) -> float:
    """The longest that attempts with a time limit take."""
    limit, pause = working.number("timeout"), working.maybe("backoff") or 0.0
    stated = working.maybe("attempts")
    count = stated if stated is not None else working.number("retries") + 1
    formula = f"{count:g} x {limit:g} s + {count - 1:g} x {pause:g} s"
    return working.step("at the longest", formula, count * limit + (count - 1) * pause, "s")


_OTHERWISE = (
    "fanout", "hops_p50", "arrival_rate", "hedge_percentile", "hedge_after", "timeout", "hit_ratio",
)  # fmt: skip
"""What makes the time of one call another one."""

TIMES: tuple[Method, ...] = (
    Method("percentile", "percentile of a time", "s", ("leaf_p50", "leaf_p99", "percentile"),
           "p50 p90 p95 p99 p999 percentile latency", percentile, unless=_OTHERWISE),
    Method("mean_time", "mean of a time", "s", ("leaf_p50", "leaf_p99"),
           "mean average latency", mean, unless=_OTHERWISE),
    Method("hedged_percentile", "percentile of a hedged call", "s",
           ("leaf_p50", "leaf_p99", "percentile", ("hedge_percentile", "hedge_after")),
           "p50 p90 p95 p99 p999 percentile latency hedged hedging", hedged_percentile,
           unless=("fanout", "hops_p50", "arrival_rate", "timeout", "hit_ratio")),
    Method("worst_case", "longest time of all attempts", "s",
           ("timeout", ("attempts", "retries")), "worst case maximum total longest bound",
           worst_case),
    Method("mean_of_hops", "mean of all hops", "s", (("hops_mean", "hops_p50"),),
           "mean average sum hops total", mean_of_hops),
    Method("mean_of_slowest", "mean of the slowest leaf", "s", ("fanout", "leaf_mean"),
           "mean average maximum slowest fan out", mean_of_slowest),
    Method("percentile", "percentile of a time", "s", ("leaf_mean", "percentile"),
           "p50 p90 p95 p99 p999 percentile latency maximum slowest", exponential_percentile),
    Method("slow_requests", "requests that wait for a slow leaf", "share",
           ("fanout", "leaf_level"), "probability request slow share", slow_by_level),
    Method("availability", "availability", "share", ("availabilities",),
           "availability series parallel probability", all_available),
    Method("availability", "availability", "share", ("availability", "n_components"),
           "availability series parallel probability", alike_available),
    Method("availability", "availability", "share", ("availability", "servers", "arrangement"),
           "availability series parallel probability", alike_available),
    Method("retried_failure", "requests that fail in the end", "share",
           ("failure_probability", ("attempts", "retries")),
           "failure fail failed error probability residual after retries", retried_failure,
           asked_only=True),
)  # fmt: skip
