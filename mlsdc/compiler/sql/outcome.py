"""What is known of a SQL text once it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple


class Spot(NamedTuple):
    """A half-open range of characters of a text."""

    start: int
    end: int


@dataclass(frozen=True)
class Unread:
    """A text of which nothing is known: why, and where reading ended."""

    why: str
    at: Spot


class Read(NamedTuple):
    """A column of a table that another one depends on.

    `direct` where its value flows into the other's; else it only decides which rows count, as a
    filter or a join's condition does.
    """

    table: str
    column: str
    direct: bool = True


@dataclass(frozen=True)
class Output:
    """One returned column.

    `ahead` is where rows after the own one are read, `unpartitioned` where a window function takes
    in the rows of everybody.
    """

    name: str
    reads: frozenset[Read] = frozenset()
    at: Spot | None = None
    ahead: Spot | None = None
    unpartitioned: Spot | None = None


@dataclass(frozen=True)
class Relation:
    """What a query returns: columns by their names in lower case.

    `passes` are tables whose columns, not known one by one, are all passed on; `opaque` where
    there may be further ones from elsewhere. `influences` decide which rows there are. `grouped`
    are the names, in lower case, that rows are aggregated by, None where they are not; `grouping`
    is where that is stated.
    """

    columns: Mapping[str, Output] = field(default_factory=dict[str, Output])
    passes: tuple[str, ...] = ()
    opaque: bool = False
    influences: frozenset[Read] = frozenset()
    grouped: frozenset[str] | None = None
    grouping: Spot | None = None

    @property
    def complete(self) -> bool:
        """Whether it has the columns that are listed, and no others."""
        return not self.opaque and not self.passes


@dataclass(frozen=True)
class Problem:
    """A name in a query that means nothing: `known` are those that would."""

    kind: Literal["column", "table"]
    name: str
    at: Spot
    known: tuple[str, ...] = ()


@dataclass(frozen=True)
class Query:
    """A text that was read."""

    returns: Relation
    problems: tuple[Problem, ...] = ()
    tables: tuple[str, ...] = ()
    """The known tables that it reads."""


class Table(NamedTuple):
    """A table that a query may name; `columns` is None where they are not known."""

    name: str
    columns: tuple[str, ...] | None


ANYTHING = Relation(opaque=True)


def strongest(reads: frozenset[Read]) -> frozenset[Read]:
    """A column that flows in directly is not named a second time as a filter."""
    return frozenset(r for r in reads if r.direct or Read(r.table, r.column) not in reads)


def merged(name: str, outputs: list[Output]) -> Output:
    """One column for several: of the parts of a union, or of the tables that share it."""
    ahead = next((one.ahead for one in outputs if one.ahead), None)
    unpartitioned = next((one.unpartitioned for one in outputs if one.unpartitioned), None)
    reads = frozenset(read for one in outputs for read in one.reads)
    return Output(name, reads, outputs[0].at, ahead, unpartitioned)


def renamed(relation: Relation, names: list[str]) -> Relation:
    """The relation with other names for its columns, in order: `AS t(a, b)`."""
    if not names:
        return relation
    outputs = list(relation.columns.values())
    columns = {
        name.lower(): replace(outputs[at] if at < len(outputs) else Output(name), name=name)
        for at, name in enumerate(names)
    }
    return replace(relation, columns=columns)
