"""Statements in, mappings and lists of YAML out: the one canonical form of each.

Law: `yaml_blocks` reads back the same statements. An entry is used where one fits; from the first
statement that fits none, the rest of a block stands under `steps`, in order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from mlsdc.dsl import ast
from mlsdc.dsl.yaml_expressions import expression_text, heading_text, type_text, words_text
from mlsdc.dsl.yaml_layout import Atom, Group, Item, Written, block_scalar, plain, quoted
from mlsdc.dsl.yaml_words import (
    FILLERS,
    FLAGS,
    IN_BLOCK,
    IN_CLAUSE,
    IN_MEMBER,
    MEMBER_BLOCKS,
    OBJECTIVE,
    WITHOUT_SUBJECT,
    is_long_text,
    long_text,
    one_line_text,
)

TRUE = Atom("true")


class BlockWriter:
    """Writes the blocks of one file; `source` tells what stood on one line."""

    def __init__(self, source: str) -> None:
        self.source = source

    # Blocks ------------------------------------------------------------------------------------

    def block(self, body: ast.Block, members: bool = False, listed: bool = False) -> Group:
        """A block as a mapping; as a list where that is allowed and no entry fits."""
        entries, rest = self.split(body.statements, IN_BLOCK, members)
        one_line = "\n" not in self.source[body.span.start : body.span.end]
        if rest and not entries and listed:
            return self._steps(rest, body, one_line)
        if rest:
            start = rest[0].span.start
            entries.append(Item("steps", self._steps(rest, body, one_line), start))
        return Group(entries, True, body.span.start, body.span.end, one_line)

    def split(
        self, statements: list[ast.Statement], reserved: Collection[str], members: bool = False
    ) -> tuple[list[Item], list[ast.Statement]]:
        """The statements that are entries, and those from the first one that is not."""
        entries: list[Item] = []
        keys: set[str] = set()
        for at, statement in enumerate(statements):
            entry = self._entry(statement, reserved, members)
            if entry is None or entry.key in keys:
                return entries, statements[at:]
            keys.add(entry.key)
            entries.append(entry)
        return entries, []

    def steps(self, statements: list[ast.Statement], compact: bool = False) -> Group:
        """Statements as a list."""
        items = [Item("", self._step(s), s.span.start) for s in statements]
        start, end = (statements[0].span.start, statements[-1].span.end) if statements else (0, 0)
        return Group(items, False, start, end, compact)

    def _steps(self, statements: list[ast.Statement], body: ast.Block, compact: bool) -> Group:
        made = self.steps(statements, compact)
        made.end = max(made.end, body.span.end)
        return made

    def _entry(
        self, statement: ast.Statement, reserved: Collection[str], members: bool
    ) -> Item | None:
        start = statement.span.start
        if isinstance(statement, ast.Assignment):
            value = self._assigned(statement, members)
            return value and Item(escaped(statement.key.text, reserved), value, start)
        if not isinstance(statement, ast.Declaration):
            return None
        if statement.name is not None:
            key = _member_key(statement, reserved)
            value = self._member_value(statement, members) if key else None
            return Item(key, value, start) if key and value else None
        if statement.head is None or statement.body is None or not _is_bare(statement):
            return None
        return Item(escaped(statement.head.text, reserved), self._nested(statement), start)

    def _nested(self, statement: ast.Declaration) -> Group:
        assert statement.head is not None
        assert statement.body is not None
        body = statement.body.statements
        if body and all(isinstance(s, ast.Comparison) for s in body):
            texts = [plain(heading_text(s)) for s in body]
            if all(t is not None for t in texts):
                one_line = (
                    "\n" not in self.source[statement.body.span.start : statement.body.span.end]
                )
                items = [Item("", t, s.span.start) for t, s in zip(texts, body, strict=True) if t]
                span = statement.body.span
                return Group(items, False, span.start, span.end, one_line)
        return self.block(statement.body, statement.head.text in MEMBER_BLOCKS)

    def _assigned(self, statement: ast.Assignment, members: bool) -> Written | None:
        value = self.value(statement.value)
        if statement.configuration is None:
            return None if members and isinstance(value, Atom) else value
        made = self.block(statement.configuration)
        made.items.insert(0, Item("is", value, statement.value.span.start))
        made.start = statement.value.span.start
        return made

    # Members -----------------------------------------------------------------------------------

    def _member_value(self, statement: ast.Declaration, members: bool) -> Written | None:
        short = statement.type is not None and statement.value is None and statement.body is None
        if members and short and statement.head is None and not statement.modifiers:
            assert statement.type is not None
            return plain(type_text(statement.type)) or quoted(type_text(statement.type))
        return self.member(statement)

    def member(self, statement: ast.Declaration) -> Group | None:
        """`{type: float64, value: sum(amount), over: 1h}`"""
        items: list[Item] = []
        used = set(IN_MEMBER)
        if statement.type is not None:
            text, span = type_text(statement.type), statement.type.span
            lead, options = _spread(statement.modifiers, used)
            atom = plain(" ".join([text, *map(expression_text, lead)]))
            if atom is None:
                return None
            items += [Item("type", atom, span.start), *options]
        if statement.value is not None:
            lead, options = _spread(statement.value_modifiers, used)
            value: Written | None = self.value(statement.value)
            if lead:
                value = plain(words_text([statement.value, *lead]))
            if value is None:
                return None
            items += [Item("value", value, statement.value.span.start), *options]
        if statement.body is not None:
            block = self.block(statement.body, listed=True)
            items.append(Item("block", block, statement.body.span.start))
        return Group(items, True, statement.span.start, statement.span.end)

    # Lists of statements -----------------------------------------------------------------------

    def _step(self, statement: ast.Statement) -> Written:
        if (
            isinstance(statement, ast.Declaration)
            and statement.name is None
            and statement.head
            and statement.value is None
        ):
            clause = self._clause(statement, statement.head)
            if clause is not None:
                return clause
        text = heading_text(statement)
        heading = plain(text) or quoted(text)
        body = statement.configuration if isinstance(statement, ast.Assignment) else (
            statement.body if isinstance(statement, ast.Declaration) else None)  # fmt: skip
        if body is None:
            return heading
        items = [
            Item("statement", heading, statement.span.start),
            Item("block", self.block(body, listed=True), body.span.start),
        ]
        return Group(items, True, statement.span.start, statement.span.end, False)

    def _clause(self, statement: ast.Declaration, head: ast.Name) -> Group | None:
        """`{call: score, timeout: 20ms, steps: [...]}`"""
        key = escaped(head.text, {"statement", *IN_CLAUSE})
        body = statement.body
        if not statement.words and body is not None:
            block = self.block(body, head.text in MEMBER_BLOCKS, listed=True)
            items = [Item(key, block, head.span.start)]
            return Group(items, True, statement.span.start, statement.span.end, block.compact)
        subject = 0 if head.text in WITHOUT_SUBJECT else 1
        lead, options = _spread(statement.words, {*IN_CLAUSE, key}, subject)
        atom = _words(lead) if lead else Atom("")
        if atom is None:
            return None
        items = [Item(key, atom, head.span.start), *options]
        if body is not None:
            block = self.block(body, listed=True)
            items.append(Item("steps", block, body.span.start))
        span = statement.span
        return Group(items, True, span.start, span.end, body is None)

    # Values ------------------------------------------------------------------------------------

    def value(self, node: ast.Expression) -> Written:
        """An expression in the place of a value."""
        text = one_line_text(node)
        if text is not None:
            return quoted(text)
        if isinstance(node, ast.Literal) and isinstance(node.value, str):
            long = long_text(node.value) if is_long_text(node) else None
            return (long and block_scalar(node.value)) or _explicit(node)
        if isinstance(node, ast.ListLiteral):
            texts = [expression_text(item) for item in node.items]
            if texts and all(OBJECTIVE.match(text) for text in texts):
                return _explicit(node)
            items = [Item("", self.value(item), item.span.start) for item in node.items]
            return Group(items, False, node.span.start, node.span.end)
        return plain(expression_text(node)) or _explicit(node)


def escaped(name: str, reserved: Collection[str]) -> str:
    """A name as a key."""
    return f"${name}" if name in reserved else name


def _explicit(node: ast.Expression) -> Group:
    text = expression_text(node)
    return Group([Item("expression", quoted(text), node.span.start)], True)


def _is_bare(statement: ast.Declaration) -> bool:
    return not statement.words and statement.type is None and statement.value is None


def _member_key(statement: ast.Declaration, reserved: Collection[str]) -> str | None:
    assert statement.name is not None
    if statement.head is None:
        return escaped(statement.name.text, reserved) if statement.type else None
    parts = [statement.head.text, *map(expression_text, statement.words), statement.name.text]
    atom = plain(" ".join(parts))
    return atom.text if atom and atom.flows and '"' not in atom.text else None


def _words(words: list[ast.Expression]) -> Atom | None:
    """Words as one scalar, or None where quotes would make it a text."""
    text = one_line_text(words[0]) if len(words) == 1 else None
    if text is not None:
        return quoted(text)
    return plain(words_text(words))


def _spread(
    words: list[ast.Expression], used: set[str], subject: int = 0
) -> tuple[list[ast.Expression], list[Item]]:
    """The words that belong to what stands before, and `option: value` for the rest."""
    at = min(subject, len(words))
    lead, options = list(words[:at]), list[Item]()
    last: list[ast.Expression] = lead
    while at < len(words):
        taken = _option(words[at:], used)
        if taken is None:
            if options:  # it goes to the option before, whose text is written anew
                last.append(words[at])
                atom = _words(last)
                if atom is None or atom is TRUE:
                    return list(words), []
                options[-1].value = atom
            else:
                lead.append(words[at])
            at += 1
            continue
        key, last, atom = taken
        used.add(key)
        options.append(Item(key, atom, words[at].span.start))
        at += 1 + len(last)
    return lead, options


def _option(
    words: list[ast.Expression], used: Iterable[str]
) -> tuple[str, list[ast.Expression], Atom] | None:
    """The option that opens these words: its key, its value's words and how they are written."""
    word = words[0]
    if not isinstance(word, ast.Reference):
        return None
    key = escaped(word.name, IN_MEMBER | IN_CLAUSE)
    if key in used:
        return None
    if word.name in FLAGS or len(words) == 1:
        return key, [], TRUE
    filler = FILLERS.get(word.name)
    long = len(words) > 2 and isinstance(words[1], ast.Reference) and words[1].name == filler
    value = words[1 : 3 if long else 2]
    atom = _words(value)
    if atom is None or atom.text == "true":
        return None
    return key, value, atom
