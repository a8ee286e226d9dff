"""Times of a streamed answer from stated figures, and what stated figures say of one device."""

from __future__ import annotations

from mlsdc.compiler.estimates.model_inputs import figure, needed, weight_bytes
from mlsdc.compiler.estimates.refusal import Missing
from mlsdc.compiler.estimates.training_efficiency import gpus
from mlsdc.compiler.estimates.working import Method, Working


def answer_time(working: Working) -> float:
    """The first token and all others."""
    first, each = working.number("ttft"), working.number("tpot")
    tokens = working.number("output_tokens")
    formula = f"{first:g} s + ({tokens:g} - 1) x {each:g} s"
    return working.step("whole answer", formula, first + (tokens - 1.0) * each, "s")


def streamed_rate(working: Working) -> float:
    """Tokens per second of streams whose time between tokens is stated."""
    each, streams = working.number("tpot"), working.either_or("batch", "concurrency", 1.0)
    return working.step("tokens", f"{streams:g} / {each:g} s", streams / each, "/s")


def time_of_token(working: Working) -> float:
    """Time between two tokens of one stream of a rate."""
    rate, streams = working.number("tokens_rate"), working.either_or("batch", "concurrency", 1.0)
    return working.step("a token", f"{streams:g} / {rate:g}/s", streams / rate, "s")


def rate_of_one(working: Working) -> float:
    """Requests per second of each device."""
    rate = working.number("arrival_rate")
    count = gpus(working) or working.number("servers")
    return working.step("each", f"{rate:g}/s / {count:g}", rate / count, "/s")


def batching_gain(working: Working) -> float:
    """Throughput of the largest stated batch over that of the smallest."""
    points = working.points("time_at_batch")
    if len(points) < 2:
        raise Missing("time_at_batch of two sizes")
    small, large = min(points), max(points)
    value = (large / points[large]) / (small / points[small])
    formula = f"({large:g} / {points[large]:g} s) / ({small:g} / {points[small]:g} s)"
    return working.step("gain of batching", formula, value, "x")


def weights_read(working: Working) -> float:
    """The least time of a token: the weights read once."""
    size = working.number("params") * weight_bytes(working)
    speed = working.number("memory_bandwidth")
    return working.step("a token", f"{size:.6g} B / {speed:.6g} B/s", size / speed, "s", "roofline")


def drafted_tokens(working: Working) -> float:
    """Mean tokens of one check of the large model, with speculative decoding."""
    kept, drafted = working.number("acceptance_rate"), working.number("draft_tokens")
    value = drafted + 1.0 if kept == 1 else (1.0 - kept ** (drafted + 1.0)) / (1.0 - kept)
    formula = f"(1 - {kept:g}^({drafted:g} + 1)) / (1 - {kept:g})"
    return working.step("tokens of a check", formula, value, "tokens", "Leviathan 2023")


def drafted_speedup(working: Working) -> float:
    """How much faster speculative decoding is; a draft's time is stated."""
    tokens, drafted = drafted_tokens(working), working.number("draft_tokens")
    cost = working.number("draft_cost")
    formula = f"{tokens:.6g} / ({drafted:g} x {cost:g} + 1)"
    return working.step("speed-up", formula, tokens / (drafted * cost + 1.0), "x", "Leviathan 2023")


def forward_flops(working: Working) -> float:
    """FLOP of the model's forward pass over tokens; attention's scores are not counted."""
    params = figure(working, "params_active") or needed(working, "params")
    tokens = working.either_or("input_tokens", "tokens", 1.0)
    value = 2.0 * params * tokens
    formula = f"2 x {params:.6g} params x {tokens:g} tokens"
    return working.step("forward", formula, value, "FLOP", "Kaplan 2020")


def prompt_rate(working: Working) -> float:
    """Tokens of a prompt over the time to its first answer."""
    tokens, time = working.number("input_tokens"), working.number("ttft")
    return working.step("prompt tokens", f"{tokens:g} / {time:g} s", tokens / time, "/s")


def bandwidth_used(working: Working) -> float:
    """Share of the memory bandwidth that decoding one stream reaches (MBU)."""
    if working.has("reported_bandwidth"):
        moved = working.number("reported_bandwidth")
    else:
        size = needed(working, "params") * weight_bytes(working)
        moved = size * working.number("tokens_rate")
    peak = working.maybe("memory_bandwidth")
    peak = working.accelerator().bandwidth if peak is None else peak
    formula = f"{moved:.6g} B/s / {peak:.6g} B/s"
    return working.step("bandwidth used", formula, moved / peak, "share")


ANSWERS: tuple[Method, ...] = (
    Method("answer_time", "time of a whole answer", "s", ("ttft", "tpot", "output_tokens"),
           "end to request total whole answer latency e2e generation", answer_time),
    Method("streamed_rate", "tokens per second", "/s", ("tpot",),
           "output tokens token throughput per user stream decode", streamed_rate,
           unless=("tokens_rate",)),
    Method("time_of_token", "time of a token", "s", ("tokens_rate",),
           "per token tpot inter output", time_of_token,
           unless=("gpu", "model", "params")),
    Method("rate_of_one", "requests of each device", "/s",
           ("arrival_rate", ("gpus", "servers", "nodes")),
           "requests queries per gpu replica server device each one", rate_of_one,
           unless=("service_time", "service_rate", "time_at_batch", "one_gpu_rate", "hit_ratio",
                   "failure_probability", "hedge_percentile")),
    Method("batching_gain", "throughput gained by batching", "x", ("time_at_batch",),
           "x gain throughput speedup batching multiplier factor", batching_gain,
           unless=("technique", "hit_ratio"), asked_only=True),
    Method("prompt_rate", "prompt tokens per second", "/s", ("input_tokens", "ttft"),
           "prompt prefill input tokens token throughput", prompt_rate, unless=("tpot",)),
    Method("bandwidth_used", "share of the memory bandwidth", "share",
           (("gpu", "memory_bandwidth"), ("reported_bandwidth", "tokens_rate"),
            ("reported_bandwidth", "params", "model")),
           "percent bandwidth utilisation utilization mbu peak memory", bandwidth_used,
           unless=("batch", "concurrency")),
    Method("drafted_tokens", "tokens of one check", "tokens", ("acceptance_rate", "draft_tokens"),
           "expected tokens token per step target check iteration mean accepted", drafted_tokens),
    Method("drafted_speedup", "speed-up of speculative decoding", "x",
           ("acceptance_rate", "draft_tokens", "draft_cost"),
           "x speedup speed up improvement factor wall time", drafted_speedup),
    Method("forward_flops", "FLOP of a forward pass", "FLOP", (("params", "model"),),
           "flop forward inference prefill per token", forward_flops,
           unless=("flops_per_item", "seq_len_max"), asked_only=True),
    Method("weights_read", "time to read the weights once", "s",
           ("params", ("precision", "bytes_per_param", "bits_per_weight"), "memory_bandwidth"),
           "per token tpot output floor bound minimum", weights_read, unless=("gpu",)),
)  # fmt: skip
