"""Requests that a model answers in, who reviews, explains and records the answers out."""

from __future__ import annotations

from dataclasses import dataclass, field

from mlsdc.compiler.analyses.callers import Callers
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.data import Lake, Stream, Warehouse
from mlsdc.compiler.model.learning import Explainer, Model
from mlsdc.compiler.model.operations import Experiment, Review
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import analysis


@dataclass(frozen=True)
class Decision:
    """A request of a client that at least one model takes part in."""

    request: Request
    endpoints: tuple[Endpoint, ...]
    """Those that serve a model; what only takes part in an experiment is not among them."""
    models: tuple[Model, ...]
    reviews: tuple[Review, ...]
    """Reviews that look at a share of the answers."""
    explainers: tuple[Explainer, ...]
    logs: tuple[Component, ...]
    """Streams and stores that the request writes to."""


@dataclass(frozen=True)
class Decisions:
    """Every decision, by its request, and the endpoints that serve each model."""

    of: dict[str, Decision] = field(default_factory=dict[str, Decision])
    serving: dict[str, tuple[Endpoint, ...]] = field(
        default_factory=dict[str, "tuple[Endpoint, ...]"]
    )


@analysis
def decisions(design: Design, callers: Callers) -> Decisions:
    """Look at every request that reaches an endpoint with a model."""
    treatments = {one.treatment for one in design.of(Experiment)}
    called = frozenset[str]().union(*callers.called.values())
    serving: dict[str, list[Endpoint]] = {}
    reached: dict[str, list[Endpoint]] = {}
    for endpoint in design.of(Endpoint):
        if endpoint.model is None:
            continue
        serving.setdefault(endpoint.model, []).append(endpoint)
        if endpoint.name in called or endpoint.name not in treatments:
            for chain in callers.of(endpoint.name):
                reached.setdefault(chain[0], []).append(endpoint)
    written = _written(design, callers)
    return Decisions(
        {
            name: _decision(design, name, ends, tuple(written.get(name, {}).values()))
            for name, ends in sorted(reached.items())
        },
        {name: tuple(endpoints) for name, endpoints in serving.items()},
    )


def _written(design: Design, callers: Callers) -> dict[str, dict[str, Stream | Lake | Warehouse]]:
    """The streams and stores that each request writes to."""
    found: dict[str, dict[str, Stream | Lake | Warehouse]] = {}
    for one in design.components.values():
        if isinstance(one, Stream | Lake | Warehouse):
            for chain in callers.of(one.name):
                found.setdefault(chain[0], {})[one.name] = one
    return found


def _decision(
    design: Design,
    name: str,
    endpoints: list[Endpoint],
    logs: tuple[Stream | Lake | Warehouse, ...],
) -> Decision:
    request = design.get(name, Request)
    assert request is not None, name
    ends = tuple({one.name: one for one in endpoints}.values())
    shown = {one.name for one in (*ends, *logs)}
    naming = sorted(
        {m.source for about in (name, *shown) for m in design.mentions_of.get(about, ())}
    )
    return Decision(
        request,
        ends,
        tuple({m.name: m for one in ends if (m := design.get(one.model, Model))}.values()),
        tuple(
            one
            for one in (design.get(source, Review) for source in naming)
            if one and (one.request == name or (one.request is None and shown & set(one.origin)))
        ),
        tuple(
            one
            for one in (design.get(source, Explainer) for source in naming)
            if one and {end.name for end in ends} & set(one.explains)
        ),
        logs,
    )
