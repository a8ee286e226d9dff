"""Bytes that training takes on each accelerator.

Sources: Rajbhandari et al. 2020 (ZeRO: which state is divided at which stage); Korthikanti et al.
2022 (activations); DeepSpeed 0.10 and later, `estimate_zero2/3_model_states_mem_needs`, which count
gradients that are converted to 32 bits at the step; Dettmers et al. 2022 (8-bit Adam).
"""

from __future__ import annotations

from dataclasses import dataclass

OPTIMISER_BYTES = {
    "adam": 8.0, "adam8bit": 2.0, "sgd": 0.0, "momentum": 4.0, "adafactor": 0.0, "lion": 4.0,
}  # fmt: skip
"""Bytes of state for a parameter, the 32-bit copy of the weight left out.

Adam keeps two 32-bit moments, in 8 bits one byte each; Adafactor's rows and columns are next to
nothing.
"""
MASTER_BYTES = 4.0
"""The 32-bit copy of the weight that training in 16 bits keeps."""


@dataclass(frozen=True, slots=True)
class StateBytes:
    """Bytes of one parameter: weight, gradient, and optimiser state with the 32-bit copy."""

    weight: float
    gradient: float
    optimiser: float

    @property
    def total(self) -> float:
        """All three."""
        return self.weight + self.gradient + self.optimiser


def model_states(params: float, stage: int, ranks: float, each: StateBytes) -> float:
    """Bytes on each of `ranks` devices: what the stage divides is divided, the rest is whole.

    Stage 0 (DDP) divides nothing, 1 the optimiser, 2 the gradients too, 3 (FSDP) everything.
    """
    weight = each.weight / (ranks if stage >= 3 else 1.0)
    gradient = each.gradient / (ranks if stage >= 2 else 1.0)
    optimiser = each.optimiser / (ranks if stage >= 1 else 1.0)
    return params * (weight + gradient + optimiser)


def deepspeed_gpu(
    params: float, stage: int, gpus: float, *, offload: bool, offload_params: bool, largest: float
) -> float:
    """Bytes on each GPU by DeepSpeed's estimators, for stages 2 and 3."""
    if stage <= 2:
        return 2.0 * params if offload else 4.0 * params + 16.0 * params / gpus
    if not offload:
        return 4.0 * largest + 18.0 * params / gpus
    return 4.0 * largest + (0.0 if offload_params else 2.0 * params / gpus)


def deepspeed_host(
    params: float, stage: int, gpus_per_node: float, nodes: float, *, offload: bool,
    offload_params: bool, largest: float, zero_init: bool, buffer: float,
) -> float:  # fmt: skip
    """Bytes of host memory on each node by DeepSpeed's estimators."""
    if stage <= 2:
        gpus = gpus_per_node * nodes
        each = max(4.0 * gpus, 16.0) if offload else 4.0 * gpus_per_node
        return params * each * buffer
    if not offload:
        loaded = largest if zero_init else params
        return loaded * 4.0 * gpus_per_node * buffer
    states = (18.0 if offload_params else 16.0) / nodes
    return params * (states if zero_init else max(4.0 * gpus_per_node, states)) * buffer


@dataclass(frozen=True, slots=True)
class LayerShape:
    """What the activations of one transformer layer follow from."""

    seq_len: float
    micro_batch: float
    hidden: float
    heads: float

    @property
    def attention_term(self) -> float:
        """5as/h: bytes of attention scores for each element of the layer's input."""
        return 5.0 * self.heads * self.seq_len / self.hidden


def layer_activations(
    shape: LayerShape, *, tensor: float = 1.0, sequence_parallel: bool = False,
    recompute: str = "none", flash: bool = False,
) -> float:  # fmt: skip
    """Bytes of the activations of one layer in 16 bits (Korthikanti 2022, Table 2)."""
    size = shape.seq_len * shape.micro_batch * shape.hidden
    if recompute == "full":
        return 2.0 * size
    scores = 0.0 if flash or recompute == "selective" else shape.attention_term
    if sequence_parallel:
        return size / tensor * (34.0 + scores)
    return size * (10.0 + 24.0 / tensor + scores / tensor)


LOGIT_BYTES = 10.0
"""Bytes of one score of the vocabulary: 2 as computed, 4 in 32 bits for the loss, 4 of its gradient
(PyTorch, cross entropy under autocast)."""


def logits(shape: LayerShape, vocabulary: float, tensor: float = 1.0) -> float:
    """Bytes of the scores of every word for every token, and of their gradient."""
    return shape.seq_len * shape.micro_batch * vocabulary * LOGIT_BYTES / tensor


def selective_saving(shape: LayerShape) -> float:
    """Share of a layer's activations that are the attention scores, saved by recomputing them."""
    return shape.attention_term / (34.0 + shape.attention_term)


def layer_params(hidden: float) -> float:
    """Parameters of a GPT layer: 12 h^2 + 13 h (attention 4 h^2, feed-forward 8 h^2, biases)."""
    return 12.0 * hidden * hidden + 13.0 * hidden
