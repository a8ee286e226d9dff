"""CAP006"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.model_memory import Fit, ModelMemory, Range
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known, Unknown, total
from mlsdc.compiler.language.language_models import generates, max_model_len
from mlsdc.compiler.language.prompt_tokens import prompt_of, prompt_tokens
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span
from mlsdc.units import TOKEN_COUNT, digits, show_bytes

SHORTEST = 256
"""A context below this is no proposal."""


@check(
    "CAP006",
    "kv-cache-too-small",
    Severity.ERROR,
    source="vLLM issue 2418: the model's max seq len is larger than the maximum number of tokens "
    "that can be stored in KV cache; Kwon et al. 2023, section 4.5 (preemption)",
)
def kv_cache_too_small(design: Design, memory: ModelMemory) -> Iterator[Finding]:
    """The KV cache that weights leave room for is smaller than what is asked of it.

    Why: an engine that cannot hold one request of the greatest length refuses to start. One that
    holds fewer requests than work at the same time evicts some of them and computes them again.

    Bad:

        model assistant {
          architecture = "llama-3-8b"
          precision    = bf16
        }
        endpoint chat {
          model  = assistant
          gpus   = 1 x l4
          engine { max_model_len = 131072 }
        }

    Good:

        model assistant {
          architecture = "llama-3-8b"
          precision    = bf16
        }
        endpoint chat {
          model  = assistant
          gpus   = 1 x l4
          engine { max_model_len = 8192 }
        }
    """
    for name, fit in memory.of.items():
        endpoint = design.get(name, Endpoint)
        if endpoint is None or not generates(endpoint) or fit.room is None or fit.room.most < 0:
            continue  # whether the weights fit is another question
        tokens = fit.tokens
        if tokens is None:
            assert isinstance(fit.per_token, Unknown)
            yield Finding(
                design.place(endpoint, "gpus"),
                f"how many tokens the KV cache of `{name}` holds is not known",
                subject=name,
                missing=fit.per_token.missing,
            )
            continue
        yield from _longest(design, endpoint, fit, tokens)
        yield from _together(design, endpoint, fit, tokens)


def _longest(design: Design, endpoint: Endpoint, fit: Fit, tokens: Range) -> Iterator[Finding]:
    model = design.get(fit.model, Model)
    longest = max_model_len(endpoint, model)
    place = _limit_place(design, endpoint, fit.model)
    if longest is None:
        yield Finding(
            place,
            f"how long a request `{endpoint.name}` takes is not known",
            subject=endpoint.name,
            missing=(f"{endpoint.name}.engine.max_model_len",),
        )
    elif tokens.most < longest:
        yield Finding(
            place,
            f"one request of {longest} tokens needs more KV cache than the "
            f"{digits(tokens.most)} tokens that `{endpoint.name}` has room for",
            subject=endpoint.name,
            labels=(_room_label(design, endpoint),),
            arithmetic=_arithmetic(fit, tokens),
            help=(
                f"max_model_len = {_block(tokens.least)}, or " if tokens.least >= SHORTEST else ""
            )
            + "kv_cache = fp8, or more accelerators",
        )
    elif tokens.least < longest:
        yield Finding(
            place,
            f"whether {longest} tokens fit the KV cache of `{endpoint.name}` is decided by what "
            f"the runtime takes: room is for {digits(tokens.least)} to {digits(tokens.most)}",
            subject=endpoint.name,
            arithmetic=_arithmetic(fit, tokens),
            missing=(f"{endpoint.name}.engine.overhead",),
        )


def _together(design: Design, endpoint: Endpoint, fit: Fit, tokens: Range) -> Iterator[Finding]:
    if endpoint.concurrency is None:
        return
    place, each = design.place(endpoint, "concurrency"), _request_tokens(design, endpoint)
    copies = fit.parallelism.data if fit.parallelism else 1
    if isinstance(each, Unknown):
        yield Finding(
            place,
            f"whether the KV cache of `{endpoint.name}` holds {endpoint.concurrency} requests at a "
            "time is not known",
            subject=endpoint.name,
            missing=each.missing,
        )
        return
    held, asked = tokens.most * copies, endpoint.concurrency * each.value
    if held < asked:
        fewer = int(tokens.least * copies // each.value)
        yield Finding(
            place,
            f"{endpoint.concurrency} requests of {digits(each.value)} tokens take turns in a KV "
            f"cache of {digits(held)} tokens",
            subject=endpoint.name,
            labels=(_room_label(design, endpoint),),
            arithmetic=(
                *each.because,
                f"{endpoint.concurrency} x {digits(each.value)} = {digits(asked)} tokens",
                *_arithmetic(fit, tokens),
            ),
            help=(f"concurrency = {fewer}, or " if fewer else "")
            + "kv_cache = fp8, or more accelerators",
            severity=Severity.WARNING,
        )


def _request_tokens(design: Design, endpoint: Endpoint) -> Known:
    """Tokens that a usual request has cached in the end: its prompt and its median answer."""
    prompt = prompt_of(design, endpoint)
    before = prompt_tokens(design, prompt) if prompt else Unknown((f"{endpoint.name}.prompt",))
    if endpoint.generation is None:
        after: Known = Unknown((f"{endpoint.name}.generation.output",))
    else:
        answer = endpoint.generation.output.p50
        after = Figure(answer, TOKEN_COUNT, (f"answer: {answer} at the median",))
    return total([before, after], TOKEN_COUNT)


def _limit_place(design: Design, endpoint: Endpoint, model: str) -> Span:
    if endpoint.engine is not None and endpoint.engine.max_model_len is not None:
        return design.place(endpoint, "engine", "max_model_len")
    stated = design.get(model, Model)
    if stated is not None and stated.architecture and stated.architecture.max_length:
        return design.place(stated, "architecture", "max_length")
    return design.place(endpoint, "gpus")


def _room_label(design: Design, endpoint: Endpoint) -> Label:
    return Label(design.place(endpoint, "gpus"), "what has room for it")


def _arithmetic(fit: Fit, tokens: Range) -> tuple[str, ...]:
    assert isinstance(fit.per_token, Figure)
    assert fit.room is not None
    lucky = f"{show_bytes(fit.room.most)} left at most / {show_bytes(fit.per_token.value)}"
    return (*fit.because, *fit.per_token.because, f"{lucky} = {digits(tokens.most)} tokens")


def _block(tokens: float) -> int:
    """Rounded down to what people type: a power of two, or three of the next smaller."""
    power = 1
    while power * 2 <= tokens:
        power *= 2
    return power + power // 2 if power > 1 and power + power // 2 <= tokens else power
