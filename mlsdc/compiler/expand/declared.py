"""Statements in, what composes them and the names that they declare out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mlsdc.compiler import rules
from mlsdc.diagnostics import Diagnostic
from mlsdc.dsl import ast

BRANCHES = frozenset(("if", "else if", "else"))
REPEATS = "for"
USES = "use"
ITSELF = "self"
"""The component of a pattern that takes the name of the instance."""


@dataclass
class Names:
    """`stems` are those of the names that further names are made of."""

    names: set[str] = field(default_factory=set[str])
    stems: set[str] = field(default_factory=set[str])


def declared_in(statements: Sequence[ast.Statement], within: bool = False) -> Names:
    """What the statements declare, in any of their branches and loops.

    `within` a component only members (`name: type`) are declarations, and no words.
    """
    found = Names()
    for statement in statements:
        if not isinstance(statement, ast.Declaration):
            continue
        if is_loop(statement) or is_branch(statement):
            inner = declared_in(statement.body.statements if statement.body else [], within)
            found.names |= inner.names
            found.stems |= inner.stems | (inner.names if is_loop(statement) else set())
        elif not within and (instance := instance_name(statement)) is not None:
            found.names.add(instance.name)
            found.stems.add(instance.name)
        elif statement.name is not None or not within:
            name = declared_name(statement)
            found.names |= {name.text} if name is not None else set()
    return found


def declared_name(statement: ast.Declaration) -> ast.Name | None:
    """The name that a declaration gives: before its colon, or its first word."""
    if statement.name is not None:
        return statement.name
    first = statement.words[0] if statement.words else None
    return ast.Name(first.name, first.span) if isinstance(first, ast.Reference) else None


def is_loop(statement: ast.Statement) -> bool:
    """Whether this is a `for`, well formed or not."""
    head = statement.head if isinstance(statement, ast.Declaration) else None
    if head is None or head.text != REPEATS or not isinstance(statement, ast.Declaration):
        return False
    return statement.name is None and statement.body is not None


def is_branch(statement: ast.Statement) -> bool:
    """Whether this is an `if`, an `else if` or an `else`."""
    head = statement.head if isinstance(statement, ast.Declaration) else None
    if head is None or head.text not in BRANCHES or not isinstance(statement, ast.Declaration):
        return False
    return statement.value is not None or (head.text == "else" and not statement.words)


def instance_name(statement: ast.Declaration) -> ast.Reference | None:
    """The name behind the `as` of a `use`."""
    words = statement.words
    if statement.head is None or statement.head.text != USES:
        return None
    if len(words) == 3 and isinstance(words[1], ast.Reference) and words[1].name == "as":
        return words[2] if isinstance(words[2], ast.Reference) else None
    return None


@dataclass
class Choice:
    """An `if` with the branches that follow it."""

    branches: list[ast.Declaration]


def grouped(
    statements: Sequence[ast.Statement], said: list[Diagnostic]
) -> Iterator[ast.Statement | Choice]:
    """The statements, each `if` together with its `else`."""
    choice: Choice | None = None
    for statement in statements:
        if not isinstance(statement, ast.Declaration) or not is_branch(statement):
            if choice is not None:
                yield choice
            choice = None
            yield statement
            continue
        assert statement.head is not None
        if statement.head.text == "if":
            if choice is not None:
                yield choice
            choice = Choice([statement])
        elif choice is None or choice.branches[-1].value is None:
            said.append(
                rules.MISPLACED.at(
                    statement.head.span,
                    f"no `if` stands before this `{statement.head.text}`",
                    help="if condition { ... } else { ... }",
                )
            )
        else:
            choice.branches.append(statement)
    if choice is not None:
        yield choice


def without_block(choice: Choice) -> Iterator[Diagnostic]:
    """A complaint about each branch that holds nothing, not even a block."""
    for branch in choice.branches:
        if branch.body is None and branch.head is not None:
            yield rules.MISPLACED.at(
                branch.span,
                f"this `{branch.head.text}` has no block",
                help=f"{branch.head.text} ... {{ ... }}",
            )


def composes_within(statement: ast.Declaration | ast.Block) -> bool:
    """Whether a loop or a branch stands somewhere in a block."""
    body = statement if isinstance(statement, ast.Block) else statement.body
    return body is not None and any(
        isinstance(inner, ast.Declaration)
        and inner.head is not None
        and inner.head.text in _WITHIN
        and (is_loop(inner) or is_branch(inner))
        for inner in ast.walk(body.statements)
    )


_WITHIN = frozenset((*BRANCHES, REPEATS))
