"""Mappings, lists and scalars to write in, lines of YAML with comments out.

Every node knows where in the source it was written, and comments go to the line of what stood
before or behind them there. A small mapping or list stands on one line where the source had it so.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

from mlsdc.dsl.ast import Comment

WIDTH = 100
STEP = 2
"""How far what belongs to a line is indented."""
_PLAIN = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`][^\n]*|-[^\s\-][^\n]*")
_UNPRINTABLE = re.compile(
    "[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


@dataclass(slots=True)
class Atom:
    """A scalar as it is written; `long` holds the lines behind `|`."""

    text: str
    flows: bool = True
    """Whether it may stand inside brackets."""
    long: list[str] | None = None


@dataclass(slots=True)
class Group:
    """A mapping (with keys) or a list (without)."""

    items: list[Item]
    keyed: bool
    start: int = 0
    end: int = 0
    compact: bool = True


Written = Atom | Group


@dataclass(slots=True)
class Item:
    """An entry of a mapping, or an item of a list."""

    key: str
    value: Written
    start: int = 0


@dataclass(slots=True)
class Line:
    """One line; `start` is where its statement stood in the source."""

    indent: int
    text: str
    start: int
    closed: bool = False
    """Whether no comment can follow on it."""
    inner: bool = False
    """Whether it is a line of a long text."""


@dataclass
class Layout:
    """Lines under way."""

    comments: list[Comment]
    source: str = ""
    lines: list[Line] = field(default_factory=list[Line])
    ranges: list[tuple[int, int, int]] = field(default_factory=list[tuple[int, int, int]])
    """Where each block stands in the source, and how far its lines are indented."""

    @cached_property
    def starts(self) -> list[int]:
        """Where the comments begin, in order."""
        return [comment.span.start for comment in self.comments]

    @cached_property
    def reaches(self) -> list[tuple[int, tuple[int, int, int]]]:
        """The blocks in order, each with the furthest end of all up to it."""
        ordered = sorted(self.ranges)
        return list(zip(accumulate((r[1] for r in ordered), max), ordered, strict=True))

    def group(self, group: Group, indent: int) -> None:
        """Write a mapping or list over several lines."""
        self.ranges.append((group.start, group.end, indent))
        for item in group.items:
            if group.keyed:
                self.entry(item, indent, f"{item.key}:")
            else:
                self._bullet(item, indent)

    def entry(self, item: Item, indent: int, before: str) -> None:
        """`key: value`, on one line or on several."""
        value = item.value
        if isinstance(value, Atom):
            text = f"{before} {value.text}".rstrip()
            self.lines.append(Line(indent, text, item.start))
            for line in value.long or []:
                self.lines.append(Line(indent + STEP if line else 0, line, item.start, True, True))
            return
        flow = self._flow(value, indent + len(before) + 1)
        if flow is not None:
            self.lines.append(Line(indent, f"{before} {flow}", item.start))
            return
        self.lines.append(Line(indent, before, item.start))
        self.group(value, indent + 2)

    def _bullet(self, item: Item, indent: int) -> None:
        value = item.value
        flow = self._flow(value, indent + 2) if isinstance(value, Group) else None
        if flow is not None or isinstance(value, Atom) or not value.items:
            self.entry(Item("", Atom(flow) if flow is not None else value, item.start), indent, "-")
            return
        first = len(self.lines)
        self.group(value, indent + 2)
        self.lines[first].text = "- " + self.lines[first].text
        self.lines[first].indent = indent

    def _flow(self, group: Group, column: int) -> str | None:
        if group.items and (not group.compact or self._commented(group)):
            return None
        text = flow_text(group)
        return text if text is not None and column + len(text) <= WIDTH else None

    def _commented(self, group: Group) -> bool:
        at = bisect_right(self.starts, group.start)
        return at < len(self.starts) and self.starts[at] < group.end

    def text(self) -> str:
        """All lines, with the comments between and behind them."""
        starts: list[int] = []
        latest = 0
        for line in self.lines:
            latest = max(latest, line.start)
            starts.append(latest)
        before: dict[int, list[str]] = {}
        spaced: set[int] = set()
        for comment in self.comments:
            at = bisect_right(starts, comment.span.start)
            if not (comment.trailing and self._append(at - 1, comment)):
                while at < len(self.lines) and self.lines[at].closed:
                    at += 1
                indent = self._indent(comment.span.start, at)
                above = before.setdefault(at, [])
                above += self._gap(comment.span.start, spaced)
                above.append(" " * indent + _safe(comment.text))
        out: list[str] = []
        for at, line in enumerate(self.lines):
            out += before.get(at, [])
            out += [] if line.inner else self._gap(line.start, spaced)
            out.append(" " * line.indent + line.text)
        return "\n".join([*out, *before.get(len(self.lines), [])]) + "\n"

    def _gap(self, start: int, spaced: set[int]) -> list[str]:
        """An empty line where the source has one before this place; once for a place."""
        before = (
            self.source[max(0, start - 200) : start].rstrip(" \t") if start not in spaced else ""
        )
        spaced.add(start)
        return [""] if before.endswith(("\n\n", "\n\r\n")) else []

    def _append(self, at: int, comment: Comment) -> bool:
        while at > 0 and self.lines[at].inner:
            at -= 1
        if at < 0 or self.lines[at].closed:
            return False
        self.lines[at].text += "  " + _safe(comment.text)
        self.lines[at].closed = True
        return True

    def _indent(self, offset: int, at: int) -> int:
        """The indentation of the innermost block around a place, else of the line behind it."""
        for reached, (start, end, indent) in reversed(
            self.reaches[: bisect_right(self.reaches, offset, key=lambda r: r[1][0])]
        ):
            if start < offset < end:
                return indent
            if reached <= offset:
                break
        return self.lines[at].indent if at < len(self.lines) else 0


def flow_text(value: Written) -> str | None:
    """`{a: b, c: [d]}`, or None where something in it needs a line of its own."""
    if isinstance(value, Atom):
        return value.text if value.flows and value.long is None else None
    parts: list[str] = []
    for item in value.items:
        inner = flow_text(item.value) if isinstance(item.value, Atom) or (
            item.value.compact or not item.value.items) else None  # fmt: skip
        if inner is None:
            return None
        parts.append(f"{item.key}: {inner}" if value.keyed else inner)
    joined = ", ".join(parts)
    return f"{{{joined}}}" if value.keyed else f"[{joined}]"


def quoted(text: str) -> Atom:
    """A scalar in double quotes."""
    return Atom('"' + re.sub(r'[\\"\n\t\r]|' + _UNPRINTABLE.pattern, _escape, text) + '"')


def plain(text: str) -> Atom | None:
    """A scalar without quotes, or None where YAML would read something else."""
    if not _PLAIN.fullmatch(text) or text != text.strip() or _UNPRINTABLE.search(text):
        return None
    if ": " in text or " #" in text or text.endswith(":") or text in ("---", "..."):
        return None
    return Atom(text, not set(",[]{}") & set(text) and ":" not in text)


def block_scalar(text: str) -> Atom | None:
    """A text of several lines behind `|`, or None where such a scalar cannot carry it.

    Its first character says how far the lines are indented, so a blank there needs a number.
    What ends with an empty line would take in what the layout puts behind it.
    """
    lines = text.split("\n")
    whole = not lines[-1]
    if whole:
        del lines[-1]
    if not lines or not lines[-1] or _UNPRINTABLE.search(text.replace("\n", "").replace("\t", "")):
        return None
    indented = "" if lines[0][:1].strip() else str(STEP)
    return Atom("|" + indented + ("" if whole else "-"), False, lines)


def _escape(match: re.Match[str]) -> str:
    char = match.group()
    code = ord(char)
    return _ESCAPES.get(char) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")


def _safe(comment: str) -> str:
    """A comment without the characters that YAML forbids or takes for a line end."""
    kept = re.sub(r"[\x85\u2028\u2029\t]", lambda m: m.group() if m.group() else "", comment)
    return re.sub(
        _UNPRINTABLE.pattern,
        lambda m: m.group() if m.group() in "\t\x85\u2028\u2029" else _escape(m),
        kept,
    )
