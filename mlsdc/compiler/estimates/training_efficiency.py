"""Which utilisation to assume for a training that nobody has measured."""

from __future__ import annotations

import math

from mlsdc.compiler.estimates import defaults, training_time
from mlsdc.compiler.estimates.hardware import Accelerator
from mlsdc.compiler.estimates.result import Default
from mlsdc.compiler.estimates.working import Working

NODE = 8
"""GPUs of one machine, where NVLink joins them all (DGX A100, DGX H100)."""


def gpus(working: Working) -> float | None:
    """The number of accelerators, stated or as machines times GPUs of each."""
    stated = working.maybe("gpus")
    if stated is not None:
        return stated
    nodes, each = working.maybe("nodes"), working.maybe("gpus_per_node")
    if nodes is not None and each is not None:
        return working.step("GPUs", f"{nodes:g} x {each:g}", nodes * each, "GPUs")
    return None


def peak_flops(working: Working) -> float:
    """Peak FLOP/s of one accelerator: stated, else the catalogue's in the stated precision."""
    stated = working.maybe("peak_flops")
    if stated is not None:
        return stated
    precision = working.text("precision") or "bf16"
    return working.step(
        f"peak in {precision}", "data sheet", working.accelerator().peak(precision), "FLOP/s"
    )


def recomputed(working: Working) -> str:
    """How activations are computed again: none, selective or full."""
    return working.text("recompute") or "none"


def model_utilisation(working: Working) -> float:
    """MFU: stated, or assumed for the device, the layout, the scale and the pipeline."""
    stated = working.maybe("mfu")
    if stated is not None:
        return stated
    full = recomputed(working) == "full"
    if (hardware := working.maybe("hfu")) is not None:
        return hardware * 0.75 if full else hardware
    pipeline = _pipeline(working)
    # The published loss at scale is that of a constant batch, whose pipelines run empty: where the
    # bubble is known it is that loss, and is not taken off twice.
    factors = [_assumed(working, full), pipeline if pipeline < 1 else _scale(working)]
    length = working.maybe("seq_len")
    if length is not None and length >= defaults.LONG_CONTEXT:
        factors.append(working.assume(_long_context(working)))
    if working.text("precision") == "fp8":
        factors.append(working.assume(defaults.FP8_FACTOR))
    formula = " x ".join(f"{factor:.4g}" for factor in factors if factor != 1)
    return working.step("MFU", formula, math.prod(factors), "share")


def hardware_utilisation(working: Working) -> float:
    """HFU: the FLOPs of recomputation count, 4/3 of the model's where all is computed again."""
    stated = working.maybe("hfu")
    if stated is not None:
        return stated
    model = model_utilisation(working)
    if recomputed(working) == "full":
        return working.step("HFU", f"{model:.4g} x 4/3", model * 4 / 3, "share", "Narayanan 2021")
    return model


def model_parallel(working: Working) -> bool:
    """Whether tensor or pipeline parallelism is spoken of: a Megatron-like layout."""
    return working.has("tensor_parallel") or working.has("pipeline_parallel")


def _assumed(working: Working, full: bool) -> float:
    device = working.accelerator() if working.text("gpu") else None
    if full and model_parallel(working):
        hardware = working.assume(defaults.HFU_MODEL_PARALLEL)
        return working.step("model FLOPs of it", f"{hardware:.4g} x 3/4", hardware * 0.75, "share")
    value = working.assume(default_mfu(device, gpus(working), model_parallel(working)))
    if full:
        value *= working.assume(defaults.RECOMPUTE_KEPT)
    return value


def default_mfu(device: Accelerator | None, count: float | None, parallel: bool) -> Default:
    """The MFU of a kind of device."""
    chip = device.chip if device else ""
    if chip in ("h100", "h200", "h800", "gh200", "b200", "gb200"):
        return defaults.MFU_H100_MODEL_PARALLEL if parallel else defaults.MFU_H100
    if chip in ("a100", "a800"):
        single = count is not None and count <= NODE
        return defaults.MFU_A100_NODE if single else defaults.MFU_A100
    if chip == "v100":
        return defaults.MFU_V100
    return defaults.MFU_TPU if chip.startswith("tpu") else defaults.MFU_OTHER


def _long_context(working: Working) -> Default:
    chip = working.accelerator().chip if working.text("gpu") else ""
    return defaults.LONG_CONTEXT_A100 if chip in ("a100", "a800") else defaults.LONG_CONTEXT_FACTOR


def _scale(working: Working) -> float:
    count = gpus(working)
    if count is None or count <= defaults.SCALE_FROM:
        return 1.0
    factor = (count / defaults.SCALE_FROM) ** -defaults.SCALE_EXPONENT
    return working.step(
        "loss at scale",
        f"({count:g} / {defaults.SCALE_FROM})^-{defaults.SCALE_EXPONENT}",
        factor, "share", "Megatron-Core README: 47 % at 96 GPUs, 42 % at 4,608",
    )  # fmt: skip


def _pipeline(working: Working) -> float:
    stages = working.maybe("pipeline_parallel") or 1.0
    micro = _microbatches(working, stages)
    if stages <= 1 or micro is None:
        return 1.0
    chunks = working.maybe("interleaving")
    if chunks is None:
        layers = working.maybe("layers")
        chunks = max(1.0, min(8.0, layers // stages)) if layers else 1.0
        working.note(
            "pipeline schedule", f"interleaved with {chunks:g} chunks a stage", "Narayanan 2021"
        )
    idle = training_time.bubble(stages, micro, chunks)
    return working.step(
        "pipeline",
        f"1 / (1 + ({stages:g} - 1) / ({chunks:g} x {micro:g}))",
        1 / (1 + idle),
        "share",
    )


def _microbatches(working: Working, stages: float) -> float | None:
    stated = working.maybe("microbatches")
    if stated is not None or stages <= 1:
        return stated
    sequences, count = _sequences(working), gpus(working)
    if sequences is None or count is None:
        return None
    groups = stages * (working.maybe("tensor_parallel") or 1.0)
    groups *= working.maybe("context_parallel") or 1.0
    ranks = working.maybe("data_parallel") or max(1.0, count / groups)
    return max(1.0, sequences / ranks / (working.maybe("micro_batch") or 1.0))


def _sequences(working: Working) -> float | None:
    stated = working.maybe("global_batch_sequences")
    if stated is not None:
        return stated
    tokens, length = working.maybe("global_batch_tokens"), working.maybe("seq_len")
    return tokens / length if tokens is not None and length is not None else None
