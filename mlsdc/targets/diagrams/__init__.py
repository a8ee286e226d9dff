"""The diagrams target: the running system and its lineage, as SVG and as Mermaid."""

from __future__ import annotations

from collections.abc import Iterator

from mlsdc.diagnostics import Diagnostic
from mlsdc.targets.base import Plan
from mlsdc.targets.files import FileSet


class DiagramsTarget:
    """Draws an environment. Everything can be drawn, also what cannot be run yet."""

    name = "diagrams"

    def complaints(self, plan: Plan) -> Iterator[Diagnostic]:
        """Nothing keeps a design from being drawn."""
        yield from ()

    def emit(self, plan: Plan) -> FileSet:
        """Two views, each as SVG and as Mermaid."""
        from mlsdc.targets.diagrams.mermaid import mermaid_of
        from mlsdc.targets.diagrams.svg import svg_of
        from mlsdc.targets.diagrams.views import lineage_view, system_view

        files = FileSet()
        for name, drawing in (("system", system_view(plan)), ("lineage", lineage_view(plan))):
            files.add_text(f"{name}.svg", svg_of(drawing))
            files.add_text(f"{name}.mmd", mermaid_of(drawing))
        return files
