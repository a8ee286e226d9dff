"""A tree in, a design as YAML out, with its comments: the reverse of `yaml_reader`.

Law: `read_yaml(to_yaml(tree))` is the same tree, and the comments are the same, in the same order.
A file with mistakes has no YAML form; ask the parser's diagnostics before.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mlsdc.dsl import ast
from mlsdc.dsl.yaml_expressions import type_text
from mlsdc.dsl.yaml_layout import Atom, Group, Item, Layout, Written, plain, quoted
from mlsdc.dsl.yaml_words import (
    IN_COMPONENT,
    IN_ENVIRONMENT,
    IN_SYSTEM,
    SECTION_HEADS,
    one_line_text,
)
from mlsdc.dsl.yaml_write_blocks import BlockWriter

_SECTIONS = {head: section for section, head in SECTION_HEADS.items()}


def to_yaml(tree: ast.Tree, text: str = "") -> str:
    """A tree as YAML; `text` is what it was read from, to keep on one line what stood on one."""
    groups = _groups(tree.statements, BlockWriter(text))
    layout = Layout(tree.comments, text)
    documents = [Group(group.items(), True, compact=False) for group in groups]
    if len(documents) == 1:
        layout.group(documents[0], 0)
    elif documents:
        layout.group(Group([Item("", d, _start(d)) for d in documents], False, compact=False), 0)
    return layout.text() if layout.lines or tree.comments else ""


def _start(group: Group) -> int:
    return group.items[0].start


@dataclass
class _Sections:
    """Sections in the order of their first statement."""

    found: dict[str, list[Item]] = field(default_factory=dict[str, list[Item]])
    keys: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    def take(self, section: str, item: Item) -> bool:
        """Add an item; False where that would change the order or repeat a key."""
        latest = next(reversed(self.found), section)
        taken = section in self.found and (latest != section or section == "system")
        if taken or ((section, item.key) in self.keys and section != "statements"):
            return False
        self.found.setdefault(section, []).append(item)
        self.keys.add((section, item.key))
        return True

    def items(self) -> list[Item]:
        """The sections as entries of the document."""
        return [
            Item(name, _section(name, items), items[0].start) for name, items in self.found.items()
        ]


def _section(name: str, items: list[Item]) -> Written:
    if name == "system":
        return items[0].value
    return Group(items, name != "statements", compact=False)


def _groups(statements: list[ast.Statement], writer: BlockWriter) -> list[_Sections]:
    groups: list[_Sections] = [_Sections()] if statements else []
    for statement in statements:
        section, item = _place(statement, writer)
        if not groups[-1].take(section, item):
            groups.append(_Sections())
            groups[-1].take(section, item)
    return groups


def _place(statement: ast.Statement, writer: BlockWriter) -> tuple[str, Item]:
    """The section of a statement, and how it is written there."""
    if isinstance(statement, ast.Declaration) and statement.head is not None:
        section = _SECTIONS.get(statement.head.text, "components")
        make = _value if section in ("params", "lets") else _component
        item = make(statement, section, writer)
        if item is not None:
            return section, item
    step = writer.steps([statement]).items[0]
    return "statements", step


def _value(statement: ast.Declaration, section: str, writer: BlockWriter) -> Item | None:
    """`name: {type: rate, value: 5/s}` or `name: value`."""
    del section
    name = statement.name
    if name is None or statement.words:
        return None
    alone = statement.type is None and statement.body is None and not statement.value_modifiers
    value: Written | None = None
    if alone and statement.value is not None:
        value = writer.value(statement.value)
    else:
        value = writer.member(statement)
    return Item(name.text, value, statement.span.start) if value is not None else None


def _component(statement: ast.Declaration, section: str, writer: BlockWriter) -> Item | None:
    """`name: {role: stream, system: kafka, title: "...", ...}`"""
    assert statement.head is not None
    named = _named(statement)
    if named is None or (section != "components" and statement.type is not None):
        return None
    name, title = named
    start, items = statement.span.start, list[Item]()
    reserved = IN_ENVIRONMENT
    if section == "system":
        items.append(Item("name", Atom(name.text), name.span.start))
        reserved = IN_SYSTEM
    elif section == "components":
        items.append(Item("role", Atom(statement.head.text), start))
        reserved = IN_COMPONENT
    if statement.type is not None:
        system = type_text(statement.type)
        atom = plain(system) or quoted(system)
        items.append(Item("system", atom, statement.type.span.start))
    if title is not None:
        items.append(Item("title", quoted(one_line_text(title) or ""), title.span.start))
    body = statement.body
    if body is None:
        items.append(Item("block", Atom(""), start))
    else:
        entries, rest = writer.split(body.statements, reserved)
        items += entries
        if rest:
            items.append(Item("steps", writer.steps(rest), rest[0].span.start))
    span = statement.span
    one_line = "\n" not in writer.source[span.start : span.end] and section != "environments"
    value = Group(items, True, span.start, span.end, one_line)
    return Item(name.text if section != "system" else "system", value, start)


def _named(statement: ast.Declaration) -> tuple[ast.Name, ast.Expression | None] | None:
    """The name and title of a component; None where it says more than that."""
    if statement.value is not None or statement.value_modifiers:
        return None
    if statement.name is not None and statement.type is not None and not statement.words:
        name, titles = statement.name, statement.modifiers
    elif statement.name is None and statement.words:
        first, *titles = statement.words
        if not isinstance(first, ast.Reference):
            return None
        name = ast.Name(first.name, first.span)
    else:
        return None
    if len(titles) > 1 or any(one_line_text(title) is None for title in titles):
        return None
    return name, titles[0] if titles else None
