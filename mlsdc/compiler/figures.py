"""Numbers that can be asked why, and the absence of a number.

A `Figure` carries the lines of arithmetic that made it; a line may be a `Step`, which knows the
fields of the design and the row of a catalogue that it rests on. `Unknown` names what the design
would have to say; it is never 0, and everything computed from it is Unknown too.
"""

from __future__ import annotations

from dataclasses import dataclass

from mlsdc.units import DURATION, NUMBER, RATE, Dimension, Quantity, show

Place = tuple[str | int, ...]
"""A field of the design: the component and the path below it."""


class Step(str):
    """A line of arithmetic that tells what it rests on.

    `inputs` are fields of the design, `row` is a row of a catalogue with its date.
    """

    __slots__ = ("inputs", "row")
    inputs: tuple[Place, ...]
    row: str

    def __new__(cls, text: str, *inputs: Place, row: str = "") -> Step:
        """A line of this text."""
        made = super().__new__(cls, text)
        made.inputs, made.row = inputs, row
        return made


@dataclass(frozen=True, slots=True)
class Unknown:
    """A number the design does not allow to be computed; `missing` are fields to state."""

    missing: tuple[str, ...]

    def __str__(self) -> str:
        return "unknown: needs " + ", ".join(self.missing)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in base units, with its derivation."""

    value: float
    dimension: Dimension = NUMBER
    because: tuple[str, ...] = ()

    def __str__(self) -> str:
        return show(Quantity(self.value, self.dimension))


Known = Figure | Unknown


def rate(value: float, *because: str) -> Figure:
    """Events per second."""
    return Figure(value, RATE, because)


def duration(value: float, *because: str) -> Figure:
    """Seconds."""
    return Figure(value, DURATION, because)


def total(parts: list[Known], dimension: Dimension) -> Known:
    """The sum; Unknown as soon as one part is, naming everything that is missing."""
    missing = [m for part in parts if isinstance(part, Unknown) for m in part.missing]
    if missing:
        return Unknown(tuple(dict.fromkeys(missing)))
    known = [part for part in parts if isinstance(part, Figure)]
    because = tuple(line for part in known for line in part.because)
    return Figure(sum(part.value for part in known), dimension, because)
