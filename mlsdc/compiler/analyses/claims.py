"""Components in, which claims of the design their systems honour out.

Law: a system that says nothing about a claim neither honours nor breaks it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.capability import Capability, Claim
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.schedule import analysis


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

    def of(self, component: Component | str | None, claim: Claim) -> Standing | None:
        """What a component makes of a claim; None where nobody knows."""
        name = component.name if isinstance(component, Component) else component
        return self.standings.get(name or "", {}).get(claim)


@analysis
def claims(design: Design) -> Claims:
    """Look every claim up in the table of the component's system, at its version."""
    return Claims(
        {
            one.name: {claim: _standing(one, can) for claim, can in one.capabilities.items()}
            for one in design.components.values()
            if one.capabilities
        }
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
