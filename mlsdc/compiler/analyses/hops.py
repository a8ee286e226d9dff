"""Features in, every step on which a value's type is declared twice and not alike out.

From the column of a source through the feature and the online store to the model's input; and from
the rows of training to the field of the request that carries the same input in serving.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mlsdc.compiler.analyses.callers import Callers
from mlsdc.compiler.analyses.lineage import Lineage, read_names, request_fields
from mlsdc.compiler.analyses.pairs import Pair, Pairs
from mlsdc.compiler.consistency.definition_types import made_by
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Lake, Source, Stream, Warehouse
from mlsdc.compiler.model.features import FeatureColumn, Features
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.model.types import DataType
from mlsdc.compiler.schedule import analysis
from mlsdc.diagnostics import Span


@dataclass(frozen=True)
class End:
    """One end of a step: what it is, its type, and where the type is written."""

    what: str
    type: DataType
    at: Span


@dataclass(frozen=True)
class Hop:
    """A value goes from one declared type to another."""

    subject: str
    source: End
    target: End
    loose: bool = False
    """Any width of the family is as good: the source's own is not declared."""
    cast: bool = False
    """Training and serving both cast, and say so."""


@dataclass(frozen=True)
class Hops:
    """All steps on which the two types are not the same, each once."""

    all: tuple[Hop, ...] = field(default_factory=tuple)


@analysis
def hops(design: Design, pairs: Pairs, lineage: Lineage, callers: Callers) -> Hops:
    """Follow every feature from its source to the models that take it in."""
    bodies = _body_types(design)
    found = [
        hop
        for view in design.of(Features)
        for name, column in view.columns.items()
        for hop in _of_feature(design, lineage, bodies, view, name, column)
    ]
    for pair in pairs.of.values():
        found += _into_model(design, pair)
        found += _carried(design, pair, callers)
    once = {(hop.source.at, hop.target.at, hop.source.what): hop for hop in found}
    return Hops(tuple(once.values()))


def _body_types(design: Design) -> dict[str, DataType]:
    """The type of each field of a request's body, where all requests agree."""
    found: dict[str, set[DataType]] = {}
    for request in design.of(Request):
        for name, column in request.body.columns.items() if request.body else ():
            found.setdefault(name, set()).add(column.type)
    return {name: next(iter(types)) for name, types in found.items() if len(types) == 1}


def _of_feature(
    design: Design,
    lineage: Lineage,
    bodies: dict[str, DataType],
    view: Features,
    name: str,
    column: FeatureColumn,
) -> Iterator[Hop]:
    types = _Types(design, lineage, bodies, view, name)
    made = made_by(column.definition, types.of) if column.definition is not None else None
    stored = column.stored
    if stored is not None and not stored.dimensions:
        stored = DataType(stored.name, column.type.dimensions)
    if (made is None or made.type == column.type) and stored in (None, column.type):
        return
    full = f"{view.name}.{name}"
    here = End(f"`{full}`", column.type, design.place(view, "columns", name, "type"))
    if made is not None and made.type != column.type:
        place = types.declared_at or design.place(view, "columns", name, "definition")
        told = End(f"the definition of `{full}`", made.type, place)
        yield Hop(view.name, told, here, made.loose, column.cast)
    if stored is not None and stored != column.type:
        place = design.place(view, "columns", name, "stored")
        kept = End(f"the online store for `{full}`", stored, place)
        yield Hop(view.name, here, kept, cast=column.cast)


