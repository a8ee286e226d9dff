"""Plans of a training: tokens of a step, compute-optimal sizes, checkpoints, GPU hours as time."""

from __future__ import annotations

import math

from mlsdc.compiler.estimates.methods.training_figures import all_reduce, gpu_time
from mlsdc.compiler.estimates.refusal import Missing
from mlsdc.compiler.estimates.training_efficiency import (
    gpus,
    hardware_utilisation,
    model_utilisation,
)
from mlsdc.compiler.estimates.working import Method, Working

TOKENS_PER_PARAM = 20.0
"""Hoffmann et al. 2022: compute-optimal models see about 20 tokens for each parameter."""


def tokens_of_step(working: Working) -> float:
    """Tokens of one optimiser step."""
    sequences, length = (
        working.either("global_batch_sequences", "batch"), working.number("seq_len"),
    )  # fmt: skip
    return working.step("tokens of a step", f"{sequences:g} x {length:g}", sequences * length, "")


def optimal_tokens(working: Working) -> float:
    """Tokens that suit a size of model."""
    params = working.number("params")
    return working.step("tokens", f"20 x {params:.6g} params", TOKENS_PER_PARAM * params, "",
                        "Hoffmann 2022")  # fmt: skip


def optimal_params(working: Working) -> float:
    """The size of model that suits an amount of compute: C = 6 N D with D = 20 N."""
    flops = working.number("total_flops")
    value = math.sqrt(flops / (6.0 * TOKENS_PER_PARAM))
    return working.step("parameters", f"sqrt({flops:g} / 120)", value, "params", "Hoffmann 2022")


def wall_time_of_hours(working: Working) -> float:
    """Wall time of GPU hours on so many GPUs."""
    hours, count = working.number("gpu_hours"), working.number("gpus")
    return working.step("wall time", f"{hours:g} h / {count:g}", hours / count * 3600.0, "s")


def hours_of_wall_time(working: Working) -> float:
    """GPU time of a wall time on so many GPUs."""
    hours, count = working.number("hours"), working.number("gpus")
    return working.step("GPU time", f"{hours:g} h x {count:g}", hours * count * 3600.0, "GPU s")


def checkpoint_interval(working: Working) -> float:
    """Time between two checkpoints that loses the least."""
    save, between = working.number("checkpoint_time"), working.number("mtbf")
    value = math.sqrt(2.0 * save * between)
    formula = f"sqrt(2 x {save:g} s x {between:g} s)"
    return working.step("interval", formula, value, "s", "Young 1974")


def all_reduce_time(working: Working) -> float:
    """Time to sum the gradients of a step over the network."""
    speed = working.maybe("network_bandwidth") or working.maybe("reported_bandwidth")
    if speed is None:
        raise Missing("network_bandwidth")
    size = all_reduce(working)
    return working.step("all-reduce", f"{size:.6g} B / {speed:.6g} B/s", size / speed, "s")


def gpus_in_time(working: Working) -> float:
    """Fewest GPUs that finish a training by a time."""
    limit = working.number("deadline")
    stated = working.maybe("gpu_hours")
    whole = gpu_time(working) if stated is None else stated * 3600.0
    formula = f"{whole / 3600:.6g} GPU hours / {limit / 3600:g} h, rounded up"
    return working.step("GPUs", formula, float(math.ceil(whole / limit - 1e-9)), "GPUs")


def rated_time(working: Working) -> float:
    """Examples times epochs times tokens of each, over tokens per second."""
    examples, epochs = working.number("examples"), working.maybe("epochs") or 1.0
    each = working.either("mean_seq_len", "seq_len")
    rate = working.maybe("tokens_rate")
    if rate is None:
        rate = working.number("tokens_rate_per_gpu") * (gpus(working) or 1.0)
    formula = f"{examples:g} x {epochs:g} x {each:g} tokens / {rate:g}/s"
    return working.step("training", formula, examples * epochs * each / rate, "s")


BUDGETS: tuple[Method, ...] = (
    Method("tokens_of_step", "tokens of a step", "tokens",
           (("global_batch_sequences", "batch"), "seq_len"),
           "tokens token per step batch iteration global", tokens_of_step,
           unless=("global_batch_tokens",), asked_only=True),
    Method("optimal_tokens", "compute-optimal tokens", "tokens", ("params",),
           "tokens token chinchilla optimal", optimal_tokens, unless=("tokens", "seq_len"),
           asked_only=True),
    Method("optimal_params", "compute-optimal parameters", "params", ("total_flops",),
           "parameters params chinchilla optimal compute size", optimal_params,
           unless=("params", "model", "tokens"), asked_only=True),
    Method("training_time", "wall time", "s", ("gpu_hours", "gpus"), "training wall clock time",
           wall_time_of_hours, unless=("tokens", "examples", "steps")),
    Method("gpu_time", "GPU time", "GPU s", ("hours", "gpus"), "gpu hours", hours_of_wall_time,
           unless=("tokens", "examples", "steps", "gpu_hours")),
    Method("gpus_in_time", "GPUs that finish in time", "GPUs",
           ("deadline", ("gpu_hours", "tokens", "total_flops")),
           "gpus gpu accelerators devices needed count number minimum required", gpus_in_time,
           unless=("gpus",)),
    Method("training_time", "training time", "s",
           ("examples", ("mean_seq_len", "seq_len"), ("tokens_rate", "tokens_rate_per_gpu")),
           "training wall clock time", rated_time, unless=("step_time", "items_rate", "tokens")),
    Method("hfu", "HFU, recomputation counted", "share", ("mfu", "recompute"),
           "hfu hardware recompute percent utilisation utilization peak flops counted",
           hardware_utilisation, unless=("gpu", "peak_flops"), asked_only=True),
    Method("mfu", "MFU", "share", ("hfu", "recompute"),
           "mfu model percent utilisation utilization peak", model_utilisation,
           unless=("gpu", "peak_flops"), asked_only=True),
    Method("checkpoint_interval", "time between checkpoints", "s", ("checkpoint_time", "mtbf"),
           "checkpoint interval between optimal", checkpoint_interval),
    Method("all_reduce_time", "time of an all-reduce", "s",
           (("params", "model"), ("precision", "bytes_per_param"),
            ("gpus", "nodes", "data_parallel"), ("network_bandwidth", "reported_bandwidth")),
           "all reduce allreduce ring communication gradient", all_reduce_time),
)  # fmt: skip
