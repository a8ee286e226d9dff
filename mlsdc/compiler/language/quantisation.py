"""A format of weights in, which generations of accelerators compute with it out.

Source: vLLM documentation, Quantization, Supported Hardware (v0.15.1) and FP8 W8A8 (v0.32.0), read
2026-11-27; NVIDIA CUDA C++ Programming Guide, arithmetic by compute capability. Numbers are
NVIDIA's compute capabilities: Volta 7.0, Turing 7.5, Ampere 8.0 and 8.6, Ada 8.9, Hopper 9.0,
Blackwell 10.0.
"""

from __future__ import annotations

METHODS = {
    "awq": 7.5, "gptq": 7.0, "marlin": 8.0, "int8": 7.5, "fp8": 7.5, "bitsandbytes": 7.0,
    "gguf": 7.0,
}  # fmt: skip
"""Where a quantisation runs at all; fp8 below 8.9 as weights only, through Marlin."""
FORMATS = {"bf16": 8.0, "fp8": 7.5, "int8": 7.5, "fp4": 8.0}
"""Where a format of weights can be loaded: 16-bit floats of any kind everywhere, bfloat16 from
Ampere; fp4 below Blackwell as weights only."""
GENERATIONS = ((10.0, "Blackwell"), (9.0, "Hopper"), (8.9, "Ada"), (8.0, "Ampere"),
               (7.5, "Turing"), (7.0, "Volta"))  # fmt: skip


def generation(capability: float) -> str:
    """The name of a compute capability: `Ampere (8.6)`."""
    name = next((name for least, name in GENERATIONS if capability >= least), "older")
    return f"{name} ({capability:.1f})"


def least_capability(precision: str | None, method: str | None) -> tuple[float, str] | None:
    """The generation that a model needs, and what of it needs it; None where nothing is special."""
    wanted = [
        (table[name], name)
        for table, name in ((METHODS, method), (FORMATS, precision))
        if name is not None and name in table
    ]
    return max(wanted, default=None)
