"""What a language model is told, and what it may do."""

from __future__ import annotations

from typing import Annotated, Literal

from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.language import Tokenizer
from mlsdc.compiler.model.learning import Gate
from mlsdc.compiler.model.part import Clauses, Part, clause, refers
from mlsdc.compiler.model.types import Names, Positive, Text


@clause("part")
class PromptPart(Part):
    """`part question tokens 500 varies`: one piece of a prompt, in the order of the text."""

    positional = ("what",)

    what: Text
    tokens: Positive | None = None
    """The most it takes."""
    varies: bool = False
    """Whether it differs from request to request; a passage of an index always does."""
    index: Annotated[Text | None, refers("index", verb="describes")] = None
    """The index its passages come from: it takes `k` chunks."""


class Prompt(Component):
    """A prompt template: what is said in which order, and how many tokens each part takes."""

    role = "prompt"
    runs = False

    version: Positive | Text | None = None
    """Any change of its text makes a new one: `4`, `"2026-11-03"`."""
    registry: Annotated[Text | None, refers("registry", verb="kept_in")] = None
    tokenizer: Tokenizer | None = None
    """What its tokens were counted by."""
    parts: Annotated[tuple[PromptPart, ...], Clauses(("part",))] = ()
    max_output: Positive | None = None
    """The most tokens of an answer."""
    gate: Gate | None = None
    """What a new version has to reach before it is used."""


class Tool(Component):
    """Something that a language model may call on its own decision."""

    role = "tool"
    runs = False

    effect: Literal["none", "writes", "sends", "spends"] | None = None
    """What it changes outside of the answer: nothing, data, messages to others, money."""
    approval: Literal["none", "human", "policy"] | None = None
    """Who has to agree before it acts."""
    calls: Annotated[Names, refers("endpoint", "pipeline", "stream", verb="describes")] = ()
    """What it acts on."""
