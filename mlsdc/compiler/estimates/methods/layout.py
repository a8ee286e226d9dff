"""How a training is laid out, and what published totals say of it: shares, exchanges, failures."""

from __future__ import annotations

from mlsdc.compiler.estimates.methods.training_figures import flops_per_token, plain_flops
from mlsdc.compiler.estimates.model_inputs import needed, weight_bytes
from mlsdc.compiler.estimates.refusal import Missing, Refusal
from mlsdc.compiler.estimates.training_efficiency import gpus, peak_flops, recomputed
from mlsdc.compiler.estimates.working import Method, Working


def _count(working: Working) -> float:
    count = gpus(working)
    if count is None:
        raise Missing("gpus")
    return count


def data_ranks(working: Working) -> float:
    """Data parallel ranks that tensor, pipeline and context parallelism leave."""
    parts = 1.0
    for name in ("tensor_parallel", "pipeline_parallel", "context_parallel"):
        parts *= working.maybe(name) or 1.0
    count = _count(working)
    if count % parts:
        raise Refusal("gpus", count, f"a multiple of the {parts:g} parts of one copy")
    return working.step("data parallel", f"{count:g} / {parts:g}", count / parts, "ranks")


def accumulation(working: Working) -> float:
    """Micro-batches that each rank sums before a step."""
    whole = working.either("global_batch_sequences", "batch")
    micro = working.either("micro_batch", "batch_per_gpu")
    ranks = working.maybe("data_parallel")
    ranks = data_ranks(working) if ranks is None else ranks
    formula = f"{whole:g} / ({micro:g} x {ranks:g})"
    return working.step("micro-batches", formula, whole / (micro * ranks), "")


def scaling(working: Working) -> float:
    """Speed-up over the number of GPUs."""
    one, many, count = (
        working.number("one_gpu_rate"), working.number("items_rate"), _count(working),
    )  # fmt: skip
    formula = f"{many:g} / ({one:g} x {count:g})"
    return working.step("scaling efficiency", formula, many / (one * count), "share")


def sharded_exchange(working: Working) -> float:
    """Bytes each GPU sends and gets in a step of ZeRO: 2 of the weights' size, 3 at stage 3."""
    stage = working.number("zero_stage")
    times = 3.0 if stage == 3 else 2.0
    size = needed(working, "params") * weight_bytes(working)
    formula = f"{times:g} x {size:.6g} B"
    return working.step("exchanged", formula, times * size, "B", "ZeRO 2020, section 7")


def attention_share(working: Working) -> float:
    """FLOP of the attention scores over those of the matrices: s / 6h."""
    length, width = working.number("seq_len"), working.number("hidden")
    return working.step("scores over matrices", f"{length:g} / (6 x {width:g})",
                        length / (6.0 * width), "x", "Narayanan 2021")  # fmt: skip


def failures(working: Working) -> float:
    """Failures to expect of so many devices in a time."""
    hours, count = working.number("hours"), _count(working)
    between = working.number("mtbf") / 3600.0
    formula = f"{count:g} x {hours:g} h / {between:g} h"
    return working.step("failures", formula, count * hours / between, "failures")


def time_between(working: Working) -> float:
    """Mean time between interruptions that were counted."""
    hours, many = working.number("hours"), working.number("interruptions")
    return working.step("between two", f"{hours:g} h / {many:g}", hours / many * 3600.0, "s")


def bytes_fed(working: Working) -> float:
    """Bytes per second that the examples of a training are read at."""
    rate, each = working.number("items_rate"), working.number("example_size")
    return working.step("read", f"{rate:g}/s x {each:g} B", rate * each, "B/s")


def _spent(working: Working) -> float:
    """GPU seconds of a published training."""
    if working.has("gpu_hours"):
        return working.number("gpu_hours") * 3600.0
    time = working.maybe("training_time")
    time = working.number("hours") * 3600.0 if time is None else time
    return time * _count(working)


def implied_flops(working: Working) -> float:
    """FLOP/s of a GPU that a published time comes to; recomputation counted where it is stated."""
    flops, spent = plain_flops(working), _spent(working)
    if recomputed(working) == "full" and not working.has("flops_per_param_token"):
        flops *= 4.0 / 3.0
    formula = f"{flops:.4g} FLOP / {spent:.6g} GPU s"
    return working.step("FLOP/s of a GPU", formula, flops / spent, "FLOP/s")


def implied_mfu(working: Working) -> float:
    """The same over the peak; recomputation is not counted."""
    flops, spent, peak = plain_flops(working), _spent(working), peak_flops(working)
    formula = f"{flops:.4g} FLOP / ({spent:.6g} GPU s x {peak:.4g})"
    return working.step("MFU", formula, flops / (spent * peak), "share")


_TIME = ("gpu_hours", "hours", "training_time")
_SIZE = ("params", "params_active", "model")
_MEASURED = ("step_time", "tokens_rate", "tokens_rate_per_gpu", "achieved_flops_per_gpu", "mfu")

LAYOUT: tuple[Method, ...] = (
    Method("data_ranks", "data parallel ranks", "ranks",
           ("gpus", ("tensor_parallel", "pipeline_parallel")),
           "data parallel size degree ranks dp replicas", data_ranks, unless=("data_parallel",),
           asked_only=True),
    Method("accumulation", "micro-batches that a rank sums", "",
           (("global_batch_sequences", "batch"), ("micro_batch", "batch_per_gpu"),
            ("data_parallel", "gpus")),
           "gradient accumulation steps micro batches number", accumulation, asked_only=True),
    Method("scaling", "speed-up over the number of GPUs", "share",
           ("one_gpu_rate", "items_rate", "gpus"), "percent scaling efficiency parallel",
           scaling),
    Method("sharded_exchange", "bytes each GPU exchanges in a step", "B",
           (_SIZE, "zero_stage", ("precision", "bytes_per_param")),
           "communicated communication volume exchanged per step traffic", sharded_exchange),
    Method("attention_share", "FLOP of scores over those of matrices", "x",
           ("seq_len", "hidden"), "ratio attention dense flop share over x", attention_share,
           asked_only=True),
    Method("flops_per_token", "FLOP of one token", "FLOP", (_SIZE,), "flop per token each",
           flops_per_token, unless=("tokens",), asked_only=True),
    Method("failures", "failures to expect", "failures", ("gpus", "mtbf", "hours"),
           "expected failures interruptions number faults", failures, asked_only=True),
    Method("time_between", "time between interruptions", "s", ("hours", "interruptions"),
           "between interruptions failures mtbf mean time", time_between),
    Method("bytes_fed", "bytes read per second", "B/s", ("items_rate", "example_size"),
           "read input data loading storage bandwidth throughput per", bytes_fed),
    Method("model_flops", "FLOP/s of a GPU that a time implies", "FLOP/s",
           (_SIZE, "tokens", _TIME), "achieved tflops per gpu implied", implied_flops,
           unless=_MEASURED),
    Method("mfu", "MFU that a time implies", "share",
           (_SIZE, "tokens", _TIME, ("gpu", "peak_flops")),
           "mfu model percent utilisation utilization peak implied", implied_mfu,
           unless=(*_MEASURED, "hfu")),
)  # fmt: skip
