"""The corpus of designs with seeded mistakes, and what is said of each.

`#! SYN003` on a line of its own says that the line below holds a mistake that a report with this
code has to name; `SYN001|SYN012` leaves the choice, `SYN|TYP` or `SYN02` names a family. A line
with two mistakes has two codes. Mistakes were written down before anyone looked at the reports.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from mlsdc.diagnostics import Diagnostic, Source
from mlsdc.pipeline import check
from mlsdc.stdlib.find import standard_catalog

FOLDER = Path(__file__).parent / "recovery"
FILES = sorted(path.name for path in FOLDER.iterdir())
_MARK = re.compile(r"[ \t]*#! (.+)")
LANGUAGE = ("SYN", "TYP", "INT", "EMT", "USE")


@dataclass(frozen=True)
class Seeded:
    """A mistake: the line it stands on, and the codes that name it."""

    line: int
    codes: tuple[str, ...]

    def is_named_by(self, line: int, diagnostic: Diagnostic) -> bool:
        """Whether a report at this line is about it."""
        return line == self.line and diagnostic.code.startswith(self.codes)


@dataclass(frozen=True)
class Judged:
    """A file of the corpus and what one run said of it."""

    source: Source
    seeded: list[Seeded]
    said: list[Diagnostic]
    missed: list[Seeded] = field(default_factory=list[Seeded])
    """Mistakes that no report names."""
    cascades: list[Diagnostic] = field(default_factory=list[Diagnostic])
    """Reports that name no mistake; advice of checks does not count."""

    def line(self, diagnostic: Diagnostic) -> int:
        """The line that a report is at."""
        return self.source.position(diagnostic.span.start).line


@cache
def judge(name: str) -> Judged:
    """Check one file of the corpus, and match reports with mistakes."""
    source = Source(name, FOLDER.joinpath(name).read_text("utf-8"))
    judged = Judged(source, seeded(source.text), check([source], standard_catalog()).diagnostics)
    left = list(judged.said)
    for mistake in judged.seeded:
        fitting = [d for d in left if mistake.is_named_by(judged.line(d), d)]
        if fitting:
            left.remove(fitting[0])
        else:
            judged.missed.append(mistake)
    judged.cascades.extend(d for d in left if d.code.startswith(LANGUAGE))
    return judged


def seeded(text: str) -> list[Seeded]:
    """The mistakes that a text marks."""
    return [
        Seeded(number + 1, tuple(codes.split("|")))
        for number, line in enumerate(text.split("\n"), 1)
        if (mark := _MARK.fullmatch(line.rstrip("\r"))) is not None
        for codes in mark[1].split()
    ]
