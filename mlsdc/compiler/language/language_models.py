"""Endpoints and models in, which of them speak a language and what limits them out."""

from __future__ import annotations

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.language import Parallelism
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.serving import Endpoint


def generates(endpoint: Endpoint) -> bool:
    """Whether an endpoint answers with text it makes, token by token."""
    stated = (endpoint.generation, endpoint.engine, endpoint.provider, endpoint.prompt)
    return any(one is not None for one in stated) or bool(endpoint.adapters)


def spread(endpoint: Endpoint) -> Parallelism | None:
    """How a replica is spread over its accelerators; None where there are several and nobody says.

    One accelerator leaves nothing to say.
    """
    if endpoint.parallelism is not None:
        return endpoint.parallelism
    return Parallelism() if endpoint.gpus is not None and endpoint.gpus.count == 1 else None


def max_model_len(endpoint: Endpoint, model: Model | None) -> int | None:
    """Tokens of the longest request: as engine or provider limit it, else as the model learned."""
    engine, architecture = endpoint.engine, model.architecture if model else None
    if engine is not None and engine.max_model_len is not None:
        return engine.max_model_len
    if endpoint.provider is not None:
        return endpoint.provider.max_model_len
    return architecture.max_length if architecture is not None else None


def base_of(design: Design, model: Model | None) -> Model | None:
    """The model whose weights are loaded: an adapter's base, else the model itself."""
    adapter = model.adapter if model is not None else None
    base = design.get(adapter.base, Model) if adapter is not None else None
    return base or model
