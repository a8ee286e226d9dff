"""A design in, its component graph out: who talks to whom, and why.

Edges come from the fields that name other components, and from the calls of requests. Each carries
its verb, its row of the edge table, and the places in the text that demand it. The same pair joined
by one verb for several reasons is one edge.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from mlsdc.compiler import rules
from mlsdc.compiler.design import Design, Mention
from mlsdc.compiler.edges import EdgeRule, edge_rule, nearest_pairs
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.data import Lake, Source, Stream
from mlsdc.compiler.model.features import Dataset, Features
from mlsdc.compiler.model.learning import Model, Training
from mlsdc.compiler.model.request import Cached, Call, Request, Step
from mlsdc.compiler.model.serving import Endpoint, Gateway
from mlsdc.compiler.raw import article
from mlsdc.diagnostics import Diagnostic, Label, Span

if TYPE_CHECKING:
    import networkx

PHYSICAL = ("reads", "writes", "publishes", "calls", "scrapes", "logs_to", "checkpoints")
"""Verbs of fields that join two running things as they stand."""


@dataclass(frozen=True)
class Edge:
    """One join of two components."""

    source: str
    target: str
    verb: str
    rule: EdgeRule
    because: tuple[Span, ...] = field(default=(), compare=False)
    """The places in the text that demand it."""


@dataclass(frozen=True)
class Graph:
    """The components of a design and the edges between them."""

    design: Design
    edges: tuple[Edge, ...]

    @cached_property
    def _out(self) -> dict[str, list[Edge]]:
        found: dict[str, list[Edge]] = {}
        for edge in self.edges:
            found.setdefault(edge.source, []).append(edge)
        return found

    @cached_property
    def _into(self) -> dict[str, list[Edge]]:
        found: dict[str, list[Edge]] = {}
        for edge in self.edges:
            found.setdefault(edge.target, []).append(edge)
        return found

    def out(self, component: Component | str) -> list[Edge]:
        """Edges that begin at a component."""
        return self._out.get(component if isinstance(component, str) else component.name, [])

    def into(self, component: Component | str) -> list[Edge]:
        """Edges that end at a component."""
        return self._into.get(component if isinstance(component, str) else component.name, [])

    def networkx(self) -> networkx.MultiDiGraph[str]:
        """The same graph for networkx's algorithms.

        Built on demand: importing networkx costs as much as checking a small design.
        """
        import networkx

        graph: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
        graph.add_nodes_from(self.design.components)
        for edge in self.edges:
            graph.add_edge(edge.source, edge.target, key=edge.verb)
        return graph


def build_graph(design: Design) -> tuple[Graph, list[Diagnostic]]:
    """The graph of a design, and complaints about pairs that cannot be joined."""
    found: dict[tuple[str, str, str], list[Span]] = {}
    said: list[Diagnostic] = []
    for source, target, verb, span in _joins(design):
        if source != target and {source, target} <= design.components.keys():
            found.setdefault((source, target, verb), []).append(span)
    edges: list[Edge] = []
    misnamed = _misnamed(design)
    for (source, target, verb), spans in sorted(found.items()):
        one, other = design.components[source], design.components[target]
        rule = edge_rule(verb, one.role, other.role)
        if rule is None and target in misnamed:
            continue
        if rule is None:
            said.append(_unknown_pair(design, one, other, verb, spans[0]))
        else:
            edges.append(Edge(source, target, verb, rule, tuple(dict.fromkeys(spans))))
    return Graph(design, tuple(edges)), said


def _misnamed(design: Design) -> set[str]:
    """Components that stand where one of another role belongs: that was reported by itself."""
    return {
        mention.target
        for mention in design.mentions
        if mention.target in design.components
        and design.components[mention.target].role not in mention.refers.roles
    }


Join = tuple[str, str, str, Span]


def _joins(design: Design) -> Iterator[Join]:
    for mention in design.mentions:
        holder = design.components[mention.source]
        if mention.refers.verb in PHYSICAL and not isinstance(holder, Request):
            yield from _field_join(design, mention)
    called = _called_targets(design)
    for endpoint in design.of(Endpoint):
        yield from _serving_joins(design, endpoint, called)
    for model in design.of(Model):
        yield from _training_joins(design, model)
    for request in design.of(Request):
        yield from _step_joins(design, request, request.steps, ("steps",), _Caller(None))


def _field_join(design: Design, mention: Mention) -> Iterator[Join]:
    source, target = mention.source, mention.target
    verb, span = mention.refers.verb, design.place(source, *mention.path)
    one, other = design.components[source], design.components.get(target)
    if other is None or not one.runs or not (other.runs or isinstance(other, Features)):
        return
    if mention.refers.inward:
        # What is landed in a store is pulled by the store's connector.
        yield source, target, "consumes" if isinstance(other, Stream) else "reads", span
        return
    if isinstance(other, Stream):
        verb = {"reads": "consumes", "writes": "publishes"}.get(verb, verb)
    if verb == "reads" and one.role == "review" and other.role == "endpoint":
        return  # cases are pushed by the endpoint's stream; nothing is polled
    yield source, target, verb, span


def _serving_joins(design: Design, endpoint: Endpoint, called: frozenset[str]) -> Iterator[Join]:
    """An endpoint loads its model, and reads the views that no request fetches for it."""
    for at, name in enumerate(endpoint.features):
        view = design.get(name, Features)
        if view is not None and view.store and name not in called:
            yield endpoint.name, view.store, "reads", design.place(endpoint, "features", at)
    model = design.get(endpoint.model, Model)
    if model is not None and model.registry:
        span = design.place(endpoint, "model")
        yield endpoint.name, model.registry, "loads", span
        registry = design.components.get(model.registry)
        artifacts = getattr(registry, "artifacts", None)
        if artifacts:
            yield endpoint.name, artifacts, "loads", span


def _called_targets(design: Design) -> frozenset[str]:
    """Everything that some request calls."""
    return frozenset(m.target for m in design.mentions if m.refers.verb == "calls")


def _training_joins(design: Design, model: Model) -> Iterator[Join]:
    training, dataset = design.get(model.training, Training), design.get(model.dataset, Dataset)
    if training is None:
        return
    if model.registry:
        yield training.name, model.registry, "publishes", design.place(model, "registry")
    if dataset is None:
        return
    span = design.place(model, "dataset")
    for view in (design.get(name, Features) for name in dataset.features):
        store = design.components.get(view.store) if view is not None and view.store else None
        if store is not None:
            yield training.name, store.name, "reads", span
            offline = getattr(store, "offline", None)
            if offline:
                yield training.name, offline, "reads", span
    for name in dataset_origins(design, dataset):
        yield training.name, name, "reads", span


def dataset_origins(design: Design, dataset: Dataset) -> list[str]:
    """Where the spine and the label are read at rest: stores, and sources that no store lands."""
    from mlsdc.compiler.model.data import Label as LabelComponent

    label = design.get(dataset.label, LabelComponent)
    names = [dataset.spine, *(label.origin if label else ())]
    found: list[str] = []
    for name in names:
        origin = design.components.get(name) if name else None
        if isinstance(origin, Lake):
            found.append(origin.name)
        elif origin is not None:
            naming = design.mentions_of.get(origin.name, ())
            landed = [
                m.source for m in naming if m.path[0] == "from" and design.get(m.source, Lake)
            ]
            found += landed or ([origin.name] if isinstance(origin, Source) else [])
    return list(dict.fromkeys(found))


@dataclass(frozen=True)
class _Caller:
    """Who makes the calls of a step: the callee around it, or the gateway passed before it."""

    name: str | None


def _step_joins(
    design: Design, request: Request, steps: tuple[Step, ...], path: tuple[str | int, ...],
    caller: _Caller,
) -> Iterator[Join]:  # fmt: skip
    for at, step in enumerate(steps):
        place = (*path, at)
        if isinstance(step, Call):
            target = design.components.get(step.target)
            yield from _call_join(design, request, caller, step.target, (*place, "target"))
            if step.fallback:
                yield from _call_join(design, request, caller, step.fallback, (*place, "fallback"))
            yield from _step_joins(
                design, request, step.steps, (*place, "steps"), _Caller(step.target)
            )
            if isinstance(target, Gateway):
                caller = _Caller(step.target)
            continue
        if isinstance(step, Cached):
            yield from _call_join(design, request, caller, step.by, (*place, "by"))
        inner: tuple[Step, ...] = getattr(step, "steps", ())
        yield from _step_joins(design, request, inner, (*place, "steps"), caller)


def _call_join(
    design: Design, request: Request, caller: _Caller, target: str, path: tuple[str | int, ...]
) -> Iterator[Join]:
    called = design.components.get(target)
    if caller.name is None or called is None or isinstance(called, Request):
        return
    span = design.place(request, *path)
    if isinstance(called, Features):
        if called.store:
            yield caller.name, called.store, "reads", span
        return
    by_role = {"stream": "publishes", "online_store": "reads", "feature_store": "reads",
               "lake": "reads", "warehouse": "reads"}  # fmt: skip
    yield caller.name, target, by_role.get(called.role, "calls"), span


def _unknown_pair(
    design: Design, one: Component, other: Component, verb: str, span: Span
) -> Diagnostic:
    near = nearest_pairs(verb, one.role, other.role)
    between = one.role == "gateway" and edge_rule(verb, "endpoint", other.role) is not None
    return rules.UNKNOWN_PAIR.at(
        span,
        f"`{one.name}` ({one.role}) cannot be joined to `{other.name}` ({other.role}) by `{verb}`",
        subject=one.name,
        labels=[Label(design.place(other), f"`{other.name}` is {article(other.role)}")],
        help=f"{design.proposed('endpoint', 'serve')}, and this call inside "
        "`call serve { ... }`: a gateway forwards to endpoints, and they call everything else"
        if between
        else "known: " + ", ".join(near)
        if near
        else "",
    )
