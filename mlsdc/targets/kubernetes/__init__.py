"""The kubernetes target: everything that runs in the cluster, as one kustomization.

One object a file, named after its kind; the folder is the component's. What must be there before
is listed in `prerequisites.md`, and `bindings.json` tells what each edge hands over.
"""

from __future__ import annotations

from collections.abc import Iterator

from mlsdc.compiler import rules
from mlsdc.diagnostics import Diagnostic, Severity
from mlsdc.targets.base import Plan, unplaced
from mlsdc.targets.files import FileSet


class KubernetesTarget:
    """Writes the in-cluster objects of an environment."""

    name = "kubernetes"

    def complaints(self, plan: Plan) -> Iterator[Diagnostic]:
        """Components that nothing can run, and objects that the official models refuse."""
        missing = list(unplaced(plan))
        yield from missing
        if not missing:
            yield from _refused(plan)

    def emit(self, plan: Plan) -> FileSet:
        """The kustomization of an environment."""
        from mlsdc.targets.kubernetes.assemble import assemble

        return assemble(plan)


def _refused(plan: Plan) -> Iterator[Diagnostic]:
    from mlsdc.compiler.model.patch import Patch
    from mlsdc.targets.kubernetes.assemble import manifests
    from mlsdc.targets.kubernetes.strict import faults

    if plan.design.of(Patch):
        from mlsdc.targets.kubernetes.patched import findings

        yield from (one for one in findings(plan) if one.severity is Severity.ERROR)

    for manifest in manifests(plan):
        for fault in faults(manifest.content):
            yield rules.EMITTER_FAULT.at(
                plan.design.place(manifest.component),
                f"the official models refuse {fault}",
                subject=manifest.component,
                help="this is a fault of the system's realisation: please report it",
            )
