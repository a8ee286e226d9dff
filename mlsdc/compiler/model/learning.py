"""What is trained, by what, and where it is kept."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mlsdc.compiler.model.component import Column, Component
from mlsdc.compiler.model.part import Members, Part, refers
from mlsdc.compiler.model.types import (
    Bytes,
    Cores,
    Count,
    Duration,
    Gpus,
    Image,
    Names,
    Period,
    Positive,
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
    baseline: Text | None = None


class Signature(Part):
    """The model's inputs where they are more than the dataset's features."""

    columns: Annotated[dict[str, Column], Members()] = Field(default_factory=dict)


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
    gate: Gate | None = None
    version: Positive = 1
    size: Bytes | None = None
    """Size of the artifact."""
    max_staleness: Duration | None = None
    """How old the model may grow in serving."""


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
    image: Image | None = None
    retries: Count = 2
    tracking: Annotated[Text | None, refers("registry", "tracking", verb="logs_to")] = None
    checkpoint: Annotated[Text | None, refers("lake", verb="writes")] = None


class Registry(Component):
    """Keeps model versions, their lineage and their stage."""

    role = "registry"

    artifacts: Annotated[Text | None, refers("lake", verb="writes")] = None
    """Where the model files lie."""
    keep: Positive = 5
    """Versions kept for rollback."""


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
