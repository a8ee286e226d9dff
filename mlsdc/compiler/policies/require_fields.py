"""A policy and a design in, the fields it requires and does not find out."""

from __future__ import annotations

from collections.abc import Iterator

from mlsdc.compiler.collect import Collected
from mlsdc.compiler.design import Design
from mlsdc.compiler.policies.policy import Policy
from mlsdc.compiler.policies.policy_rules import ROLE_FIELD_MISSING, SYSTEM_FIELD_MISSING
from mlsdc.diagnostics import NOWHERE, Diagnostic, Label, Span

_INHERITED = ("owner",)
"""Fields of the system that speak for its components."""


def require_fields(policy: Policy, design: Design, collected: Collected) -> list[Diagnostic]:
    """Every required field that the design leaves out."""
    if not policy.require and not policy.require_fields:
        return []
    return [*_system(policy, design, collected), *_components(policy, design)]


def _system(policy: Policy, design: Design, collected: Collected) -> Iterator[Diagnostic]:
    written = design.places.get("system", {}) if collected.system is not None else {}
    for name in policy.require:
        if tuple(name.split(".")) in written:
            continue
        if collected.system is None:
            message = f"the policy requires `{name}` of the system, and there is no system block"
        else:
            message = f"the system states no `{name}`, which the policy requires"
        yield SYSTEM_FIELD_MISSING.at(
            _head(collected),
            message,
            labels=_required(policy, "policy", "require", name),
            help=f"system {design.system.name} {{ {_example(name)} }}",
        )


def _components(policy: Policy, design: Design) -> Iterator[Diagnostic]:
    for component in design.components.values():
        for name in policy.require_fields.get(component.role, ()):
            if design.wrote(component, *name.split(".")) or component.name in design.tainted:
                continue
            if name in _INHERITED and getattr(design.system, name) is not None:
                continue
            yield ROLE_FIELD_MISSING.at(
                design.place(component, "name"),
                f"`{component.name}` states no `{name}`, which the policy requires of every "
                f"{component.role}",
                subject=component.name,
                labels=_required(policy, "policy", "require_fields", component.role, name),
                help=f"{component.role} {component.name} {{ {_example(name)} }}",
            )


def _example(name: str) -> str:
    *outer, last = name.split(".")
    text = f"{last} = ..."
    for block in reversed(outer):
        text = f"{block} {{ {text} }}"
    return text


def _required(policy: Policy, *path: str) -> list[Label]:
    place = policy.place(*path)
    return [Label(place, "required here")] if place else []


def _head(collected: Collected) -> Span:
    """The head of the system block, or the start of the first file that declares something."""
    if collected.system is not None:
        head = collected.system.head
        return head.span if head else collected.system.span
    spans = [declared.statement.span for declared in collected.components.values()]
    first = min(spans, default=NOWHERE)
    return Span(first.file, 0, 0)
