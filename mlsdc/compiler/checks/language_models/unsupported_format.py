"""LLM010"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.model_memory import Fit, ModelMemory
from mlsdc.compiler.design import Design
from mlsdc.compiler.language.quantisation import generation, least_capability
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "LLM010",
    "unsupported-format",
    Severity.ERROR,
    source="vLLM documentation, Quantization: Supported Hardware (v0.15.1), and FP8 W8A8",
)
def unsupported_format(design: Design, memory: ModelMemory) -> Iterator[Finding]:
    """A model's weights are in a format that its accelerators have no kernels for.

    Why: the engine refuses such a model when it starts. Each generation of accelerators brings
    formats that the one before cannot compute with: bfloat16 came with Ampere, FP8 with Ada.

    Bad:

        model assistant {
          architecture = "mistral-7b"
          precision    = bf16
        }
        endpoint chat {
          model  = assistant
          gpus   = 1 x v100
          engine { max_model_len = 4096 }
        }

    Good:

        model assistant {
          architecture = "mistral-7b"
          precision    = bf16
        }
        endpoint chat {
          model  = assistant
          gpus   = 1 x l4
          engine { max_model_len = 4096 }
        }
    """
    for name, fit in memory.of.items():
        endpoint, model = design.get(name, Endpoint), design.get(fit.model, Model)
        if endpoint is not None and model is not None and fit.device is not None:
            yield from _judge(design, endpoint, model, fit)


def _judge(design: Design, endpoint: Endpoint, model: Model, fit: Fit) -> Iterator[Finding]:
    needs = least_capability(model.precision, model.quantisation)
    if needs is None or fit.device is None:
        return
    least, what = needs
    have = fit.device.compute_capability
    place = design.place(endpoint, "gpus")
    field = "quantisation" if what == model.quantisation else "precision"
    if have is None:
        if model.quantisation is not None:
            yield Finding(
                place,
                f"whether {fit.device.name} has kernels for {what} is in no table of mlsdc",
                subject=endpoint.name,
                missing=(f"{endpoint.name}.gpus",),
            )
        return
    if have < least:
        yield Finding(
            place,
            f"{fit.device.name} is of the generation {generation(have)}; {what} of `{model.name}` "
            f"needs {generation(least)} or later",
            subject=endpoint.name,
            labels=(Label(design.place(model, field), "what has to be computed with"),),
            help=_help(what, field, model.name),
        )


def _help(what: str, field: str, model: str) -> str:
    if what == "bf16":
        return f"precision = fp16 in `{model}`, or accelerators of a later generation"
    return f"another `{field}` of `{model}`, or accelerators of a later generation"
