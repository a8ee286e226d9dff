"""A tree and its text in, the text in its canonical layout out.

Two blanks indent a block; a statement stands on a line of its own, but for a block that was written
on one line and fits there; names, signs and types of neighbouring lines stand below one another.
Laws: the text means the same, its comments keep their order, and formatting twice changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mlsdc.dsl import ast
from mlsdc.dsl.align import FIELD, MEMBER, Row, align, align_remarks
from mlsdc.dsl.findings import Findings
from mlsdc.dsl.lalr import recognises
from mlsdc.dsl.layout import Body, Phrase, Remark, lay_out
from mlsdc.dsl.lexer import lex
from mlsdc.dsl.parse import arrange
from mlsdc.dsl.pause import no_collection
from mlsdc.dsl.wrap import STEP, Header

WIDTH = 100
"""Columns of a line, as far as it can be broken."""

Line = tuple[int, str]
"""Its indentation and its text."""


def format(tree: ast.Tree, text: str) -> str:  # noqa: A001
    """The canonical form of a text; a text with mistakes comes back as it is."""
    sign = "\r\n" if "\r\n" in text else "\n"
    plain = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    with no_collection():
        written = _written(plain, tree.file)
    return text if written is None else written.replace("\n", sign)


def _written(text: str, file: str) -> str | None:
    findings = Findings(file)
    lexed = lex(text, findings)
    tokens = arrange(lexed.tokens, text, findings)
    if findings.in_order() or not recognises(tokens):
        return None
    lines = _lines(_entries(lay_out(tokens, lexed.comments, text), text), 0)
    return "".join(f"{' ' * indent}{line}\n" if line else "\n" for indent, line in lines)


@dataclass(slots=True)
class _Statement:
    """A statement on its way to the page."""

    phrase: Phrase
    header: Header
    body: list[_Entry] = field(default_factory=list["_Entry"])
    flat: str | None = None
    """On one line, where it can stand on one."""


_Entry = Remark | _Statement


def _entries(entries: list[Remark | Phrase], text: str) -> list[_Entry]:
    return [entry if isinstance(entry, Remark) else _statement(entry, text) for entry in entries]


def _statement(phrase: Phrase, text: str) -> _Statement:
    made = _Statement(phrase, Header(phrase.tokens, text))
    block = ""
    if phrase.body is not None:
        made.body = _entries(phrase.body.entries, text)
        inner = _flat_block(phrase.body, made.body)
        if inner is None:
            return made
        block = " " + inner
    if not made.header.must_break and "\n" not in made.header.flat:
        made.flat = made.header.flat + block
    return made


def _flat_block(body: Body, entries: list[_Entry]) -> str | None:
    if not entries and not body.remark:
        return "{}"
    texts = [entry.flat for entry in entries if isinstance(entry, _Statement)]
    if not body.one_line or len(texts) < len(entries) or None in texts:
        return None
    return "{ " + "  ".join(text for text in texts if text is not None) + " }"


def _lines(entries: list[_Entry], indent: int) -> list[Line]:
    """The lines of a block or file."""
    broken = {at for at, entry in enumerate(entries) if _is_broken(entry, indent)}
    while True:  # breaking what is too wide changes how the lines around it align
        rows = [
            None if at in broken or isinstance(entry, Remark) else _row(entry)
            for at, entry in enumerate(entries)
        ]
        align([row for row, entry in zip(rows, entries, strict=True) if _counts(row, entry)])
        wide = {
            at
            for at, (row, entry) in enumerate(zip(rows, entries, strict=True))
            if row and indent + len(row.text) > WIDTH and _can_break(entry)
        }
        if not wide:
            break
        broken |= wide
    align_remarks(rows)
    lines: list[Line] = []
    for entry, row in zip(entries, rows, strict=True):
        phrase = entry if isinstance(entry, Remark) else entry.phrase
        branch = _is_branch(entry) and bool(lines) and lines[-1] == (indent, "}")
        if phrase.apart and not branch:
            lines.append((0, ""))
        if branch and isinstance(entry, _Statement):
            _join(lines, _broken_lines(entry, indent))
        elif isinstance(entry, Remark):
            lines.append((indent, entry.text))
        elif row:
            lines.append((indent, row.text))
        else:
            lines += _broken_lines(entry, indent)
    return lines


def _is_branch(entry: _Entry) -> bool:
    """Whether this goes on with the statement before: `} else {`."""
    return isinstance(entry, _Statement) and entry.phrase.tokens[0].text in ("else", "else if")


def _join(lines: list[Line], more: list[Line]) -> None:
    """Put lines behind the last one, the first of them on it."""
    indent, last = lines[-1]
    lines[-1] = indent, f"{last} {more[0][1]}"
    lines += more[1:]


def _counts(row: Row | None, entry: _Entry) -> bool:
    """A comment on a line of its own does not end a run of lines, unless it stands apart."""
    return row is not None or not isinstance(entry, Remark) or entry.apart


def _is_broken(entry: _Entry, indent: int) -> bool:
    if isinstance(entry, Remark):
        return False
    return entry.flat is None or (indent + len(entry.flat) > WIDTH and _can_break(entry))


def _can_break(entry: _Entry) -> bool:
    return isinstance(entry, _Statement) and (bool(entry.body) or entry.header.can_break)


def _row(entry: _Statement) -> Row:
    """The statement on one line, in cells."""
    header, flat = entry.header, entry.flat or ""
    tokens = header.tokens
    row = Row("", [flat], entry.phrase.apart, remark=entry.phrase.remark)
    if _is_branch(entry) or tokens[0].kind == "CONDITION":
        return row
    if tokens[0].kind == "HEAD":
        if len(tokens) == 1 and entry.phrase.body is not None:
            row.kind, row.cells = FIELD, [tokens[0].text, flat[len(tokens[0].text) + 1 :]]
        return row
    if tokens[1].kind != "COLON":
        row.kind, row.cells = FIELD, [tokens[0].text, flat[len(tokens[0].text) + 1 :]]
        return row
    type_end = header.partners.get(3, 2) + 1
    after = range(type_end, len(tokens))
    sign = next((at for at in after if tokens[at].kind == "EQUALS"), len(tokens))
    cells = [(0, 2), (2, type_end), (type_end, sign), (sign, len(tokens))]
    if entry.phrase.body is None:
        row.kind, row.cells = MEMBER, [header.slice(start, end) for start, end in cells]
    return row


def _broken_lines(entry: _Statement, indent: int) -> list[Line]:
    """The statement on several lines."""
    header, body, flat = entry.header, entry.phrase.body, entry.header.flat
    stands = not header.must_break and indent + len(flat) + len(" {") <= WIDTH
    lines = [(indent, flat)] if entry.body and stands else header.broken(indent, WIDTH)
    if body is not None:
        _append(lines, " {" if entry.body or body.remark else " {}", body.remark)
        if entry.body or body.remark:
            lines += [*_lines(entry.body, indent + STEP), (indent, "}")]
    _append(lines, "", entry.phrase.remark)
    return lines


def _append(lines: list[Line], text: str, remark: str) -> None:
    indent, last = lines[-1]
    lines[-1] = indent, last + text + (f"  {remark}" if remark else "")
