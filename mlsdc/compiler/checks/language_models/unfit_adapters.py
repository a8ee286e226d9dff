"""LLM013"""

from collections.abc import Iterator

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "LLM013",
    "unfit-adapters",
    Severity.WARNING,
    source="vLLM documentation, LoRA Adapters: max-loras, max-lora-rank; Hu et al. 2021, LoRA",
)
def unfit_adapters(design: Design) -> Iterator[Finding]:
    """Adapters are served on weights they were not trained on, or on an engine that holds fewer.

    Why: an adapter is a difference to certain weights, and added to others it is noise. One of too
    high a rank is refused; more of them than fit one batch take turns, each waiting for the others.

    Bad:

        model assistant { revision = "5206a32" }
        model support {
          adapter = lora { base = assistant  base_revision = "0e9e39f"  rank = 16 }
        }
        endpoint chat {
          model    = assistant
          adapters = [support]
          engine   { max_loras = 1  max_lora_rank = 16 }
        }

    Good:

        model assistant { revision = "5206a32" }
        model support {
          adapter = lora { base = assistant  base_revision = "5206a32"  rank = 16 }
        }
        endpoint chat {
          model    = assistant
          adapters = [support]
          engine   { max_loras = 1  max_lora_rank = 16 }
        }
    """
    for endpoint in design.of(Endpoint):
        if not endpoint.adapters or endpoint.name in design.tainted:
            continue
        for at, name in enumerate(endpoint.adapters):
            model = design.get(name, Model)
            if model is not None:
                yield from _base(design, endpoint, at, model)
                yield from _rank(design, endpoint, at, model)
        yield from _count(design, endpoint)


def _base(design: Design, endpoint: Endpoint, at: int, model: Model) -> Iterator[Finding]:
    place, adapter = design.place(endpoint, "adapters", at), model.adapter
    base = design.get(endpoint.model, Model)
    if adapter is None or adapter.base is None or base is None:
        missing = f"{endpoint.name}.model" if base is None else f"{model.name}.adapter.base"
        yield Finding(place, f"what `{model.name}` is added to is not known",
                      subject=endpoint.name, missing=(missing,))  # fmt: skip
    elif adapter.base != base.name:
        yield Finding(
            place,
            f"`{model.name}` was trained on `{adapter.base}`, `{endpoint.name}` adds it to "
            f"`{base.name}`",
            subject=endpoint.name,
            labels=(Label(design.place(model, "adapter"), "what it was trained on"),),
            help=f"model = {adapter.base}, or an adapter of `{base.name}`",
        )
    elif base.revision is not None and adapter.base_revision is None:
        yield Finding(place, f"on which revision of `{base.name}` `{model.name}` was trained is "
                      "not known", subject=endpoint.name,
                      missing=(f"{model.name}.adapter.base_revision",))  # fmt: skip
    elif base.revision is not None and adapter.base_revision != base.revision:
        yield Finding(
            design.place(model, "adapter", "base_revision"),
            f"`{model.name}` was trained on {adapter.base_revision} of `{base.name}`, "
            f"`{endpoint.name}` serves {base.revision}",
            subject=endpoint.name,
            labels=(Label(design.place(base, "revision"), "what is served"),),
            help=f'revision = "{adapter.base_revision}" in `{base.name}`, or the adapter trained '
            "again",
        )


def _rank(design: Design, endpoint: Endpoint, at: int, model: Model) -> Iterator[Finding]:
    rank = model.adapter.rank if model.adapter else None
    limit = endpoint.engine.max_lora_rank if endpoint.engine else None
    if rank is None or limit is None:
        stated = {
            f"{model.name}.adapter.rank": rank,
            f"{endpoint.name}.engine.max_lora_rank": limit,
        }
        yield Finding(
            design.place(endpoint, "adapters", at),
            f"whether `{endpoint.name}` takes an adapter of the rank of `{model.name}` is not "
            "known",
            subject=endpoint.name,
            missing=tuple(name for name, value in stated.items() if value is None),
        )
    elif rank > limit:
        yield Finding(
            design.place(model, "adapter", "rank"),
            f"`{model.name}` has rank {rank}, `{endpoint.name}` takes {limit} at most",
            subject=endpoint.name,
            labels=(Label(design.place(endpoint, "engine", "max_lora_rank"), "the most"),),
            help=f"max_lora_rank = {1 << (rank - 1).bit_length()}",
        )


def _count(design: Design, endpoint: Endpoint) -> Iterator[Finding]:
    count = len(endpoint.adapters)
    limit = endpoint.engine.max_loras if endpoint.engine else None
    if limit is None:
        yield Finding(
            design.place(endpoint, "adapters"),
            f"how many adapters one batch of `{endpoint.name}` may use is not known",
            subject=endpoint.name,
            missing=(f"{endpoint.name}.engine.max_loras",),
        )
    elif count > limit:
        yield Finding(
            design.place(endpoint, "engine", "max_loras"),
            f"{count} adapters of `{endpoint.name}` take turns in batches that hold {limit}",
            subject=endpoint.name,
            labels=(Label(design.place(endpoint, "adapters"), "all of them"),),
            help=f"max_loras = {count}",
        )
