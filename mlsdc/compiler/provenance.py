"""A resolved design and its declarations in; out, for every field of one component, its value and
who gave it: a statement, an environment, a parameter, a default, or the compiler itself.

Law: a field that nothing gives is listed as unset, never as 0, and no value is computed here that
the design, a default or an analysis does not hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from inspect import get_annotations
from typing import Any, Literal, cast

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.build import Path
from mlsdc.compiler.capacity.choices import Choices
from mlsdc.compiler.collect import Collected
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Known
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.existing import Given
from mlsdc.compiler.model.part import Field, Part, shape
from mlsdc.compiler.named_values import NamedValue, NamedValues
from mlsdc.compiler.written import Written
from mlsdc.diagnostics import Span
from mlsdc.dsl import ast

Kind = Literal["written", "default", "system", "unset"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Who gave a value.

    `written`: the statement at `span`, inside `environment` where that is not empty. `default`:
    the class of the role or system `of` (empty where the block itself has the default). `system`:
    the design's `system` block. `unset`: nobody.
    """

    kind: Kind
    span: Span | None = None
    environment: str = ""
    of: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One field of a block, a member, or a statement in it.

    `rows` are those of the block below it. `expression` is what was written, and `through` the
    parameters and lets it reads, the nearest first. `derived` is what the compiler makes of
    `auto`.
    """

    name: str
    path: Path
    value: object
    origin: Origin
    field: Field | None = None
    expression: ast.Expression | None = None
    through: tuple[NamedValue, ...] = ()
    rows: tuple[Row, ...] = ()
    derived: Known | None = None


def provenance(
    design: Design,
    collected: Collected,
    name: str,
    given: Mapping[str, ast.Expression] | None = None,
    capacity: Capacity | None = None,
    choices: Choices | None = None,
) -> tuple[Row, ...]:
    """The rows of a component, in the order of its class; the fields all components share last.

    `given` are the parameter values from the command line that the design was resolved with.

    Raises:
        KeyError: the design has no component of this name.
    """
    return _Tracer(design, collected, name, given or {}, capacity, choices).rows()


def leaves(rows: Sequence[Row]) -> Iterator[Row]:
    """The rows that hold a value themselves, outer before inner."""
    for row in rows:
        if row.rows:
            yield from leaves(row.rows)
        else:
            yield row


class _Tracer:
    """Walks one component beside the places its fields were written at."""

    def __init__(
        self,
        design: Design,
        collected: Collected,
        name: str,
        given: Mapping[str, ast.Expression],
        capacity: Capacity | None,
        choices: Choices | None,
    ) -> None:
        self.design = design
        self.component = design.components[name]
        self.places = design.places[name]
        self.capacity = capacity
        self.choice = choices.of.get(name) if choices else None
        self.named = NamedValues(collected, design.environment.name, given)
        declared = collected.components[name].statement
        changed = [s for block in collected.overrides.get(name, []) for s in block.statements]
        self.written = Written([declared, *changed, *self.named.chain])

    def rows(self) -> tuple[Row, ...]:
        return tuple(self._block(self.component, ()))

    def _block(self, part: Part, path: Path) -> Iterator[Row]:
        known = shape(type(part)).fields.values()
        shared = Component.model_fields
        for field in sorted(known, key=lambda field: field.name in shared):
            if isinstance(part, Component) and field.name in ("name", "title"):
                continue
            yield self._field(part, field, (*path, field.name))

    def _field(self, part: Part, field: Field, path: Path) -> Row:
        value: Any = getattr(part, field.attribute)
        if isinstance(value, Part):
            rows = tuple(self._block(value, path))
        elif field.free_form:
            free = _mapping(value)
            rows = tuple(self._free_form(free, path, field))
        else:
            rows = tuple(self._items(value, path))
        span = self.places.get(path)
        expression = None if field.free_form or span is None else self.written.value(span)
        through = self.named.read_by(expression)
        origin = self._origin(part, field, value, span)
        if origin.kind == "system":
            value = self.design.system.owner
        return Row(field.name, path, value, origin, field, expression, through, rows,
                   self._derived(path))  # fmt: skip

    def _items(self, value: Any, path: Path) -> Iterator[Row]:
        """Members of a mapping and statements of a sequence, each a block of its own."""
        if isinstance(value, dict):
            keyed: list[tuple[str | int, object]] = list(cast("dict[str, object]", value).items())
        elif isinstance(value, tuple):
            keyed = list(enumerate(cast("tuple[object, ...]", value)))
        else:
            return
        for key, item in keyed:
            if isinstance(item, Part):
                place = (*path, key)
                rows = tuple(self._block(item, place))
                yield Row(str(key), place, item, self._at(self.places.get(place)), rows=rows)

    def _free_form(self, value: Mapping[str, Any], path: Path, field: Field) -> Iterator[Row]:
        head = self.places.get(path)
        below: Mapping[str, ast.Assignment] = self.written.assignments(head) if head else {}
        for key, item in value.items():
            given, span = below.get(key), self.places.get((*path, key))
            expression = self.written.value(span) if span else given.value if given else None
            origin = self._at(span or (expression.span if expression else head))
            through = self.named.read_by(expression)
            said = item.value if isinstance(item, Given) and item.reference is None else item
            if isinstance(said, dict):
                block = cast("dict[str, Any]", said)
                inner = tuple(self._free_form(block, (*path, key), field))
                yield Row(key, (*path, key), block, origin, field, rows=inner)
            else:
                yield Row(key, (*path, key), said, origin, None, expression, through)

    def _origin(self, part: Part, field: Field, value: Any, span: Span | None) -> Origin:
        if span is not None:
            return self._at(span)
        if value is None or value == () or value == "" or value == {}:
            system = self.design.system
            if isinstance(part, Component) and field.name == "owner" and system.owner:
                return Origin("system", self.design.place("system", "owner"))
            return Origin("unset")
        return Origin("default", of=_giver(type(part), field))

    def _at(self, span: Span | None) -> Origin:
        if span is None:
            return Origin("default")
        return Origin("written", span, self.named.environment_of(span))

    def _derived(self, path: Path) -> Known | None:
        if path == ("gpus",) and self.choice is not None and self.choice.auto:
            return self.choice.figure
        sizing = self.capacity.sizings.get(self.component.name) if self.capacity else None
        return sizing.replicas if sizing and sizing.derived and path == ("replicas",) else None


def _giver(cls: type[Part], field: Field) -> str:
    """The role or system whose class states the default; empty for a nested block."""
    stating = next((base for base in cls.__mro__ if field.attribute in get_annotations(base)), cls)
    if not issubclass(stating, Component):
        return ""
    return stating.system or stating.role


def _mapping(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
