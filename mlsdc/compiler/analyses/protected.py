"""Columns that no model may decide by in, the model inputs that are computed from them out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mlsdc.compiler.analyses.lineage import Lineage, read_names
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Source, Stream
from mlsdc.compiler.model.features import Dataset, Features
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import analysis
from mlsdc.diagnostics import Span


@dataclass(frozen=True)
class Used:
    """One protected attribute among what a model takes in."""

    attribute: str
    path: tuple[str, ...]
    """From the column to the input: `people.sex`, `profile.sex_rate`."""
    place: Span
    """Where it is declared protected."""


@dataclass(frozen=True)
class Protected:
    """The protected attributes that each model uses, by its name."""

    of: dict[str, tuple[Used, ...]] = field(default_factory=dict[str, "tuple[Used, ...]"])


@analysis
def protected(design: Design, lineage: Lineage) -> Protected:
    """Look at all inputs of every model."""
    return Protected({one.name: tuple(_used(design, lineage, one)) for one in design.of(Model)})


def _used(design: Design, lineage: Lineage, model: Model) -> Iterator[Used]:
    dataset = design.get(model.dataset, Dataset)
    for name in dataset.features if dataset else ():
        view = design.get(name, Features)
        for feature in view.columns if view else ():
            assert view is not None
            yield from _computed(design, lineage, view, feature)
    for name, column in (model.signature.columns if model.signature else {}).items():
        if column.protected:
            place = design.place(model, "signature", "columns", name, "protected")
            yield Used(name, (f"{model.name}.{name}",), place)
    for mention in design.mentions_of.get(model.name, ()):
        endpoint = design.get(mention.source, Endpoint)
        if endpoint is not None and mention.path == ("model",):
            for name in endpoint.request_features:
                yield from _carried(design, name, endpoint.name)


def _computed(design: Design, lineage: Lineage, view: Features, feature: str) -> Iterator[Used]:
    here = f"{view.name}.{feature}"
    if view.columns[feature].protected:
        yield Used(feature, (here,), design.place(view, "columns", feature, "protected"))
    for reading in lineage.features[view.name, feature].readings:
        origin = design.components.get(reading.origin or "")
        event = origin.event if isinstance(origin, Stream | Source) else None
        if origin is not None and event is not None and event.columns[reading.name].protected:
            place = design.place(origin, "event", "columns", reading.name, "protected")
            way = (f"{origin.name}.{reading.name}", *reading.path[1:])
            yield Used(reading.name, way, place)
    for name in read_names(view, feature):
        head, _, tail = name.partition(".")
        if head == "request" and tail:
            yield from _carried(design, tail, here)


def _carried(design: Design, name: str, into: str) -> Iterator[Used]:
    """A field of some request's body."""
    for request in design.of(Request):
        column = request.body.columns.get(name) if request.body else None
        if column is not None and column.protected:
            place = design.place(request, "body", "columns", name, "protected")
            yield Used(name, (f"{request.name}.{name}", into), place)
