"""Names of targets in, targets out.

Law: those of mlsdc are known by name; installed packages are asked only for a name that is none of
them (entry points of the group `mlsdc.targets`).
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, cast

from mlsdc.cli.outputs import Unusable
from mlsdc.diagnostics import nearest

if TYPE_CHECKING:
    from mlsdc.targets.base import Target

GROUP = "mlsdc.targets"
TARGETS = {
    "diagrams": "mlsdc.targets.diagrams:DiagramsTarget",
    "kubernetes": "mlsdc.targets.kubernetes:KubernetesTarget",
    "pulumi": "mlsdc.targets.pulumi:PulumiTarget",
}


def find_targets(names: Sequence[str]) -> list[Target]:
    """The targets of these names, each once; those of mlsdc where none is named.

    Raises `Unusable` for a name that nothing provides.
    """
    return [_load(name) for name in sorted(set(names)) or TARGETS]


def _load(name: str) -> Target:
    place = TARGETS.get(name)
    if place is not None:
        module, _, attribute = place.partition(":")
        return cast("Target", getattr(import_module(module), attribute)())
    from importlib.metadata import entry_points

    points = {point.name: point for point in entry_points(group=GROUP)}
    if name in points:
        try:
            return cast("Target", points[name].load()())
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            raise Unusable(f"target {name!r} cannot be loaded: {reason}") from error
    known = sorted({*TARGETS, *points})
    near = nearest(name, known)
    hint = f"did you mean {near}?" if near else "targets: " + ", ".join(known)
    raise Unusable(f"there is no target {name!r}; {hint}")
