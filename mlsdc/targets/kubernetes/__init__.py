"""The kubernetes target: everything that runs in the cluster, as one kustomization.

One object a file, named after its kind; the folder is the component's. What must be there before
is listed in `prerequisites.md`, and `bindings.json` tells what each edge hands over.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mlsdc.diagnostics import Diagnostic
from mlsdc.targets.base import Plan, unplaced
from mlsdc.targets.files import FileSet


class KubernetesTarget:
    """Writes the in-cluster objects of an environment."""

    name = "kubernetes"

    def complaints(self, plan: Plan) -> Iterator[Diagnostic]:
        """Components that nothing can run, and objects that the official models refuse."""
        yield from unplaced(plan)

    def emit(self, plan: Plan) -> FileSet:
        """The kustomization of an environment."""
        from mlsdc.targets.kubernetes.assemble import assemble

        return assemble(plan)


def realise(plan: Plan, component: Any) -> Iterator[Any]:
    """The objects of one component, by its own system's realisation."""
    yield from component.kubernetes(plan)
