"""What a target is, and the plan it receives.

A plan says where every component of one environment is realised. Targets print it; they never ask
what a component is, only what its realisation yields.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Protocol

from mlsdc.compiler import rules
from mlsdc.compiler.bindings import Binding, Handover, clashes, handovers, slug
from mlsdc.compiler.capacity.choices import Choices
from mlsdc.compiler.design import Design
from mlsdc.compiler.edges import EdgeRule
from mlsdc.compiler.graph import Edge, Graph
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.model.types import AUTO
from mlsdc.compiler.schedule import Facts
from mlsdc.diagnostics import Diagnostic, Source
from mlsdc.targets.files import FileSet

Where = Literal["cluster", "cloud", "existing", "nowhere"]
LANDS = EdgeRule("lands", ("lake",), ("lake",), "write")
"""What pods that carry streams into a lake of the cloud do there, in the lake's own name."""


@dataclass(frozen=True)
class Requirement:
    """Something that must be there before a realisation can work: an operator and its kinds."""

    name: str
    """The operator's name, e.g. strimzi."""
    versions: str
    """A version range, e.g. `>=1.2,<2`."""
    kinds: tuple[str, ...]
    """`kafka.strimzi.io/v1 Kafka`"""
    chart: str = ""
    repository: str = ""
    chart_version: str = ""
    namespace: str = ""
    """Where the operator is installed."""
    settings: tuple[tuple[str, str], ...] = ()
    """Values of the chart that a realisation relies on."""


@dataclass(frozen=True)
class Prerequisite:
    """An object that someone else makes, and that has to be there: a Secret, an issuer, a class."""

    component: str
    kind: str
    """`v1 Secret`"""
    name: str
    reason: str
    keys: tuple[str, ...] = ()
    """What a Secret has to hold."""


@dataclass(frozen=True)
class Obstacle:
    """What keeps one component from being realised although its system can be."""

    component: str
    field: str
    why: str
    help: str
    """A line to type."""


@dataclass(frozen=True)
class Plan:
    """One environment, ready to be written."""

    environment: str
    design: Design
    graph: Graph
    facts: Facts
    sources: Mapping[str, Source]

    @cached_property
    def namespace(self) -> str:
        """The Kubernetes namespace of everything in the cluster."""
        return self.design.environment.platform.namespace or slug(self.design.system.name)

    @property
    def platform(self) -> str:
        """kubernetes, aws or gcp."""
        return self.design.environment.platform.name

    def where(self, component: Component | str) -> Where:
        """Where a component is realised: the cloud's own service where there is one."""
        if isinstance(component, str):
            component = self.design.components[component]
        if component.existing is not None:
            return "existing"
        if self.platform != "kubernetes" and hasattr(type(component), self.platform):
            return "cloud"
        return "cluster" if hasattr(type(component), "kubernetes") else "nowhere"

    def placed(self, where: Where) -> list[Component]:
        """Components realised in one place, by name."""
        return self._by_place.get(where, [])

    @cached_property
    def _by_place(self) -> dict[Where, list[Component]]:
        found: dict[Where, list[Component]] = {}
        for component in self.design.components.values():
            if component.runs:
                found.setdefault(self.where(component), []).append(component)
        return found

    @cached_property
    def _diverting(self) -> list[Component]:
        """What may divert calls between others to itself."""
        return [c for c in self.placed("cluster") if hasattr(type(c), "diverted")]

    @cached_property
    def bindings(self) -> dict[str, Binding]:
        """What each component publishes, by name."""
        return {c.name: self._binding(c) for c in self.design.components.values() if c.runs}

    def _binding(self, component: Component) -> Binding:
        if component.existing is not None:
            from mlsdc.targets.existing import existing_binding

            return existing_binding(self, component)
        publish: Any = getattr(component, "binding", None)
        return publish(self) if publish is not None else Binding()

    def carried(self, component: Component) -> tuple[str, ...]:
        """What pods in the cluster carry into a component of the cloud, by name."""
        find: Any = getattr(component, "carried", None)
        return find(self) if find is not None and self.where(component) == "cloud" else ()

    @cached_property
    def acting(self) -> list[Component]:
        """Components whose edges pods of the cluster follow, by name.

        Those that run there, and those of the cloud that pods there carry something into.
        """
        components = self.design.components.values()
        return [c for c in components if c.runs and (self.where(c) == "cluster" or self.carried(c))]

    def edges_of(self, component: Component) -> list[Edge]:
        """The edges that a component's pods follow.

        What carries something into a component of the cloud follows those to what it carries, and
        writes to the component itself.
        """
        edges, carried = self.graph.out(component), self.carried(component)
        if not carried:
            return edges
        edges = [edge for edge in edges if edge.target in carried]
        because = (self.design.place(component, "from"),)
        return [*edges, Edge(component.name, component.name, LANDS.verb, LANDS, because)]

    def handed_to(self, component: Component) -> list[Handover]:
        """What a component is handed over its edges; a gateway may divert a call to itself."""
        diverted: dict[str, Binding] = {}
        for other in self._diverting:
            divert: Any = getattr(other, "diverted")  # noqa: B009 - a seam of stdlib classes
            diverted.update(divert(self, component))
        return handovers(self.edges_of(component), {**self.bindings, **diverted})

    def clients(self, component: Component) -> list[Edge]:
        """The edges over which others use a component."""
        return [e for e in self.graph.into(component) if e.rule.access != "observe"]


