"""The figures of a training, each from the inputs that a method finds stated."""

from __future__ import annotations

from mlsdc.compiler.estimates import defaults, training_time
from mlsdc.compiler.estimates.model_inputs import weight_bytes
from mlsdc.compiler.estimates.refusal import Missing
from mlsdc.compiler.estimates.training_efficiency import (
    gpus,
    hardware_utilisation,
    model_utilisation,
    peak_flops,
    recomputed,
)
from mlsdc.compiler.estimates.training_time import Transformer
from mlsdc.compiler.estimates.working import Working


def _gpus(working: Working) -> float:
    count = gpus(working)
    if count is None:
        raise Missing("gpus")
    return count


def _params(working: Working) -> float:
    stated = working.maybe("params_active") or working.maybe("params")
    if stated is not None:
        return stated
    shape = working.shape()
    if shape is None:
        raise Missing("params")
    return working.step("params", shape.name, shape.active, "params", shape.source)


def _transformer(working: Working) -> Transformer:
    return Transformer(*(working.number(n) for n in ("layers", "hidden", "seq_len", "vocab")))


def flops_per_token(working: Working) -> float:
    """FLOP of the model for one token; attention where the shape is stated."""
    params = _params(working)
    each = working.maybe("flops_per_param_token") or training_time.FORWARD_BACKWARD
    flops = training_time.flops_per_token(params, each)
    working.step("per token", f"{each:g} x {params:.4g} params", flops, "FLOP", "Kaplan 2020")
    width = _attention_width(working)
    if working.has("layers", "seq_len") and width is not None:
        layers, length = working.number("layers"), working.number("seq_len")
        extra = training_time.attention_flops_per_token(layers, width, length)
        formula = f"12 x {layers:g} x {width:g} x {length:g}"
        flops += working.step("attention per token", formula, extra, "FLOP", "PaLM, appendix B")
    return flops


def _attention_width(working: Working) -> float | None:
    """Heads times their width where both are stated; the model's own width else."""
    if working.has("heads", "head_dim"):
        return working.number("heads") * working.number("head_dim")
    return working.maybe("hidden")


def _step_tokens(working: Working) -> float:
    stated = working.maybe("global_batch_tokens")
    if stated is not None:
        return stated
    return working.number("global_batch_sequences") * working.number("seq_len")


def _step_flops(working: Working, hardware: bool = False) -> float:
    full = hardware and recomputed(working) == "full"
    if working.has("layers", "hidden", "seq_len", "vocab"):
        shape = _transformer(working)
        batch = _step_tokens(working) / shape.seq_len
        count = training_time.step_hardware_flops if full else training_time.step_model_flops
        text = "96 B s l h^2 (1 + s/6h + V/16lh)" if full else "72 B s l h^2 (1 + s/6h + V/12lh)"
        return working.step("one step", text, count(shape, batch), "FLOP", "Narayanan 2021")
    flops = flops_per_token(working) * _step_tokens(working) * (4 / 3 if full else 1.0)
    return working.step("one step", "FLOP per token x tokens of a step", flops, "FLOP")


def total_flops(working: Working) -> float:
    """FLOP of the training's tokens."""
    stated = working.maybe("total_flops")
    if stated is not None:
        return stated
    tokens = working.number("tokens") - (working.maybe("tokens_done") or 0.0)
    flops = flops_per_token(working) * tokens
    return working.step("training", f"FLOP per token x {tokens:.6g} tokens", flops, "FLOP")


def plain_flops(working: Working) -> float:
    """6ND as papers print it."""
    params, tokens = _params(working), working.number("tokens")
    each = working.maybe("flops_per_param_token") or training_time.FORWARD_BACKWARD
    formula = f"{each:g} x {params:.4g} params x {tokens:.4g} tokens"
    return working.step("training", formula, each * params * tokens, "FLOP", "Kaplan 2020")


def step_count(working: Working) -> float:
    """Optimiser steps of the epochs, or of the tokens."""
    stated = working.maybe("steps")
    if stated is not None:
        return stated
    if working.has("tokens"):
        tokens = working.number("tokens") - (working.maybe("tokens_done") or 0.0)
        batch = _step_tokens(working)
        return working.step(
            "steps", f"{tokens:.10g} / {batch:.10g} tokens", tokens / batch, "steps"
        )
    examples, epochs = working.number("examples"), working.maybe("epochs") or 1.0
    batch = working.either("batch", "batch_per_gpu", "global_batch_sequences")
    count = training_time.steps(examples, epochs, batch)
    return working.step("steps", f"{examples:.10g} x {epochs:g} / {batch:g}", count, "steps")


