"""LLM001"""

from collections.abc import Iterator

from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Unknown
from mlsdc.compiler.language.language_models import base_of, max_model_len
from mlsdc.compiler.language.prompt_tokens import PartTokens, parts, prompt_of
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.prompt import Prompt
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span


@check(
    "LLM001",
    "prompt-too-long",
    Severity.ERROR,
    source="vLLM documentation, engine arguments: max-model-len; Liu et al. 2023, "
    "Lost in the Middle",
)
def prompt_too_long(design: Design) -> Iterator[Finding]:
    """The parts of a prompt and the answer are together longer than the model's context.

    Why: the engine refuses the request, or a library before it cuts off what does not fit: the
    question, or the passages that answer it. It happens to the longest conversations first.

    Bad:

        index manuals {
          chunks    { tokens = 1024 }
          retrieval { k = 8 }
        }
        prompt answer {
          part instructions tokens 600
          part passages     index manuals
          part question     tokens 400 varies
          max_output = 800
        }
        endpoint chat {
          prompt = answer
          engine { max_model_len = 8192 }
        }

    Good:

        index manuals {
          chunks    { tokens = 1024 }
          retrieval { k = 6 }
        }
        prompt answer {
          part instructions tokens 600
          part passages     index manuals
          part question     tokens 400 varies
          max_output = 800
        }
        endpoint chat {
          prompt = answer
          engine { max_model_len = 8192 }
        }
    """
    for endpoint in design.of(Endpoint):
        prompt = prompt_of(design, endpoint)
        if prompt is not None:
            yield from _judge(design, endpoint, prompt)


def _judge(design: Design, endpoint: Endpoint, prompt: Prompt) -> Iterator[Finding]:
    model = base_of(design, design.get(endpoint.model, Model))
    longest, ledger = max_model_len(endpoint, model), parts(design, prompt)
    known = [(part, part.tokens) for part in ledger if isinstance(part.tokens, Figure)]
    least = int(sum(tokens.value for _, tokens in known)) + (prompt.max_output or 0)
    missing = _missing(endpoint, prompt, ledger, longest)
    if longest is not None and least > longest:
        largest = max(known, key=lambda one: one[1].value, default=None)
        yield Finding(
            largest[0].place if largest else design.place(prompt, "max_output"),
            f"`{prompt.name}` takes {'at least ' if missing else ''}{least} tokens with its "
            f"answer, `{endpoint.name}` reads {longest}",
            subject=endpoint.name,
            labels=(Label(_limit(design, endpoint, model), "the longest it reads"),),
            arithmetic=_ledger(prompt, known, least),
            help=f"max_model_len = {least}, or {least - longest} tokens fewer",
        )
    elif missing:
        yield Finding(
            design.place(endpoint, "prompt"),
            f"whether `{prompt.name}` fits the context of `{endpoint.name}` is not known",
            subject=endpoint.name,
            missing=missing,
        )


def _missing(
    endpoint: Endpoint, prompt: Prompt, ledger: list[PartTokens], longest: int | None
) -> tuple[str, ...]:
    found = [name for part in ledger if isinstance(part.tokens, Unknown)
             for name in part.tokens.missing]  # fmt: skip
    if not ledger:
        found.append(f"{prompt.name}.parts")
    if prompt.max_output is None:
        found.append(f"{prompt.name}.max_output")
    if longest is None:
        held_by = "provider" if endpoint.provider is not None else "engine"
        found.append(f"{endpoint.name}.{held_by}.max_model_len")
    return tuple(dict.fromkeys(found))


def _ledger(prompt: Prompt, known: list[tuple[PartTokens, Figure]], least: int) -> tuple[str, ...]:
    listed = [line for _, tokens in known for line in tokens.because]
    numbers = [f"{tokens.value:.0f}" for _, tokens in known]
    if prompt.max_output is not None:
        listed.append(f"answer: {prompt.max_output}")
        numbers.append(str(prompt.max_output))
    return (*listed, f"{' + '.join(numbers)} = {least} tokens")


def _limit(design: Design, endpoint: Endpoint, model: Model | None) -> Span:
    if endpoint.engine is not None and endpoint.engine.max_model_len is not None:
        return design.place(endpoint, "engine", "max_model_len")
    if endpoint.provider is not None:
        return design.place(endpoint, "provider", "max_model_len")
    return design.place(model, "architecture") if model else design.place(endpoint)
