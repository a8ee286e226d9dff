"""Memory of embedding tables and vectors, and how many devices or sequences a memory takes."""

from __future__ import annotations

import math

from mlsdc.compiler.estimates import inference_memory
from mlsdc.compiler.estimates.methods.memory_parts import MEMORY_PARTS
from mlsdc.compiler.estimates.model_inputs import kv_per_token, needed, weight_bytes
from mlsdc.compiler.estimates.working import Method, Working


def table(working: Working) -> float:
    """Bytes of rows of one width."""
    rows = working.either("embedding_rows", "examples")
    width, each = working.number("embedding_dim"), weight_bytes(working)
    formula = f"{rows:g} x {width:g} x {each:g} B"
    return working.step("table", formula, rows * width * each, "B")


def _memory(working: Working) -> float:
    stated = working.maybe("gpu_memory")
    size = stated if stated is not None else working.accelerator().memory
    share = working.maybe("memory_share")
    if share is None:
        return size
    return working.step("memory that may be used", f"{size:.4g} B x {share:g}", size * share, "B")


def devices(working: Working) -> float:
    """Devices that hold the weights, at the least."""
    size, each = needed(working, "params") * weight_bytes(working), _memory(working)
    formula = f"{size:.6g} B of weights / {each:.6g} B, rounded up; nothing else counted"
    return working.step("devices", formula, float(math.ceil(size / each - 1e-9)), "GPUs")


def sequences(working: Working) -> float:
    """Sequences whose KV cache fits beside stated weights."""
    memory, taken, token = _left(working)
    each = token * working.either("tokens", "context_tokens", "seq_len")
    count = inference_memory.concurrent(memory, taken, each)
    formula = f"({memory:.4g} - {taken:.4g}) B / {each:.4g} B"
    return working.step("sequences", formula, count, "sequences")


def _left(working: Working) -> tuple[float, float, float]:
    """Memory, what weights and activations take of it, and the KV cache of one token."""
    memory = _memory(working) * (working.maybe("gpus") or 1.0)
    taken = working.maybe("weight_size")
    if taken is None:
        taken = needed(working, "params") * weight_bytes(working)
    for name in ("memory_overhead", "activation_memory"):
        taken += working.maybe(name) or 0.0
    token = working.maybe("kv_token_size")
    return memory, taken, kv_per_token(working) if token is None else token


def tokens_that_fit(working: Working) -> float:
    """Tokens whose KV cache fits beside the weights."""
    memory, taken, each = _left(working)
    formula = f"({memory:.4g} - {taken:.4g}) B / {each:.4g} B"
    count = inference_memory.concurrent(memory, taken, each)
    return working.step("tokens", formula, count, "tokens")


_FORMAT = ("precision", "bytes_per_param", "bits_per_weight")

FITTING: tuple[Method, ...] = (
    Method("sequences", "sequences that fit at once", "sequences",
           ("weight_size", ("kv_token_size", "layers", "model"), ("gpu_memory", "gpu"),
            ("tokens", "context_tokens", "seq_len")),
           "sequences concurrency concurrent batch requests fit max", sequences),
    Method("sequences", "sequences that fit at once", "sequences",
           (("params", "model"), _FORMAT, ("kv_token_size", "layers", "model"), "gpu_memory",
            ("tokens", "context_tokens", "seq_len")),
           "sequences concurrency concurrent batch requests fit max", sequences,
           unless=("weight_size", "optimizer", "zero_stage")),
)  # fmt: skip

MEMORY_TABLES: tuple[Method, ...] = (
    Method("embedding_table", "embedding table", "B",
           (("embedding_rows", "examples"), "embedding_dim", _FORMAT),
           "embedding table vectors memory index total raw", table,
           unless=("params", "layers", "index")),
    Method("devices", "devices that hold the weights", "GPUs",
           (("params", "model"), _FORMAT, ("gpu_memory", "gpu")),
           "gpus gpu devices minimum needed count number fit", devices, asked_only=True),
    Method("kv_tokens", "tokens that fit at once", "tokens",
           (("params", "model", "weight_size"), ("kv_token_size", "layers", "model"),
            ("gpu_memory", "gpu"), (*_FORMAT, "weight_size")),
           "tokens token kv cache capacity context longest", tokens_that_fit,
           unless=("kv_memory", "optimizer", "zero_stage"), asked_only=True),
    *FITTING,
    *MEMORY_PARTS,
)  # fmt: skip
