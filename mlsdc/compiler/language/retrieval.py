"""Indexes in, who made their vectors, who encodes their queries and where their documents come from
out.

Law: two encoders share a space only where that follows from the design: one version of one model,
or models that name the same `space`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.data import Lake, Pipeline, Source, Stream, Warehouse
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.prompt import Prompt
from mlsdc.compiler.model.serving import Endpoint, Index
from mlsdc.diagnostics import Span


@dataclass(frozen=True)
class Encoder:
    """A model that makes vectors, in the version that made these."""

    model: Model
    version: int
    place: Span
    """Where the design says that it is this one."""

    @property
    def space(self) -> str:
        """What its vectors can be compared in."""
        embedding = self.model.embedding
        if embedding is not None and embedding.space and self.version == self.model.version:
            return embedding.space
        return f"{self.model.name}@{self.version}"

    def __str__(self) -> str:
        return f"{self.model.name}@{self.version}"


def built_by(design: Design, index: Index) -> Encoder | None:
    """What made the vectors of an index."""
    model = design.get(index.encoder, Model)
    if model is None:
        return None
    if index.encoder_version is None:
        return Encoder(model, model.version, design.place(index, "encoder"))
    return Encoder(model, index.encoder_version, design.place(index, "encoder_version"))


def serving(design: Design) -> dict[str, Endpoint]:
    """The first endpoint that serves each model."""
    found: dict[str, Endpoint] = {}
    for endpoint in design.of(Endpoint):
        if endpoint.model is not None:
            found.setdefault(endpoint.model, endpoint)
    return found


def queried_by(design: Design, index: Index, served: Mapping[str, Endpoint]) -> Encoder | None:
    """What encodes the queries of an index: as stated, else the endpoint that serves its encoder.

    None where the design has no such endpoint.
    """
    if index.query_encoder is not None:
        model = design.get(index.query_encoder, Model)
        endpoint = design.get(index.query_encoder, Endpoint)
        if endpoint is not None:
            model = design.get(endpoint.model, Model)
        place = design.place(index, "query_encoder")
        return Encoder(model, model.version, place) if model is not None else None
    endpoint, model = served.get(index.encoder or ""), design.get(index.encoder, Model)
    if endpoint is None or model is None:
        return None
    return Encoder(model, model.version, design.place(endpoint, "model"))


def of_documents(design: Design) -> list[Index]:
    """The indexes whose passages a language model reads."""
    read = {part.index for prompt in design.of(Prompt) for part in prompt.parts if part.index}
    return [
        index for index in design.of(Index)
        if index.chunks is not None or index.retrieval is not None or index.name in read
    ]  # fmt: skip


Writers = Mapping[str, Sequence[Pipeline]]


def writers(design: Design) -> Writers:
    """The jobs that write each component."""
    found: dict[str, list[Pipeline]] = {}
    for pipeline in design.of(Pipeline):
        for name in pipeline.writes:
            found.setdefault(name, []).append(pipeline)
    return found


def origins(design: Design, index: Index, written: Writers) -> list[Component]:
    """The sources, lakes and warehouses that the documents of an index come from."""
    found: dict[str, Component] = {}
    for pipeline in written.get(index.name, ()):
        _follow(design, pipeline, written, found)
    return [one for one in found.values() if isinstance(one, Source | Lake | Warehouse)]


def _follow(
    design: Design, component: Component, written: Writers, found: dict[str, Component]
) -> None:
    waiting = [component]
    while waiting:
        for name in _upstream(waiting.pop(), written):
            origin = design.components.get(name)
            if origin is not None and name not in found:
                found[name] = origin
                waiting.append(origin)


def _upstream(component: Component, written: Writers) -> Iterator[str]:
    if isinstance(component, Pipeline):
        yield from component.reads
    elif isinstance(component, Lake | Warehouse):
        yield from component.origin
    if isinstance(component, Stream | Lake | Warehouse):
        yield from (pipeline.name for pipeline in written.get(component.name, ()))
