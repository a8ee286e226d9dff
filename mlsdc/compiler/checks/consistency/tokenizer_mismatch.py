"""TSC026"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from mlsdc.compiler.design import Design
from mlsdc.compiler.language.language_models import base_of
from mlsdc.compiler.language.prompt_tokens import prompt_of
from mlsdc.compiler.model.language import Tokenizer
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.serving import Endpoint, Index
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span

ASPECTS = {"name": "", "revision": "revision ", "template": "chat template "}


@dataclass(frozen=True)
class Use:
    """One place where texts are turned into tokens."""

    what: str
    tokenizer: Tokenizer
    place: Span


@check(
    "TSC026",
    "tokenizer-mismatch",
    Severity.ERROR,
    source="vLLM documentation, engine arguments: revision, tokenizer, tokenizer-revision; "
    "transformers documentation, chat templates",
)
def tokenizer_mismatch(design: Design) -> Iterator[Finding]:
    """Texts are turned into tokens in one way when a model learns and in another when it is used.

    Why: a token is a number. With another vocabulary, or another chat template, the model reads
    numbers that meant something else to it; answers get worse and nothing fails. A budget counted
    by another tokenizer is wrong by a third.

    Bad:

        model assistant {
          revision  = "9f2c11a"
          tokenizer = "acme/assistant" { revision = "9f2c11a" }
        }
        endpoint chat {
          model  = assistant
          engine { tokenizer = "acme/assistant" { revision = "41b7e09" } }
        }

    Good:

        model assistant {
          revision  = "9f2c11a"
          tokenizer = "acme/assistant" { revision = "9f2c11a" }
        }
        endpoint chat {
          model  = assistant
          engine { tokenizer = "acme/assistant" { revision = "9f2c11a" } }
        }
    """
    for endpoint in design.of(Endpoint):
        uses = list(_of_endpoint(design, endpoint))
        yield from _compare(endpoint.name, uses)
        yield from _uncounted(design, endpoint)
    for index in design.of(Index):
        yield from _compare(index.name, list(_of_index(design, index)))
    for model in design.of(Model):
        yield from _half_pinned(design, model)


def _of_endpoint(design: Design, endpoint: Endpoint) -> Iterator[Use]:
    model = design.get(endpoint.model, Model)
    base = base_of(design, model)
    if base is not None and base.tokenizer is not None:
        yield Use(f"`{base.name}` learned", base.tokenizer, design.place(base, "tokenizer"))
    for name in (endpoint.model, *endpoint.adapters):
        adapter = design.get(name, Model)
        if adapter is not None and adapter is not base and adapter.tokenizer is not None:
            place = design.place(adapter, "tokenizer")
            yield Use(f"`{adapter.name}` learned", adapter.tokenizer, place)
    if endpoint.engine is not None and endpoint.engine.tokenizer is not None:
        place = design.place(endpoint, "engine", "tokenizer")
        yield Use(f"`{endpoint.name}` serves", endpoint.engine.tokenizer, place)
    prompt = prompt_of(design, endpoint)
    if prompt is not None and prompt.tokenizer is not None:
        place = design.place(prompt, "tokenizer")
        yield Use(f"`{prompt.name}` is counted", prompt.tokenizer, place)


def _of_index(design: Design, index: Index) -> Iterator[Use]:
    encoder = design.get(index.encoder, Model)
    if encoder is not None and encoder.tokenizer is not None:
        place = design.place(encoder, "tokenizer")
        yield Use(f"`{encoder.name}` learned", encoder.tokenizer, place)
    if index.chunks is not None and index.chunks.tokenizer is not None:
        place = design.place(index, "chunks", "tokenizer")
        yield Use(f"chunks of `{index.name}` are counted", index.chunks.tokenizer, place)


def _compare(subject: str, uses: list[Use]) -> Iterator[Finding]:
    """The first use is what all others are measured by; one finding for each that differs."""
    told: set[str] = set()
    for one, other in combinations(uses, 2):
        found = _difference(one.tokenizer, other.tokenizer)
        if found is None or other.what in told:
            continue
        told.add(other.what)
        aspect, left, right = found
        yield Finding(
            other.place,
            f"{other.what} with {ASPECTS[aspect]}{right}, {one.what} with {ASPECTS[aspect]}{left}",
            subject=subject,
            labels=(Label(one.place, f"{one.what} with this"),),
            help=f'tokenizer = "{left}"' if aspect == "name" else f'{aspect} = "{left}"',
        )


def _difference(one: Tokenizer, other: Tokenizer) -> tuple[str, str, str] | None:
    for aspect in ASPECTS:
        left: str | None = getattr(one, aspect)
        right: str | None = getattr(other, aspect)
        if left is not None and right is not None and left != right:
            return aspect, left, right
    return None


def _uncounted(design: Design, endpoint: Endpoint) -> Iterator[Finding]:
    """Token counts of a prompt that nobody says how they were made."""
    prompt, model = prompt_of(design, endpoint), design.get(endpoint.model, Model)
    base = base_of(design, model)
    if prompt is None or not prompt.parts or base is None or base.tokenizer is None:
        return
    if prompt.tokenizer is None:
        yield Finding(
            design.place(prompt),
            f"what counted the tokens of `{prompt.name}` is not known",
            subject=prompt.name,
            missing=(f"{prompt.name}.tokenizer",),
        )


def _half_pinned(design: Design, model: Model) -> Iterator[Finding]:
    """Weights of a hub at a fixed revision whose tokenizer moves, or the other way round."""
    tokenizer = model.tokenizer
    if tokenizer is None or tokenizer.name is None:
        return
    if model.revision is not None and tokenizer.revision is None:
        yield Finding(
            design.place(model, "tokenizer"),
            f"the weights of `{model.name}` are those of {model.revision}, its tokenizer is "
            "whatever is newest",
            subject=model.name,
            labels=(Label(design.place(model, "revision"), "pinned"),),
            help=f'tokenizer = "{tokenizer.name}" {{ revision = "{model.revision}" }}',
        )
    elif model.revision is None and tokenizer.revision is not None and not _made_here(model):
        yield Finding(
            design.place(model, "tokenizer"),
            f"the tokenizer of `{model.name}` is that of {tokenizer.revision}; of which revision "
            "its weights are is not known",
            subject=model.name,
            missing=(f"{model.name}.revision",),
        )


def _made_here(model: Model) -> bool:
    """Whether something other than a hub's revision tells which weights they are."""
    return bool(model.training or model.registry or model.adapter)
