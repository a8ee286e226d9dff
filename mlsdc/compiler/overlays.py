"""What an environment changes: whom it extends, what it sets, which blocks it overlays."""

from __future__ import annotations

from mlsdc.compiler import rules
from mlsdc.compiler.collect import Collected
from mlsdc.compiler.model.environment import Environment
from mlsdc.compiler.model.part import shape
from mlsdc.diagnostics import Diagnostic, Span, nearest
from mlsdc.dsl import ast


def environment_chain(
    collected: Collected, name: str, said: list[Diagnostic]
) -> list[ast.Declaration]:
    """The environment and those it extends, the outermost first."""
    chain: list[ast.Declaration] = []
    extending: dict[str, Span] = {}
    seen: list[str] = []
    while name in collected.environments:
        statement = collected.environments[name]
        chain.insert(0, statement)
        seen.append(name)
        extends = _extends(statement)
        if extends is None or not isinstance(extends.value, ast.Reference):
            return chain
        extending[name] = extends.value.span
        name = extends.value.name
        if name in seen:
            circle = seen[seen.index(name) :]
            first = circle.index(min(circle))  # told alike, and so once, in each of them
            circle = [*circle[first:], *circle[: first + 1]]
            said.append(
                rules.CIRCULAR_VALUE.at(
                    extending[circle[-2]],
                    f"the environments extend each other: {' -> '.join(circle)}",
                    help=f"remove `extends = {circle[-1]}`",
                )
            )
            return chain
        if name not in collected.environments:
            near = nearest(name, collected.environments)
            said.append(
                rules.UNKNOWN_ENVIRONMENT.at(
                    extends.value.span,
                    f"there is no environment `{name}` to extend",
                    help=f"did you mean `{near}`?" if near else _declared(name),
                )
            )
    return chain


def _extends(statement: ast.Declaration) -> ast.Assignment | None:
    """What names the environment that this one extends."""
    for inner in statement.body.statements if statement.body else []:
        if isinstance(inner, ast.Assignment) and inner.key.text == "extends":
            return inner
    return None


def _declared(name: str) -> str:
    return f"declare it: environment {name} {{ platform = kubernetes }}"


def environment_values(
    chain: list[ast.Declaration], collected: Collected
) -> dict[str, ast.Expression]:
    """Parameters that an environment sets: `peak = 50/s` in its block."""
    return {
        statement.key.text: statement.value
        for environment in chain
        for statement in (environment.body.statements if environment.body else [])
        if isinstance(statement, ast.Assignment) and statement.key.text in collected.values
    }


def is_own(statement: ast.Statement, collected: Collected) -> bool:
    """Whether a statement is a field of the environment itself: `purchase = spot`, `quota { ... }`.

    A component that is called like one of its blocks is the one meant.
    """
    if isinstance(statement, ast.Assignment):
        return statement.key.text not in collected.values
    if not isinstance(statement, ast.Declaration) or statement.head is None:
        return False
    known = shape(Environment).fields.get(statement.head.text)
    if known is None or known.part is None or known.part.choice:
        return False
    return statement.body is not None and known.name not in collected.components


def overlays(
    chain: list[ast.Declaration], collected: Collected, said: list[Diagnostic]
) -> dict[str, list[ast.Block]]:
    found: dict[str, list[ast.Block]] = {}
    for environment in chain:
        for statement in environment.body.statements if environment.body else []:
            if not isinstance(statement, ast.Declaration) or statement.head is None:
                continue
            head = statement.head
            if is_own(statement, collected):
                continue
            if head.text in collected.components and statement.body is not None:
                found.setdefault(head.text, []).append(statement.body)
            elif not collected.is_broken(head.text):
                near = nearest(head.text, collected.components)
                said.append(
                    rules.UNKNOWN_NAME.at(
                        head.span,
                        f"there is no component `{head.text}` to override",
                        help=f"did you mean `{near}`?" if near else _overridable(collected),
                    )
                )
    return found


def _overridable(collected: Collected) -> str:
    names = ", ".join(f"`{name}`" for name in sorted(collected.components)[:8])
    return f"components: {names}" if names else "declare it at the top of the file"
