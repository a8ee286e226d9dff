"""`mlsdc graph`: a design in, one drawing of one environment out.

Law: standard output carries nothing but the drawing; findings go to standard error, and a design
with errors is drawn as far as it is understood.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mlsdc.cli.complain import say_findings
from mlsdc.cli.examine import Examined, Question, examine
from mlsdc.cli.exits import Exit
from mlsdc.cli.fault import fault
from mlsdc.cli.outputs import check_path, say, write_file
from mlsdc.cli.report import Report
from mlsdc.diagnostics import Diagnostic, Severity
from mlsdc.pipeline import Compiled

if TYPE_CHECKING:
    from mlsdc.targets.base import Plan
    from mlsdc.targets.diagrams.drawing import Drawing, Finding

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Picture:
    """What is drawn, how, and where it goes (standard output where there is no path)."""

    format: str = "mermaid"
    view: str = "system"
    path: str | None = None


def graph(question: Question, picture: Picture) -> Exit:
    """Draw a design in one environment: the one asked for, or the first.

    Raises `Unusable` for a path that cannot be written.
    """
    if picture.path is not None:
        check_path(picture.path, "-O", question.designs)
    examined = examine(question)
    report = examined.report
    drawn = ""
    if examined.outcome is not None and examined.outcome.compiled:
        try:
            drawn = _draw(examined.outcome.compiled[0], examined, picture)
        except Exception as error:
            report = examined.ended(Exit.FAULT, [fault(error)])
    if report.exit is not Exit.CLEAN:
        say_findings(report)
    if drawn and picture.path is not None:
        write_file(picture.path, drawn, "-O")
    elif drawn:
        say(drawn.removesuffix("\n"), sys.stdout)
    return report.exit


def _draw(one: Compiled, examined: Examined, picture: Picture) -> str:
    from mlsdc.targets.base import Plan

    plan = Plan(one.environment, one.design, one.graph, one.facts, examined.report.sources)
    if picture.format == "json":
        return json.dumps(_document(plan), indent=2) + "\n"
    drawing = _marked(_view(plan, picture.view), examined.report, one.environment)
    if picture.format == "svg":
        from mlsdc.targets.diagrams.svg import svg_of

        return svg_of(drawing)
    from mlsdc.targets.diagrams.mermaid import mermaid_of

    return mermaid_of(drawing)


def _view(plan: Plan, view: str) -> Drawing:
    from mlsdc.targets.diagrams.views import lineage_view, system_view

    return (lineage_view if view == "lineage" else system_view)(plan)


def _marked(drawing: Drawing, report: Report, environment: str) -> Drawing:
    """The drawing with a mark on every component that a warning or error speaks of."""
    holding = [d for d in report.diagnostics if not d.environments or environment in d.environments]
    nodes = tuple(replace(node, finding=_finding(node.id, holding)) for node in drawing.nodes)
    return replace(drawing, nodes=nodes)


def _finding(name: str, diagnostics: Sequence[Diagnostic]) -> Finding:
    worst = max((d.severity for d in diagnostics if d.subject == name), default=Severity.NOTE)
    if worst is Severity.ERROR:
        return "error"
    return "warning" if worst is Severity.WARNING else "none"


def _document(plan: Plan) -> dict[str, object]:
    """The graph as plain data: every component, and every edge with what demands it."""
    components = plan.design.components.values()
    return {
        "schema_version": SCHEMA_VERSION,
        "system": plan.design.system.name,
        "environment": plan.environment,
        "nodes": [
            {
                "name": component.name,
                "role": component.role,
                "system": component.system,
                "title": component.title or None,
                "existing": component.existing is not None,
            }
            for component in components
        ],
        "edges": [
            {
                "source": edge.source,
                "target": edge.target,
                "verb": edge.verb,
                "access": edge.rule.access,
                "synchronous": edge.rule.synchronous,
            }
            for edge in plan.graph.edges
        ],
    }
