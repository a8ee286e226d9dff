"""FLOPs, steps and hours of a training, from its drivers.

Sources: Kaplan et al. 2020 (6 FLOP per parameter and token); Chowdhery et al. 2022, appendix B
(attention); Narayanan et al. 2021 and Korthikanti et al. 2022 (the whole transformer, and
recomputation); Huang et al. 2019 and Narayanan et al. 2021 (pipeline bubble).
"""

from __future__ import annotations

from dataclasses import dataclass

FORWARD_BACKWARD = 6.0
"""FLOP per parameter and token; 8 with the forward pass computed again."""
RECOMPUTED = 8.0


@dataclass(frozen=True, slots=True)
class Transformer:
    """The shape that FLOPs follow from."""

    layers: float
    hidden: float
    seq_len: float
    vocab: float


def flops_per_token(params: float, per_param: float = FORWARD_BACKWARD) -> float:
    """FLOP of one trained token, attention scores left out."""
    return per_param * params


def attention_flops_per_token(layers: float, hidden: float, seq_len: float) -> float:
    """FLOP of the attention scores of one trained token: 12 L h s, as PaLM counts (not causal)."""
    return 12.0 * layers * hidden * seq_len


def step_model_flops(shape: Transformer, sequences: float) -> float:
    """FLOP of one step without recomputation: 72 B s l h^2 (1 + s/6h + V/12lh)."""
    s, h = shape.seq_len, shape.hidden
    whole = 1.0 + s / (6.0 * h) + shape.vocab / (12.0 * shape.layers * h)
    return 72.0 * sequences * s * shape.layers * h * h * whole


def step_hardware_flops(shape: Transformer, sequences: float) -> float:
    """FLOP of one step with full recomputation: 96 B s l h^2 (1 + s/6h + V/16lh)."""
    s, h = shape.seq_len, shape.hidden
    whole = 1.0 + s / (6.0 * h) + shape.vocab / (16.0 * shape.layers * h)
    return 96.0 * sequences * s * shape.layers * h * h * whole


def steps(examples: float, epochs: float, batch: float) -> float:
    """Optimiser steps: examples x epochs / batch."""
    return examples * epochs / batch


def seconds(flops: float, gpus: float, flops_per_gpu: float) -> float:
    """Time of some FLOP on GPUs that do so many each second."""
    return flops / (gpus * flops_per_gpu)


def bubble(stages: float, microbatches: float, interleaving: float = 1.0) -> float:
    """Idle over useful time of a pipeline, (p - 1) / (v m)."""
    return (stages - 1.0) / (interleaving * microbatches)


def all_reduce_bytes(size: float, ranks: float) -> float:
    """Bytes each rank sends in a ring all-reduce, 2 (n - 1) / n of it (Patarasuk and Yuan 2009)."""
    return 2.0 * (ranks - 1.0) / ranks * size
