"""The vocabulary: which roles exist, and which systems can run them.

Roles are part of the compiler, because the checks speak of them. Systems come from outside (the
standard library, and third parties); the catalogue is handed a way to find them by name, so that
only the systems a design names are ever imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from mlsdc.compiler.model import (
    data,
    environment,
    features,
    learning,
    operations,
    patch,
    prompt,
    request,
    serving,
)
from mlsdc.compiler.model.component import Component

Finder = Callable[[str], Iterable[type[Component]]]


@cache
def roles() -> Mapping[str, type[Component]]:
    """Every role, by name."""
    modules = (
        data, environment, features, learning, operations, patch, prompt, request, serving,
    )  # fmt: skip
    classes = [
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Component) and value.role
    ]
    return {cls.role: cls for cls in sorted(set(classes), key=lambda c: c.role)}


@dataclass(frozen=True)
class Catalog:
    """The systems at hand.

    `find` gives the classes of a system by its name (one for each role it can play), `names` all
    names there are.
    """

    find: Finder
    names: Callable[[], tuple[str, ...]]
    _found: dict[str, dict[str, type[Component]]] = field(
        default_factory=dict[str, dict[str, type[Component]]], repr=False
    )

    def systems(self, name: str) -> Mapping[str, type[Component]]:
        """The classes of a system, by the role they play; empty where it is not known."""
        if name not in self._found:
            self._found[name] = {cls.role: cls for cls in self.find(name)}
        return self._found[name]

    def for_role(self, role: str) -> tuple[str, ...]:
        """The names of all systems that can play a role."""
        return tuple(name for name in self.names() if role in self.systems(name))

    def all(self) -> tuple[type[Component], ...]:
        """Every system class, by name and role."""
        return tuple(cls for name in self.names() for _, cls in sorted(self.systems(name).items()))
