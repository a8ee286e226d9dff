"""Bytes of a number in each format."""

from __future__ import annotations

BYTES = {
    "fp32": 4.0, "tf32": 4.0, "bf16": 2.0, "fp16": 2.0, "fp8": 1.0, "int8": 1.0, "fp6": 0.75,
    "int6": 0.75, "int5": 0.625, "fp4": 0.5, "int4": 0.5, "int3": 0.375, "int2": 0.25,
}  # fmt: skip
"""Without scales and zero points, which `bits_per_weight` counts."""
