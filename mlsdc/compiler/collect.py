"""Trees in, their declarations out, before any value is looked at.

Everything is collected first, so that names may be used before they are declared. What cannot be a
declaration is reported once, and its names are remembered as broken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mlsdc.compiler import rules
from mlsdc.compiler.catalog import Catalog, roles
from mlsdc.compiler.expand.declared import (
    USES,
    Choice,
    composes_within,
    declared_name,
    grouped,
    is_loop,
    without_block,
)
from mlsdc.compiler.expand.patterns import collect_pattern
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.parameter_types import Demand
from mlsdc.diagnostics import Diagnostic, Label, Span, nearest
from mlsdc.dsl import ast

VALUES = ("param", "let")
COMPOSING = ("for", "if", "else if", "else", "use")
FORMS: Mapping[str, tuple[str, str]] = {
    "import": ('import "./features.mlsd"', "joins another file, or a module: `std:serving`"),
    "param": (
        "param peak: rate = 100/s { peak <= 2000/s }",
        "a value that an environment or `--set` may give; type, default and limits may be absent",
    ),
    "let": ("let half = peak / 2", "names a value"),
    "pattern": (
        "pattern ranked(model: model, replicas: count = 2) { ... }",
        "declarations with parameters; `self` is the component that takes the instance's name",
    ),
    "use": (
        "use ranked(model = scorer) as shop { self { replicas = 3 } }",
        "makes what a pattern declares, with the instance's name before each; the block overrides",
    ),
    "for": (
        "for region in [eu, us] { ... }",
        "repeats what it holds, with the item behind each name; also inside a component",
    ),
    "if": (
        "if peak > 100/s { ... } else if small { ... } else { ... }",
        "takes one of its blocks; also inside a component",
    ),
    "assert": ('assert ask.p99 <= 50ms "text"', "states what has to hold"),
    "test": (
        'test "twice the traffic" { given peak = 200/s }',
        "a scenario and the findings it is expected to have",
    ),
    "environment": (
        "environment prod { platform = aws { ... }  extends = base  payments { ... } }",
        "one place where the design runs: what it sets and what it changes",
    ),
    "system": ('system fraud "title" { owner = "team" }', "the design as a whole"),
}
"""The words that open a statement of the language itself: how each is written, and what for."""
LANGUAGE = (*VALUES, *COMPOSING, "import", "pattern", "assert", "test")
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
    patterns: dict[str, ast.Declaration] = field(default_factory=dict[str, ast.Declaration])
    composed: list[ast.Declaration | Choice] = field(
        default_factory=list["ast.Declaration | Choice"]
    )
    """What stands for other declarations: `use`, `for` and `if`, in order."""
    overrides: dict[str, list[ast.Block]] = field(default_factory=dict[str, list[ast.Block]])
    """What the `use` of a pattern changes in the components it makes."""
    circumstances: dict[str, list[ast.Block]] = field(default_factory=dict[str, list[ast.Block]])
    """What a test changes in components, over everything else."""
    asserts: list[ast.Declaration] = field(default_factory=list[ast.Declaration])
    tests: list[ast.Declaration] = field(default_factory=list[ast.Declaration])
    made_by: dict[str, tuple[Label, ...]] = field(default_factory=dict[str, tuple[Label, ...]])
    """The uses and loops that a component comes from, the innermost first."""
    system: ast.Declaration | None = None
    composing: set[str] = field(default_factory=set[str])
    """Components and environments with a loop or a branch inside."""
    demands: list[Demand] = field(default_factory=list[Demand])
    """Arguments that have to name a component of some role."""
    broken: set[str] = field(default_factory=set[str])
    broken_stems: set[str] = field(default_factory=set[str])
    """Names of instances and in loops that could not be made: what begins with them is broken."""
    said: list[Diagnostic] = field(default_factory=list[Diagnostic])
    claimed: dict[str, Span] = field(default_factory=dict[str, Span])
    catalog: Catalog | None = None

    def is_broken(self, name: str) -> bool:
        """Whether a name stands for something that could not be understood."""
        return name in self.broken or any(name.startswith(f"{s}_") for s in self.broken_stems)

    def claim(self, name: ast.Name) -> bool:
        """Take a name; False, with a complaint, where it is taken."""
        first = self.claimed.get(name.text)
        if first is None:
            self.claimed[name.text] = name.span
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
    out = Collected(catalog=catalog)
    for tree in trees:
        for statement in grouped(tree.statements, out.said):
            if isinstance(statement, Choice):
                out.said += without_block(statement)
                out.composed.append(statement)
            else:
                collect_statement(statement, out, catalog)
    return out


def collect_statement(statement: ast.Statement, out: Collected, catalog: Catalog) -> None:
    """Add one top-level statement."""
    if isinstance(statement, ast.Broken):
        out.broken.update(statement.names)
    elif not isinstance(statement, ast.Declaration):
        out.said.append(
            rules.MISPLACED.at(
                statement.span,
                f"`{statement.key.text}` stands outside any component",
                help=f"let {statement.key.text} = ...",
            )
        )
    elif statement.head is None or not _collect_language(statement, statement.head.text, out):
        _collect(statement, out, catalog)


def _collect_language(statement: ast.Declaration, head: str, out: Collected) -> bool:
    """Add a statement of the language itself; False where it is none."""
    if is_loop(statement) or (head == USES and statement.words):
        out.composed.append(statement)
    elif head in ("if", "else if") or (head == "assert" and statement.value is None):
        out.said.append(
            rules.MISPLACED.at(
                statement.span,
                f"this `{head}` has no condition",
                help=f"{head} peak > 100/s {'{ ... }' if head != 'assert' else ''}".rstrip(),
            )
        )
    elif head == "assert":
        out.asserts.append(statement)
    elif head == "test" and statement.body is not None:
        out.tests.append(statement)
    elif head == "pattern" and statement.words:
        collect_pattern(statement, out.patterns, out.said)
    elif head == "import":
        pass  # it was followed when the file was read, or complained of
    else:
        return False
    return True


def _collect(statement: ast.Declaration, out: Collected, catalog: Catalog) -> None:
    head = statement.head
    if head is not None and (head.text in VALUES or head.text in roles()):
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
        if composes_within(statement):
            out.composing.add(name.text)
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
        if composes_within(statement):
            out.composing.add(name.text)


def _left_over(statement: ast.Declaration, catalog: Catalog) -> list[Diagnostic]:
    """Words that mean nothing where they stand, so that none is passed over in silence."""
    is_value = statement.head is not None and statement.head.text in VALUES
    words = [*statement.words, *statement.modifiers, *statement.value_modifiers]
    if is_value:
        title = declared_title([*statement.modifiers, *statement.value_modifiers])
        words = [w for w in words if w is not title]
    else:
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
    if is_value and statement.body is not None and _is_let(statement):
        said.append(
            rules.MISPLACED.at(
                statement.body.span, "a `let` has no block", help="only a `param` has limits"
            )
        )
    return said


def _is_let(statement: ast.Declaration) -> bool:
    return statement.head is not None and statement.head.text == "let"


def declared_title(words: list[ast.Expression]) -> ast.Literal | ast.Template | None:
    """The text among the words of a declaration."""
    for word in words:
        if isinstance(word, ast.Template):
            return word
        if isinstance(word, ast.Literal) and isinstance(word.value, str):
            return word
    return None


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
    if head.text in FORMS:
        form, _ = FORMS[head.text]
        said = rules.MISPLACED.at(statement.span, f"this `{head.text}` is not complete", help=form)
        out.said.append(said)
        return
    near = nearest(head.text, [*roles(), *LANGUAGE])
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
            else f"systems of {role.role}: {', '.join(able)}"
            if able
            else f"no system of mlsdc runs it yet, write {role.role} {name.text} {{ ... }}",
        )
    )
    return None


def environments(collected: Collected) -> tuple[str, ...]:
    """The names of the declared environments, or the default one where there is none."""
    return tuple(sorted(collected.environments)) or (DEFAULT_ENVIRONMENT,)
