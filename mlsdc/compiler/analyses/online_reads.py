"""Requests and endpoints in, who reads which feature view online out, and what it has to read by.

A view is read by whoever calls it in a request; by the endpoint that lists it where none does.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mlsdc.compiler.analyses.callers import Callers, Chain
from mlsdc.compiler.called_steps import calls_of
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.model.request import Call, Request
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import analysis
from mlsdc.diagnostics import Span


@dataclass(frozen=True)
class Read:
    """One place where a view is read online."""

    view: Features
    reader: Endpoint | None
    """Who reads it; None where a request does so outside of any endpoint."""
    place: Span
    chains: tuple[Chain, ...]
    """The requests of clients on which it happens, with those they lead through."""
    call: Call | None = None
    """The statement, where it is one."""


@dataclass(frozen=True)
class OnlineReads:
    """Every read, by view, and the endpoints that take a view's values in."""

    of: dict[str, tuple[Read, ...]] = field(default_factory=dict[str, "tuple[Read, ...]"])
    listed: dict[str, tuple[Endpoint, ...]] = field(
        default_factory=dict[str, "tuple[Endpoint, ...]"]
    )
    chains: dict[str, tuple[Chain, ...]] = field(default_factory=dict[str, "tuple[Chain, ...]"])
    """The requests that reach each endpoint which lists views, or takes fields of requests in."""
    rows: dict[str, int] = field(default_factory=dict[str, int])
    """The most items in one call of each component that requests call."""


@analysis
def online_reads(design: Design, callers: Callers) -> OnlineReads:
    """Find every read of every view."""
    found: dict[str, list[Read]] = {}
    listed: dict[str, list[Endpoint]] = {}
    rows: dict[str, int] = {}
    for request in design.of(Request):
        for made in calls_of(request):
            call = made.call
            view = design.get(call.target, Features)
            rows[call.target] = max(call.batch, rows.get(call.target, 1))
            if view is not None:
                chains = tuple(c for c in callers.of(view.name) if c[-1] == request.name)
                within = (design.get(caller.target, Endpoint) for caller in made.callers)
                reader = next((one for one in within if one is not None), None)
                place = made.place(design, "target")
                found.setdefault(view.name, []).append(Read(view, reader, place, chains, call))
    for endpoint in design.of(Endpoint):
        chains = callers.of(endpoint.name)
        for at, name in enumerate(endpoint.features):
            view = design.get(name, Features)
            if view is None:
                continue
            listed.setdefault(name, []).append(endpoint)
            own = tuple(chain for chain in chains if not callers.fetched(name, chain))
            if own or not chains:
                place = design.place(endpoint, "features", at)
                found.setdefault(name, []).append(Read(view, endpoint, place, own))
    return OnlineReads(
        {name: tuple(reads) for name, reads in found.items()},
        {name: tuple(endpoints) for name, endpoints in listed.items()},
        {one.name: callers.of(one.name) for one in design.of(Endpoint)},
        rows,
    )
