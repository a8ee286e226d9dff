"""The pulumi target: what an environment needs of its cloud, as a Python program.

A plan on AWS goes in; a project with a network, a cluster, the cloud's own services, one role for
each component that uses them, operators, bindings and its own tests comes out. A plan whose
platform is plain Kubernetes yields nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from mlsdc.diagnostics import Diagnostic
from mlsdc.targets.base import Plan
from mlsdc.targets.files import FileSet


class PulumiTarget:
    """Writes the Pulumi program of an environment."""

    name = "pulumi"

    def complaints(self, plan: Plan) -> Iterator[Diagnostic]:
        """What the cloud cannot hold, and faults of the program itself."""
        if plan.platform != "aws":
            return
        from mlsdc.targets.pulumi.complaints import complaints

        yield from complaints(plan)

    def emit(self, plan: Plan) -> FileSet:
        """The project of an environment; empty where nothing is to be provisioned."""
        if plan.platform != "aws":
            return FileSet()
        from mlsdc.targets.pulumi.project import project

        return project(plan)