class Target(Protocol):
    """Turns a plan into files."""

    name: str

    def emit(self, plan: Plan) -> FileSet:
        """The files of this target, below its own folder."""
        ...

    def complaints(self, plan: Plan) -> Iterator[Diagnostic]:
        """What keeps the target from emitting."""
        ...


def emit_environment(
    environment: str,
    design: Design,
    graph: Graph,
    facts: Facts,
    targets: Sequence[Target],
    sources: Mapping[str, Source],
) -> tuple[FileSet, list[Diagnostic]]:
    """The files of one environment from every target; none while one of them complains."""
    plan = Plan(environment, design, graph, facts, sources)
    said = [d for target in targets for d in target.complaints(plan)]
    files = FileSet()
    if said:
        return files, list(dict.fromkeys(said))
    for target in targets:
        files.merge(target.emit(plan).under(target.name))
    return files, []


def unplaced(plan: Plan) -> Iterator[Diagnostic]:
    """Components that the environment's platform cannot run, and clashing bindings."""
    for component in plan.placed("nowhere"):
        yield rules.CANNOT_EMIT.at(
            plan.design.place(component),
            f"system `{component.system}` cannot be realised on {plan.platform}: "
            f"`{component.name}` ({component.role})"
            if component.system
            else f"`{component.name}` ({component.role}) has no system that runs it",
            subject=component.name,
            help=_runnable(plan, component),
        )
    yield from _unchosen(plan)
    for component in plan.placed("cluster"):
        find: Any = getattr(component, "obstacles", None)
        obstacles: Iterator[Obstacle] = find(plan) if find is not None else iter(())
        for found in obstacles:
            yield rules.CANNOT_EMIT.at(
                plan.design.place(found.component, found.field),
                f"`{found.component}` cannot be realised: {found.why}",
                subject=found.component,
                help=found.help,
            )
    for component in plan.design.components.values():
        yield from clashes(plan.design, plan.edges_of(component), plan.bindings)


def _runnable(plan: Plan, component: Component) -> str:
    """The systems that could run it, or that it is there already."""
    able = [
        f"{component.role} {component.name}: {system}"
        for system in plan.design.systems(component.role)
        if system != component.system
    ]
    there = f"existing {{ }} in `{component.name}`, with what its clients are told"
    return ", or ".join([*able, there])


def _unchosen(plan: Plan) -> Iterator[Diagnostic]:
    """Endpoints whose accelerator is left to the compiler, which has nothing to choose by."""
    for endpoint in plan.design.of(Endpoint):
        if endpoint.gpus is not None and endpoint.gpus.model == AUTO:
            choice = plan.facts.get(Choices).of.get(endpoint.name)
            needs = ", ".join(choice.missing) if choice else f"{endpoint.name}.measured"
            yield rules.CANNOT_EMIT.at(
                plan.design.place(endpoint, "gpus"),
                f"`{endpoint.name}` cannot be realised: its accelerator is not chosen, which needs "
                f"{needs}",
                subject=endpoint.name,
                help="measured l4  p50 18ms  p99 40ms  at 60/s",
            )
