"""Requests in, for every endpoint the requests whose traffic reaches it out.

A shadow or treatment endpoint is reached by the traffic of its experiment's request or control.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mlsdc.compiler.called_steps import calls_of
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.operations import Experiment
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.schedule import analysis

Chain = tuple[str, ...]
"""Requests, each calling the next; the first is what a client sends."""


@dataclass(frozen=True)
class Callers:
    """The chains of requests that reach each endpoint, and what each request calls itself."""

    chains: dict[str, tuple[Chain, ...]] = field(default_factory=dict[str, tuple[Chain, ...]])
    called: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])

    def of(self, name: str) -> tuple[Chain, ...]:
        """The chains that end at a component; empty where no request reaches it."""
        return self.chains.get(name, ())

    def fetched(self, name: str, chain: Chain) -> bool:
        """Whether a request of a chain calls a component."""
        return any(name in self.called.get(request, ()) for request in chain)


@analysis
def callers(design: Design) -> Callers:
    """Follow every request that a client sends."""
    found: dict[str, dict[Chain, None]] = {}
    requests = design.of(Request)
    called = {r.name: frozenset(_targets(r)) for r in requests}
    nested = {name for names in called.values() for name in names}
    sent = [r for r in requests if r.rate is not None or r.name not in nested]
    for request in sent or requests:
        for name, chain in _reached(design, request, (request.name,), set()):
            found.setdefault(name, {})[chain] = None
    for experiment in design.of(Experiment):
        split = experiment.treatment
        if split is not None:
            compared = found.get(experiment.control or "", {})
            chosen = {(experiment.request,): None} if experiment.request else compared
            found.setdefault(split, {}).update(chosen)
    return Callers({name: tuple(chains) for name, chains in sorted(found.items())}, called)


def _reached(
    design: Design, request: Request, chain: Chain, seen: set[str]
) -> Iterator[tuple[str, Chain]]:
    seen.add(request.name)
    for name in _targets(request):
        inner = design.get(name, Request)
        if inner is None:
            yield name, chain
        elif name not in seen:
            yield from _reached(design, inner, (*chain, name), seen)


def _targets(request: Request) -> Iterator[str]:
    """Everything that its steps call, fallbacks included."""
    for made in calls_of(request):
        yield made.call.target
        if made.call.fallback:
            yield made.call.fallback
