"""Components in, which claims of the design their systems honour out.

Law: a system that says nothing about a claim neither honours nor breaks it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.capability import Capability, Claim
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.features import Dataset, Features
from mlsdc.compiler.model.learning import Model, Training
from mlsdc.compiler.schedule import analysis
from mlsdc.units import Quantity


@dataclass(frozen=True)
class Standing:
    """What one component makes of a claim; `reason` says why it does not honour it."""

    honoured: bool
    capability: Capability
    reason: str = ""
    value: object = None
    """What the field holds that the claim requires, where it requires one."""


@dataclass(frozen=True)
class Claims:
    """The tables of the design's own components, by component and claim."""

    standings: dict[str, dict[str, Standing]] = field(
        default_factory=lambda: dict[str, dict[str, Standing]]()
    )
    delaying: frozenset[str] = frozenset()
    """The training sets whose joins are delayed by whatever trains on them, for all models."""

    def of(self, component: Component | str | None, claim: Claim) -> Standing | None:
        """What a component makes of a claim; None where nobody knows."""
        name = component.name if isinstance(component, Component) else component
        return self.standings.get(name or "", {}).get(claim)

    def no_delay(self, dataset: Dataset, view: Features) -> Standing | None:
        """Why the stated delay of a join counts for nothing: the store refuses it, and nothing that
        trains delays the join instead. None where it counts, or none is stated."""
        standing = self.of(view.store, "join_delay")
        if standing is None or standing.honoured or dataset.name in self.delaying:
            return None
        return standing if dataset.delay_of(view) is not None else None

    def delay(self, dataset: Dataset, view: Features) -> Quantity | None:
        """The delay by which a training set really joins a view."""
        return dataset.delay_of(view) if self.no_delay(dataset, view) is None else None


@analysis
def claims(design: Design) -> Claims:
    """Look every claim up in the table of the component's system, at its version."""
    return Claims(
        {
            one.name: {claim: _standing(one, can) for claim, can in one.capabilities.items()}
            for one in design.components.values()
            if one.capabilities
        },
        _delaying(design),
    )


def _delaying(design: Design) -> frozenset[str]:
    learning: dict[str, list[Model]] = {}
    for model in design.of(Model):
        learning.setdefault(model.dataset or "", []).append(model)
    return frozenset(
        name
        for name, models in learning.items()
        if all((one := design.get(m.training, Training)) and one.delays_joins for m in models)
    )


def _standing(component: Component, capability: Capability) -> Standing:
    if not capability.supported:
        return Standing(False, capability, capability.limits or capability.source)
    running = component.runs_version()
    if capability.since and running and version(running) < version(capability.since):
        reason = f"{component.system} does from {capability.since} on, this is {running}"
        return Standing(False, capability, reason)
    if not capability.requires:
        return Standing(True, capability)
    value: object = getattr(component, capability.requires)
    if value in (None, False, ()):
        return Standing(False, capability, f"it does only with `{capability.requires}`")
    return Standing(True, capability, value=value)


def version(text: str) -> tuple[int, ...]:
    """The numbers of a version, in order: `v2_1` and `2.1.3` can be compared."""
    return tuple(int(number) for number in re.findall(r"\d+", text))
