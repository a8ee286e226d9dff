"""Feature definitions in, the columns and origins each feature is computed from out.

Column names in a definition are looked up in the events of everything upstream of the job that
computes the view.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.data import Lake, Pipeline, Source, Stream, Warehouse
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.schedule import analysis
from mlsdc.dsl import ast


@dataclass(frozen=True)
class Column:
    """A column of an origin: `payments.amount`."""

    origin: str
    name: str


@dataclass(frozen=True)
class FeatureLineage:
    """Where one feature comes from.

    `columns` are the origin columns it reads; `unplaced` are names that no origin declares;
    `origins` is everything upstream of its job.
    """

    columns: frozenset[Column]
    unplaced: tuple[str, ...]
    origins: tuple[str, ...]


@dataclass(frozen=True)
class Lineage:
    """The lineage of every feature, by view and column."""

    features: dict[tuple[str, str], FeatureLineage] = field(
        default_factory=dict[tuple[str, str], FeatureLineage]
    )


@analysis
def lineage(design: Design) -> Lineage:
    """Trace every feature to the columns it reads."""
    found: dict[tuple[str, str], FeatureLineage] = {}
    for view in design.of(Features):
        origins = upstream(design, view)
        for name, column in view.columns.items():
            found[view.name, name] = _trace(design, origins, column.definition, view, name)
    return Lineage(found)


def _trace(
    design: Design, origins: tuple[str, ...], definition: Any, view: Features, feature: str
) -> FeatureLineage:
    columns: set[Column] = set()
    unplaced: list[str] = []
    names = list(names_in(definition)) if definition is not None else [feature]
    for name in names:
        head, _, tail = name.partition(".")
        other = design.get(head, Features)
        if other is not None and tail in other.columns:
            inner = other.columns[tail].definition
            traced = _trace(design, upstream(design, other), inner, other, tail)
            columns |= traced.columns
        elif name in view.columns and name != feature:
            traced = _trace(design, origins, view.columns[name].definition, view, name)
            columns |= traced.columns
        elif head != "request":
            holders = [o for o in origins if name in event_columns(design.components.get(o))]
            columns |= {Column(origin, name) for origin in holders}
            if not holders:
                unplaced.append(name)
    return FeatureLineage(frozenset(columns), tuple(unplaced), origins)


def event_columns(component: Component | None) -> tuple[str, ...]:
    """The declared columns of what a stream or source emits."""
    if isinstance(component, Stream | Source) and component.event is not None:
        return tuple(component.event.columns)
    return ()


def upstream(design: Design, view: Features) -> tuple[str, ...]:
    """Everything the view's job reads, directly or through lakes and other jobs."""
    start = [view.computed, view.offline and view.offline.computed,
             view.online and view.online.computed]  # fmt: skip
    found: dict[str, None] = {}
    frontier = [name for name in start if name]
    while frontier:
        name = frontier.pop()
        if name in found:
            continue
        found[name] = None
        component = design.components.get(name)
        if isinstance(component, Pipeline):
            frontier += component.reads
        elif isinstance(component, Lake | Warehouse):
            frontier += component.origin
            frontier += [p.name for p in design.of(Pipeline) if name in p.writes]
        elif isinstance(component, Stream):
            frontier += [p.name for p in design.of(Pipeline) if name in p.writes]
    return tuple(found)


def mentioned_views(design: Design, view: Features) -> list[Features]:
    """The views that an on-demand view's expressions read."""
    names = [
        name.partition(".")[0]
        for column in view.columns.values()
        if column.definition is not None
        for name in names_in(column.definition)
    ]
    found = [design.get(name, Features) for name in dict.fromkeys(names)]
    return [other for other in found if other is not None and other is not view]


def names_in(node: ast.Expression) -> Iterator[str]:
    """The dotted names an expression reads; function names are not among them."""
    if isinstance(node, ast.Reference):
        yield node.name
    elif isinstance(node, ast.Attribute):
        for base in names_in(node.base):
            yield f"{base}.{node.name.text}"
    elif isinstance(node, ast.Call):
        for argument in node.arguments:
            yield from names_in(argument.value)
    elif isinstance(node, ast.Binary):
        yield from names_in(node.left)
        yield from names_in(node.right)
    elif isinstance(node, ast.Unary):
        yield from names_in(node.operand)
    elif isinstance(node, ast.Index):
        yield from names_in(node.base)
    elif isinstance(node, ast.ListLiteral):
        for item in node.items:
            yield from names_in(item)
