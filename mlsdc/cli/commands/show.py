"""`mlsdc show`: a design in; one component as it is in one environment, or the list of all, out.

Law: standard output carries nothing but what was asked for; what keeps the design from being
understood goes to standard error.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlsdc.cli.cells import safe, width
from mlsdc.cli.complain import say_findings
from mlsdc.cli.examine import Examined, Question, examine
from mlsdc.cli.exits import Exit
from mlsdc.cli.fault import fault
from mlsdc.cli.outputs import Unusable, say
from mlsdc.cli.report import Report
from mlsdc.cli.terminal import BOLD, Style, style_of
from mlsdc.compiler.model.component import Component
from mlsdc.diagnostics import nearest
from mlsdc.dsl import ast
from mlsdc.pipeline import Compiled

if TYPE_CHECKING:
    from mlsdc.compiler.collect import Collected
    from mlsdc.compiler.provenance import Row
    from mlsdc.targets.base import Plan

SCHEMA_VERSION = 1
_PLACES = {"cluster": "in the cluster", "existing": "existing", "nowhere": "nowhere yet"}


@dataclass(frozen=True)
class Shown:
    """One environment of a design, ready to be asked."""

    compiled: Compiled
    collected: Collected
    given: Mapping[str, ast.Expression]
    plan: Plan
    report: Report


def split_name(arguments: Sequence[str]) -> tuple[str | None, list[str]]:
    """The component asked for, where the first argument is one, and the files of the design.

    Raises `Unusable` where there are no files.
    """
    first, rest = arguments[0], list(arguments[1:])
    if not first.isidentifier() or os.path.isfile(first):
        return None, [first, *rest]
    if not rest:
        raise Unusable(f"which design? mlsdc show {first} design.mlsd")
    return first, rest


def show(name: str | None, question: Question, format: str = "text") -> Exit:
    """Print a component with the origin of every value, or all components of the design.

    Raises `Unusable` where there is no component of this name.
    """
    examined = examine(question)
    try:
        shown = _shown(examined, question)
        if shown is None:
            say_findings(examined.report)
            return examined.report.exit or Exit.FINDINGS
        component = None if name is None else _component(name, shown)
        text = _document(component, shown) if format == "json" else _text(component, shown)
    except Unusable:
        raise
    except Exception as error:
        say_findings(examined.ended(Exit.FAULT, [fault(error)]))
        return Exit.FAULT
    say(text.removesuffix("\n"), sys.stdout)
    return Exit.CLEAN


def _shown(examined: Examined, question: Question) -> Shown | None:
    """The environment asked for, or the first."""
    from mlsdc.cli.settings import read_settings
    from mlsdc.targets.base import Plan

    if examined.outcome is None or not examined.outcome.compiled:
        return None
    one = examined.outcome.compiled[0]
    collected = one.resolved.collected
    settings = read_settings(question.environment, question.assignments, collected)
    plan = Plan(one.environment, one.design, one.graph, one.facts, examined.report.sources)
    return Shown(one, collected, settings.given, plan, examined.report)


def _component(name: str, shown: Shown) -> Component:
    design = shown.compiled.design
    if name in design.components:
        return design.components[name]
    if design.is_broken(name):
        raise Unusable(f"`{name}` cannot be understood; mlsdc check says why")
    near = nearest(name, design.components)
    hint = f"did you mean {near}?" if near else "mlsdc show DESIGN lists all components"
    raise Unusable(f"the design has no component {name!r}; {hint}")


def _where(component: Component, plan: Plan) -> str:
    """Where it is realised; empty for what nothing runs."""
    return plan.where(component) if component.runs else ""


def _where_text(component: Component, plan: Plan) -> str:
    where = _where(component, plan)
    return _PLACES.get(where, plan.platform if where == "cloud" else "-")


def _text(component: Component | None, shown: Shown) -> str:
    from mlsdc.cli.component_text import component_text

    style, plan = style_of(sys.stdout), shown.plan
    if component is None:
        rows = [("NAME", "ROLE", "SYSTEM", "REALISED")]
        rows += [
            (c.name, c.role, c.system or "-", _where_text(c, plan))
            for c in shown.compiled.design.components.values()
        ]
        lines = list(_table(rows))
        return "\n".join([style.paint(lines[0], BOLD), *lines[1:]]) + "\n"
    declared = shown.report.spot(shown.compiled.design.place(component))
    where = f", {_where_text(component, plan)}" if component.runs else ""
    declared += f", environment {shown.compiled.environment}{where}"
    text = component_text(component, _rows(component, shown), shown.report.spot, declared, style)
    return text + _latency_text(component, shown, style)


def _latency_text(component: Component, shown: Shown, style: Style) -> str:
    """What is known of a request's latency, behind the block."""
    from mlsdc.compiler.model.request import Request

    if not isinstance(component, Request):
        return ""
    from mlsdc.cli.request_text import request_text

    told = request_text(shown.compiled, component, style)
    return f"\n{told}" if told else ""


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    cells = [[safe(cell) for cell in row] for row in rows]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(
            cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True)
        ).rstrip()
        for row in cells
    ]


def _rows(component: Component, shown: Shown) -> Sequence[Row]:
    from mlsdc.compiler.analyses.capacity import Capacity
    from mlsdc.compiler.capacity.choices import Choices
    from mlsdc.compiler.provenance import provenance

    one = shown.compiled
    capacity = one.facts.get(Capacity)
    choices = one.facts.get(Choices)
    return provenance(one.design, shown.collected, component.name, shown.given, capacity, choices)


def _document(component: Component | None, shown: Shown) -> str:
    from mlsdc.cli.component_json import fields_document

    design = shown.compiled.design
    head: dict[str, object] = {
        "schema_version": SCHEMA_VERSION,
        "system": design.system.name,
        "environment": shown.compiled.environment,
    }
    if component is None:
        listed = [_identity(each, shown) for each in design.components.values()]
        return json.dumps({**head, "components": listed}, indent=2) + "\n"
    fields = fields_document(_rows(component, shown), shown.report.locate)
    told = {**_identity(component, shown), "fields": fields, **_latency_document(component, shown)}
    return json.dumps({**head, "component": told}, indent=2) + "\n"


def _latency_document(component: Component, shown: Shown) -> dict[str, object]:
    from mlsdc.compiler.model.request import Request

    if not isinstance(component, Request):
        return {}
    from mlsdc.cli.request_json import latency_document

    found = latency_document(shown.compiled, component)
    return {} if found is None else {"latency": found}


def _identity(component: Component, shown: Shown) -> dict[str, object]:
    return {
        "name": component.name,
        "role": component.role,
        "system": component.system,
        "title": component.title or None,
        "realised": _where(component, shown.plan) or None,
        **shown.report.locate(shown.compiled.design.place(component)),
    }
