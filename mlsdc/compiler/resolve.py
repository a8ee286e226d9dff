"""Trees and a catalogue in, the design of one environment out.

Declarations are collected first, so that names may be used before they are declared. A declaration
that cannot be understood is reported and left out; it hides nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from mlsdc.compiler import rules
from mlsdc.compiler.build import Places, build
from mlsdc.compiler.catalog import Catalog, roles
from mlsdc.compiler.design import Design
from mlsdc.compiler.evaluate import Scope
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.environment import Environment, Platform, System
from mlsdc.compiler.read import Entry, Raw, Reader, merge
from mlsdc.diagnostics import Diagnostic, Label, Span, nearest
from mlsdc.dsl import ast

VALUES = ("param", "let")
DEFAULT_ENVIRONMENT = "default"


@dataclass
class Declared:
    """A component as it was declared."""

    name: ast.Name
    cls: type[Component]
    statement: ast.Declaration


@dataclass
class Collected:
    """The declarations of a design, before any value is looked at."""

    components: dict[str, Declared] = field(default_factory=dict[str, Declared])
    values: dict[str, ast.Declaration] = field(default_factory=dict[str, ast.Declaration])
    environments: dict[str, ast.Declaration] = field(default_factory=dict[str, ast.Declaration])
    system: ast.Declaration | None = None
    broken: set[str] = field(default_factory=set[str])
    said: list[Diagnostic] = field(default_factory=list[Diagnostic])
    _spans: dict[str, Span] = field(default_factory=dict[str, Span])

    def claim(self, name: ast.Name) -> bool:
        """Take a name; False, with a complaint, where it is taken."""
        first = self._spans.setdefault(name.text, name.span)
        if first is name.span:
            return True
        self.said.append(
            rules.DUPLICATE.at(
                name.span,
                f"`{name.text}` is declared twice",
                subject=name.text,
                labels=[Label(first, "first declared here")],
                help="give one of them another name",
            )
        )
        return False


def collect(trees: Sequence[ast.Tree], catalog: Catalog) -> Collected:
    """Sort the top-level statements by what they declare."""
    out = Collected()
    for tree in trees:
        for statement in tree.statements:
            if isinstance(statement, ast.Broken):
                out.broken.update(statement.names)
            elif isinstance(statement, ast.Declaration):
                _collect(statement, out, catalog)
            else:
                out.said.append(
                    rules.MISPLACED.at(
                        statement.span,
                        f"`{statement.key.text}` stands outside any component",
                        help=f"let {statement.key.text} = ...",
                    )
                )
    return out


def _collect(statement: ast.Declaration, out: Collected, catalog: Catalog) -> None:
    head = statement.head
    if head is not None and head.text in VALUES:
        if statement.name is None or (statement.value is None and head.text == "let"):
            out.said.append(
                rules.MISPLACED.at(
                    statement.span, f"a `{head.text}` is written `{head.text} name = value`"
                )
            )
        elif out.claim(statement.name):
            out.values[statement.name.text] = statement
        return
    name = _name(statement)
    if head is None or head.text not in roles():
        _unknown_role(statement, head, name, out)
        return
    if name is None:
        example = f"{head.text} name {{ ... }}"
        out.said.append(
            rules.MISPLACED.at(head.span, f"this {head.text} has no name", help=example)
        )
        return
    if statement.type is None and statement.words[1:] and _names_a_system(statement, catalog):
        system = statement.words[1]
        out.said.append(
            rules.MISPLACED.at(
                system.span,
                f"a colon stands between `{name.text}` and its system",
                help=f"{head.text} {name.text}: {getattr(system, 'name', '')} {{ ... }}",
            )
        )
        out.broken.add(name.text)
        return
    if head.text == "environment":
        if name.text in out.environments:
            first = _name(out.environments[name.text])
            out.said.append(
                rules.DUPLICATE.at(
                    name.span,
                    f"environment `{name.text}` is declared twice",
                    labels=[Label(first.span, "first declared here")] if first else [],
                )
            )
        out.environments.setdefault(name.text, statement)
        return
    if head.text == "system":
        if out.system is not None:
            out.said.append(
                rules.DUPLICATE.at(
                    head.span,
                    "a design has one `system` block",
                    labels=[Label(out.system.span, "the first one")],
                )
            )
        out.system = out.system or statement
        return
    cls = _class(head, statement, name, out, catalog)
    if cls is None:
        out.broken.add(name.text)
    elif out.claim(name):
        out.components[name.text] = Declared(name, cls, statement)


def _name(statement: ast.Declaration) -> ast.Name | None:
    if statement.name is not None:
        return statement.name
    first = statement.words[0] if statement.words else None
    return ast.Name(first.name, first.span) if isinstance(first, ast.Reference) else None


def _names_a_system(statement: ast.Declaration, catalog: Catalog) -> bool:
    word = statement.words[1]
    return isinstance(word, ast.Reference) and bool(catalog.systems(word.name))


def _unknown_role(
    statement: ast.Declaration, head: ast.Name | None, name: ast.Name | None, out: Collected
) -> None:
    if name is not None:
        out.broken.add(name.text)
    if head is None:
        assert statement.name is not None
        out.said.append(
            rules.MISPLACED.at(
                statement.span,
                f"`{statement.name.text}` has no role",
                help=f"for example: endpoint {statement.name.text}: ... {{ ... }}",
            )
        )
        return
    near = nearest(head.text, [*roles(), *VALUES])
    out.said.append(
        rules.UNKNOWN_ROLE.at(
            head.span,
            f"there is no role `{head.text}`",
            help=f"did you mean `{near}`?" if near else "roles: " + ", ".join(sorted(roles())),
        )
    )


def _class(
    head: ast.Name,
    statement: ast.Declaration,
    name: ast.Name,
    out: Collected,
    catalog: Catalog,
) -> type[Component] | None:
    role = roles()[head.text]
    if statement.type is None:
        return role
    if not role.runs:
        out.said.append(
            rules.UNKNOWN_SYSTEM.at(
                statement.type.span,
                f"nothing runs a {role.role}, so it takes no system",
                subject=name.text,
                help=f"{role.role} {name.text} {{ ... }}",
            )
        )
        return role
    system = statement.type.name
    cls = catalog.systems(system).get(role.role)
    if cls is not None:
        return cls
    able = catalog.for_role(role.role)
    near = nearest(system, able)
    plays = ", ".join(sorted(catalog.systems(system)))
    why = f"`{system}` runs {plays}, not {role.role}" if plays else f"there is no system `{system}`"
    out.said.append(
        rules.UNKNOWN_SYSTEM.at(
            statement.type.span,
            why,
            subject=name.text,
            help=f"did you mean `{near}`?"
            if near
            else f"systems of {role.role}: {', '.join(able)}",
        )
    )
    return None


def environments(collected: Collected) -> tuple[str, ...]:
    """The names of the declared environments, or the default one where there is none."""
    return tuple(sorted(collected.environments)) or (DEFAULT_ENVIRONMENT,)


def resolve(
    collected: Collected,
    environment: str,
    given: Mapping[str, ast.Expression] | None = None,
) -> tuple[Design, list[Diagnostic]]:
    """The design as it is in one environment.

    `given` are parameter values from outside, which win over those of the environment.
    """
    said = list(collected.said)
    chain = _chain(collected, environment, said)
    values = _environment_values(chain, collected)
    scope = Scope(collected.values, {**values, **(given or {})}, said)
    reader = Reader(scope)
    overlays = _overlays(chain, collected, said)
    broken = set(collected.broken)
    components: dict[str, Component] = {}
    places: dict[str, Places] = {}
    for name, declared in sorted(collected.components.items()):
        before = len(said)
        raw = _raw(declared.statement, declared.cls, declared.name, reader)
        for overlay in overlays.get(name, []):
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
    broken |= _check_references(design, said)
    _report_unused(collected, scope, said)
    return Design(design.system, design.environment, components, places, frozenset(broken)), said


def _raw(statement: ast.Declaration, cls: type[Component], name: ast.Name, reader: Reader) -> Raw:
    raw = reader.block(statement.body.statements if statement.body else [], cls, name.span)
    raw.entries["name"] = Entry(name.span, name.span, name.text)
    title = next((w for w in statement.words if isinstance(w, ast.Literal)), None)
    if title is not None and isinstance(title.value, str):
        raw.entries["title"] = Entry(title.span, title.span, title.value)
    return raw


def _chain(collected: Collected, name: str, said: list[Diagnostic]) -> list[ast.Declaration]:
    """The environment and those it extends, the outermost first."""
    chain: list[ast.Declaration] = []
    seen: list[str] = []
    while name in collected.environments:
        statement = collected.environments[name]
        chain.insert(0, statement)
        seen.append(name)
        extends = next(
            (
                s
                for s in (statement.body.statements if statement.body else [])
                if isinstance(s, ast.Assignment) and s.key.text == "extends"
            ),
            None,
        )
        if extends is None or not isinstance(extends.value, ast.Reference):
            return chain
        name = extends.value.name
        if name in seen:
            said.append(
                rules.CIRCULAR_VALUE.at(
                    extends.value.span,
                    f"the environments extend each other: {' -> '.join([*seen, name])}",
                )
            )
            return chain
        if name not in collected.environments:
            near = nearest(name, collected.environments)
            said.append(
                rules.UNKNOWN_ENVIRONMENT.at(
                    extends.value.span,
                    f"there is no environment `{name}` to extend",
                    help=f"did you mean `{near}`?" if near else "",
                )
            )
    return chain


def _environment_values(
    chain: list[ast.Declaration], collected: Collected
) -> dict[str, ast.Expression]:
    """Parameters that an environment sets: `peak = 50/s` in its block."""
    return {
        statement.key.text: statement.value
        for environment in chain
        for statement in (environment.body.statements if environment.body else [])
        if isinstance(statement, ast.Assignment) and statement.key.text in collected.values
    }


def _overlays(
    chain: list[ast.Declaration], collected: Collected, said: list[Diagnostic]
) -> dict[str, list[ast.Block]]:
    found: dict[str, list[ast.Block]] = {}
    for environment in chain:
        for statement in environment.body.statements if environment.body else []:
            if not isinstance(statement, ast.Declaration) or statement.head is None:
                continue
            head = statement.head
            if head.text in collected.components and statement.body is not None:
                found.setdefault(head.text, []).append(statement.body)
            elif head.text not in collected.broken:
                near = nearest(head.text, collected.components)
                said.append(
                    rules.UNKNOWN_NAME.at(
                        head.span,
                        f"there is no component `{head.text}` to override",
                        help=f"did you mean `{near}`?" if near else "",
                    )
                )
    return found


def _system(
    collected: Collected, reader: Reader, places: dict[str, Places], said: list[Diagnostic]
) -> System:
    statement = collected.system
    name = _name(statement) if statement else None
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
        label = _name(statement) or ast.Name(name, statement.span)
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


def _check_references(design: Design, said: list[Diagnostic]) -> set[str]:
    """Report names that nothing declares; returns the components that hold one."""
    holders: set[str] = set()
    for mention in design.mentions:
        span = design.place(mention.source, *mention.path)
        found = design.components.get(mention.target)
        if found is None:
            holders.add(mention.source)
            if mention.target in design.broken:
                continue
            fitting = [n for n, c in design.components.items() if c.role in mention.refers.roles]
            near = nearest(mention.target, fitting) or nearest(mention.target, design.components)
            said.append(
                rules.UNKNOWN_NAME.at(
                    span,
                    f"nothing is called `{mention.target}`",
                    subject=mention.source,
                    help=f"did you mean `{near}`?" if near else _declare(mention.refers.roles[0]),
                )
            )
        elif found.role not in mention.refers.roles:
            holders.add(mention.source)
            wanted = " or ".join(mention.refers.roles)
            said.append(
                rules.WRONG_ROLE.at(
                    span,
                    f"`{mention.target}` is a {found.role}, here stands a {wanted}",
                    subject=mention.source,
                    labels=[Label(design.place(found), f"declared as a {found.role}")],
                )
            )
    return holders


def _declare(role: str) -> str:
    return f"declare it: {role} name {'' if not roles()[role].runs else ': system '}{{ ... }}"


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