def stepped_time(working: Working) -> float:
    """Steps times the time of a step, over what data parallelism gains."""
    count = step_count(working)
    each = working.number("step_time")
    formula = f"{count:.10g} steps x {each:g} s"
    alone = working.step("one step after the other", formula, count * each, "s")
    ranks = gpus(working) or 1.0
    # A step of a global batch was timed on all GPUs; more GPUs help only where each has its batch.
    if ranks <= 1 or not working.has("examples") or working.has("global_batch_sequences"):
        return alone
    working.note("batch and step time", "those of one GPU; every GPU takes a share of the steps")
    efficiency = working.maybe("scaling_efficiency")
    if efficiency is None:
        efficiency = working.assume(
            defaults.DATA_PARALLEL_NODE if ranks <= 8 else defaults.DATA_PARALLEL_CLUSTER
        )
    formula = f"{alone / 3600:.6g} h / ({ranks:g} GPUs x {efficiency:g})"
    return working.step("training", formula, alone / (ranks * efficiency), "s")


def achieved(working: Working) -> float:
    """FLOP/s of one GPU that belong to the model: stated, or peak times MFU."""
    peak = peak_flops(working)
    share = model_utilisation(working)
    return working.step(
        "model FLOP/s of a GPU", f"{peak:.4g} x {share:.4g}", peak * share, "FLOP/s"
    )


def _measured_flops(working: Working) -> float:
    """FLOP of the training as a measured FLOP/s counts them: recomputation included."""
    if working.has("total_flops"):
        return working.number("total_flops")
    params, tokens = _params(working), working.number("tokens")
    full = recomputed(working) == "full"
    usual = training_time.RECOMPUTED if full else training_time.FORWARD_BACKWARD
    each = working.maybe("flops_per_param_token") or usual
    formula = f"{each:g} x {params:.4g} params x {tokens:.4g} tokens"
    return working.step("training", formula, each * params * tokens, "FLOP", "Narayanan 2021")


def measured_gpu_time(working: Working) -> float:
    """GPU time from a measured FLOP/s of a GPU."""
    flops, each = _measured_flops(working), working.number("achieved_flops_per_gpu")
    return working.step("GPU time", f"{flops:.4g} FLOP / {each:.4g} FLOP/s", flops / each, "GPU s")


def rated_gpu_time(working: Working) -> float:
    """GPU time from tokens per second of a GPU."""
    tokens, rate = working.number("tokens"), working.number("tokens_rate_per_gpu")
    return working.step("GPU time", f"{tokens:.4g} tokens / {rate:g}/s", tokens / rate, "GPU s")


def assumed_gpu_time(working: Working) -> float:
    """GPU time from FLOPs, peak and MFU."""
    flops, each = total_flops(working), achieved(working)
    return working.step("GPU time", f"{flops:.4g} FLOP / {each:.4g} FLOP/s", flops / each, "GPU s")


def gpu_time(working: Working) -> float:
    """GPU time by the best that is stated."""
    if working.has("training_time"):
        return working.number("training_time") * _gpus(working)
    if working.has("tokens_rate_per_gpu", "tokens"):
        return rated_gpu_time(working)
    if working.has("achieved_flops_per_gpu"):
        return measured_gpu_time(working)
    if working.has("step_time"):
        return stepped_time(working) * (gpus(working) or 1.0)
    return assumed_gpu_time(working)


def wall_time(working: Working) -> float:
    """GPU time over the number of GPUs."""
    count = _gpus(working)
    each = gpu_time(working)
    return working.step(
        "wall clock", f"{each / 3600:.6g} GPU hours / {count:g} GPUs", each / count, "s"
    )


def token_time(working: Working) -> float:
    """Tokens over the whole job's tokens per second."""
    tokens, rate = working.number("tokens"), working.number("tokens_rate")
    return working.step("training", f"{tokens:.6g} tokens / {rate:g}/s", tokens / rate, "s")


def item_time(working: Working) -> float:
    """Examples times epochs over items per second."""
    examples, epochs = working.number("examples"), working.maybe("epochs") or 1.0
    rate = working.number("items_rate")
    formula = f"{examples:.6g} x {epochs:g} / {rate:g}/s"
    return working.step("training", formula, examples * epochs / rate, "s")


def step_time(working: Working) -> float:
    """Time of one step from its FLOPs."""
    if working.has("achieved_flops_per_gpu"):
        flops, each = _step_flops(working, hardware=True), working.number("achieved_flops_per_gpu")
    else:
        flops, each = _step_flops(working), achieved(working)
    count = _gpus(working)
    time = training_time.seconds(flops, count, each)
    return working.step("one step", f"{flops:.4g} / ({count:g} x {each:.4g})", time, "s")


def _rate_flops(working: Working) -> float:
    rate = working.maybe("tokens_rate_per_gpu")
    if rate is None:
        rate = working.number("tokens_rate") / (gpus(working) or 1.0)
    return rate * flops_per_token(working)


def measured_model_flops(working: Working) -> float:
    """Model FLOP/s of a GPU from a measured step or token rate."""
    if working.has("step_time"):
        flops = _step_flops(working) / (working.number("step_time") * _gpus(working))
    else:
        flops = _rate_flops(working)
    return working.step("model FLOP/s of a GPU", "FLOP / (time x GPUs)", flops, "FLOP/s")


