"""A design in each of its environments in, the numbers it can be asked about out, with every place
in the text that a line of their derivation rests on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from mlsdc.cli.outputs import Unusable
from mlsdc.cli.report import Report
from mlsdc.compiler.figures import Figure, Place, Step
from mlsdc.compiler.named_figures import Named, named_figures
from mlsdc.compiler.reasons.names import ALIASES
from mlsdc.diagnostics import Span, nearest
from mlsdc.dsl import ast
from mlsdc.pipeline import Compiled
from mlsdc.units import Quantity

if TYPE_CHECKING:
    from mlsdc.compiler.provenance import Row


@dataclass(frozen=True)
class Inquiry:
    """One environment of a design, ready to be asked why."""

    compiled: Compiled
    given: Mapping[str, ast.Expression]
    report: Report

    @cached_property
    def figures(self) -> dict[str, Named]:
        """Every number, by the name it is asked for; none of what could not be understood."""
        design = self.compiled.design
        found = named_figures(design, self.compiled.facts)
        return {t: named for t, named in found.items() if named.component not in design.tainted}

    @cached_property
    def _rows(self) -> dict[str, dict[Place, Row]]:
        return {}

    def rows(self, component: str) -> dict[Place, Row]:
        """The fields of a component by their path."""
        if component not in self._rows:
            from mlsdc.compiler.provenance import provenance

            one = self.compiled
            rows: tuple[Row, ...] = ()
            if component in one.design.components and component in one.design.places:
                rows = provenance(one.design, one.resolved.collected, component, self.given)
            self._rows[component] = {row.path: row for row in _every(rows)}
        return self._rows[component]

    def inputs(self, step: str) -> Iterator[tuple[str, Row]]:
        """The fields that a line rests on, as `component.field`, that hold a value."""
        for component, *path in step.inputs if isinstance(step, Step) else ():
            row = self.rows(str(component)).get(tuple(path))
            if row is not None and row.origin.kind != "unset":
                yield ".".join(map(str, (component, *path))), row

    def declared(self, component: str) -> Span | None:
        """Where a component is declared; None for what no design declares."""
        if component not in self.compiled.design.components:
            return None
        span = self.compiled.design.place(component)
        return span if span.file in self.report.sources else None


def _every(rows: tuple[Row, ...]) -> Iterator[Row]:
    for row in rows:
        yield row
        yield from _every(row.rows)


def ask(inquiries: list[Inquiry], target: str) -> list[tuple[Inquiry, list[Named]]]:
    """The numbers of a name in each environment that has them: one, or all of a component.

    Raises `Unusable` where no environment knows the name.
    """
    found = [(one, named) for one in inquiries if (named := _numbers(one, target))]
    if not found:
        raise Unusable(_unknown(inquiries, target))
    return found


def _numbers(inquiry: Inquiry, target: str) -> list[Named]:
    figures = inquiry.figures
    if target in figures:
        return [figures[target]]
    below = [named for name, named in figures.items() if name.startswith(f"{target}.")]
    if below:
        return below
    stated = _stated(inquiry, target)
    if stated is not None:
        return [stated]
    component, _, name = target.rpartition(".")
    other = figures.get(f"{component}.{ALIASES.get(name, name)}")
    return [other] if other is not None else []


def _stated(inquiry: Inquiry, target: str) -> Named | None:
    """A number that the design or a default states: there is nothing to derive."""
    component, *path = target.split(".")
    row = inquiry.rows(component).get(tuple(path)) if path else None
    value = row.value if row is not None and row.origin.kind != "unset" else None
    if isinstance(value, bool) or not isinstance(value, Quantity | int | float):
        return None
    number = value if isinstance(value, Quantity) else Quantity(float(value))
    line = Step("stated", (component, *path))
    known = Figure(number.value, number.dimension, (line,))
    return Named(target, known, share=number.percent, meaning="stated, and not derived")


def _unknown(inquiries: list[Inquiry], target: str) -> str:
    figures = dict.fromkeys(name for one in inquiries for name in one.figures)
    component, _, name = target.partition(".")
    own = [each.partition(".")[2] for each in figures if each.partition(".")[0] == component]
    broken = any(
        one.compiled.design.is_broken(component) or component in one.compiled.design.tainted
        for one in inquiries
    )
    if broken:
        return f"`{component}` cannot be understood; mlsdc check says why"
    if own and name:
        near = nearest(name, own)
        hint = f"did you mean {component}.{near}?" if near else "it has: " + ", ".join(own)
        return f"{component} has no number {name!r}; {hint}"
    if any(component in one.compiled.design.components for one in inquiries):
        return (
            f"no number of {component} is derived; mlsdc show {component} DESIGN shows its fields"
        )
    near = nearest(target, figures)
    if near is None:
        near = nearest(component, {each.partition(".")[0] for each in figures})
    hint = f"did you mean {near}?" if near else "mlsdc why --list DESIGN lists what can be asked"
    return f"nothing is called {target!r}; {hint}"
