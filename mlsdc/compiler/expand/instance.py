"""The `use` of a pattern in, the statements of the instance out, and what it overrides in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mlsdc.compiler import composition_rules, rules
from mlsdc.compiler.collect import Collected
from mlsdc.compiler.evaluate import Scope
from mlsdc.compiler.expand.declared import ITSELF, declared_in, instance_name
from mlsdc.compiler.expand.patterns import Given, bind, pattern_name
from mlsdc.compiler.expand.substitute import Substitution
from mlsdc.compiler.parameter_types import Demand, misfit
from mlsdc.diagnostics import Diagnostic, Label, nearest
from mlsdc.dsl import ast


@dataclass(frozen=True)
class Instance:
    """A pattern with the values and names of one use.

    `names` gives what the pattern declares its names in the design.
    """

    name: str
    pattern: str
    statements: list[ast.Statement]
    names: dict[str, str]


def prepare(
    statement: ast.Declaration, whole: Collected, trail: Sequence[str], scope: Scope
) -> Instance | set[str]:
    """The instance, or the names that it would have declared, with a complaint."""
    said = scope.diagnostics
    instance = instance_name(statement)
    called = pattern_name(statement)
    if instance is None or called is None:
        said.append(_malformed(statement, called))
        last = statement.words[-1] if statement.words else None
        return {last.name} if isinstance(last, ast.Reference) else set()
    names = {instance.name}
    pattern = whole.patterns.get(called.name)
    if pattern is None or pattern.body is None:
        if not whole.is_broken(called.name):
            said.append(_unknown(called, whole))
        return names
    if called.name in trail:
        chain = [*trail[trail.index(called.name) :], called.name]
        said.append(
            composition_rules.RECURSIVE_PATTERN.at(
                called.span,
                f"the pattern `{called.name}` uses itself: {' -> '.join(chain)}",
                help="take one `use` out of the chain",
            )
        )
        return names
    given = bind(pattern, statement.words[0], said)
    if given is None or not _fit(given, whole, scope):
        return names
    declared = declared_in(pattern.body.statements)
    renamed = {name: f"{instance.name}_{name}" for name in declared.names}
    renamed[ITSELF] = instance.name
    values = {each.parameter.name.text: each.value for each in given}
    meaning = Substitution(values, renamed, declared.stems)
    made = [meaning.outermost(inner) for inner in pattern.body.statements]
    return Instance(instance.name, called.name, made, renamed)


def _malformed(statement: ast.Declaration, called: ast.Reference | None) -> Diagnostic:
    shown = called.name if called else "pattern"
    return composition_rules.BAD_ARGUMENT.at(
        statement.span if not statement.words else statement.words[0].span,
        "a `use` gives its instance a name",
        help=f"use {shown}(...) as name",
    )


def _unknown(called: ast.Reference, whole: Collected) -> Diagnostic:
    near = nearest(called.name, whole.patterns)
    listed = ", ".join(f"`{name}`" for name in sorted(whole.patterns))
    return composition_rules.UNKNOWN_PATTERN.at(
        called.span,
        f"there is no pattern `{called.name}`",
        help=f"did you mean `{near}`?"
        if near
        else (
            f"patterns: {listed}" if listed else 'import the file that declares it: import "..."'
        ),
    )


def _fit(given: Iterable[Given], whole: Collected, scope: Scope) -> bool:
    """Whether each argument is of its parameter's type; roles are judged when all is declared."""
    fits = True
    for each in given:
        parameter = each.parameter
        said = misfit(parameter.name.text, parameter.type, each.value, scope)
        if isinstance(said, Demand):
            whole.demands.append(said)
        elif said is not None:
            scope.diagnostics.append(said)
            fits = False
    return fits


def overrides(
    statement: ast.Declaration, instance: Instance, whole: Collected, said: list[Diagnostic]
) -> dict[str, list[ast.Block]]:
    """What the block of a `use` changes, by the name of the component in the design."""
    found: dict[str, list[ast.Block]] = {}
    for inner in statement.body.statements if statement.body else []:
        if isinstance(inner, ast.Broken):
            continue
        head = inner.head if isinstance(inner, ast.Declaration) else None
        if head is None or not isinstance(inner, ast.Declaration) or inner.body is None:
            said.append(_misplaced(inner, instance))
            continue
        name = instance.names.get(head.text, f"{instance.name}_{head.text}")
        if name in whole.components and not inner.words:
            found.setdefault(name, []).append(inner.body)
        elif name not in whole.broken:
            said.append(_no_component(head, instance, whole))
    return found


def _misplaced(inner: ast.Statement, instance: Instance) -> Diagnostic:
    key = getattr(inner, "key", None)
    given = f"{key.text} = ..." if isinstance(key, ast.Name) else "name = ..."
    return rules.MISPLACED.at(
        inner.span,
        "the block of a `use` overrides components; parameters are given in its parentheses",
        help=f"use {instance.pattern}({given}) as {instance.name}",
    )


def _no_component(head: ast.Name, instance: Instance, whole: Collected) -> Diagnostic:
    made = [local for local, name in instance.names.items() if name in whole.components]
    near = nearest(head.text, made)
    listed = ", ".join(f"`{name}`" for name in sorted(made)) or "none"
    return rules.UNKNOWN_NAME.at(
        head.span,
        f"`{instance.pattern}` declares no component `{head.text}`",
        labels=[Label(whole.patterns[instance.pattern].words[0].span, "the pattern")],
        help=f"did you mean `{near}`?" if near else f"its components: {listed}",
    )
