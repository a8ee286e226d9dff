"""Patches of Kubernetes objects in, every single setting that they make out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.patch import Patch
from mlsdc.compiler.patching.patches import NoData, in_force, patch_value, tokens
from mlsdc.compiler.schedule import Finding
from mlsdc.diagnostics import Label

REMOVED = object()
"""The value of what a patch takes away."""
MOST_SETTINGS = 2_000


@dataclass(frozen=True)
class Setting:
    """One leaf that a patch writes or removes: its path in the object, and its value."""

    patch: Patch
    path: tuple[str, ...]
    value: Any

    @property
    def kind(self) -> str:
        """The kind of the patched object."""
        return self.patch.object.partition("/")[0]

    @property
    def name(self) -> str:
        """The last word of the path."""
        return self.path[-1] if self.path else ""


def settings(design: Design) -> Iterator[Setting]:
    """What the patches of the environment set in Kubernetes objects."""
    if not any(isinstance(one, Patch) for one in design.components.values()):
        return
    for patch in in_force(design):
        if patch.target != "kubernetes":
            continue
        path = tuple(tokens(patch.path))
        if patch.operation == "remove":
            yield Setting(patch, path, REMOVED)
            continue
        try:
            value = patch_value(patch)
        except NoData:
            continue
        for _, one in zip(range(MOST_SETTINGS), _leaves(patch, path, value), strict=False):
            yield one


def _leaves(patch: Patch, path: tuple[str, ...], value: Any) -> Iterator[Setting]:
    if isinstance(value, Mapping) and value:
        for key, below in cast("Mapping[str, Any]", value).items():
            yield from _leaves(patch, (*path, str(key)), below)
    elif isinstance(value, Sequence) and not isinstance(value, str) and value:
        for at, below in enumerate(cast("Sequence[Any]", value)):
            yield from _leaves(patch, (*path, str(at)), below)
    else:
        yield Setting(patch, path, value)


def finding(design: Design, setting: Setting, message: str, help: str) -> Finding:
    """A finding about a setting, at the value that a patch states."""
    patch = setting.patch
    written = next((f for f in ("value", "yaml", "operation") if design.wrote(patch, f)), "path")
    return Finding(
        design.place(patch, written),
        message,
        subject=patch.name,
        labels=(
            Label(design.place(patch, "object"), "of this object"),
            Label(design.place(patch, "path"), "at this place"),
        ),
        help=help,
    )
