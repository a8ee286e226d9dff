"""Columns that state how sensitive they are in, everything that comes to hold them out.

What is computed from a column is as sensitive as the column, aggregates of one person included;
only `deidentifies` of a pipeline on the way ends that. A job without declared output columns is
taken to write every column that it reads. Source: NIST SP 800-188 (de-identification); Denning, A
Lattice Model of Secure Information Flow (1976).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import get_args

from mlsdc.compiler.analyses.lineage import Lineage, event_columns
from mlsdc.compiler.analyses.transforms import Transforms
from mlsdc.compiler.called_steps import calls_of
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.data import (
    Entity,
    FeatureStore,
    Lake,
    OnlineStore,
    Pipeline,
    Source,
    Stream,
    Warehouse,
)
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.model.operations import Review
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.model.types import Sensitivity
from mlsdc.compiler.schedule import analysis
from mlsdc.diagnostics import Span

LEVELS: tuple[str, ...] = get_args(Sensitivity)
PERSONAL = LEVELS.index("pii")


@dataclass(frozen=True)
class Held:
    """A sensitive column that something comes to hold."""

    column: str
    level: int
    """Its place in `LEVELS`."""
    path: tuple[str, ...]
    """From the column that states it, `payments.card_id`, to the component that holds it."""
    place: Span
    """Where its sensitivity is stated."""

    @property
    def sensitivity(self) -> str:
        """public, internal, pii, special or secret."""
        return LEVELS[self.level]

    @property
    def way(self) -> str:
        """`payments.card_id -> history_lake`."""
        return " -> ".join(self.path)

    @property
    def origin(self) -> tuple[str, str]:
        """The component and the column that state it."""
        component, _, column = self.path[0].partition(".")
        return component, column


@dataclass(frozen=True)
class Sensitivities:
    """What every component holds, the most sensitive first."""

    of: dict[str, tuple[Held, ...]] = field(default_factory=dict[str, "tuple[Held, ...]"])
    stated: bool = False
    """Whether any column states its sensitivity."""

    def personal(self, component: Component) -> tuple[Held, ...]:
        """What it holds that is about a person, or more sensitive than that."""
        return tuple(one for one in self.of.get(component.name, ()) if one.level >= PERSONAL)


@analysis
def sensitivity(design: Design, lineage: Lineage, transforms: Transforms) -> Sensitivities:
    """Follow every column that states a sensitivity."""
    flowing = _Flowing(design, lineage, transforms)
    flowing.start()
    flowing.run()
    found = {
        name: tuple(sorted(held.values(), key=lambda one: (-one.level, one.column)))
        for name, held in sorted(flowing.held.items())
        if held
    }
    return Sensitivities(found, flowing.stated)


@dataclass
class _Flowing:
    design: Design
    lineage: Lineage
    transforms: Transforms
    held: dict[str, dict[str, Held]] = field(default_factory=dict[str, "dict[str, Held]"])
    stated: bool = False
    _changed: deque[str] = field(default_factory=deque[str])
    _next: dict[str, list[str]] = field(default_factory=dict[str, "list[str]"])
    """Who takes in what a component holds."""

    def start(self) -> None:
        """What the design states, and who reads whom."""
        for component in self.design.components.values():
            for place, columns in _declared(component):
                for name, column in columns.items():
                    level: str | None = getattr(column, "sensitivity", None)
                    if level is not None:
                        self.stated = True
                        span = self.design.place(component, *place, name, "sensitivity")
                        path = (f"{component.name}.{name}",)
                        own = Held(name, LEVELS.index(level), path, span)
                        self._hold(component.name, [own])
        for source, target in self._joins():
            self._next.setdefault(source, []).append(target)

    def run(self) -> None:
        """Pass on what is held until nothing becomes more sensitive."""
        while self._changed:
            name = self._changed.popleft()
            for target in self._next.get(name, ()):
                self._hold(target, self._taken(name, target))

    def _hold(self, name: str, columns: Iterable[Held]) -> None:
        here = self.held.setdefault(name, {})
        for one in columns:
            before = here.get(one.column)
            if before is None or before.level < one.level:
                here[one.column] = one
                if name not in self._changed:
                    self._changed.append(name)

    def _joins(self) -> Iterator[tuple[str, str]]:
        components = self.design.components.values()
        for one in components:
            if isinstance(one, Lake | Warehouse | Review):
                yield from ((name, one.name) for name in one.origin)
            elif isinstance(one, Pipeline):
                yield from ((name, one.name) for name in one.reads)
                kept = [m.target for m in self.design.mentions_from.get(one.name, ())
                        if m.refers.verb in ("writes", "publishes", "checkpoints")]  # fmt: skip
                yield from ((one.name, name) for name in dict.fromkeys(kept))
            elif isinstance(one, Features):
                yield from ((origin, one.name) for origin in self._origins(one))
                if one.entity:
                    yield one.entity, one.name
                store = self.design.get(one.store, FeatureStore)
                if store is not None and store.online:
                    yield one.name, store.online
            elif isinstance(one, Request):
                for name in dict.fromkeys(made.call.target for made in calls_of(one)):
                    if isinstance(self.design.components.get(name), Stream | Lake | Warehouse):
                        yield one.name, name
                    if isinstance(self.design.components.get(name), Features):
                        yield name, one.name

    def _origins(self, view: Features) -> list[str]:
        found = [self.lineage.features[view.name, name] for name in view.columns]
        return list(dict.fromkeys(origin for one in found for origin in one.origins))

    def _taken(self, name: str, target: str) -> Iterator[Held]:
        """What the target takes of what a component holds."""
        source, into = self.design.components[name], self.design.components.get(target)
        columns = list(self.held[name].values())
        if into is None:
            return
        if isinstance(into, Features):
            columns = self._computed(into, source, columns)
        elif isinstance(source, Pipeline) and target not in _raw(source):
            columns = [one for one in columns if one.column not in source.deidentifies]
            columns = self._returned(source, columns)
            if isinstance(into, OnlineStore | FeatureStore) and source.name in self._computing:
                return  # it writes the features of its views, which arrive by themselves
        declared = event_columns(into)
        for one in columns:
            if not declared or one.column in declared or not isinstance(into, Stream):
                yield Held(one.column, one.level, (*one.path, target), one.place)

    @cached_property
    def _computing(self) -> frozenset[str]:
        """The jobs that compute a view, on either path."""
        paths = [(view.computed, view.offline and view.offline.computed,
                  view.online and view.online.computed)
                 for view in self.design.of(Features)]  # fmt: skip
        return frozenset(name for path in paths for name in path if name)

    def _returned(self, job: Pipeline, columns: list[Held]) -> list[Held]:
        """What a job's text makes of the columns that it reads; all of them where none tells."""
        text = self.transforms.of.get(job.name)
        returns = text.returns if text is not None else None
        if text is None or returns is None or returns.opaque:
            return columns
        passed = {name for table in returns.passes for name in text.ways[table]}
        found = [one for one in columns if _from(one, passed)]
        for output in returns.columns.values():
            for read in sorted(output.reads):
                found += [
                    replace(one, column=output.name)
                    for one in columns
                    if read.direct
                    and one.column == read.column
                    and _from(one, set(text.ways[read.table]))
                ]
        return found

    def _computed(self, view: Features, source: Component, columns: list[Held]) -> list[Held]:
        """The features of a view, each as sensitive as what it reads, and the keys of its rows."""
        entity = self.design.get(view.entity, Entity)
        keys = entity.keys if entity else {}
        found = [one for one in columns if one.column in keys]
        by_name = {one.column: one for one in columns}
        for name in view.columns:
            for reading in self.lineage.features[view.name, name].readings:
                one = by_name.get(reading.name)
                if one is None or reading.origin != source.name or not reading.direct:
                    continue
                jobs = [self.design.get(step, Pipeline) for step in reading.path]
                if not any(job and one.column in job.deidentifies for job in jobs):
                    way = [step for step in reading.path[1:] if "." not in step]
                    found.append(Held(name, one.level, (*one.path, *way), one.place))
        return found


def _declared(component: Component) -> Iterator[tuple[tuple[str, ...], Mapping[str, object]]]:
    """The columns that a component declares, with the place of each group of them."""
    if isinstance(component, Stream | Source) and component.event is not None:
        yield ("event", "columns"), component.event.columns
    elif isinstance(component, Entity):
        yield ("keys",), component.keys
    elif isinstance(component, Features):
        yield ("columns",), component.columns
    elif isinstance(component, Request) and component.body is not None:
        yield ("body", "columns"), component.body.columns


def _from(held: Held, names: set[str]) -> bool:
    """Whether a column came by way of one of these components."""
    return held.origin[0] in names or not names.isdisjoint(held.path)


def _raw(pipeline: Pipeline) -> tuple[str, ...]:
    """Where a job puts rows as they came: its state, and events that it could not process."""
    state: object = getattr(pipeline, "checkpoints", None)
    found = (pipeline.dead_letter, state if isinstance(state, str) else None)
    return tuple(name for name in found if name is not None)
