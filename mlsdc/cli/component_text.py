"""The rows of a component in, the block that declares it out, each line with where it comes from.

Law: the text is a design: reading it gives the component as it is in that environment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mlsdc.cli.cells import safe, width
from mlsdc.cli.origin_text import derived_lines, origin_text, through_text
from mlsdc.cli.terminal import CYAN, Style
from mlsdc.cli.value_text import value_text
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.part import Part, clause_classes, shape
from mlsdc.compiler.provenance import Row
from mlsdc.diagnostics import Span
from mlsdc.dsl.yaml_words import quote

WIDEST = 64
"""Columns of code behind which comments are no longer aligned."""
Place = Callable[[Span], str]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the block, and what is said behind it."""

    code: str
    comment: str = ""


def component_text(
    component: Component, rows: Sequence[Row], place: Place, declared: str, style: Style
) -> str:
    """The block of a component.

    `place` names a span as `file:line:column`; `declared` is the comment behind the first line.
    """
    head = f"{component.role} {component.name}"
    head += f": {component.system}" if component.system else ""
    head += f" {quote(component.title)}" if component.title else ""
    lines = [Line(f"{head} {{", declared), *_block(rows, place, 1)]
    unset = [row.name for row in rows if row.origin.kind == "unset"]
    if unset:
        lines.append(Line("", f"unset: {', '.join(unset)}"))
    lines.append(Line("}"))
    return "\n".join(_laid_out(lines, style)) + "\n"


def _laid_out(lines: Sequence[Line], style: Style) -> Iterator[str]:
    codes = [safe(line.code) for line in lines]
    column = max((width(code) for code in codes if width(code) <= WIDEST), default=0)
    for code, line in zip(codes, lines, strict=True):
        if not line.comment:
            yield code
            continue
        indent = "  " if not code else " " * max(2, column + 2 - width(code))
        yield code + indent + style.paint(f"# {safe(line.comment)}", CYAN)


def _block(rows: Sequence[Row], place: Place, depth: int) -> Iterator[Line]:
    given = [row for row in rows if row.origin.kind != "unset"]
    names = [row.name for row in given if not _is_block(row)]
    pad = max(map(len, names), default=0)
    for row in given:
        yield from _row(row, place, depth, pad)


def _is_block(row: Row) -> bool:
    field = row.field
    free = field is not None and field.free_form and isinstance(row.value, dict)
    return bool((field and row.rows) or free) and not _choice(row)


def _row(row: Row, place: Place, depth: int, pad: int) -> Iterator[Line]:
    indent, field = "  " * depth, row.field
    if field and field.members:
        yield from (_member(each, field.members.qualifier, place, depth) for each in row.rows)
    elif field and field.objectives:
        yield from (_objective(each, place, depth) for each in row.rows)
    elif field and field.clauses:
        for each in row.rows:
            yield from _clause(each, place, depth)
    elif _choice(row):
        first, rest = _chosen(row)
        code = f"{indent}{row.name:<{pad}} = {_value(first)}"
        if any(each.origin.kind != "unset" for each in rest):
            yield Line(f"{code} {{", origin_text(first, place))
            yield from _block(rest, place, depth + 1)
            yield Line(f"{indent}}}")
        else:
            yield Line(code, origin_text(first, place))
    elif _is_block(row):
        yield Line(f"{indent}{row.name} {{", origin_text(row, place))
        yield from _block(row.rows, place, depth + 1)
        yield Line(f"{indent}}}")
    else:
        code = f"{indent}{row.name:<{pad}} = {_value(row)}"
        yield Line(code, origin_text(row, place))
        yield from (Line("", f"  {line}") for line in derived_lines(row))


def _value(row: Row) -> str:
    return value_text(row.value, row.field, row.expression)


def _choice(row: Row) -> str | None:
    """The field that the value itself fills; None where the block is written without one."""
    name = row.value.choice if isinstance(row.value, Part) else None
    return name if name is not None and getattr(row.value, name, None) is not None else None


def _chosen(row: Row) -> tuple[Row, list[Row]]:
    name = _choice(row)
    first = next(each for each in row.rows if each.name == name)
    return first, [each for each in row.rows if each.name != name]


def _words(rows: Sequence[Row], part: Part) -> list[str]:
    """`timeout 20ms`, `event_time`: fields as words behind a member or a statement."""
    said: list[str] = []
    for row in rows:
        if row.value is True:
            said.append(row.name)
        else:
            noise = part.noise.get(row.name)
            said.append(" ".join(filter(None, [row.name, noise, _value(row)])))
    return said


def _written(rows: Sequence[Row]) -> list[Row]:
    """What the statement itself says; a flag that is not raised is not written."""
    return [row for row in rows if row.origin.kind == "written" and row.value is not False]


def _comment(row: Row, place: Place, inner: Sequence[Row]) -> str:
    through = {named.name: named for each in inner for named in each.through}
    said = [through_text(each, place) for each in through.values()]
    return ", ".join([origin_text(row, place), *said])


def _member(row: Row, qualifier: str, place: Place, depth: int) -> Line:
    part = row.value
    assert isinstance(part, Part)
    said = _written(row.rows)
    definition = next((each for each in said if each.field and each.field.definition), None)
    type_row = next(each for each in said if each.name == "type")
    rest = [each for each in said if each not in (definition, type_row)]
    code = f"{qualifier} {row.name}: {_value(type_row)}".strip()
    if definition is not None:
        code += f" = {_value(definition)}"
    return Line("  ".join(["  " * depth + code, *_words(rest, part)]), _comment(row, place, said))


def _objective(row: Row, place: Place, depth: int) -> Line:
    by_name = {each.name: each for each in row.rows}
    limit = by_name["limit"]
    code = f"{by_name['measure'].value} {by_name['operator'].value} {_value(limit)}"
    return Line("  " * depth + code, _comment(row, place, [limit]))


def _clause(row: Row, place: Place, depth: int) -> Iterator[Line]:
    part = row.value
    assert isinstance(part, Part)
    said = _written(row.rows)
    steps = {field.name for field in shape(type(part)).fields.values() if field.clauses}
    own = [each for each in said if each.name not in steps]
    first = {each.name: each for each in own if each.name in part.positional}
    rest = [each for each in own if each.name not in part.positional]
    word = next(word for word, cls in clause_classes().items() if cls is type(part))
    head = " ".join([word, *(_value(first[name]) for name in part.positional if name in first)])
    code = "  ".join(["  " * depth + head, *_words(rest, part)])
    inner = [each for each in said if each.name in steps]
    if not inner:
        yield Line(code, _comment(row, place, own))
        return
    yield Line(f"{code} {{", _comment(row, place, own))
    yield from _block(inner, place, depth + 1)
    yield Line("  " * depth + "}")
