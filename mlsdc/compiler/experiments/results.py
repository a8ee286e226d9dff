"""Rows of an experiment in, one tally for each variant, segment and metric out.

Where a unit has several rows (requests of one user), they are added up first: the unit that was
randomised is the unit that is compared, and its mean becomes a ratio of sums (Deng, Knoblich and
Lu 2018). Memory grows with the units then, else it does not grow at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mlsdc.compiler.experiments.plan import Kind, Metric, Plan
from mlsdc.compiler.experiments.tally import Tally, merged

MOST_SEGMENTS = 100
Pair = tuple[float, float]


class Contradiction(Exception):  # noqa: N818 - named for what happened
    """A row that does not fit the rows before it; the message names the column."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


@dataclass
class Results:
    """All units of an experiment."""

    tallies: dict[tuple[str, str], list[Tally]] = field(
        default_factory=dict[tuple[str, str], "list[Tally]"]
    )
    """(variant, segment) to one tally for each metric of the plan, in its order."""
    rows: int = 0
    several_rows: bool = False
    """Whether some unit has more than one row."""

    @property
    def variants(self) -> list[str]:
        """Every variant, sorted."""
        return sorted({variant for variant, _ in self.tallies})

    @property
    def segments(self) -> list[str]:
        """Every segment, sorted; one empty name where none were asked for."""
        return sorted({segment for _, segment in self.tallies})

    def tally(self, variant: str, at: int, segment: str | None = None) -> Tally:
        """The tally of the plan's metric at this position, of one segment or of all."""
        return merged([
            found[at]
            for (name, part), found in sorted(self.tallies.items())
            if name == variant and segment in (None, part)
        ])  # fmt: skip

    def units(self, variant: str) -> int:
        """How many units a variant has."""
        return self.tally(variant, 0).count


@dataclass(slots=True)
class _Unit:
    variant: str
    segment: str
    first_row: int
    rows: int
    pairs: list[Pair]


class Collector:
    """Takes rows one after the other.

    A row has one pair for each metric of the plan: its value with the denominator of a ratio, with
    the covariate where it is the primary metric and the plan has one, else with 1.
    """

    def __init__(self, plan: Plan, segment_column: str = "segment", unit_column: str = "unit"):
        self.plan = plan
        self._segment_column, self._unit_column = segment_column, unit_column
        self._results = Results()
        self._units: dict[str, _Unit] = {}
        self._segments: set[str] = set()
        self._names: dict[str, str] = {}

    def add(
        self, variant: str, segment: str, unit: str | None, pairs: Sequence[Pair], row: int
    ) -> None:
        """One row more.

        Raises Contradiction for a unit in two variants or segments, or too many segments.
        """
        self._results.rows += 1
        self._segments.add(segment)
        if len(self._segments) > MOST_SEGMENTS:
            raise Contradiction(
                self._segment_column, f"more than {MOST_SEGMENTS} segments: is it an identifier?"
            )
        if unit is None:
            self._count(variant, segment, pairs)
        elif unit in self._units:
            self._join(unit, variant, segment, pairs)
        else:
            # Each row brings texts of its own; one of each kind is enough for a million units.
            shared = self._names.setdefault
            kept = _Unit(shared(variant, variant), shared(segment, segment), row, 1, list(pairs))
            self._units[unit] = kept

    def _join(self, unit: str, variant: str, segment: str, pairs: Sequence[Pair]) -> None:
        known = self._units[unit]
        place = f"in row {known.first_row}"
        if known.variant != variant:
            raise Contradiction(
                self._unit_column,
                f"unit `{unit}` is in variant `{variant}` here and in `{known.variant}` {place}; "
                "a unit belongs to one variant",
            )
        if known.segment != segment:
            raise Contradiction(
                self._segment_column,
                f"unit `{unit}` is in segment `{segment}` here and in `{known.segment}` {place}; "
                "take a segment that was known before the experiment",
            )
        if self.plan.covariate:
            raise Contradiction(
                self._unit_column,
                f"unit `{unit}` has a row already, {place}; with a covariate, give one row a unit",
            )
        known.rows += 1
        for at, (value, other) in enumerate(pairs):
            before = known.pairs[at]
            known.pairs[at] = (before[0] + value, before[1] + other)

    def _count(self, variant: str, segment: str, pairs: Sequence[Pair]) -> None:
        tallies = self._results.tallies.get((variant, segment))
        if tallies is None:
            tallies = [Tally() for _ in pairs]
            self._results.tallies[variant, segment] = tallies
        for tally, (value, other) in zip(tallies, pairs, strict=True):
            tally.add(value, other)

    def finish(self) -> Results:
        """Everything that was added."""
        for unit in self._units.values():
            self._count(unit.variant, unit.segment, unit.pairs)
            self._results.several_rows = self._results.several_rows or unit.rows > 1
        self._units.clear()
        return self._results


def kind_of(metric: Metric, results: Results, at: int) -> Kind:
    """The metric's kind: stated, or found out from every value."""
    if metric.denominator is not None:
        return "ratio"
    if metric.kind == "total":
        return "total"
    if results.several_rows:
        return "ratio"
    if metric.kind is not None:
        return metric.kind
    every = all(tallies[at].binary for tallies in results.tallies.values())
    return "binary" if every else "mean"
