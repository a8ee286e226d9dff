"""What training and serving have to agree on: versions, fitted state, code, the artifact itself."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from mlsdc.compiler.evaluate import describe
from mlsdc.compiler.model.component import Column
from mlsdc.compiler.model.part import Members, Part, clause, refers
from mlsdc.compiler.model.types import Bytes, Positive, Precision, Share, Text


def _version(value: Any) -> Any:
    if value == "latest":
        return "latest"
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise PydanticCustomError(
            "wants",
            "wants a version such as `{example}`, or `latest`, this is {found}",
            {"example": "2", "found": describe(value)},
        )
    return value


@clause("pin")
class Pin(Part):
    """The version of a view, or of a model whose scores are features: `pin profile version 2`."""

    positional = ("target",)

    target: Annotated[Text, refers("features", "model", verb="pins")]
    version: Annotated[int | Literal["latest"], BeforeValidator(_version)]


@clause("fitted")
class Fitted(Part):
    """State that was fitted on rows: `fitted scaler on history rows train`.

    A scaler, a vocabulary, target encodings, bin edges: anything whose numbers come from data.
    """

    positional = ("what",)

    what: Text
    """A name for it: scaler, vocabulary, country_encoding."""
    on: Annotated[Text | None, refers("dataset", verb="fitted_on")] = None
    """The training set it was fitted on."""
    version: Positive | None = None
    """That training set's version, where it is not the one that is declared."""
    rows: Literal["train", "all", "served"] | None = None
    """Whether it saw the training rows only, those of the tests as well, or what is served."""
    digest: Text | None = None
    packaged: bool = False
    """It is part of the model's artifact, and whoever serves the model loads it from there."""


class Input(Column):
    """One input of a model: `spend_30d: float32 optional`."""

    optional: bool = False
    """The model answers without it."""
    cast: bool = False
    """Training and serving both cast the value to this type, explicitly."""


class Signature(Part):
    """Inputs in their order: of a model, or as its server declares them."""

    columns: Annotated[dict[str, Input], Members()] = Field(default_factory=dict)


class Preprocessing(Part):
    """Where model inputs are prepared: `preprocessing = server { code = "git:prep.py@1a2b" }`."""

    choice = "place"

    place: Literal["graph", "server", "client", "feature_store", "library", "job", "notebook"]
    """In the model's own graph, in the server beside it (a Triton ensemble, a KServe transformer),
    in who calls it, in the feature store, or in code of training's own."""
    code: Text | None = None
    """A reference to the code with its digest: `git:scorer/prepare.py@a1b2c3`."""


class Artifact(Part):
    """What is served, where it is not the file that training wrote."""

    precision: Precision | None = None
    quantisation: Text | None = None
    """The method, where weights are quantised: awq, gptq, post-training."""
    conversion: (
        Literal["onnx", "tensorrt", "torchscript", "openvino", "coreml", "tflite"] | None
    ) = None
    """What it was converted to or compiled for."""
    pruned: bool = False
    distilled: bool = False


class FeatureLog(Part):
    """Served feature values, as the model got them, written down for training."""

    to: Annotated[Text | None, refers("stream", verb="publishes")] = None
    sampled: Share = 1.0
    """The share of predictions whose row is logged."""
    row: Bytes | None = None
    """Size of one row; derived from the types of the features where absent."""


def _library(value: Any) -> Any:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9][\w.\-]*==[\w.+!\-]+", value):
        raise PydanticCustomError(
            "wants",
            "wants a library with its version such as `{example}`, this is {found}",
            {"example": '"xgboost==2.1.1"', "found": describe(value)},
        )
    return str(value)


Library = Annotated[str, BeforeValidator(_library, json_schema_input_type=str)]
"""A library pinned to a version: `xgboost==2.1.1`."""
