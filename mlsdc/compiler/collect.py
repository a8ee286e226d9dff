"""Trees in, their declarations out, before any value is looked at.

Everything is collected first, so that names may be used before they are declared. What cannot be a
declaration is reported once, and its names are remembered as broken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mlsdc.compiler import rules
from mlsdc.compiler.catalog import Catalog, roles
from mlsdc.compiler.model.component import Component
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
    out.said += _left_over(statement, catalog)
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
    name = declared_name(statement)
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
            first = declared_name(out.environments[name.text])
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


def _left_over(statement: ast.Declaration, catalog: Catalog) -> list[Diagnostic]:
    """Words that mean nothing where they stand, so that none is passed over in silence."""
    is_value = statement.head is not None and statement.head.text in VALUES
    words = [*statement.words, *statement.modifiers, *statement.value_modifiers]
    if not is_value:
        words = words[0 if statement.name else 1 :]
        title = declared_title(words)
        words = [w for w in words if w is not title]
        if statement.name is None and words and _names_a_system(statement, catalog):
            words = words[1:]  # a missing colon, which is told more precisely
    said: list[Diagnostic] = []
    if words:
        place = words[0].span.to(words[-1].span)
        said.append(rules.MISPLACED.at(place, "this means nothing here", help="remove it"))
    if statement.value is not None and not is_value:
        said.append(
            rules.MISPLACED.at(
                statement.value.span,
                "a component is described by a block, not by a value",
                help="{ ... }",
            )
        )
    if is_value and statement.body is not None:
        said.append(rules.MISPLACED.at(statement.body.span, "a value has no block"))
    return said


def declared_title(words: list[ast.Expression]) -> ast.Literal | None:
    """The text among the words of a declaration."""
    texts = (w for w in words if isinstance(w, ast.Literal) and isinstance(w.value, str))
    return next(texts, None)


def declared_name(statement: ast.Declaration) -> ast.Name | None:
    if statement.name is not None:
        return statement.name
    first = statement.words[0] if statement.words else None
    return ast.Name(first.name, first.span) if isinstance(first, ast.Reference) else None


def _names_a_system(statement: ast.Declaration, catalog: Catalog) -> bool:
    word = statement.words[1] if len(statement.words) > 1 else None
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
