"""Figures of a model as stated, or from the catalogue's row of its name."""

from __future__ import annotations

from mlsdc.compiler.estimates import defaults, inference_memory
from mlsdc.compiler.estimates.precision import BYTES
from mlsdc.compiler.estimates.refusal import Missing
from mlsdc.compiler.estimates.working import Working


def figure(working: Working, name: str) -> float | None:
    """A figure of the model: stated, else of the named model's row, else None."""
    stated = working.maybe(name)
    if stated is not None:
        return stated
    shape = working.shape()
    found = getattr(shape, "active" if name == "params_active" else name, None) if shape else None
    if shape is None or found is None:
        return None
    return working.step(name, shape.name, float(found), "", shape.source)


def needed(working: Working, name: str) -> float:
    """The same; raises `Missing` where it is not known."""
    found = figure(working, name)
    if found is None:
        raise Missing(name)
    return found


def weight_bytes(working: Working) -> float:
    """Bytes of one weight; raises `Missing` where no format is stated."""
    stated = working.maybe("bytes_per_param")
    if stated is not None:
        return stated
    bits = working.maybe("bits_per_weight")
    if bits is not None:
        return bits / 8.0
    precision = working.text("precision")
    if not precision:
        raise Missing("precision")
    return BYTES[precision]


def kv_element_bytes(working: Working) -> float:
    """Bytes of one element of the KV cache: stated, else that of the weights, 2 at most 4.

    Where nothing is said of weights at all, the format that is stated is the cache's.
    """
    stated = working.maybe("kv_bytes")
    if stated is not None:
        return stated
    if precision := working.text("kv_precision"):
        return BYTES[precision]
    weights = weight_bytes(working)
    precision = working.text("precision")
    own = precision in ("fp32", "fp8", "fp16", "bf16") or not working.holds_weights()
    element = weights if own else 2.0
    working.note(
        "KV cache",
        f"{element:g} bytes an element: {'as the weights' if element == weights else '16 bits'}",
    )
    return element


def kv_per_token(working: Working, *, assume: bool = False) -> float:
    """Bytes of the KV cache of one token on all devices together.

    Where the shape is not known it is assumed from the parameters, if `assume`; else `Missing`.
    """
    element = kv_element_bytes(working)
    layers = figure(working, "layers")
    latent = working.maybe("kv_lora_rank")
    if latent is not None:
        latent += working.maybe("rope_dim") or 0.0
    elif not working.has("kv_heads"):
        latent = figure(working, "latent") if working.shape() else None
    if layers is not None and latent is not None:
        size = inference_memory.latent_per_token(layers, latent, element)
        formula = f"{layers:g} layers x {latent:g} x {element:g} B"
        return working.step("KV cache per token", formula, size, "B", "DeepSeek-V2 (MLA)")
    heads, dim = _kv_heads(working), _head_dim(working)
    if layers is not None and heads is not None and dim is not None:
        size = inference_memory.kv_per_token(layers, heads, dim, element)
        formula = f"2 x {layers:g} layers x {heads:g} KV heads x {dim:g} x {element:g} B"
        return working.step("KV cache per token", formula, size, "B", "Kwon 2023")
    if not assume:
        missing = {"layers": layers, "kv_heads": heads, "head_dim": dim}
        raise Missing(*(name for name, known in missing.items() if known is None))
    scale = (needed(working, "params") / 8e9) ** 0.42
    elements = working.assume(defaults.KV_ELEMENTS) * scale
    size = 2.0 * elements * element
    return working.step("KV cache per token", f"2 x {elements:.4g} x {element:g} B", size, "B")


def _kv_heads(working: Working) -> float | None:
    stated = figure(working, "kv_heads")
    return stated if stated is not None else figure(working, "heads")


def _head_dim(working: Working) -> float | None:
    stated = figure(working, "head_dim")
    if stated is not None:
        return stated
    hidden, heads = figure(working, "hidden"), figure(working, "heads")
    return hidden / heads if hidden is not None and heads else None
