"""An external language model and its load in, tokens per second and money per day out."""

from __future__ import annotations

from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known, Unknown, total
from mlsdc.compiler.language.prompt_tokens import prompt_of, prompt_tokens
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.units import TOKEN_COUNT, TOKEN_RATE, Dimension, digits

MILLION = 1e6


def asked_tokens(design: Design, endpoint: Endpoint) -> Known:
    """Tokens of the prompt of one request."""
    prompt = prompt_of(design, endpoint)
    if prompt is None:
        return Unknown((f"{endpoint.name}.prompt",))
    return prompt_tokens(design, prompt)


def answered_tokens(design: Design, endpoint: Endpoint) -> Known:
    """Tokens of one answer: the median where it is stated, else the most there can be."""
    if endpoint.generation is not None:
        answer = endpoint.generation.output.p50
        return Figure(answer, TOKEN_COUNT, (f"answer: {answer} at the median",))
    prompt = prompt_of(design, endpoint)
    if prompt is None or prompt.max_output is None:
        return Unknown((f"{prompt.name}.max_output" if prompt else f"{endpoint.name}.prompt",))
    return Figure(prompt.max_output, TOKEN_COUNT, (f"answer: {prompt.max_output} at most",))


def token_rate(design: Design, endpoint: Endpoint, arriving: Known) -> Known:
    """Tokens per second of prompts and answers under a load."""
    each = total([asked_tokens(design, endpoint), answered_tokens(design, endpoint)], TOKEN_COUNT)
    missing = [name for known in (arriving, each) if isinstance(known, Unknown)
               for name in known.missing]  # fmt: skip
    if missing or isinstance(arriving, Unknown) or isinstance(each, Unknown):
        return Unknown(tuple(dict.fromkeys(missing)))
    line = f"{arriving} x {digits(each.value)} tokens"
    because = (*arriving.because, *each.because, line)
    return Figure(arriving.value * each.value, TOKEN_RATE, because)


def daily_cost(design: Design, endpoint: Endpoint) -> Known:
    """Money of a usual day, in the currency of the prices."""
    provider = endpoint.provider
    assert provider is not None
    asked, answered = asked_tokens(design, endpoint), answered_tokens(design, endpoint)
    stated = {
        "daily": provider.daily,
        "input_price": provider.input_price,
        "output_price": provider.output_price,
    }
    missing = [f"{endpoint.name}.provider.{n}" for n, value in stated.items() if value is None]
    missing += [name for known in (asked, answered) if isinstance(known, Unknown)
                for name in known.missing]  # fmt: skip
    if missing or isinstance(asked, Unknown) or isinstance(answered, Unknown):
        return Unknown(tuple(dict.fromkeys(missing)))
    assert provider.daily is not None
    assert provider.input_price is not None
    assert provider.output_price is not None
    paid_in, paid_out = provider.input_price, provider.output_price
    if paid_in.dimension != paid_out.dimension:
        return Unknown((f"{endpoint.name}.provider.output_price in the same currency",))
    each = (asked.value * paid_in.value + answered.value * paid_out.value) / MILLION
    currency = _currency(paid_in.dimension)
    line = (
        f"{provider.daily} x ({digits(asked.value)} x {digits(paid_in.value)} + "
        f"{digits(answered.value)} x {digits(paid_out.value)}) {currency} / 1000000 = "
        f"{digits(provider.daily * each)}{currency}"
    )
    because = (*asked.because, *answered.because, line)
    return Figure(provider.daily * each, paid_in.dimension, because)


def _currency(dimension: Dimension) -> str:
    return dimension.powers[0][0]