@dataclass
class _Types:
    """The types of the names in one feature's definition."""

    design: Design
    lineage: Lineage
    bodies: dict[str, DataType]
    view: Features
    feature: str
    column: tuple[str, str] | None = None
    """The origin and the name of the column that was looked up last."""

    @property
    def declared_at(self) -> Span | None:
        """Where the one column that the definition reads is declared."""
        if self.column is None or len(read_names(self.view, self.feature)) != 1:
            return None
        origin, name = self.column
        return self.design.place(origin, "event", "columns", name, "type")

    def of(self, name: str) -> DataType | None:
        """The type of a dotted name, where all that declare it agree."""
        head, _, tail = name.partition(".")
        if head == "request" and tail:
            return self.bodies.get(tail)
        other = self.design.get(head, Features)
        if other is not None:
            return other.columns[tail].type if tail in other.columns else None
        if name in self.view.columns and name != self.feature:
            return self.view.columns[name].type
        return self._column(name)

    def _column(self, name: str) -> DataType | None:
        found: DataType | None = None
        for reading in self.lineage.features[self.view.name, self.feature].readings:
            origin = self.design.components.get(reading.origin or "")
            if reading.name != name or not isinstance(origin, Stream | Source):
                continue
            declared = origin.event.columns.get(name) if origin.event is not None else None
            if declared is None:
                continue
            if found is not None and declared.type != found:
                return None
            if found is None:
                found, self.column = declared.type, (origin.name, name)
        return found


def _into_model(design: Design, pair: Pair) -> Iterator[Hop]:
    """Each feature of the dataset into the input of its name."""
    model, dataset = pair.model, pair.dataset
    columns = model.signature.columns if model.signature else {}
    for view_name in dataset.features if dataset and columns else ():
        view = design.get(view_name, Features)
        for name, column in view.columns.items() if view else ():
            taken = columns.get(name)
            if taken is None or view is None or taken.type == column.type:
                continue
            source = End(
                f"`{view.name}.{name}`", column.type, design.place(view, "columns", name, "type")
            )
            place = design.place(model, "signature", "columns", name, "type")
            target = End(f"the signature of `{model.name}` for `{name}`", taken.type, place)
            yield Hop(model.name, source, target, cast=taken.cast)


def _carried(design: Design, pair: Pair, callers: Callers) -> Iterator[Hop]:
    """An input that the request carries against the same column of the training rows."""
    endpoint, model = pair.endpoint, pair.model
    views = [v for n in endpoint.features if (v := design.get(n, Features)) is not None]
    read = [name for view in views for name in request_fields(view)]
    carried = dict.fromkeys([*endpoint.request_features, *read])
    if not carried:
        return
    signed = model.signature.columns if model.signature else {}
    requests = _requests(design, callers, endpoint.name)
    for name in carried:
        row = _row_type(design, pair, name)
        for request in requests:
            body = request.body.columns.get(name) if request.body else None
            if body is None:
                continue
            place = design.place(request, "body", "columns", name, "type")
            told = End(f"request `{request.name}` for `{name}`", body.type, place)
            if row is not None and row.type != body.type:
                yield Hop(request.name, row, told)
            taken_in = name in endpoint.request_features and name in signed
            if taken_in and signed[name].type != body.type:
                at = design.place(model, "signature", "columns", name, "type")
                taken = End(f"the signature of `{model.name}` for `{name}`", signed[name].type, at)
                yield Hop(model.name, told, taken, cast=signed[name].cast)


def _requests(design: Design, callers: Callers, endpoint: str) -> list[Request]:
    names = dict.fromkeys(name for chain in callers.of(endpoint) for name in chain)
    return [r for name in names if (r := design.get(name, Request)) is not None]


def _row_type(design: Design, pair: Pair, name: str) -> End | None:
    """A column of the rows that the training set begins with."""
    spine = design.components.get(pair.dataset.spine or "") if pair.dataset else None
    names = spine.origin if isinstance(spine, Lake | Warehouse) else [spine.name] if spine else []
    for origin_name in names:
        origin = design.components.get(origin_name)
        if isinstance(origin, Stream | Source) and origin.event and name in origin.event.columns:
            place = design.place(origin, "event", "columns", name, "type")
            return End(f"`{origin.name}.{name}`", origin.event.columns[name].type, place)
    return None
