"""A block as written: its fields with their places, before anything is validated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from mlsdc.compiler.model.part import Part, clause_classes
from mlsdc.diagnostics import Span

# Every field of a design is an entry: the types themselves are called, not wrappers around them.
_no_items = cast("Callable[[], list[Span]]", list)
_no_clauses = cast("Callable[[], list[Raw]]", list)
_no_members = cast("Callable[[], dict[str, Raw]]", dict)


@dataclass(slots=True)
class Entry:
    """One field as written: where, and what."""

    key: Span
    value: Span
    content: Any
    """A value or a Raw block; nothing where the entry holds clauses or members."""
    items: list[Span] = field(default_factory=_no_items)
    """The places of a list's items."""
    clauses: list[Raw] = field(default_factory=_no_clauses)
    members: dict[str, Raw] = field(default_factory=_no_members)


@dataclass(slots=True)
class Raw:
    """A block as written; `cls` is the Part it will become."""

    cls: type[Part]
    span: Span
    """Where a complaint about the whole block points: its header."""
    entries: dict[str, Entry] = field(default_factory=dict[str, Entry])
    names: list[str] = field(default_factory=list[str])
    """Identifiers of statements that could not be read: no complaint about their absence."""


def article(noun: str) -> str:
    """The noun with its article: "an endpoint", "a stream"."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def describe_class(cls: type[Part]) -> str:
    """How messages name a block: "a stream run by kafka", "a batching block"."""
    role, system = getattr(cls, "role", ""), getattr(cls, "system", None)
    if role:
        return article(role) + (f" run by {system}" if system else "")
    word = next((w for w, c in clause_classes().items() if c is cls), None)
    if word:
        return f"`{word}`"
    name = "".join("_" + c.lower() if c.isupper() else c for c in cls.__name__).strip("_")
    return f"the `{name}` block"


def merge(base: Raw, overlay: Raw) -> Raw:
    """The base with the overlay's fields on top; blocks are merged, values and lists replaced."""
    entries = dict(base.entries)
    for name, entry in overlay.entries.items():
        below = entries.get(name)
        if below is not None and isinstance(below.content, Raw) and isinstance(entry.content, Raw):
            entry = Entry(entry.key, entry.value, merge(below.content, entry.content))
        elif below is not None and entry.members:
            both = {**below.members, **entry.members}
            entry = Entry(entry.key, entry.value, None, members=both)
        entries[name] = entry
    return Raw(base.cls, base.span, entries, [*base.names, *overlay.names])
