"""Every input the calculator knows: its dimension, what it means, and the names people give it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache


class Kind(Enum):
    """What an input holds. Base units: seconds, bytes, FLOP, per second, USD, shares of 1."""

    COUNT = "a number above 0"
    WHOLE = "a whole number, 1 or more"
    AMOUNT = "a number, 0 or more"
    EFFECT = "a number above 0, or a percentage"
    SHARE = "a share from 0 to 1, or a percentage"
    TIME = "a duration above 0"
    RATE = "a rate above 0"
    BYTES = "a size above 0"
    BANDWIDTH = "bytes per second"
    FLOPS = "FLOP per second"
    MONEY = "USD, 0 or more"
    TEXT = "a word"
    FLAG = "true or false"
    NUMBERS = "a list of numbers"
    TABLE = "a list of lists of numbers"
    POINTS = "a duration at each batch size"


@dataclass(frozen=True, slots=True)
class Field:
    """One input. `example` is how it may be typed on a command line."""

    name: str
    kind: Kind
    text: str
    example: str
    aliases: tuple[str, ...] = ()
    scaled: Mapping[str, float] | None = None
    """Names that carry a unit of their own, and the factor to the base unit."""
    words: tuple[str, ...] = ()
    """The words a text may be; any where empty."""


def f(
    name: str, kind: Kind, text: str, example: str, aliases: str = "",
    scaled: Mapping[str, float] | None = None, words: tuple[str, ...] = (),
) -> Field:  # fmt: skip
    """A row of a table of fields; aliases stand in one text."""
    return Field(name, kind, text, example, tuple(aliases.split()), scaled, words)


@cache
def fields() -> dict[str, Field]:
    """All fields by their canonical name."""
    from mlsdc.compiler.estimates.fields_experiment import EXPERIMENT_FIELDS
    from mlsdc.compiler.estimates.fields_model import MODEL_FIELDS
    from mlsdc.compiler.estimates.fields_work import WORK_FIELDS

    return {row.name: row for row in (*MODEL_FIELDS, *WORK_FIELDS, *EXPERIMENT_FIELDS)}


@cache
def names() -> dict[str, tuple[Field, float]]:
    """Every name without a unit suffix, with its field and the factor to the base unit."""
    found: dict[str, tuple[Field, float]] = {}
    for row in fields().values():
        for name in (row.name, *row.aliases):
            found[name] = (row, 1.0)
        for name, factor in (row.scaled or {}).items():
            found[name] = (row, factor)
    return found