def measured_hardware_flops(working: Working) -> float:
    """FLOP/s of a GPU, recomputation counted, from a measured step."""
    flops = _step_flops(working, hardware=True)
    each = flops / (working.number("step_time") * _gpus(working))
    return working.step("hardware FLOP/s of a GPU", "FLOP / (time x GPUs)", each, "FLOP/s")


def _of_peak(working: Working, flops: float) -> float:
    peak = peak_flops(working)
    return working.step("share of peak", f"{flops:.4g} / {peak:.4g}", flops / peak, "share")


def measured_mfu(working: Working) -> float:
    """MFU from a measured step or token rate."""
    return _of_peak(working, measured_model_flops(working))


def stated_mfu(working: Working) -> float:
    """Share of peak of a stated FLOP/s."""
    return _of_peak(working, working.number("achieved_flops_per_gpu"))


def measured_hfu(working: Working) -> float:
    """HFU from a measured step."""
    return _of_peak(working, measured_hardware_flops(working))


def hardware_flops(working: Working) -> float:
    """FLOP/s of a GPU, recomputation counted, assumed."""
    peak = peak_flops(working)
    share = hardware_utilisation(working)
    name = "hardware FLOP/s of a GPU"
    return working.step(name, f"{peak:.4g} x {share:.4g}", peak * share, "FLOP/s")


def token_rate_per_gpu(working: Working) -> float:
    """Tokens per second of one GPU."""
    if working.has("step_time"):
        rate = _step_tokens(working) / (working.number("step_time") * _gpus(working))
        return working.step("tokens of a GPU", "tokens of a step / (time x GPUs)", rate, "/s")
    each = flops_per_token(working)
    flops = working.maybe("achieved_flops_per_gpu") or achieved(working)
    return working.step("tokens of a GPU", f"{flops:.4g} / {each:.4g}", flops / each, "/s")


def token_rate(working: Working) -> float:
    """Tokens per second of the whole job."""
    if working.has("step_time"):
        rate = _step_tokens(working) / working.number("step_time")
        return working.step("tokens", "tokens of a step / time", rate, "/s")
    count = _gpus(working)
    each = working.maybe("tokens_rate_per_gpu") or token_rate_per_gpu(working)
    return working.step("tokens", f"{each:.6g}/s x {count:g} GPUs", each * count, "/s")


def scaled_rate(working: Working) -> float:
    """Items per second of data parallel training on several GPUs."""
    one, count = working.number("one_gpu_rate"), _gpus(working)
    limit = 8
    default = defaults.DATA_PARALLEL_NODE if count <= limit else defaults.DATA_PARALLEL_CLUSTER
    share = working.assume(default) if count > 1 else 1.0
    if count > limit and not working.has("scaling_efficiency"):
        share *= working.assume(defaults.DATA_PARALLEL_NODE)
    return working.step("items", f"{one:g}/s x {count:g} x {share:g}", one * count * share, "/s")


def scaled_node_rate(working: Working) -> float:
    """Items per second of data parallel training on several machines."""
    one, count = working.number("one_node_rate"), working.number("nodes")
    share = working.assume(defaults.DATA_PARALLEL_CLUSTER) if count > 1 else 1.0
    return working.step("items", f"{one:g}/s x {count:g} x {share:g}", one * count * share, "/s")


def speed_up(working: Working) -> float:
    """How many times faster several GPUs are than one."""
    one, many = working.number("one_gpu_rate"), working.number("items_rate")
    return working.step("speed-up", f"{many:g} / {one:g}", many / one, "x")


def step_rate(working: Working) -> float:
    """Examples per second of a timed step."""
    batch, each = working.either("batch", "global_batch_sequences"), working.number("step_time")
    return working.step("items", f"{batch:g} / {each:g} s", batch / each, "/s")


def bubble(working: Working) -> float:
    """Idle over useful time of a pipeline."""
    stages, micro = working.number("pipeline_parallel"), working.number("microbatches")
    chunks = working.maybe("interleaving") or 1.0
    value = training_time.bubble(stages, micro, chunks)
    formula = f"({stages:g} - 1) / ({chunks:g} x {micro:g})"
    return working.step("bubble", formula, value, "share", "Narayanan 2021")


def all_reduce(working: Working) -> float:
    """Bytes each GPU sends to sum the gradients of a step."""
    ranks = working.maybe("data_parallel") or _gpus(working)
    size = working.maybe("gradient_size")
    if size is None:
        size = _params(working) * weight_bytes(working)
    value = training_time.all_reduce_bytes(size, ranks)
    formula = f"2 x ({ranks:g} - 1) / {ranks:g} x {size:.6g} B"
    return working.step("sent by each GPU", formula, value, "B", "ring all-reduce")
