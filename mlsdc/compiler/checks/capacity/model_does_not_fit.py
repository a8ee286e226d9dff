"""CAP004"""

import math
from collections.abc import Iterator

from mlsdc.compiler.analyses.model_memory import Fit, ModelMemory
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span
from mlsdc.units import show_bytes


@check(
    "CAP004",
    "model-does-not-fit",
    Severity.ERROR,
    source="vLLM documentation, engine arguments: gpu-memory-utilization; Kwon et al. 2023, "
    "Efficient Memory Management for Large Language Model Serving",
)
def model_does_not_fit(design: Design, memory: ModelMemory) -> Iterator[Finding]:
    """Weights and runtime need more than the memory of their accelerators.

    Why: the engine loads the weights first and stops at the first allocation that fails. No load
    and no setting of batches changes it: fewer bytes for each weight, or more accelerators.

    Bad:

        model assistant {
          architecture = "llama-3-70b"
          precision    = bf16
        }
        endpoint chat {
          model       = assistant
          gpus        = 1 x h100
          engine      { max_model_len = 8192 }
        }

    Good:

        model assistant {
          architecture = "llama-3-70b"
          precision    = bf16
        }
        endpoint chat {
          model       = assistant
          gpus        = 4 x h100
          parallelism { tensor = 4 }
          engine      { max_model_len = 8192 }
        }
    """
    for name, fit in memory.of.items():
        endpoint = design.get(name, Endpoint)
        if endpoint is not None:
            yield from _judge(design, endpoint, fit)


def _judge(design: Design, endpoint: Endpoint, fit: Fit) -> Iterator[Finding]:
    place = design.place(endpoint, "gpus")
    if fit.room is None:
        yield Finding(
            place,
            f"whether `{fit.model}` fits the accelerators of `{endpoint.name}` is not known",
            subject=endpoint.name,
            help=fit.unheard,
            missing=fit.missing,
        )
        return
    if fit.room.least >= 0:
        return
    assert isinstance(fit.weights, Figure)
    assert isinstance(fit.memory, Figure)
    assert endpoint.gpus is not None
    device = endpoint.gpus.model
    if fit.room.most >= 0:
        yield Finding(
            place,
            f"whether `{fit.model}` fits is decided by what the runtime takes: "
            f"{show_bytes(fit.weights.value)} of weights on an {device} that offers "
            f"{show_bytes(fit.memory.value)}",
            subject=endpoint.name,
            arithmetic=fit.because,
            missing=(f"{endpoint.name}.engine.overhead",),
        )
        return
    yield Finding(
        place,
        f"{show_bytes(fit.weights.value)} of `{fit.model}` and {show_bytes(fit.runtime.least)} of "
        f"its runtime lie on each {device}, of which {show_bytes(fit.memory.value)} may be used",
        subject=endpoint.name,
        labels=(Label(_weighed(design, fit.model), "what has to fit"),),
        arithmetic=fit.because,
        help=_help(endpoint, fit),
    )


def _weighed(design: Design, name: str) -> Span:
    model = design.get(name, Model)
    assert model is not None
    field = "precision" if model.precision else "architecture" if model.architecture else "size"
    return design.place(model, field)


def _help(endpoint: Endpoint, fit: Fit) -> str:
    """The least power of two of accelerators on which it fits for certain."""
    assert isinstance(fit.weights, Figure)
    assert fit.room is not None
    assert endpoint.gpus is not None
    assert fit.parallelism is not None
    fewer = "a smaller `precision`"
    each = fit.weights.value + fit.room.least
    if each <= 0:
        return f"{fewer}, or accelerators with more memory"
    whole = fit.weights.value * fit.parallelism.tensor * fit.parallelism.pipeline
    needed = max(2, 2 ** math.ceil(math.log2(whole / each)))
    device = endpoint.gpus.model
    return f"gpus = {needed} x {device}  parallelism {{ tensor = {needed} }}, or {fewer}"
