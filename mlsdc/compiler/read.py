"""Statements in, raw fields out: which statement fills which field of a block.

The result keeps the place of every key and value, so that overlays can be merged and every later
complaint points at the text. Nothing is validated here; `build` does that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlsdc.compiler import rules
from mlsdc.compiler.evaluate import Scope, Unreadable, evaluate
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.part import Field, Part, clause_classes, shape
from mlsdc.compiler.model.types import DataType
from mlsdc.compiler.raw import Entry, Raw, describe_class
from mlsdc.compiler.read_free_form import read_free_form
from mlsdc.compiler.values import Verbatim
from mlsdc.diagnostics import Diagnostic, Label, Span, nearest
from mlsdc.dsl import ast


class Reader:
    """Reads the statements of blocks in one scope."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.said: list[Diagnostic] = scope.diagnostics

    def block(self, statements: list[ast.Statement], cls: type[Part], span: Span) -> Raw:
        """The raw fields of a block of this class."""
        raw = Raw(cls, span)
        for statement in statements:
            self.statement(statement, raw)
        return raw

    def statement(self, statement: ast.Statement, raw: Raw) -> None:
        """Add one statement to a block."""
        if isinstance(statement, ast.Assignment):
            self._assignment(statement, raw)
        elif isinstance(statement, ast.Comparison):
            self._comparison(statement, raw)
        elif isinstance(statement, ast.Broken):
            raw.names += statement.names
        else:
            self._declaration(statement, raw)

    # Assignments -------------------------------------------------------------------------------

    def _assignment(self, statement: ast.Assignment, raw: Raw) -> None:
        known = self._field(statement.key, raw)
        if known is None:
            return
        block = statement.configuration
        if known.free_form and known.part is not None:
            text = f"`{known.name}` is a block, not a value"
            self.said.append(
                rules.WRONG_TYPE.at(statement.value.span, text, help=f"{known.name} {{ ... }}")
            )
            return
        if known.part is not None and known.part.choice and not known.many:
            content: Any = Raw(known.part, statement.value.span)
            value = self._value(statement.value)
            if isinstance(value, Unreadable):
                raw.names.append(known.name)
                return
            content.entries[known.part.choice] = Entry(
                statement.key.span, statement.value.span, value
            )
            if block is not None:
                for inner in block.statements:
                    self.statement(inner, content)
        elif block is not None:
            self.said.append(
                rules.MISPLACED.at(
                    block.span,
                    f"`{known.name}` takes a value without a block",
                    help=f"{known.name} = ...",
                )
            )
            return
        else:
            content = self._value(statement.value)
            if known.foreign and isinstance(statement.value, ast.Literal):
                content = _verbatim(content, statement.value.written or statement.value.text)
            if known.part is not None and not known.many and not isinstance(content, Unreadable):
                content = self._scalar(known, content, statement)
        if isinstance(content, Unreadable):
            raw.names.append(known.name)
            return
        items = statement.value.items if isinstance(statement.value, ast.ListLiteral) else []
        self._put(
            raw,
            known.name,
            Entry(statement.key.span, statement.value.span, content, [i.span for i in items]),
        )

    def _scalar(self, known: Field, value: Any, statement: ast.Assignment) -> Any:
        """`latency = 12ms` is short for the field that a bare value means."""
        assert known.part is not None
        short = "p99" if "p99" in known.part.model_fields else None
        if short is None:
            self.said.append(
                rules.WRONG_TYPE.at(
                    statement.value.span,
                    f"`{known.name}` is a block, not a value",
                    help=f"{known.name} {{ ... }}",
                )
            )
            return Unreadable()
        raw = Raw(known.part, statement.value.span)
        raw.entries[short] = Entry(statement.key.span, statement.value.span, value)
        return raw

    def _value(self, expression: ast.Expression) -> Any:
        return evaluate(expression, self.scope)

    def _comparison(self, statement: ast.Comparison, raw: Raw) -> None:
        target = shape(raw.cls).objectives
        if target is None or target.part is None:
            self._misplaced(statement.span, "an objective stands in a `budget { ... }`")
            return
        value = self._value(statement.value)
        if isinstance(value, Unreadable):
            return
        made = Raw(target.part, statement.span)
        made.entries = {
            "measure": Entry(statement.key.span, statement.key.span, statement.key.text),
            "operator": Entry(statement.key.span, statement.key.span, statement.operator),
            "limit": Entry(statement.key.span, statement.value.span, value),
        }
        self._append(raw, target.name, made)

    # Declarations ------------------------------------------------------------------------------

    def _declaration(self, statement: ast.Declaration, raw: Raw) -> None:
        head = statement.head
        known = shape(raw.cls)
        if statement.name is not None and statement.type is not None:
            self._member(statement, raw)
        elif head is None:
            self._misplaced(statement.span, "this is neither a field nor a member")
        elif head.text in known.clauses:
            self._clause(statement, raw, known.clauses[head.text])
        elif statement.body is not None and not statement.words and statement.name is None:
            self._nested(statement, head, raw)
        elif head.text in clause_classes():
            where = "a request" if head.text in ("call", "parallel", "branch", "cached") else ""
            self._misplaced(statement.span, f"`{head.text}` stands in {where or 'another block'}")
        elif head.text in known.fields:
            field = known.fields[head.text]
            is_block = field.free_form or (field.part is not None and not field.part.choice)
            self.said.append(
                rules.MISPLACED.at(
                    statement.span,
                    f"`{head.text}` is a field and needs {'a block' if is_block else '`=`'}",
                    help=f"{head.text} {{ ... }}" if is_block else f"{head.text} = ...",
                )
            )
        else:
            self._unknown(head, raw)

    def _nested(self, statement: ast.Declaration, head: ast.Name, raw: Raw) -> None:
        assert statement.body is not None
        known = self._field(head, raw)
        if known is None:
            return
        if known.free_form:
            self._put(raw, known.name, read_free_form(self, known, statement.body, head.span))
            return
        if known.part is None:
            self.said.append(
                rules.WRONG_TYPE.at(
                    statement.span,
                    f"`{head.text}` is a value, not a block",
                    help=f"{head.text} = ...",
                )
            )
            return
        content = self.block(statement.body.statements, known.part, head.span)
        self._put(raw, known.name, Entry(head.span, head.span, content))

    def _member(self, statement: ast.Declaration, raw: Raw) -> None:
        qualifier = statement.head.text if statement.head else ""
        target = shape(raw.cls).members.get(qualifier)
        name, type_name = statement.name, statement.type
        assert name is not None
        assert type_name is not None
        if target is None or target.part is None:
            self._foreign_member(statement, raw, qualifier)
            return
        member = Raw(target.part, name.span)
        dimensions = tuple(self._value(d) for d in type_name.arguments)
        if all(isinstance(d, int) for d in dimensions):
            data_type = DataType(type_name.name, dimensions)
            member.entries["type"] = Entry(type_name.span, type_name.span, data_type)
        self._words([*statement.modifiers, *statement.value_modifiers], member, ())
        if statement.value is not None:
            self._define(statement.value, member, target.part)
        if statement.body is not None:
            for inner in statement.body.statements:
                self.statement(inner, member)
        members = raw.entries.setdefault(target.name, Entry(name.span, name.span, None)).members
        if name.text in members:
            self._duplicate(name.text, name.span, members[name.text].span)
            return
        members[name.text] = member

    def _define(self, value: ast.Expression, member: Raw, part: type[Part]) -> None:
        definition = next((f for f in shape(part).fields.values() if f.definition), None)
        if definition is None:
            self._misplaced(value.span, "this member takes no value")
            return
        member.entries[definition.name] = Entry(value.span, value.span, value)

    def _foreign_member(self, statement: ast.Declaration, raw: Raw, qualifier: str) -> None:
        assert statement.name is not None
        kinds = shape(raw.cls).members
        name = statement.name.text
        if name in shape(raw.cls).fields:
            text = f"`{name}` is a field and is given with `=`"
            self.said.append(rules.MISPLACED.at(statement.span, text, help=f"{name} = ..."))
        elif kinds and qualifier:
            wanted = ", ".join(f"`{q} {name}: type`" if q else f"`{name}: type`" for q in kinds)
            self.said.append(
                rules.MISPLACED.at(
                    statement.span, f"`{qualifier}` does not qualify a member here", help=wanted
                )
            )
        elif kinds:
            wanted = next(iter(kinds))
            self.said.append(
                rules.MISPLACED.at(
                    statement.span,
                    f"`{name}` needs the word `{wanted}`",
                    help=f"{wanted} {name}: ...",
                )
            )
        else:
            self._misplaced(statement.span, "components are declared at the top of the file")

    # Clauses -----------------------------------------------------------------------------------

    def _clause(self, statement: ast.Declaration, raw: Raw, target: Field) -> None:
        assert statement.head is not None
        cls = clause_classes()[statement.head.text]
        span = statement.head.span
        if statement.words:
            span = span.to(statement.words[-1].span)
        made = Raw(cls, span)
        self._words(statement.words, made, cls.positional)
        if statement.name is not None and statement.value is not None:
            self.said.append(
                rules.MISPLACED.at(
                    statement.name.span.to(statement.value.span),
                    f"`{statement.name.text}` is a word of this `{statement.head.text}`, "
                    "and its value follows without `=`",
                    help=f"{statement.head.text} ... {statement.name.text} ...",
                )
            )
        if statement.body is not None:
            for inner in statement.body.statements:
                self.statement(inner, made)
        self._append(raw, target.name, made)

    def _words(self, words: list[ast.Expression], raw: Raw, positional: tuple[str, ...]) -> None:
        """Words are positional values first, then `field value` pairs and flags."""
        at = 0
        for name in positional:
            if at < len(words):
                value = self._value(words[at])
                if isinstance(value, Unreadable):
                    raw.names.append(name)
                else:
                    raw.entries[name] = Entry(words[at].span, words[at].span, value)
                at += 1
        fields = shape(raw.cls).fields
        while at < len(words):
            word = words[at]
            key = word.name if isinstance(word, ast.Reference) else ""
            known = fields.get(key)
            at += 1
            if known is None:
                self._unknown_word(word, raw)
                while at < len(words) and not _opens(words[at], fields):
                    at += 1
                continue
            if known.info.annotation is bool:
                self._put(raw, key, Entry(word.span, word.span, True))
                continue
            if at < len(words) and _is(words[at], raw.cls.noise.get(key)):
                at += 1
            if at == len(words):
                self.said.append(
                    rules.MISSING_FIELD.at(word.span, f"`{key}` needs a value behind it")
                )
                continue
            value = self._value(words[at])
            if not isinstance(value, Unreadable):
                self._put(raw, key, Entry(word.span, words[at].span, value))
            at += 1

    # Complaints --------------------------------------------------------------------------------

    def _field(self, key: ast.Name, raw: Raw) -> Field | None:
        known = shape(raw.cls).fields.get(key.text)
        if known is None or known.members or known.clauses or known.name in _unwritten(raw.cls):
            self._unknown(key, raw)
            return None
        return known

    def _unknown(self, key: ast.Name, raw: Raw) -> None:
        known = shape(raw.cls)
        names = [n for n, f in known.fields.items() if not (f.members or f.clauses)]
        names = sorted({*names, *known.clauses} - _unwritten(raw.cls))
        near = nearest(key.text, names)
        raw.names.append(near or key.text)
        listed = ", ".join(f"`{name}`" for name in names if name not in ("existing", "owner"))
        self.said.append(
            rules.UNKNOWN_FIELD.at(
                key.span,
                f"there is no field `{key.text}` in {describe_class(raw.cls)}",
                help=f"did you mean `{near}`?" if near else f"its fields: {listed or 'none'}",
            )
        )

    def _unknown_word(self, word: ast.Expression, raw: Raw) -> None:
        fields = [n for n in shape(raw.cls).fields if n not in ("steps", "type", "definition")]
        text = word.name if isinstance(word, ast.Reference) else ""
        near = nearest(text, fields) if text else None
        shown = f"`{text}`" if text else "this value"
        listed = ", ".join(f"`{name}`" for name in fields if name not in raw.cls.positional)
        self.said.append(
            rules.UNKNOWN_FIELD.at(
                word.span,
                f"{shown} means nothing in {describe_class(raw.cls)}",
                help=f"did you mean `{near}`?" if near else f"it takes: {listed}",
            )
        )

    def _misplaced(self, span: Span, message: str) -> None:
        self.said.append(rules.MISPLACED.at(span, message))

    def _duplicate(self, name: str, span: Span, first: Span) -> None:
        self.said.append(
            rules.DUPLICATE.at(
                span,
                f"`{name}` is given twice",
                labels=[Label(first, "first given here")],
                help="keep one of them",
            )
        )

    def _put(self, raw: Raw, name: str, entry: Entry) -> None:
        if name in raw.entries:
            self._duplicate(name, entry.key, raw.entries[name].key)
            return
        raw.entries[name] = entry

    def _append(self, raw: Raw, name: str, made: Raw) -> None:
        raw.entries.setdefault(name, Entry(made.span, made.span, None)).clauses.append(made)


def _unwritten(cls: type[Part]) -> frozenset[str]:
    """Fields that are not written as `key = value`: the name stands before the block."""
    named = issubclass(cls, Component) or cls.choice == "name"
    return frozenset(("name", "title") if named else ())


def _verbatim(content: Any, form: str) -> Any:
    return Verbatim(content, form) if isinstance(content, str) else content


def _opens(word: ast.Expression, fields: Mapping[str, Field]) -> bool:
    return isinstance(word, ast.Reference) and word.name in fields


def _is(word: ast.Expression, text: str | None) -> bool:
    return text is not None and isinstance(word, ast.Reference) and word.name == text
