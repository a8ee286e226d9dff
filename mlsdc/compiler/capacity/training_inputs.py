"""A declared training and one of its models in, the inputs of the calculator out.

Law: what the design does not state is absent, and never a number.
"""

from __future__ import annotations

from mlsdc.compiler.estimates.hardware import Hardware
from mlsdc.compiler.estimates.working import Inputs, Value
from mlsdc.compiler.model.learning import Model, Training

STAGES = {"none": 0, "zero1": 1, "zero2": 2, "zero3": 3}
"""What each word divides: the stages of ZeRO (Rajbhandari et al. 2020); FSDP is the third."""
STRATEGIES = {"single": 0, "ddp": 0, "horovod": 0, "megatron": 0, "fsdp": 3}
"""What a strategy divides where the design does not say; DeepSpeed's depends on its own file."""


def world(training: Training) -> int:
    """Processes of one run: one on each accelerator, or one on each node without any."""
    return training.nodes * (training.gpus.count if training.gpus else 1)


def ranks(training: Training) -> int:
    """Data parallel copies of the model."""
    if training.data is not None:
        return training.data
    return max(1, world(training) // (training.tensor * training.pipeline))


def stage(training: Training) -> int | None:
    """The ZeRO stage; None where the strategy alone does not tell."""
    if training.sharding is not None:
        return STAGES[training.sharding]
    return STRATEGIES.get(training.strategy)


def shape_inputs(model: Model, hardware: Hardware) -> dict[str, Value]:
    """What the model is made of: stated, else that of the published model it has the shape of."""
    made = model.architecture
    if made is None:
        return {}
    row = hardware.shape(made.shape) if made.shape else None
    found: dict[str, Value] = {}
    for name in ("params", "layers", "hidden", "heads"):
        value: float | None = getattr(made, name) or (getattr(row, name) if row else None)
        if value is not None:
            found[name] = float(value)
    return found


def memory_inputs(training: Training, shape: Inputs, level: int, copies: int) -> dict[str, Value]:
    """What the memory of one accelerator follows from, at a ZeRO stage over so many copies."""
    found: dict[str, Value] = {
        **shape,
        "zero_stage": float(level),
        "data_parallel": float(copies),
        "precision": training.precision or "bf16",
        "micro_batch": float(training.micro_batch),
        "recompute": training.recompute,
        "flash_attention": training.flash_attention,
    }
    if training.optimizer is not None:
        found["optimizer"] = training.optimizer
    if training.offload:
        found["optimizer_bytes"] = 0.0
    if training.tensor > 1:
        found["tensor_parallel"] = float(training.tensor)
    if training.pipeline > 1:
        found["pipeline_parallel"] = float(training.pipeline)
    if training.sequence is not None:
        found["seq_len"] = float(training.sequence)
    return found


def time_inputs(training: Training, shape: Inputs) -> dict[str, Value]:
    """What the time of a run follows from: its steps, or its FLOPs."""
    found: dict[str, Value] = {
        name: shape[name] for name in ("params", "layers", "hidden") if name in shape
    }
    if training.gpus is not None:
        found |= {"gpu": training.gpus.model, "gpus": float(world(training))}
    if training.steps is not None:
        found["steps"] = float(training.steps)
    if training.batch is not None:
        found["global_batch_sequences"] = float(training.batch)
    if training.step_time is not None:
        found["step_time"] = training.step_time.value
    if training.examples is not None:
        found |= {"examples": float(training.examples), "epochs": float(training.epochs)}
        if training.sequence is not None and training.step_time is None:
            found["tokens"] = float(training.examples * training.epochs * training.sequence)
            found["seq_len"] = float(training.sequence)
    if training.tensor > 1:
        found["tensor_parallel"] = float(training.tensor)
    if training.pipeline > 1:
        found["pipeline_parallel"] = float(training.pipeline)
    if training.recompute != "none":
        found["recompute"] = training.recompute
    return found
