"""Jobs that carry their text in, what each text returns and where it asks the clock out.

What a text names as a table is what its job reads: streams and sources with their events, lakes and
warehouses, what is landed in these, and what other jobs write to them. A design without texts costs
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.data import Lake, Pipeline, Source, Stream, Warehouse
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.model.transform import Transform
from mlsdc.compiler.schedule import analysis
from mlsdc.compiler.sql.outcome import Query, Relation, Spot, Table, Unread

if TYPE_CHECKING:
    from mlsdc.compiler.sql.clock import Asked

MOST_TOGETHER, MOST_TOKENS = 160_000, 20_000
"""Characters, and words and signs, of all SQL of a design: what is read in about a second."""
TOO_MUCH = (
    f"the SQL of the design has more than {MOST_TOGETHER:,} characters, or {MOST_TOKENS:,} words "
    "and signs"
)
MOST_TOLD = 50
"""Mistakes of one kind that are told of one text: nobody reads more of them at once."""
NOWHERE = Spot(-1, -1)
"""The place in a text that was not looked at."""


@dataclass(frozen=True)
class Text:
    """One text of a job or of one path of a view, and what is known of it.

    `path` is the place of its block. `ways` hold, for each table that it may name, the components
    from what declares the table to what the job reads. `query` is None where there is no SQL.
    """

    owner: Component
    path: tuple[str, ...]
    transform: Transform
    reads: tuple[str, ...]
    ways: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    query: Query | Unread | None = None
    asks: tuple[Asked, ...] = ()
    """Where the SQL asks the clock or chance."""

    @property
    def returns(self) -> Relation | None:
        """What it returns, where that is known."""
        return self.query.returns if isinstance(self.query, Query) else None

    @property
    def dialect(self) -> str:
        """The name of the dialect; empty where none is stated."""
        return self.transform.dialect or ""


@dataclass(frozen=True)
class Transforms:
    """The texts of a design: `activity` of a job, `profile.offline` of one path of a view."""

    of: dict[str, Text] = field(default_factory=dict[str, Text])


@analysis
def transforms(design: Design) -> Transforms:
    """Read the texts of a design."""
    found: dict[str, Text] = {}
    for job in design.of(Pipeline):
        if job.transform is not None:
            found[job.name] = Text(job, ("transform",), job.transform, tuple(job.reads))
    for view in design.of(Features):
        for side, path in (("offline", view.offline), ("online", view.online)):
            if path is not None and path.transform is not None:
                reads = _read_by(design, path.computed or view.computed)
                name = f"{view.name}.{side}"
                found[name] = Text(view, (side, "transform"), path.transform, reads)
    return Transforms(_Reading(design, found).run()) if found else Transforms()


def _read_by(design: Design, name: str | None) -> tuple[str, ...]:
    """What the text of a view reads: what its job reads, or what is no job itself."""
    job = design.get(name, Pipeline)
    return tuple(job.reads) if job is not None else (name,) if name else ()


class _Reading:
    """Reads texts after those that write what they read."""

    def __init__(self, design: Design, texts: dict[str, Text]) -> None:
        self.design, self.texts = design, texts
        self.done: dict[str, Text] = {}
        self.characters, self.tokens = MOST_TOGETHER, MOST_TOKENS
        self.inside: dict[str, dict[str, tuple[str, ...] | None]] = {}
        self.writers: dict[str, list[Pipeline]] = {}
        for job in design.of(Pipeline):
            for name in job.writes:
                self.writers.setdefault(name, []).append(job)

    def run(self) -> dict[str, Text]:
        """Every text, in the order of the design."""
        for name in self.texts:
            self._after_its_inputs(name)
        return {name: self.done[name] for name in self.texts}

    def _after_its_inputs(self, name: str) -> None:
        stack, entered = [name], set[str]()
        while stack:
            here = stack[-1]
            needed = [n for n in self._inputs(here) if n not in self.done and n not in entered]
            if here in entered or not needed:
                stack.pop()
                if here not in self.done:
                    self.done[here] = self._read(self.texts[here])
                continue
            entered.add(here)
            stack += needed

    def _inputs(self, name: str) -> list[str]:
        """The texts whose results a text may read."""
        jobs = [job.name for read in self.texts[name].reads for job in self.writers.get(read, ())]
        return [job for job in dict.fromkeys(jobs) if job in self.texts]

    def _read(self, text: Text) -> Text:
        sql = text.transform.sql
        if sql is None:
            return text
        from mlsdc.compiler.sql.clock import asked
        from mlsdc.compiler.sql.read import count
        from mlsdc.compiler.sql.resolve import query

        tables, ways = self._tables(text)
        given: tuple[str, str] = str(sql), text.dialect
        self.characters -= len(sql)
        self.tokens -= count(*given) if self.characters >= 0 else 0
        if self.characters < 0 or self.tokens < 0:
            return replace(text, ways=ways, query=Unread(TOO_MUCH, NOWHERE))
        found = query(*given, tuple(tables.values()))
        return replace(text, ways=ways, query=found, asks=asked(*given))

    def _tables(self, text: Text) -> tuple[dict[str, Table], dict[str, tuple[str, ...]]]:
        """The tables that a text may name and whose names stand in it, and the way to each."""
        import re

        words = set(re.findall(r"\w+", str(text.transform.sql)))
        tables: dict[str, Table] = {}
        ways: dict[str, tuple[str, ...]] = {}
        for name in text.reads:
            inside = self._inside(name)
            own = _together(inside) if inside else self._columns(self.design.components.get(name))
            tables[name], ways[name] = Table(name, own), (name,)
            for table in sorted(word for word in words if word in inside):
                for called in (table, f"{name}.{table}"):
                    if called not in tables:
                        tables[called], ways[called] = Table(called, inside[table]), (table, name)
        return tables, ways

    def _inside(self, name: str) -> dict[str, tuple[str, ...] | None]:
        """What lies in a lake or a warehouse: what is landed, and what jobs write."""
        holder = self.design.components.get(name)
        if not isinstance(holder, Lake | Warehouse):
            return {}
        if name not in self.inside:
            landed = {one: self._columns(self.design.components.get(one)) for one in holder.origin}
            written = {job.name: self._columns(job) for job in self.writers.get(name, ())}
            self.inside[name] = {**landed, **written}
        return self.inside[name]

    def _columns(self, component: Component | None) -> tuple[str, ...] | None:
        """The columns that a table has; None where they are not known."""
        if isinstance(component, Stream | Source):
            return tuple(component.event.columns) if component.event else None
        text = self.done.get(component.name) if isinstance(component, Pipeline) else None
        returns = text.returns if text is not None else None
        if returns is None or not returns.complete:
            return None
        return tuple(output.name for output in returns.columns.values())


def _together(inside: Mapping[str, tuple[str, ...] | None]) -> tuple[str, ...] | None:
    """The columns of a lake that is read as one table: what is unknown of one is of all."""
    found: dict[str, None] = {}
    for columns in inside.values():
        if columns is None:
            return None
        found.update(dict.fromkeys(columns))
    return tuple(found)
