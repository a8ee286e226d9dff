"""Declarations in, the design of one environment out.

A declaration that cannot be understood is reported and left out; it hides nothing else, and nothing
is concluded about what depends on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mlsdc.compiler import rules
from mlsdc.compiler.build import Places, build
from mlsdc.compiler.collect import Collected, declared_name, declared_title
from mlsdc.compiler.design import Design
from mlsdc.compiler.evaluate import Scope
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.environment import Environment, Platform, System
from mlsdc.compiler.overlays import environment_chain, environment_values, overlays
from mlsdc.compiler.parameters import check_parameters
from mlsdc.compiler.raw import Entry, Raw, merge
from mlsdc.compiler.read import Reader
from mlsdc.compiler.references import check_references
from mlsdc.diagnostics import Diagnostic
from mlsdc.dsl import ast


def resolve(
    collected: Collected,
    environment: str,
    given: Mapping[str, ast.Expression] | None = None,
) -> tuple[Design, list[Diagnostic]]:
    """The design as it is in one environment.

    `given` are parameter values from outside, which win over those of the environment.
    """
    said = list(collected.said)
    chain = environment_chain(collected, environment, said)
    values = environment_values(chain, collected)
    scope = Scope(collected.values, {**values, **(given or {})}, said)
    reader = Reader(scope)
    layers = overlays(chain, collected, said)
    broken = set(collected.broken)
    components: dict[str, Component] = {}
    places: dict[str, Places] = {}
    for name, declared in sorted(collected.components.items()):
        before = len(said)
        raw = _raw(declared.statement, declared.cls, declared.name, reader)
        for overlay in layers.get(name, []):
            raw = merge(raw, reader.block(overlay.statements, declared.cls, overlay.span))
        places[name] = {}
        built = build(raw, said, places[name])
        said[before:] = [d if d.subject else replace(d, subject=name) for d in said[before:]]
        if isinstance(built, Component):
            components[name] = built
        else:
            broken.add(name)
    design = Design(
        system=_system(collected, reader, places, said),
        environment=_environment(environment, chain, collected, reader, places, said),
        components=components,
        places=places,
        broken=frozenset(broken),
    )
    broken |= check_references(design, said)
    said += check_parameters(collected, scope)
    _report_unused(collected, scope, said)
    return Design(design.system, design.environment, components, places, frozenset(broken)), said


def _raw(statement: ast.Declaration, cls: type[Component], name: ast.Name, reader: Reader) -> Raw:
    raw = reader.block(statement.body.statements if statement.body else [], cls, name.span)
    raw.entries["name"] = Entry(name.span, name.span, name.text)
    title = declared_title([*statement.words, *statement.modifiers])
    if title is not None:
        raw.entries["title"] = Entry(title.span, title.span, title.value)
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
            s
            for s in (statement.body.statements if statement.body else [])
            if isinstance(s, ast.Assignment) and s.key.text not in collected.values
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
    for name, statement in sorted(collected.values.items()):
        if name not in scope.used and statement.name is not None and statement.head is not None:
            said.append(
                rules.UNUSED_VALUE.at(
                    statement.name.span,
                    f"{statement.head.text} `{name}` is not used",
                    subject=name,
                    help="remove it",
                )
            )
