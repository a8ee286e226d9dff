"""Declarations in, the design of one environment out.

A declaration that cannot be understood is reported and left out; it hides nothing else, and nothing
is concluded about what depends on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mlsdc.compiler import rules
from mlsdc.compiler.build import Places, build
from mlsdc.compiler.collect import Collected, declared_title
from mlsdc.compiler.design import Design, no_systems
from mlsdc.compiler.evaluate import Scope, Unreadable, evaluate
from mlsdc.compiler.expand.declared import declared_name
from mlsdc.compiler.expand.expansion import expand
from mlsdc.compiler.expand.substitute import mentioned
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.environment import Environment, Platform, System
from mlsdc.compiler.overlays import environment_chain, environment_values, is_own, overlays
from mlsdc.compiler.parameters import check_demands, reject_parameters
from mlsdc.compiler.raw import Entry, Raw, merge
from mlsdc.compiler.read import Reader
from mlsdc.compiler.references import check_broken_references, check_references
from mlsdc.compiler.request_sizes import too_large
from mlsdc.diagnostics import Diagnostic, Span
from mlsdc.dsl import ast


def resolve(
    collected: Collected,
    environment: str,
    given: Mapping[str, ast.Expression] | None = None,
) -> tuple[Design, list[Diagnostic]]:
    """The design as it is in one environment.

    `given` are parameter values from outside, which win over those of the environment.
    """
    resolved = resolve_whole(collected, environment, given)
    return resolved.design, resolved.diagnostics


@dataclass(frozen=True)
class Resolved:
    """A design in one environment, with the declarations it was made of and their values."""

    design: Design
    collected: Collected
    scope: Scope
    diagnostics: list[Diagnostic]


def resolve_whole(
    collected: Collected,
    environment: str,
    given: Mapping[str, ast.Expression] | None = None,
) -> Resolved:
    """The same, together with what composition made of the declarations."""
    said = list(collected.said)
    chain = environment_chain(collected, environment, said)
    values = environment_values(chain, collected)
    scope = Scope(dict(collected.values), {**values, **(given or {})}, said)
    scope.known = collected.components
    composed = expand(collected, scope)
    if composed is not collected:
        collected = composed
        scope.known = composed.components
        chain = environment_chain(collected, environment, [])
    reader = Reader(scope)
    layers = overlays(chain, collected, said)
    broken = set(collected.broken)
    components: dict[str, Component] = {}
    places: dict[str, Places] = {}
    unbuilt: dict[str, Raw] = {}
    said += reject_parameters(collected, scope)
    for name, declared in sorted(collected.components.items()):
        before = len(said)
        raw = _raw(declared.statement, declared.cls, declared.name, reader)
        for overlay in (
            *collected.overrides.get(name, []),
            *layers.get(name, []),
            *collected.circumstances.get(name, []),
        ):
            raw = merge(raw, reader.block(overlay.statements, declared.cls, overlay.span))
        places[name] = {}
        built = build(raw, said, places[name])
        said[before:] = [d if d.subject else replace(d, subject=name) for d in said[before:]]
        if isinstance(built, Component):
            components[name] = built
        else:
            broken.add(name)
            unbuilt[name] = raw
    design = Design(
        system=_system(collected, reader, places, said),
        environment=_environment(environment, chain, collected, reader, places, said),
        components=components,
        places=places,
        broken=frozenset(broken),
        broken_stems=tuple(sorted(collected.broken_stems)),
        systems=collected.catalog.for_role if collected.catalog else no_systems,
    )
    broken |= check_references(design, said)
    large = too_large(design, said)
    broken |= large
    check_broken_references(design, unbuilt, said)
    said += check_demands(collected)
    for each in collected.asserts:  # they are judged later, when there are facts
        for name in mentioned([each.value, *each.value_modifiers]):
            scope.lookup(name, each.span)
    _report_unused(collected, scope, said)
    if frozenset(broken) != design.broken:  # a copy loses what a design has derived from itself
        understood = {name: c for name, c in components.items() if name not in large}
        design = replace(design, components=understood, broken=frozenset(broken))
    return Resolved(design, collected, scope, said)


def _raw(statement: ast.Declaration, cls: type[Component], name: ast.Name, reader: Reader) -> Raw:
    raw = reader.block(statement.body.statements if statement.body else [], cls, name.span)
    raw.entries["name"] = Entry(name.span, name.span, name.text)
    title = declared_title([*statement.words, *statement.modifiers])
    if title is not None:
        text = evaluate(title, reader.scope)
        if not isinstance(text, Unreadable):
            raw.entries["title"] = Entry(title.span, title.span, text)
    return raw


def _system(
    collected: Collected, reader: Reader, places: dict[str, Places], said: list[Diagnostic]
) -> System:
    statement = collected.system
    name = declared_name(statement) if statement else None
    if statement is None or name is None:
        return System(name="system")
    spans: Places = {}
    built = build(_raw(statement, System, name, reader), said, spans)
    places["system"] = spans
    return built if isinstance(built, System) else System(name=name.text)


def _environment(
    name: str,
    chain: list[ast.Declaration],
    collected: Collected,
    reader: Reader,
    places: dict[str, Places],
    said: list[Diagnostic],
) -> Environment:
    raw: Raw | None = None
    for statement in chain:
        own = [
            s for s in (statement.body.statements if statement.body else []) if is_own(s, collected)
        ]
        label = declared_name(statement) or ast.Name(name, statement.span)
        layer = reader.block(list(own), Environment, label.span)
        raw = layer if raw is None else merge(raw, layer)
    if raw is None:
        return Environment(name=name, platform=Platform(name="kubernetes"))
    raw.entries["name"] = Entry(raw.span, raw.span, name)
    spans: Places = {}
    built = build(raw, said, spans)
    places[f"environment {name}"] = spans
    if isinstance(built, Environment):
        return built
    return Environment(name=name, platform=Platform(name="kubernetes"))


def _report_unused(collected: Collected, scope: Scope, said: list[Diagnostic]) -> None:
    elsewhere = set(mentioned(list(collected.environments.values())))
    names = scope.used | elsewhere  # another environment may be the one that needs it
    used = {_place(collected.values[name]) for name in names if name in collected.values}
    for name, statement in sorted(collected.values.items()):
        if _place(statement) not in used and statement.name is not None and statement.head:
            used.add(_place(statement))  # once, however often a pattern is used
            scope.lookup(name, statement.name.span)  # what is wrong with it is told all the same
            said.append(
                rules.UNUSED_VALUE.at(
                    statement.name.span,
                    f"{statement.head.text} `{name}` is not used",
                    subject=name,
                    help="remove it",
                )
            )


def _place(statement: ast.Declaration) -> Span:
    return statement.name.span if statement.name else statement.span
