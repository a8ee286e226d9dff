"""The resolved design of one environment: components by name, and where each field was written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, TypeVar, cast

from mlsdc.compiler.build import Places
from mlsdc.compiler.model.component import Component, ServiceTime
from mlsdc.compiler.model.environment import Environment, System
from mlsdc.compiler.model.part import Field, Part, Refers, shape
from mlsdc.diagnostics import NOWHERE, Span

C = TypeVar("C", bound=Component)


@dataclass(frozen=True)
class Mention:
    """One reference from a component to another: where it stands and what it means."""

    source: str
    target: str
    refers: Refers
    path: tuple[str | int, ...]


def no_systems(role: str) -> tuple[str, ...]:
    """Of a design without a catalogue: none."""
    return ()


@dataclass(frozen=True)
class Design:
    """What the text means in one environment.

    `broken` names what was declared but could not be understood; nothing is concluded about
    components that depend on it.
    """

    system: System
    environment: Environment
    components: Mapping[str, Component]
    places: Mapping[str, Places] = field(default_factory=dict[str, Places])
    broken: frozenset[str] = frozenset()
    broken_stems: tuple[str, ...] = ()
    """Instances and loops that could not be made: names that begin with them are broken too."""
    measurements: Mapping[str, ServiceTime] = field(default_factory=dict[str, ServiceTime])
    """What the files hold that the design names as profiles, by name."""
    systems: Callable[[str], tuple[str, ...]] = field(default=no_systems, repr=False, compare=False)
    """The systems of the catalogue that can play a role; asked only where a line is proposed."""

    def proposed(self, role: str, name: str, fields: str = "") -> str:
        """A declaration to type: `monitor health: evidently { watches = rank }`.

        Its system is the one that others of this role have here, else the catalogue's first.
        """
        used = (c.system for c in self.components.values() if c.role == role and c.system)
        system = next(used, None) or next(iter(self.systems(role)), "")
        head = f"{role} {name}: {system}" if system else f"{role} {name}"
        return f"{head} {{ {fields} }}" if fields else f"{head} {{ }}"

    def is_broken(self, name: str) -> bool:
        """Whether a name stands for something that could not be understood."""
        return name in self.broken or name.startswith(tuple(f"{s}_" for s in self.broken_stems))

    def of(self, kind: type[C]) -> list[C]:
        """All components of a kind, by name."""
        if kind not in self._of_kind:
            fitting = {t for t in map(type, self.components.values()) if kind in t.__mro__}
            self._of_kind[kind] = [c for c in self.components.values() if type(c) in fitting]
        return list(self._of_kind[kind])

    def get(self, name: str | None, kind: type[C]) -> C | None:
        """The component of this name, where it exists and is of the kind."""
        found = self.components.get(name) if name else None
        # An `isinstance` of a pydantic class that does not hold costs ten times as much.
        return cast("C", found) if kind in type(found).__mro__ else None

    def place(self, component: Component | str, *path: str | int) -> Span:
        """The span of a component's field, or of the nearest enclosing thing that was written."""
        name = component if isinstance(component, str) else component.name
        places = self.places.get(name, {})
        while path and path not in places:
            path = path[:-1]
        return places.get(path, NOWHERE)

    def wrote(self, component: Component, *path: str | int) -> bool:
        """Whether the design states this field (rather than leaving it at its default)."""
        return path in self.places.get(component.name, {})

    @cached_property
    def _of_kind(self) -> dict[type[Component], list[Any]]:
        """What `of` has found: every check asks for a few kinds."""
        return {}

    @cached_property
    def mentions(self) -> tuple[Mention, ...]:
        """Every reference between components, in order of component and field."""
        return tuple(m for c in self.components.values() for m in mentions(c))

    @cached_property
    def mentions_of(self) -> Mapping[str, tuple[Mention, ...]]:
        """The references to each component."""
        found: dict[str, list[Mention]] = {}
        for mention in self.mentions:
            found.setdefault(mention.target, []).append(mention)
        return {name: tuple(mentions) for name, mentions in found.items()}

    @cached_property
    def mentions_from(self) -> Mapping[str, tuple[Mention, ...]]:
        """The references that each component makes; a component without any is absent."""
        found: dict[str, list[Mention]] = {}
        for mention in self.mentions:
            found.setdefault(mention.source, []).append(mention)
        return {name: tuple(made) for name, made in found.items()}

    @cached_property
    def tainted(self) -> frozenset[str]:
        """Components of which nothing can be concluded: they depend on something broken."""
        depends_on: dict[str, list[str]] = {}
        for mention in self.mentions:
            depends_on.setdefault(mention.target, []).append(mention.source)
        broken = {*self.broken, *(name for name in depends_on if self.is_broken(name))}
        reached, frontier = set(broken), sorted(broken)
        while frontier:
            for name in depends_on.get(frontier.pop(), []):
                if name not in reached:
                    reached.add(name)
                    frontier.append(name)
        return frozenset(reached)


def mentions(component: Component) -> Iterator[Mention]:
    """The references that a component's fields hold, nested ones included."""
    for path, name, refers in _mentions(component, ()):
        yield Mention(component.name, name, refers, path)


def _mentions(
    part: Part, path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], str, Refers]]:
    for known in _carrying(type(part)):
        value = getattr(part, known.attribute)
        if value is None:
            continue
        place = (*path, known.name)
        if known.refers is not None:
            if isinstance(value, str):
                yield place, value, known.refers
            else:
                for at, name in enumerate(value):
                    yield (*place, at), name, known.refers
        else:
            yield from _inside(value, place)


def _inside(
    value: Any, place: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], str, Refers]]:
    if isinstance(value, Part):
        yield from _mentions(value, place)
    elif isinstance(value, tuple):
        for at, item in enumerate(value):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            yield from _inside(item, (*place, at))
    elif isinstance(value, dict):
        for key, item in value.items():  # pyright: ignore[reportUnknownVariableType]
            yield from _inside(item, (*place, str(key)))  # pyright: ignore[reportUnknownArgumentType]


@cache
def _carrying(cls: type[Part]) -> tuple[Field, ...]:
    """The fields of a class that hold references, or parts that may."""
    fields = shape(cls).fields.values()
    return tuple(f for f in fields if f.refers is not None or f.part is not None)
