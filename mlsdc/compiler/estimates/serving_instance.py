"""The instance a question about serving is about: what is stated, and assumed efficiencies."""

from __future__ import annotations

import math
from collections.abc import Mapping

from mlsdc.compiler.estimates import defaults
from mlsdc.compiler.estimates.hardware import Accelerator
from mlsdc.compiler.estimates.llm_serving import Instance, largest_batch
from mlsdc.compiler.estimates.model_inputs import figure, kv_per_token, needed, weight_bytes
from mlsdc.compiler.estimates.refusal import Refusal
from mlsdc.compiler.estimates.training_efficiency import gpus
from mlsdc.compiler.estimates.training_time import all_reduce_bytes
from mlsdc.compiler.estimates.working import Working

_EIGHT_BITS = 1.0
_ARITHMETIC = {"fp8": "fp8", "int8": "int8", "fp4": "fp4", "fp32": "tf32", "tf32": "tf32"}


def devices(working: Working) -> float:
    """Devices of one instance."""
    tensor = working.maybe("tensor_parallel")
    pipeline = working.maybe("pipeline_parallel") or 1.0
    if tensor is None:
        return 1.0 if working.has("arrival_rate") else gpus(working) or 1.0
    return tensor * pipeline


def instance(working: Working, *, cache: bool = True) -> Instance:
    """The instance; `cache` says whether the KV cache matters for the question."""
    device, count, each = working.accelerator(), devices(working), weight_bytes(working)
    params = needed(working, "params")
    layers, hidden = figure(working, "layers"), figure(working, "hidden")
    reduction, exchanged, known = 0.0, 0.0, False
    if count > 1 and layers is not None and hidden is not None and device.link is not None:
        reduction, exchanged = _reductions(working, device.link, count, layers, hidden)
        known = True
    active = figure(working, "params_active") or params
    return Instance(
        params=params,
        active=active,
        weight_bytes=params * each,
        kv_per_token=kv_per_token(working, assume=True) if cache else 0.0,
        compute=_compute(working, device, count, each, experts=active < params),
        bandwidth=_bandwidth(working, device, count, each, kept=not known),
        launches=layers * working.assume(defaults.LAYER_LAUNCH) if layers is not None else 0.0,
        reduction=reduction,
        exchanged=exchanged,
    )


def arithmetic(working: Working, device: Accelerator, each: float) -> str:
    """The format products are computed in: weight-only formats compute in 16 bits."""
    precision = working.text("precision")
    if not precision:
        precision = "bf16"
    wanted = _ARITHMETIC.get(precision, "bf16")
    if wanted in ("fp8", "fp4", "int8", "tf32") and wanted not in device.flops:
        wanted = "bf16"
    return wanted


def _compute(
    working: Working, device: Accelerator, count: float, each: float, *, experts: bool
) -> float:
    form = arithmetic(working, device, each)
    peak = working.maybe("peak_flops") or device.peak(form)
    few_bits = form in ("fp8", "int8", "fp4")
    share = working.assume(defaults.PREFILL_FP8 if few_bits else defaults.PREFILL_FP16)
    kept = kept_with(count, defaults.TENSOR_PARALLEL_PREFILL)
    if experts:
        kept *= working.assume(defaults.EXPERTS_COMPUTE)
    formula = f"{count:g} x {peak:.4g} ({form}) x {share:.3g} x {kept:.3g}"
    return working.step("compute reached", formula, count * peak * share * kept, "FLOP/s")


def _reductions(
    working: Working, link: float, count: float, layers: float, hidden: float
) -> tuple[float, float]:
    """Seconds of a decode step's all-reduces, two a layer: of all, and for each sequence."""
    each = working.assume(defaults.ALL_REDUCE)
    waiting = working.step("waiting for all-reduces", f"2 x {layers:g} x {each:g} s",
                           2.0 * layers * each, "s", "Shoeybi 2019")  # fmt: skip
    speed = link / 2.0 * defaults.LINK_REACHED
    moved = 2.0 * layers * hidden * 2.0 * all_reduce_bytes(1.0, count)
    formula = f"{moved:.4g} B / {speed:.4g} B/s"
    return waiting, working.step("exchange of a sequence", formula, moved / speed, "s")


def _bandwidth(
    working: Working, device: Accelerator, count: float, each: float, *, kept: bool
) -> float:
    default = defaults.DECODE_16
    if working.text("precision") != "fp8" and each <= _EIGHT_BITS:
        default = defaults.DECODE_INT8 if each > 0.75 else defaults.DECODE_INT4
    share = working.assume(default)
    left = kept_with(count, defaults.TENSOR_PARALLEL_DECODE) if kept else 1.0
    formula = f"{count:g} x {device.bandwidth:.4g} B/s x {share:.3g} x {left:.3g}"
    value = count * device.bandwidth * share * left
    return working.step("bandwidth reached", formula, value, "B/s")


def kept_with(count: float, table: Mapping[int, float]) -> float:
    """The share kept with tensor parallelism, on a logarithmic scale between the known degrees."""
    known = sorted(table)
    if count >= known[-1]:
        return table[known[-1]]
    above = next(degree for degree in known if degree >= count)
    below = max(degree for degree in known if degree <= count)
    if above == below:
        return table[above]
    where = math.log(count / below) / math.log(above / below)
    return table[below] + (table[above] - table[below]) * where


def batch_in_memory(working: Working, one: Instance, context: float) -> float:
    """The sequences in flight: stated, else what memory holds at this mean context."""
    stated = working.maybe("batch") or working.maybe("concurrency")
    if stated is not None:
        return stated
    count, device = devices(working), working.accelerator()
    share = working.assume(defaults.MEMORY_SHARE)
    taken = one.weight_bytes + count * working.assume(defaults.RUNTIME_MEMORY)
    memory = device.memory * count * share
    found = largest_batch(memory, taken, context, one.kv_per_token)
    if found < 1:
        held = f"{memory / 1e9:.4g} GB of {count:g} x {device.name} do not hold"
        raise Refusal("gpu", None, f"{held} {taken / 1e9:.4g} GB and one sequence; use more GPUs")
    formula = f"({memory:.4g} - {taken:.4g}) B / ({context:g} x {one.kv_per_token:.4g} B)"
    return working.step("sequences in flight", formula, math.floor(found), "sequences")
