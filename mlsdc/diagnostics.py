"""What every stage says to the user: spans, rules, findings, fixes.

Diagnostics are data. Nothing below the command line renders or prints them, so the same record
becomes coloured text, JSON, SARIF or an editor's squiggle.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple


class Span(NamedTuple):
    """A half-open range of character offsets in one source file.

    Lines and columns are derived on demand (see `Source.position`): computing them for every node
    of a large design costs more than parsing it. A named tuple, because every node has one.
    """

    file: str
    start: int
    end: int

    def to(self, other: Span) -> Span:
        """The range from this span's start to the other's end."""
        return Span(self.file, self.start, max(self.end, other.end))


NOWHERE = Span("", 0, 0)
"""The span of a value that stands in no file (a default, a command-line override)."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place as people and editors name it: both numbers count from 1."""

    line: int
    column: int


_STRETCH = 4096
"""Characters between two counts of line ends."""


@dataclass(frozen=True)
class Source:
    """One input text and its name as the user typed it (never an absolute path by itself)."""

    file: str
    text: str
    _before: list[int] = field(default_factory=list[int], repr=False, compare=False)
    """Line ends before each stretch of the text, and in the whole of it."""

    def position(self, offset: int) -> Position:
        """Line and column of a character offset; an offset past the end is the end."""
        from bisect import bisect_left

        before = self._counted()
        offset = min(max(offset, 0), len(self.text))
        at = offset // _STRETCH
        line = before[at] + self.text.count("\n", at * _STRETCH, offset)
        start = self.text.rfind("\n", at * _STRETCH, offset) + 1
        if not start and line:  # the line began in an earlier stretch
            at = bisect_left(before, line) - 1
            start = self.text.rfind("\n", at * _STRETCH, (at + 1) * _STRETCH) + 1
        return Position(line + 1, offset - start + 1)

    def line(self, number: int) -> str:
        """The text of a line, without its line ending; empty past the end."""
        from bisect import bisect_left

        before = self._counted()
        if not 1 <= number <= before[-1] + 1:
            return ""
        start = 0
        if number > 1:
            at = bisect_left(before, number - 1) - 1
            start = at * _STRETCH
            for _ in range(number - 1 - before[at]):
                start = self.text.find("\n", start) + 1
        end = self.text.find("\n", start)
        return self.text[start : end if end >= 0 else len(self.text)].rstrip("\r")

    def _counted(self) -> list[int]:
        """Counting is enough: the places of eight million line ends would take 300 MiB."""
        if not self._before:
            total = 0
            for start in range(0, len(self.text) + 1, _STRETCH):
                self._before.append(total)
                total += self.text.count("\n", start, start + _STRETCH)
            self._before.append(total)
        return self._before


class Severity(IntEnum):
    """How bad a finding is; the larger, the worse."""

    NOTE = 1
    """Advice, or a check that could not decide."""
    WARNING = 2
    """The design works, but a named risk is unmitigated."""
    ERROR = 3
    """The design cannot work, or silently computes a wrong value."""

    @property
    def word(self) -> str:
        """The severity as it is printed."""
        return self.name.lower()


class Confidence(IntEnum):
    """Whether a fix may be applied without asking."""

    SAFE = 1
    UNSAFE = 2


@dataclass(frozen=True, slots=True)
class Label:
    """Another place that a finding is about: the other half of a mismatch."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace a span by a text; an empty span inserts."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair as text edits."""

    title: str
    edits: tuple[Edit, ...]
    confidence: Confidence = Confidence.UNSAFE


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of finding: its stable code, its readable name and why it exists.

    `code` is never reused; `slug` reads well after the word "allow"; `page` is Markdown.
    """

    code: str
    slug: str
    title: str
    severity: Severity = Severity.ERROR
    page: str = ""
    source: str = ""

    def at(
        self,
        span: Span,
        message: str,
        *,
        subject: str = "",
        labels: Iterable[Label] = (),
        arithmetic: Iterable[str] = (),
        help: str = "",
        fix: Fix | None = None,
        severity: Severity | None = None,
        missing: Iterable[str] = (),
    ) -> Diagnostic:
        """A finding of this rule at a place."""
        return Diagnostic(
            code=self.code,
            slug=self.slug,
            severity=self.severity if severity is None else severity,
            subject=subject,
            message=message,
            span=span,
            labels=tuple(labels),
            arithmetic=tuple(arithmetic),
            help=help,
            fix=fix,
            missing=tuple(missing),
        )


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding, complete enough to be rendered anywhere.

    `subject` is the component it speaks of; `message` is one sentence with both numbers;
    `arithmetic` shows how they came about; `help` is something to type. `missing` is non-empty
    where the rule could not decide, and names what the design would have to say.
    `environments` tells where it holds; empty means in all of them.
    """

    code: str
    slug: str
    severity: Severity
    subject: str
    message: str
    span: Span
    labels: tuple[Label, ...] = ()
    arithmetic: tuple[str, ...] = ()
    help: str = ""
    fix: Fix | None = None
    missing: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()

    @property
    def undecided(self) -> bool:
        """True where a check lacked facts, so that it neither passed nor failed."""
        return bool(self.missing)


def in_reading_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sort by place, then by code, and drop exact repetitions."""
    unique = dict.fromkeys(diagnostics)
    return sorted(unique, key=lambda d: (d.span, d.code, d.subject, d.message))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word a writer most likely meant, or None where nothing is near enough."""
    from difflib import get_close_matches

    candidates = sorted(set(known))
    folded = {name.lower().replace("-", "_"): name for name in reversed(candidates)}
    hits = get_close_matches(word.lower().replace("-", "_"), list(folded), 1, 0.6)
    return folded[hits[0]] if hits else None
