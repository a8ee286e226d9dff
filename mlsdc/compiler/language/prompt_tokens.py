"""Prompts in, the tokens of each of their parts out.

Law: a part whose tokens nobody states is Unknown, and so is the prompt.
"""

from __future__ import annotations

from dataclasses import dataclass

from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known, Unknown, total
from mlsdc.compiler.model.prompt import Prompt, PromptPart
from mlsdc.compiler.model.serving import Endpoint, Index
from mlsdc.diagnostics import Span
from mlsdc.units import TOKEN_COUNT, digits


@dataclass(frozen=True)
class PartTokens:
    """One part of a prompt."""

    name: str
    tokens: Known
    varies: bool
    place: Span


def prompt_of(design: Design, endpoint: Endpoint) -> Prompt | None:
    """What an endpoint's model is told."""
    return design.get(endpoint.prompt, Prompt)


def parts(design: Design, prompt: Prompt) -> list[PartTokens]:
    """The parts of a prompt in their order."""
    return [
        PartTokens(
            part.what, _tokens(design, prompt, part), part.varies or part.index is not None,
            design.place(prompt, "parts", at),
        )
        for at, part in enumerate(prompt.parts)
    ]  # fmt: skip


def prompt_tokens(design: Design, prompt: Prompt) -> Known:
    """The most tokens of the whole prompt."""
    if not prompt.parts:
        return Unknown((f"{prompt.name}.parts",))
    return total([part.tokens for part in parts(design, prompt)], TOKEN_COUNT)


def _tokens(design: Design, prompt: Prompt, part: PromptPart) -> Known:
    if part.tokens is not None:
        return _counted(part.tokens, f"{part.what}: {part.tokens}")
    index = design.get(part.index, Index)
    if index is None:
        return Unknown((f"{prompt.name}.{part.what}.tokens",))
    chosen = _chosen(index)
    each = index.chunks.tokens if index.chunks else None
    stated = {"retrieval.k": chosen, "chunks.tokens": each}
    if chosen is None or each is None:
        return Unknown(tuple(f"{index.name}.{n}" for n, value in stated.items() if value is None))
    why = f"{part.what}: {chosen} chunks of {index.name} x {each} = {digits(chosen * each)}"
    return _counted(chosen * each, why)


def _chosen(index: Index) -> int | None:
    """The chunks that a prompt gets: the best `k`, or all that a search returns."""
    if index.retrieval is None:
        return None
    return index.retrieval.k or (None if index.retrieval.reranker else index.top)


def _counted(tokens: int, why: str) -> Figure:
    return Figure(tokens, TOKEN_COUNT, (why,))
