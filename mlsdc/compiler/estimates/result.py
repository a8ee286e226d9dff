"""What an estimator answers: a figure, its range, what was assumed, and the arithmetic."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Default:
    """A number that stands in for one nobody stated, with its plausible range and its source.

    `worst` and `best` are ends for the user: low and high efficiency, or high and low overhead.
    `field` is the input that replaces it.
    """

    name: str
    value: float
    worst: float
    best: float
    source: str
    field: str = ""

    def times(self, factor: float, why: str = "") -> Default:
        """The same default scaled; `why` is added to the name."""
        scaled = (self.value * factor, self.worst * factor, self.best * factor)
        return Default(f"{self.name}{why}", *scaled, self.source, self.field)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of arithmetic. `value` is in base units, or in `unit` where that is no base unit."""

    name: str
    formula: str
    value: float
    unit: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure in base units (seconds, bytes, FLOP, FLOP/s, per second, USD, a share or a count).

    `low` and `high` are equal to `value` where nothing was assumed: then it is exact arithmetic.
    """

    quantity: str
    title: str
    value: float
    low: float
    high: float
    unit: str
    method: str
    steps: tuple[Step, ...] = ()
    assumed: tuple[Default, ...] = ()
    used: frozenset[str] = field(default_factory=frozenset[str])
    """The inputs the figure rests on."""

    @property
    def exact(self) -> bool:
        """Whether the figure is arithmetic on stated numbers alone."""
        return not self.assumed
