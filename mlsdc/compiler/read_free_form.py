"""Blocks whose keys are not known beforehand: statements in, their fields or plain data out.

`existing { ... }` holds literals and references (`host = secret { ... }`), each a block of its own
once read; the `value { ... }` of a patch is data: texts, numbers, lists and blocks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlsdc.compiler import rules
from mlsdc.compiler.evaluate import UNREADABLE, Unreadable, evaluate
from mlsdc.compiler.model.part import Field, Part, shape
from mlsdc.compiler.raw import Entry, Raw
from mlsdc.diagnostics import Label, Span, nearest
from mlsdc.dsl import ast

if TYPE_CHECKING:
    from mlsdc.compiler.read import Reader


def read_free_form(reader: Reader, known: Field, block: ast.Block, head: Span) -> Entry:
    """The entry of a free block."""
    if known.part is None:
        return Entry(head, head, _data(reader, block.statements))
    return Entry(head, head, {}, members=_fields(reader, block.statements, known.part))


def _data(reader: Reader, statements: list[ast.Statement]) -> Any:
    found: dict[str, Any] = {}
    places: dict[str, Span] = {}
    for statement in statements:
        name = _key(reader, statement, places)
        if name is None:
            if isinstance(statement, ast.Broken):
                return UNREADABLE
            continue
        if isinstance(statement, ast.Assignment):
            if statement.configuration is not None:
                _misplaced(reader, statement.configuration.span, name.text)
                continue
            value: Any = evaluate(statement.value, reader.scope)
        else:
            assert isinstance(statement, ast.Declaration)
            assert statement.body is not None
            value = _data(reader, statement.body.statements)
        if isinstance(value, Unreadable):
            return UNREADABLE
        found[name.text] = value
    return found


def _fields(reader: Reader, statements: list[ast.Statement], part: type[Part]) -> dict[str, Raw]:
    """A block for each field: a reference under its word, anything else as `value`."""
    found: dict[str, Raw] = {}
    places: dict[str, Span] = {}
    for statement in statements:
        name = _key(reader, statement, places)
        if name is None:
            continue
        if not isinstance(statement, ast.Assignment):
            assert isinstance(statement, ast.Declaration)
            text = f"`{name.text}` is a value, or a reference to what holds it"
            hint = f'{name.text} = secret {{ name = "..."  key = "..." }}'
            reader.said.append(rules.WRONG_TYPE.at(statement.span, text, help=hint))
            continue
        made = _field(reader, statement, part)
        if made is not None:
            found[name.text] = made
    return found


def _field(reader: Reader, statement: ast.Assignment, part: type[Part]) -> Raw | None:
    block, value = statement.configuration, statement.value
    made = Raw(part, value.span)
    kinds = {name: f.part for name, f in shape(part).fields.items() if f.part is not None}
    word = value.name if isinstance(value, ast.Reference) else ""
    if block is None and word not in kinds:
        content = evaluate(value, reader.scope)
        if isinstance(content, Unreadable):
            return None
        made.entries["value"] = Entry(statement.key.span, value.span, content)
        return made
    kind = kinds.get(word)
    if kind is None:
        near = nearest(word, kinds) if word else None
        listed = ", ".join(f"`{name}`" for name in kinds)
        reader.said.append(
            rules.WRONG_TYPE.at(
                value.span,
                f"`{statement.key.text}` cannot be kept in `{word}`"
                if word
                else f"`{statement.key.text}` takes a value, or a reference with a block",
                help=f"did you mean `{near}`?" if near else f"one of {listed}",
            )
        )
        return None
    inner = reader.block(block.statements if block else [], kind, value.span)
    made.entries[word] = Entry(statement.key.span, value.span, inner)
    return made


def _key(reader: Reader, statement: ast.Statement, places: dict[str, Span]) -> ast.Name | None:
    """The key of `key = value` or `key { ... }`, given once."""
    name: ast.Name | None = None
    if isinstance(statement, ast.Assignment):
        name = statement.key
    elif isinstance(statement, ast.Declaration) and statement.body is not None:
        bare = not (statement.words or statement.name or statement.value)
        name = statement.head if bare else None
    if name is None:
        if not isinstance(statement, ast.Broken):
            text = "here stand `key = value` and `key { ... }` only"
            reader.said.append(rules.MISPLACED.at(statement.span, text, help="key = value"))
        return None
    first = places.setdefault(name.text, name.span)
    if first is not name.span:
        reader.said.append(
            rules.DUPLICATE.at(
                name.span,
                f"`{name.text}` is given twice",
                labels=[Label(first, "first given here")],
                help="keep one of them",
            )
        )
        return None
    return name


def _misplaced(reader: Reader, span: Span, name: str) -> None:
    text = f"`{name}` takes a value or a block, not both"
    reader.said.append(rules.MISPLACED.at(span, text, help=f"{name} {{ ... }}"))
