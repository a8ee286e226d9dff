"""Requests in, the entity keys that are known on their way out.

A key is known where the body carries it, where an endpoint or an index answers with it, where a
view that is read holds it as a feature, or where another known key tells it by a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mlsdc.compiler.analyses.callers import Callers, Chain
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Entity
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.model.request import Request, RequestField
from mlsdc.compiler.model.serving import Endpoint, Index
from mlsdc.compiler.schedule import analysis


@dataclass(frozen=True)
class Carriage:
    """What one chain of requests carries.

    `fields` are those of the bodies, by the key they hold, each with its request and its name
    there; `silent` are the requests that do not say what they carry.
    """

    keys: frozenset[str]
    fields: dict[str, tuple[str, str, RequestField]]
    silent: tuple[str, ...]


@dataclass(frozen=True)
class Carried:
    """What each chain of requests carries."""

    of: dict[Chain, Carriage] = field(default_factory=dict[Chain, Carriage])


@analysis
def carried(design: Design, callers: Callers) -> Carried:
    """Follow the keys of every chain."""
    chains = {chain for found in callers.chains.values() for chain in found}
    told = {entity.name: entity for entity in design.of(Entity)}
    if not told:
        return Carried()
    return Carried({chain: _carriage(design, callers, told, chain) for chain in sorted(chains)})


def _carriage(
    design: Design, callers: Callers, entities: dict[str, Entity], chain: Chain
) -> Carriage:
    requests = [r for name in chain if (r := design.get(name, Request)) is not None]
    fields = {
        column.carries or name: (request.name, name, column)
        for request in requests
        if request.body is not None
        for name, column in request.body.columns.items()
    }
    known = {*fields, *(name for _, name, _ in fields.values())}
    called = [
        one
        for name in {name for request in chain for name in callers.called.get(request, ())}
        if (one := design.components.get(name)) is not None
    ]
    for one in called:
        for name in one.finds if isinstance(one, Endpoint | Index) else ():
            known.update(entities[name].keys if name in entities else ())
    views = list(_views(design, called))
    size = -1
    while size != len(known):
        size = len(known)
        _tell(entities, views, known)
    silent = tuple(request.name for request in requests if request.body is None)
    return Carriage(frozenset(known), fields, silent)


def _views(design: Design, called: Iterable[object]) -> Iterator[Features]:
    """The views that are called, and those that called endpoints take in."""
    for one in called:
        if isinstance(one, Features):
            yield one
        for name in one.features if isinstance(one, Endpoint) else ():
            view = design.get(name, Features)
            if view is not None:
                yield view


def _tell(entities: dict[str, Entity], views: list[Features], known: set[str]) -> None:
    """One step from the known keys to what they tell."""
    for entity in entities.values():
        by = [entities[name] for name in entity.known_from if name in entities]
        if any(one.keys and one.keys.keys() <= known for one in by):
            known.update(entity.keys)
    for view in views:
        own = entities[view.entity].keys.keys() if view.entity in entities else set[str]()
        if own <= known:
            known.update(view.columns)
