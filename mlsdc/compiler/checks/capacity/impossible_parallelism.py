"""CAP005"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.model_memory import Divisible, ModelMemory
from mlsdc.compiler.design import Design
from mlsdc.compiler.language.language_models import generates
from mlsdc.compiler.model.language import Parallelism
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import digits

USUAL_MACHINE = 8
"""Accelerators that the links of one usual machine join: NVIDIA HGX and DGX (A100, H100, B200)."""
FAST = ("infiniband", "roce", "efa", "nvlink")
"""Networks that carry two all-reduces for every layer and token."""


@check(
    "CAP005",
    "impossible-parallelism",
    Severity.ERROR,
    source="vLLM issues 2652 and 5003: total number of attention heads must be divisible by tensor "
    "parallel size; vLLM documentation, Parallelism and Scaling",
)
def impossible_parallelism(design: Design, memory: ModelMemory) -> Iterator[Finding]:
    """A model cannot be divided among its accelerators in the way it is told to.

    Why: tensor parallelism gives each accelerator whole attention heads and exchanges their results
    twice in every layer. The engine refuses to start where heads do not divide or accelerators do
    not add up, and crawls where the exchange leaves the machine over an ordinary network.

    Bad:

        model assistant {
          architecture = "llama-3-70b"
          precision    = fp8
        }
        endpoint chat {
          model       = assistant
          gpus        = 6 x h100
          parallelism { tensor = 6 }
        }

    Good:

        model assistant {
          architecture = "llama-3-70b"
          precision    = fp8
        }
        endpoint chat {
          model       = assistant
          gpus        = 8 x h100
          parallelism { tensor = 8 }
        }
    """
    for endpoint in design.of(Endpoint):
        stated = endpoint.parallelism
        if stated is None:
            yield from _unstated(design, endpoint)
            continue
        yield from _count(design, endpoint, stated)
        yield from _machine(design, endpoint, stated)
        fit = memory.of.get(endpoint.name)
        if fit is not None:
            yield from _heads(design, endpoint, stated, fit.divisible, fit.model)


def _unstated(design: Design, endpoint: Endpoint) -> Iterator[Finding]:
    if endpoint.gpus is not None and endpoint.gpus.count > 1 and generates(endpoint):
        yield Finding(
            design.place(endpoint, "gpus"),
            f"how `{endpoint.name}` is spread over its {endpoint.gpus.count} accelerators is not "
            "known",
            subject=endpoint.name,
            missing=(f"{endpoint.name}.parallelism",),
        )


def _count(design: Design, endpoint: Endpoint, stated: Parallelism) -> Iterator[Finding]:
    place = design.place(endpoint, "parallelism")
    if endpoint.gpus is None:
        yield Finding(
            place,
            f"which accelerators `{endpoint.name}` is spread over is not known",
            subject=endpoint.name,
            missing=(f"{endpoint.name}.gpus",),
        )
        return
    product = stated.tensor * stated.pipeline * stated.data
    have = endpoint.gpus.count
    if product != have:
        yield Finding(
            place,
            f"`{endpoint.name}` is spread over {product} accelerators, a replica has {have}",
            subject=endpoint.name,
            labels=(Label(design.place(endpoint, "gpus"), "what it has"),),
            arithmetic=(
                f"{stated.tensor} tensor x {stated.pipeline} pipeline x {stated.data} data = "
                f"{product}",
            ),
            help=f"gpus = {product} x {endpoint.gpus.model}",
        )


def _machine(design: Design, endpoint: Endpoint, stated: Parallelism) -> Iterator[Finding]:
    known = stated.per_machine
    if stated.network in FAST or stated.tensor <= (known or USUAL_MACHINE):
        return
    place = design.place(endpoint, "parallelism", "tensor")
    if known is None:
        yield Finding(
            place,
            f"whether {stated.tensor} accelerators of `{endpoint.name}` are in one machine is not "
            "known",
            subject=endpoint.name,
            missing=(f"{endpoint.name}.parallelism.per_machine",),
        )
        return
    pipeline = -(-stated.tensor // known) * stated.pipeline
    over = f"over {stated.network}" if stated.network else "over a network nobody states"
    yield Finding(
        place,
        f"every layer of `{endpoint.name}` is divided among {stated.tensor} accelerators, {known} "
        f"of which are in one machine, {over}",
        subject=endpoint.name,
        labels=(Label(design.place(endpoint, "parallelism", "per_machine"), "joined by links"),),
        help=f"tensor = {known}  pipeline = {pipeline}, or network = infiniband",
    )


def _heads(
    design: Design, endpoint: Endpoint, stated: Parallelism, model: Divisible, name: str
) -> Iterator[Finding]:
    tensor = stated.tensor
    place = design.place(endpoint, "parallelism", "tensor")
    what = Label(design.place(name, "architecture"), "what is divided")
    if tensor > 1 and model.heads is None:
        missing = f"{name}.architecture.heads"
        yield Finding(place, f"whether the heads of `{name}` divide by {tensor} is not known",
                      subject=endpoint.name, missing=(missing,))  # fmt: skip
        return
    for heads, words in ((model.heads, "attention heads"), (model.kv_heads, "KV heads")):
        if heads is None or heads % tensor == 0:
            continue
        if words == "KV heads" and tensor % heads == 0:
            continue  # each is copied to several accelerators
        yield Finding(
            place,
            f"{digits(heads)} {words} of `{name}` do not divide among {tensor} accelerators",
            subject=endpoint.name,
            labels=(what,),
            arithmetic=(f"{digits(heads)} / {tensor} = {heads / tensor:.4g}",),
            help=f"tensor = {_below(heads, tensor)} or {_above(heads, tensor)}",
        )
        return
    if model.layers is not None and stated.pipeline > model.layers:
        yield Finding(
            design.place(endpoint, "parallelism", "pipeline"),
            f"{digits(model.layers)} layers of `{name}` are dealt out to {stated.pipeline} stages",
            subject=endpoint.name,
            labels=(what,),
            help=f"pipeline = {digits(model.layers)} at most",
        )


def _below(heads: float, tensor: int) -> int:
    return next(t for t in range(min(tensor, int(heads)), 0, -1) if heads % t == 0)


def _above(heads: float, tensor: int) -> int:
    return next((t for t in range(tensor, int(heads) + 1) if heads % t == 0), int(heads))
