"""How numbers in facts are asked for where the field's own name would not say it, and the formulas
behind them.

A number without an entry here is asked for by the name of its field, and told without a formula.
"""

from __future__ import annotations

from collections.abc import Mapping

from mlsdc.compiler.named_figures import Naming

_AGE = "age = period + run + load + source delay (batch), or source lag + watermark + slide + write"
_SIZE = "n per variant = (z(1 - alpha/2) + z(power))^2 x (variances) / effect^2"

NAMES: Mapping[tuple[str, str], Naming] = {
    ("Workload", "arrivals"): Naming(
        "arrivals",
        "arrivals per second",
        "the rate of each request x the shares, repetitions and misses on its way, summed",
    ),
    ("Workload", "bytes"): Naming(
        "bandwidth",
        "bytes per second that calls send and get back, or that a stream takes in",
        "arrivals x bytes of each",
    ),
    ("Responses", "arrivals"): Naming(""),
    ("Sizing", "replicas"): Naming(
        "replicas",
        "replicas it runs",
        "replicas = ceil(arrivals / arrivals that one replica carries), at least 2",
        "Little's law, N = rate x time",
    ),
    ("Sizing", "per_replica"): Naming(
        "per_replica",
        "requests per second that one replica carries as planned",
        "the load its latency was measured at, else concurrency / mean service time x utilisation",
    ),
    ("Sizing", "utilisation"): Naming(
        "utilisation",
        "the share of the planned load that arrives, over all replicas",
        "utilisation = arrivals / (per_replica x replicas)",
        share=True,
    ),
    ("Availability", "components"): Naming(
        "availability",
        "the share of time in which it answers",
        "as stated, else P(enough of its replicas and zones work)",
        share=True,
    ),
    ("Answered", "availability"): Naming(
        "availability",
        "the share of requests that are answered",
        "P(everything in series works, or the fallback where there is one), independent failures",
        share=True,
    ),
    ("Ages", "worst"): Naming("age", "the worst age of its values when they are read", _AGE),
    ("Ages", "tolerated"): Naming(
        "age_after_failures",
        "the worst age after the failed runs that it tolerates",
        "age = (failed runs + 1) x period + run + load + source delay",
    ),
    ("Ages", "cached"): Naming(
        "age_behind_caches", "the worst age behind the caches of requests", "age + ttl of the cache"
    ),
    ("Exposure", "required"): Naming(
        "size", "units of all variants that its power wants", _SIZE, "Kohavi, Tang and Xu (2020)"
    ),
    ("Exposure", "collected"): Naming(
        "collected", "units that enter while it runs", "units x duration"
    ),
    ("Exposure", "most"): Naming("most", "units that enter at the most: each request a new unit"),
    ("Exposure", "days"): Naming("days", "days until the units it needs are in", "size / units"),
    ("Watch", "rows"): Naming("rows", "rows of one window", "arrivals x window"),
    ("Watch", "false_alarm"): Naming(
        "false_alarm", "the chance that one test warns without any drift, at least"
    ),
    ("Watch", "false_alarm_at_most"): Naming(
        "false_alarm_at_most", "the same with a reference as large as the window"
    ),
    ("Watch", "per_month"): Naming(
        "false_alarms_per_month",
        "false alarms a month, at least",
        "features x windows in 30 days x chance of each",
    ),
    ("Watch", "per_month_at_most"): Naming(
        "false_alarms_per_month_at_most", "the same with a reference as large as the window"
    ),
    ("TokenTime", "floor"): Naming(
        "tpot_floor",
        "the least time between two tokens",
        "bytes of the weights that a token reads / memory bandwidth of all accelerators",
        "roofline",
    ),
    ("TokenTime", "ttft"): Naming(
        "ttft",
        "time to the first token of the whole prompt, on an idle replica",
        "2 x parameters x prompt tokens / (peak FLOP/s x share that is reached)",
    ),
    ("TokenTime", "tpot"): Naming(
        "tpot", "time between two tokens of a request that is alone", "bytes read / bandwidth"
    ),
    ("Fit", "memory"): Naming("gpu_memory", "memory of one accelerator that may be used"),
    ("Fit", "weights"): Naming(
        "weights", "weights on each accelerator", "parameters x bytes of each / accelerators"
    ),
    ("Fit", "per_token"): Naming(
        "kv_per_token",
        "KV cache of one token, on each accelerator",
        "2 x layers x KV heads x head size x bytes of an element",
    ),
    ("Stored", "least"): Naming(
        "stored", "bytes that all keys take, one copy of each counted", "keys x bytes of an entry"
    ),
    ("Stored", "most"): Naming("stored_at_most", "the same with every overhead at its largest"),
    ("Stored", "reads"): Naming("read_units", "read units per second"),
    ("Run", "time"): Naming("run_time", "what one run takes, evaluation included"),
    ("Run", "failures"): Naming(
        "mtbf", "time between two interruptions of the run", "mtbf of one device / devices"
    ),
    ("Run", "interval"): Naming(
        "checkpoint_interval",
        "time between two checkpoints that loses the least",
        "sqrt(2 x time to save x mtbf)",
        "Young 1974",
    ),
    ("Backfill", "time"): Naming("backfill_time", "what computing its whole history takes"),
    ("Surge", "start"): Naming("scale_up_time", "from a rise of the load until a replica answers"),
    ("Surge", "base"): Naming("base_load", "what arrives in quiet hours"),
}
"""By the class that holds the number and its field."""

ALIASES: Mapping[str, str] = {
    "rate": "arrivals",
    "latency": "p99",
    "load": "arrivals",
    "freshness": "age",
    "required": "size",
    "sample_size": "size",
    "data_rate": "bandwidth",
    "monthly_cost": "cost",
    "partitions": "partitions_needed",
    "shards": "partitions_needed",
    "memory": "gpu_memory",
}
"""Other words for the same number, where the component has no field of that name."""
