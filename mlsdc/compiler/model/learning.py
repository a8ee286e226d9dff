"""What is trained, by what, and where it is kept."""

from __future__ import annotations

from typing import Annotated, Literal

from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.consistency import (
    Fitted,
    Library,
    Preprocessing,
    Signature,
)
from mlsdc.compiler.model.language import (
    Adapter,
    Architecture,
    Embedding,
    Tokenizer,
)
from mlsdc.compiler.model.part import Clauses, Part, refers
from mlsdc.compiler.model.spending import Purchase
from mlsdc.compiler.model.types import (
    Bytes,
    Cores,
    Count,
    Duration,
    Gpus,
    Image,
    Large,
    Names,
    Period,
    Positive,
    Precision,
    Rate,
    Share,
    Text,
)


class Gate(Part):
    """The quality gate between training and serving."""

    choice = "metric"

    metric: Text
    at_least: float | None = None
    at_most: float | None = None
    slices: tuple[Text, ...] = ()
    moves: Text | None = None
    """The online metric that was shown to move with this one."""
    baseline: Text | None = None
    measured: Literal["trained", "served"] | None = None
    """Which artifact it was measured on: the one training wrote, or the one that is served."""


class Model(Component):
    """A model version: what it learned from, and what it takes in."""

    role = "model"
    runs = False

    framework: Literal[
        "xgboost", "lightgbm", "catboost", "sklearn", "pytorch", "tensorflow", "jax", "onnx",
        "transformers",
    ] | None = None  # fmt: skip
    dataset: Annotated[Text | None, refers("dataset", verb="trains_on")] = None
    training: Annotated[Text | None, refers("training", verb="trained_by")] = None
    registry: Annotated[Text | None, refers("registry", verb="kept_in")] = None
    signature: Signature | None = None
    """Its inputs where they are more than the dataset's features, or in an order of their own."""
    inputs: Literal["named", "positional"] | None = None
    """Whether an input is found by its name or by its position."""
    fitted: Annotated[tuple[Fitted, ...], Clauses(("fitted",))] = ()
    """State that training fitted beside the model: scalers, vocabularies, encodings."""
    preprocessing: Preprocessing | None = None
    """Where training prepares its inputs."""
    gate: Gate | None = None
    version: Positive = 1
    size: Bytes | None = None
    """Size of the artifact."""
    format: (
        Literal["safetensors", "onnx", "native", "saved_model", "torchscript", "pickle"] | None
    ) = None
    """What the artifact is written in; `native` is a framework's own data format, such as JSON or
    UBJSON of XGBoost. Reading a pickle runs what is in it."""
    signed: bool = False
    """Whether servers verify the artifact's signature before they load it."""
    max_staleness: Duration | None = None
    """How old the model may grow in serving."""
    architecture: Architecture | None = None
    """What a language model is made of."""
    precision: Precision | None = None
    """The format of its weights in memory."""
    quantisation: Literal["awq", "gptq", "marlin", "fp8", "int8", "bitsandbytes", "gguf"] | None = (
        None
    )
    """How its weights were brought to fewer bits."""
    revision: Text | None = None
    """The commit or digest of its weights, where a hub keeps them."""
    tokenizer: Tokenizer | None = None
    """What it was trained with."""
    embedding: Embedding | None = None
    """What its vectors are, where it is an encoder."""
    adapter: Adapter | None = None
    """What it is added to, where it is an adapter."""
    rollout: Duration | None = None
    """How long after its training it serves: evaluation, approval, release."""
    output: Literal["probability", "ranking", "value", "class"] | None = None
    """What its score is taken for; a threshold, a bid or an expected cost take a probability."""
    calibration: Literal["platt", "isotonic", "temperature", "prior"] | None = None
    """How scores are made probabilities; `prior` corrects for a sampling of the labels."""


class Tuning(Part):
    """A search for hyperparameters: the training is run once for each trial."""

    trials: Positive
    """Trials of one search."""
    parallel: Positive = 1
    """Trials at the same time."""


