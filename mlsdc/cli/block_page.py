"""A role or a system in, its page out: what it is, an example, its fields."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc
from textwrap import wrap

from mlsdc.cli.cells import width
from mlsdc.cli.field_docs import FieldDoc, field_docs
from mlsdc.cli.terminal import BOLD, CYAN, Style
from mlsdc.compiler.catalog import Catalog
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.part import Part, clause_classes

_NAME, _TYPE = 22, 36
_DEEPEST = 3


def roles_page(roles: dict[str, type[Component]], catalog: Catalog, style: Style) -> str:
    """Every role with one line about it, and the systems that can run it."""
    lines = [style.paint("Roles", BOLD), "", "role name: system { ... }", ""]
    for name, cls in roles.items():
        lines.append(f"  {style.paint(f'{name:<14}', CYAN)} {_first_line(cls)}")
        systems = catalog.for_role(name) if cls.runs else ()
        if systems:
            lines += _indented("systems: " + ", ".join(systems), 17)
    lines += [
        "",
        "mlsdc explain ROLE lists the fields of a role, mlsdc explain SYSTEM of a system.",
    ]
    return "\n".join(lines) + "\n"


def role_page(cls: type[Component], catalog: Catalog, style: Style) -> str:
    """A role: its fields, and the systems that can run it."""
    lines = [*_head(f"role {cls.role}", cls, style)]
    systems = catalog.for_role(cls.role) if cls.runs else ()
    if systems:
        lines += ["", style.paint("Systems", BOLD), *_indented(", ".join(systems), 2)]
    elif not cls.runs:
        lines += ["", "Nothing runs it, so it takes no system."]
    return "\n".join([*lines, *_fields(cls, style)]) + "\n"


def system_page(cls: type[Component], style: Style) -> str:
    """A system in one role: its fields, those of the role among them."""
    title = f"{cls.role} name: {cls.system} {{ ... }}"
    return "\n".join([*_head(title, cls, style), *_fields(cls, style)]) + "\n"


def field_page(cls: type[Part], path: str, style: Style) -> str | None:
    """A field of a block, as `latency.at`, with what stands in it; None where there is none."""
    doc = fields_of(cls).get(path)
    if doc is None:
        return None
    rows = [*_row(doc, style, 1), *(_table(doc.inner, style, 2) if doc.inner else ())]
    title = style.paint(f"{path} of {getattr(cls, 'role', '')}", BOLD)
    return "\n".join([title, "", *rows]) + "\n"


def fields_of(cls: type[Part], before: str = "", depth: int = 1) -> dict[str, FieldDoc]:
    """The fields of a block and of the blocks in it, by the names that lead to them."""
    found: dict[str, FieldDoc] = {}
    for doc in field_docs(cls):
        found[before + doc.name] = doc
        if doc.inner is not None and depth < _DEEPEST:
            found |= fields_of(doc.inner, f"{before}{doc.name}.", depth + 1)
    return found


def _head(title: str, cls: type[Component], style: Style) -> list[str]:
    text = cleandoc(cls.__doc__ or cls.summary or "")
    return [style.paint(title, BOLD), *([text] if text else [])]


def _first_line(cls: type[Part]) -> str:
    return cleandoc(cls.__doc__ or "").partition("\n")[0]


def _fields(cls: type[Part], style: Style) -> list[str]:
    own = list(_table(cls, style, 1))
    return ["", style.paint("Fields", BOLD), *own] if own else []


def _table(cls: type[Part], style: Style, depth: int) -> Iterator[str]:
    for doc in field_docs(cls):
        yield from _row(doc, style, depth)
        if depth == _DEEPEST:
            continue
        if doc.inner is not None:
            yield from _table(doc.inner, style, depth + 1)
        for word in doc.clauses:
            clause = clause_classes()[word]
            yield f"{'  ' * (depth + 1)}{style.paint(word, CYAN)}: {_first_line(clause)}"
            for each in field_docs(clause):
                if not each.clauses:
                    yield from _row(each, style, depth + 2)


def _row(doc: FieldDoc, style: Style, depth: int) -> Iterator[str]:
    indent = "  " * depth
    pad = " " * max(1, _NAME - width(indent + doc.name))
    tail = "required" if doc.required else f"default {doc.default}" if doc.default else ""
    kinds = wrap(doc.type, 100 - _NAME, break_long_words=False)
    last = f"{kinds[-1]:<{_TYPE}} {tail}".rstrip()
    first, *rest = [*kinds[:-1], last]
    yield f"{indent}{style.paint(doc.name, CYAN)}{pad}{first}"
    yield from (" " * _NAME + line for line in rest)
    if doc.text:
        yield from _indented(doc.text, _NAME)


def _indented(text: str, indent: int) -> list[str]:
    pad = " " * indent
    return wrap(text, 100, initial_indent=pad, subsequent_indent=pad, break_long_words=False)
