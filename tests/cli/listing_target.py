"""A target for the tests of `compile`: a file for each component, with its replicas."""

from __future__ import annotations

from collections.abc import Iterator

from mlsdc.compiler import rules
from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.diagnostics import Diagnostic
from mlsdc.targets.base import Plan
from mlsdc.targets.files import FileSet, Origin


class ListingTarget:
    """Lists components; complains of one called `unlistable`, breaks on one called `broken`."""

    name = "listing"

    def complaints(self, plan: Plan) -> Iterator[Diagnostic]:
        for component in plan.design.components.values():
            if component.name == "unlistable":
                place = plan.design.place(component)
                yield rules.CANNOT_EMIT.at(place, "it cannot be listed", subject=component.name)

    def emit(self, plan: Plan) -> FileSet:
        files = FileSet()
        for component in plan.design.components.values():
            if component.name == "broken":
                raise RuntimeError("the printer jammed")
            at = plan.design.place(component)
            where = plan.sources[at.file].position(at.start)
            replicas = plan.facts.get(Capacity).replicas(component)
            origin = Origin("replicas", at.file, where.line, where.column)
            files.add_text(f"{component.name}.txt", f"{replicas}\n", [origin])
        return files


class TitlesTarget(ListingTarget):
    """The same under another name."""

    name = "titles"
