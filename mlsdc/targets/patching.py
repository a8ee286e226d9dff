"""One operation on one document, as RFC 6902 means it, and what it changed.

Documents are trees of mappings and lists; a target may have tree nodes of its own (`Tree`). Law: a
document is never changed in place, and what a patch does not name stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, cast

from mlsdc.compiler.patching.patches import pointer

Operation = Literal["add", "replace", "remove"]


class Absent:
    """What stands where nothing does."""

    def __repr__(self) -> str:
        return "nothing"


ABSENT = Absent()


class NoSuchPlace(ValueError):  # noqa: N818 - named for what happened
    """A path that a document does not have; `known` are the places beside the one it misses."""

    def __init__(self, message: str, known: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.known = tuple(known)


class Tree(Protocol):
    """How the nodes of a document are opened and closed again."""

    def inside(self, node: Any) -> Any:
        """The mapping or list inside a node; the node itself where it has none."""
        ...

    def around(self, node: Any, inner: Any) -> Any:
        """The same node with something else inside."""
        ...

    def like(self, before: Any, value: Any) -> Any:
        """Plain data in the form of what it replaces."""
        ...


class Plain:
    """Mappings and lists as they are."""

    def inside(self, node: Any) -> Any:
        return node

    def around(self, node: Any, inner: Any) -> Any:
        return inner

    def like(self, before: Any, value: Any) -> Any:
        return value


PLAIN = Plain()


@dataclass(frozen=True)
class Changed:
    """A document after an operation, and what stood and stands at the path."""

    document: Any
    before: Any
    after: Any
    parts: tuple[str, ...]
    """The place itself: a `-` has become a position."""


def apply(
    document: Any, operation: Operation, parts: Sequence[str], value: Any, tree: Tree = PLAIN
) -> Changed:
    """The document after one operation (RFC 6902, sections 4.1 to 4.3).

    Raises:
        NoSuchPlace: there is nothing to put the value into, to replace or to remove.
    """
    return _apply(document, operation, tuple(parts), 0, value, tree)


def _apply(
    node: Any, operation: Operation, parts: tuple[str, ...], at: int, value: Any, tree: Tree
) -> Changed:
    inner, part = tree.inside(node), parts[at]
    if at + 1 < len(parts):
        below = _child(inner, parts, at)
        done = _apply(below, operation, parts, at + 1, value, tree)
        put = _with(inner, part, done.document)
        return Changed(tree.around(node, put), done.before, done.after, done.parts)
    if isinstance(inner, Mapping):
        fields = dict(cast("Mapping[str, Any]", inner))
        if operation != "add":
            _child(inner, parts, at)
        before = fields.get(part, ABSENT)
        if operation == "remove":
            del fields[part]
        else:
            value = fields[part] = tree.like(before, value)
        changed: Any = fields
    elif _is_list(inner):
        items = list(cast("Sequence[Any]", inner))
        before = ABSENT if operation == "add" else _child(inner, parts, at)
        position = _position(items, parts, at, operation)
        if operation == "add":
            value = tree.like(items[0] if items else ABSENT, value)
            items.insert(position, value)
        elif operation == "replace":
            value = items[position] = tree.like(before, value)
        else:
            del items[position]
        parts, changed = (*parts[:at], str(position)), items
    else:
        raise NoSuchPlace(f"`{pointer(parts[:at]) or '/'}` is a value and holds nothing")
    after = ABSENT if operation == "remove" else value
    return Changed(tree.around(node, changed), before, after, parts)


def _is_list(node: Any) -> bool:
    return isinstance(node, Sequence) and not isinstance(node, str)


def _position(items: Sequence[Any], parts: tuple[str, ...], at: int, operation: Operation) -> int:
    part, last = parts[at], len(items) if operation == "add" else len(items) - 1
    if part == "-" and operation == "add":
        return last
    digits = part.isascii() and part.isdigit() and (part == "0" or part[0] != "0")
    if digits and len(part) < 10 and int(part) <= last:
        return int(part)
    place, count = pointer(parts[:at]) or "/", len(items)
    many = f"{count} item{'' if count == 1 else 's'}"
    known = [pointer((*parts[:at], str(number))) for number in range(min(count, 9))]
    if operation == "add":
        known.append(pointer((*parts[:at], "-")))
    raise NoSuchPlace(f"`{place}` is a list of {many} and has no position `{part}`", known)


def _child(inner: Any, parts: tuple[str, ...], at: int) -> Any:
    part, place = parts[at], pointer(parts[:at]) or "/"
    if isinstance(inner, Mapping):
        fields = cast("Mapping[str, Any]", inner)
        if part in fields:
            return fields[part]
        known = [pointer((*parts[:at], name)) for name in fields]
        raise NoSuchPlace(f"`{place}` has no `{part}`", known)
    if _is_list(inner):
        return inner[_position(inner, parts, at, "replace")]
    raise NoSuchPlace(f"`{place}` is a value and holds nothing")


def _with(inner: Any, part: str, below: Any) -> Any:
    if isinstance(inner, Mapping):
        return {**cast("Mapping[str, Any]", inner), part: below}
    items = list(inner)
    items[int(part)] = below
    return items


def leaves(node: Any, parts: tuple[str, ...], tree: Tree = PLAIN) -> Iterator[tuple[str, Any]]:
    """The values of a document that hold no others, by their pointers."""
    inner = tree.inside(node)
    if isinstance(inner, Mapping):
        for name, below in cast("Mapping[str, Any]", inner).items():
            yield from leaves(below, (*parts, name), tree)
    elif _is_list(inner):
        for at, below in enumerate(inner):
            yield from leaves(below, (*parts, str(at)), tree)
    elif node is not ABSENT:
        yield pointer(parts), node