class Training(Component):
    """The job that fits a model."""

    role = "training"

    every: Period | None = None
    """The schedule; unscheduled where absent."""
    runtime: Duration | None = None
    strategy: Literal["single", "ddp", "fsdp", "deepspeed", "horovod", "megatron"] = "single"
    nodes: Positive = 1
    cpu: Cores | None = None
    memory: Bytes | None = None
    gpus: Gpus | None = None
    """Accelerators of one node."""
    sharding: Literal["none", "zero1", "zero2", "zero3"] | None = None
    """What data parallel ranks divide among them: nothing, optimiser states, gradients too, or
    everything. `fsdp` divides everything and `ddp` nothing, where absent."""
    tensor: Positive = 1
    """Every layer is divided among so many accelerators."""
    pipeline: Positive = 1
    """The layers are dealt out to so many accelerators."""
    data: Positive | None = None
    """Copies of the model that train on different examples; what the other degrees leave over of
    all accelerators where absent."""
    precision: Literal["fp32", "bf16", "fp16"] | None = None
    """The format of weights and gradients; in 16 bits a 32-bit copy of the weights is kept.
    bf16 where absent."""
    optimizer: Literal["adam", "adam8bit", "sgd", "momentum", "adafactor", "lion"] | None = None
    """adam where absent."""
    offload: bool = False
    """Optimiser states lie in the memory of the machine (ZeRO-Offload)."""
    trainable: Large | None = None
    """Parameters that are trained, where the others are frozen (LoRA); all where absent."""
    sequence: Positive | None = None
    """Tokens of one example."""
    micro_batch: Positive = 1
    """Examples that one accelerator works on at a time."""
    recompute: Literal["none", "selective", "full"] = "none"
    """Activations that are computed again rather than kept."""
    flash_attention: bool = True
    """Attention is fused, so that its scores are never stored: what frameworks do unless told not
    to (Dao et al. 2022; PyTorch's scaled_dot_product_attention)."""
    examples: Large | None = None
    """Examples of one epoch."""
    epochs: Positive = 1
    batch: Positive | None = None
    """Examples of one step, on all accelerators together."""
    steps: Large | None = None
    """Optimiser steps; those of the epochs where absent."""
    step_time: Duration | None = None
    """How long one step takes, on all accelerators together."""
    evaluation: Duration | None = None
    """How long the evaluation behind a run takes; part of `runtime` where absent."""
    interruptions: Rate | None = None
    """How often one node is taken away or fails: `2/d`."""
    save_time: Duration | None = None
    """How long the training stands still to save a checkpoint."""
    save_every: Period | None = None
    """The time between two checkpoints."""
    tuning: Tuning | None = None
    purchase: Purchase | None = None
    """How the machines of its node pool are bought, where it has one for itself; as the
    environment does where absent."""
    image: Image | None = None
    libraries: tuple[Library, ...] = ()
    """The pinned versions in its image: `libraries = ["xgboost==2.1.1"]`."""
    tests: Text | None = None
    """What tests its code: `git:train/tests@v4`."""
    retries: Count = 2
    delays_joins: bool = False
    """Whether it joins features by times moved back by the `join_delay`, where the feature store
    takes the times of the rows as they are."""
    tracking: Annotated[Text | None, refers("registry", "tracking", verb="logs_to")] = None
    checkpoint: Annotated[Text | None, refers("lake", verb="writes")] = None


class Registry(Component):
    """Keeps model versions, their lineage and their stage."""

    role = "registry"

    artifacts: Annotated[Text | None, refers("lake", verb="writes")] = None
    """Where the model files lie."""
    keep: Positive = 5
    """Versions kept for rollback."""
    backup: Period | None = None
    """How often it is copied to another place: what is younger may be lost."""
    restore: Duration | None = None
    """How long it takes until it holds everything again, restored or rebuilt."""


class Tracking(Component):
    """Records experiments of training: parameters, metrics, artifacts."""

    role = "tracking"

    artifacts: Annotated[Text | None, refers("lake", verb="writes")] = None


class Explainer(Component):
    """Gives the reasons of a prediction."""

    role = "explainer"

    explains: Annotated[Names, refers("endpoint", verb="calls")] = ()
    method: Literal["treeshap", "kernelshap", "anchors", "integrated_gradients", "lime"] | None = (
        None
    )
    replicas: Positive = 2
    sampled: Share | None = None
    """The share of predictions that are explained; all of them where absent."""
    availability: Share | None = None
    """The share of time in which it answers, all of its replicas taken together."""
