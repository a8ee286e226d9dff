"""A value in, the values out without which it cannot be, in an order to evaluate them in.

A choice reads one of its sides only and a loop may go over nothing, so that what stands inside them
is left out: it may well lead back to the start without harm.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from mlsdc.dsl import ast

SHOWN = 12
"""Names of a circle that a message tells."""


def in_order(
    name: str,
    needed: Callable[[str], Iterator[str]],
    known: Collection[str],
    opened: dict[str, None],
) -> Iterator[str]:
    """A value and all that it needs and that is not known, what is needed first.

    However long a chain they make, nothing nests. `opened` holds the values that wait for the one
    that is given out, each needed by the one before it, so that a circle can be told.
    """
    chain = [(name, needed(name))]
    opened[name] = None
    while chain:
        last, rest = chain[-1]
        below = next((each for each in rest if each not in known and each not in opened), None)
        if below is not None:
            opened[below] = None
            chain.append((below, needed(below)))
            continue
        chain.pop()
        yield last
        del opened[last]


def circle(name: str, opened: Collection[str]) -> list[str]:
    """The names from one back to itself; the middle of a long circle is left out."""
    names = list(opened)
    chain = [*names[names.index(name) :], name]
    return chain if len(chain) <= SHOWN else [*chain[: SHOWN // 2], "...", *chain[-SHOWN // 2 :]]


def always_read(node: ast.Expression) -> Iterator[str]:
    """The names that are read whatever the values of others are, in the order of the text."""
    if isinstance(node, ast.Reference):
        if isinstance(node, ast.Bound):
            yield from always_read(node.value)
        else:
            yield node.name
    else:
        for part in _parts(node):
            yield from always_read(part)


def _parts(node: ast.Expression) -> list[ast.Expression]:
    if isinstance(node, ast.Binary):
        return [node.left, node.right]
    if isinstance(node, ast.Unary):
        return [node.operand]
    if isinstance(node, ast.ListLiteral):
        return node.items
    if isinstance(node, ast.Attribute):
        return [node.base]
    if isinstance(node, ast.Index):
        return [node.base, node.index]
    if isinstance(node, ast.Call):
        return [argument.value for argument in node.arguments]
    if isinstance(node, ast.Template):
        return [part for part in node.parts if not isinstance(part, str)]
    if isinstance(node, ast.Conditional):
        return [node.condition]
    return [node.source] if isinstance(node, ast.Comprehension) else []
