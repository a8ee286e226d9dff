"""What was found wrong with one text, one report a place.

Every pass adds to the same collection, so that a mistake seen by two of them is told once, and a
file that is no design at all ends in a thousand reports, not in a million.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from mlsdc.diagnostics import Confidence, Diagnostic, Edit, Fix, Label, Rule, Span

MOST_FINDINGS = 1000
"""Reports of one file; whatever is wrong beyond them is not told."""


class Findings:
    """The mistakes of one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._at: dict[int, Diagnostic] = {}

    def add(
        self,
        rule: Rule,
        start: int,
        end: int,
        message: str,
        help: str,
        *,
        fix: Fix | None = None,
        labels: Iterable[Label] = (),
    ) -> None:
        """Tell of a mistake, unless one was told of at the same place."""
        if start in self._at or self.full:
            return
        place = self.span(start, end)
        self._at[start] = rule.at(place, message, help=help, fix=fix, labels=labels)

    def adopt(self, said: Diagnostic) -> None:
        """Tell of a mistake that was found by reading a part of the text by itself."""
        if not self.full:
            self._at.setdefault(said.span.start, said)

    def replace(self, start: int, end: int, text: str, *, safe: bool = True) -> Fix:
        """The repair that puts a text in the place of another."""
        title = f"write `{text.strip()}`" if text.strip() else "remove it"
        confidence = Confidence.SAFE if safe else Confidence.UNSAFE
        return Fix(title, (Edit(self.span(start, end), text),), confidence)

    def span(self, start: int, end: int) -> Span:
        """A range of the file."""
        return Span(self.file, start, end)

    @property
    def full(self) -> bool:
        """Whether nothing more is told."""
        return len(self._at) >= MOST_FINDINGS

    def tells(self, codes: Collection[str], start: int, end: int) -> bool:
        """Whether a mistake of one of these codes was told of within a range."""
        return any(start <= at <= end and said.code in codes for at, said in self._at.items())

    def in_order(self) -> list[Diagnostic]:
        """Every report, in the order of the text."""
        return [self._at[start] for start in sorted(self._at)]
