"""Everything one run has to say, ready for any format.

Findings, the texts they point into and the verdicts come in; places as people name them, counts and
a summary go out. Law: every format tells the same findings, in the same order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from mlsdc.cli.exits import Exit
from mlsdc.compiler.policies.suppress import Suppressed
from mlsdc.compiler.schedule import Verdicts
from mlsdc.diagnostics import Diagnostic, Position, Severity, Source, Span


@dataclass(frozen=True, slots=True)
class Place:
    """A span as people name it; `file` is the name they typed. The end is exclusive."""

    file: str
    start: Position
    end: Position


@dataclass(frozen=True)
class Report:
    """What a run found out.

    `sources` are the texts by their name in spans, `names` the names as typed, `verdicts` what the
    checks said in each environment, `files` the design's own files in the order they were named.
    """

    diagnostics: Sequence[Diagnostic]
    sources: Mapping[str, Source] = field(default_factory=dict[str, Source])
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    verdicts: Mapping[str, Verdicts] = field(default_factory=dict[str, Verdicts])
    fail_on: Severity = Severity.ERROR
    exit: Exit = Exit.CLEAN
    suppressed: Sequence[Suppressed] = ()
    """What the design accepts, with its reasons."""

    def name(self, file: str) -> str:
        """A file's name as it was typed."""
        return self.names.get(file, file)

    def place(self, span: Span) -> Place | None:
        """Where a span lies; None for what stands in no file."""
        if not span.file:
            return None
        source = self.sources.get(span.file)
        if source is None:  # a file that could not be read
            return Place(self.name(span.file), Position(1, 1), Position(1, 1))
        start, end = source.position(span.start), source.position(max(span.start, span.end))
        return Place(self.name(span.file), start, end)

    def locate(self, span: Span) -> dict[str, object]:
        """Where a span of these sources begins, as programs read it."""
        position = self.sources[span.file].position(span.start)
        return {"file": self.name(span.file), "line": position.line, "column": position.column}

    def spot(self, span: Span) -> str:
        """The same as people and editors read it: `design.mlsd:3:1`."""
        return ":".join(map(str, self.locate(span).values()))

    @cached_property
    def files(self) -> list[str]:
        """The design's files by their name in spans, as they were named."""
        return list(self.names)

    def count(self, severity: Severity) -> int:
        """How many findings are of this severity."""
        return self._counts[severity]

    @cached_property
    def _counts(self) -> Counter[Severity]:
        return Counter(d.severity for d in self.diagnostics)


def headline(diagnostic: Diagnostic) -> str:
    """The message, opened by the component it speaks of unless the message names it itself."""
    subject, message = diagnostic.subject, diagnostic.message
    if not subject or f"`{subject}`" in message or message.startswith(f"{subject}:"):
        return message
    return f"{subject}: {message}"


def details(diagnostic: Diagnostic) -> list[tuple[str, str]]:
    """What stands below a message, as pairs of a word and a line; the word is empty on further
    lines of the same."""
    found: list[tuple[str, str]] = []
    if diagnostic.missing:
        found.append(("undecided", "needs " + ", ".join(diagnostic.missing)))
    found += [("arithmetic" if at == 0 else "", t) for at, t in enumerate(diagnostic.arithmetic)]
    if diagnostic.help:
        found += [
            ("help" if at == 0 else "", t) for at, t in enumerate(diagnostic.help.split("\n"))
        ]
    elif diagnostic.fix is not None:
        found.append(("help", diagnostic.fix.title))
    if diagnostic.environments:
        found.append(("environments", ", ".join(diagnostic.environments)))
    return found


def summary(report: Report) -> str:
    """`41 checks: 33 pass, 3 fail, 5 undecided · 2 errors, 1 warning`, on one line."""
    return " · ".join([*_verdicts(report.verdicts, _partial(report)), _findings(report)])


def _partial(report: Report) -> bool:
    """Whether the checks saw less than what was written, because part of it means nothing."""
    return any(
        d.severity is Severity.ERROR and d.code.startswith(("SYN", "TYP"))
        for d in report.diagnostics
    )


def _verdicts(verdicts: Mapping[str, Verdicts], partial: bool) -> list[str]:
    """One part where the environments agree, else one for each group of them."""
    if not verdicts:
        return ["nothing was checked"]
    groups: dict[tuple[int, int, int], list[str]] = {}
    for name, one in verdicts.items():
        groups.setdefault((one.passed, one.failed, one.undecided), []).append(name)
    checks = counted(max(sum(key) for key in groups), "check")
    checks += " of what could be understood" if partial else ""
    said = {key: "{} pass, {} fail, {} undecided".format(*key) for key in groups}
    if len(groups) == 1:
        return [f"{checks}: {next(iter(said.values()))}"]
    return [checks, *(f"{', '.join(names)}: {said[key]}" for key, names in groups.items())]


def _findings(report: Report) -> str:
    parts = [counted(report.count(Severity.ERROR), "error")]
    parts.append(counted(report.count(Severity.WARNING), "warning"))
    if notes := report.count(Severity.NOTE):
        parts.append(counted(notes, "note"))
    if report.suppressed:
        parts.append(f"{len(report.suppressed):,} suppressed")
    return ", ".join(parts)


def counted(number: int, noun: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
