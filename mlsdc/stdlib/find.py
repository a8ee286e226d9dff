"""Systems by name: one file a system, found by being there.

The file's name is the system's name. Nothing is imported before a design asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules

from mlsdc.compiler.catalog import Catalog
from mlsdc.compiler.model.component import Component


@cache
def _modules() -> dict[str, str]:
    """System name to module, over all families of the standard library."""
    import mlsdc.stdlib as library

    return {
        module.name: f"{library.__name__}.{family.name}.{module.name}"
        for family in iter_modules(library.__path__)
        if family.ispkg
        for module in iter_modules([f"{library.__path__[0]}/{family.name}"])
    }


@cache
def _foreign() -> dict[str, str]:
    """Systems of third parties: entry points of the group `mlsdc.systems`."""
    return {point.name: point.value for point in entry_points(group="mlsdc.systems")}


def _find(name: str) -> Iterable[type[Component]]:
    module = _modules().get(name) or _foreign().get(name, "").partition(":")[0]
    if not module:
        return ()
    classes = [v for v in vars(import_module(module)).values() if isinstance(v, type)]
    return [c for c in classes if issubclass(c, Component) and c.system == name]


def _names() -> tuple[str, ...]:
    return tuple(sorted({*_modules(), *_foreign()}))


def standard_catalog() -> Catalog:
    """The catalogue of everything installed."""
    return Catalog(_find, _names)
