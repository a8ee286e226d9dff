"""What a design rents, as whoever places it finds out: amounts of what price lists have rows for.

The compiler prices needs and does not make them: what a component runs on is told by where it is
placed. Law: what is needed in an amount that nobody states is told as unsized, never left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from mlsdc.compiler.capacity.prices import Prices

SHARED = ""
"""The component of what the environment itself needs."""


@dataclass(frozen=True, slots=True)
class Need:
    """An amount of one row of a price list, all month long.

    `least` and `most` are units of the row: machines, GB stored, GB sent in a month.
    """

    component: str
    what: str
    """`3 brokers`, for people."""
    row: str
    least: float
    most: float
    because: tuple[str, ...] = ()
    purchase: str = "on_demand"


@dataclass(frozen=True, slots=True)
class Unsized:
    """Something a component needs in an amount that the design does not tell."""

    component: str
    what: str
    missing: tuple[str, ...]


Found = tuple[list[Need], list[Unsized]]


def nothing() -> Found:
    """What a design needs that is placed nowhere."""
    return [], []


@dataclass(frozen=True)
class Provisions:
    """The price list in force, and what will be rented; found out only when somebody asks."""

    prices: Callable[[], Prices] = Prices
    find: Callable[[], Found] = field(default=nothing)
