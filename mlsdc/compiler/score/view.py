"""A compiled design in, what the tests of the score look at out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from mlsdc.compiler.analyses.decisions import Decisions
from mlsdc.compiler.analyses.monitoring import Monitoring
from mlsdc.compiler.design import Design
from mlsdc.compiler.graph import Graph
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.data import Source, Stream
from mlsdc.compiler.model.features import Dataset, Features
from mlsdc.compiler.model.learning import Model, Training
from mlsdc.compiler.model.operations import Monitor
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.policies.policy import Policy
from mlsdc.compiler.schedule import Facts


@dataclass(frozen=True, slots=True)
class Mechanism:
    """What one subject of a test has, or has not: said in the words of the design."""

    component: str
    text: str
    present: bool
    path: tuple[str | int, ...] = ()


Mechanisms = Iterator[Mechanism]


@dataclass(frozen=True)
class View:
    """A design as the tests see it."""

    design: Design
    facts: Facts
    policy: Policy
    tests: int
    """Tests that the design itself holds."""

    @cached_property
    def endpoints(self) -> list[Endpoint]:
        """Those that serve a model to requests."""
        return [one for one in self.design.of(Endpoint) if one.model is not None]

    @cached_property
    def models(self) -> list[Model]:
        """The models that are served."""
        found = (self.design.get(one.model, Model) for one in self.endpoints)
        return list({model.name: model for model in found if model is not None}.values())

    @cached_property
    def views(self) -> list[Features]:
        """Every feature view."""
        return self.design.of(Features)

    @cached_property
    def inputs(self) -> list[Source | Stream]:
        """The sources and streams that something reads and nothing of the design writes."""
        graph = self.facts.get(Graph)
        found: list[Source | Stream] = []
        for one in [*self.design.of(Source), *self.design.of(Stream)]:
            access = {edge.rule.access for edge in graph.into(one)}
            if "read" in access and "write" not in access:
                found.append(one)
        return found

    @property
    def decisions(self) -> Decisions:
        """What requests decide by models."""
        return self.facts.get(Decisions)

    def monitors(self, endpoint: Endpoint) -> list[Monitor]:
        """What watches an endpoint or its model."""
        watching = self.facts.get(Monitoring).watching
        names = (endpoint.name, endpoint.model or "")
        return list({m.name: m for name in names for m in watching.get(name, ())}.values())

    def training(self, model: Model) -> Training | None:
        """What trains a model."""
        return self.design.get(model.training, Training)

    def dataset(self, model: Model) -> Dataset | None:
        """What a model is trained on."""
        return self.design.get(model.dataset, Dataset)


def has(component: Component, text: str, *path: str | int) -> Mechanism:
    """A subject with the mechanism."""
    return Mechanism(component.name, text, True, path)


def lacks(component: Component, text: str, *path: str | int) -> Mechanism:
    """A subject without it."""
    return Mechanism(component.name, text, False, path)


def listed(names: Iterable[str], most: int = 4) -> str:
    """`a, b and 3 more`"""
    every = list(names)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more
