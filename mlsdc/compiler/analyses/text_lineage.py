"""The columns that reach each component in, through the texts of jobs; where they come from out.

Components are worked out after what they read, without recursion, so that long chains cost no more
than short ones; what leads back to itself (REL013) reaches nothing new.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from mlsdc.compiler.analyses.transforms import Text, Transforms
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Source, Stream
from mlsdc.compiler.sql.outcome import Output, Read, Relation


@dataclass(frozen=True)
class Placed:
    """A declared column that another one depends on, and the names on the way to it.

    It is not `direct` where it only decides which rows count.
    """

    origin: str
    column: str
    way: tuple[str, ...]
    direct: bool = True


@dataclass(frozen=True)
class Reaching:
    """The columns that a component has; `open` where it may have others."""

    columns: Mapping[str, tuple[Placed, ...]] = field(
        default_factory=dict[str, "tuple[Placed, ...]"]
    )
    open: bool = False


class TextLineage:
    """What reaches the components of one design."""

    def __init__(
        self, design: Design, transforms: Transforms, read_by: Callable[[str], list[str]]
    ) -> None:
        self._design, self._texts, self._read_by = design, transforms.of, read_by
        self._known: dict[str, Reaching] = {}

    def applies(self, names: Mapping[str, object], view: str) -> bool:
        """Whether a text stands on the way to a view: at one of these names, or in itself."""
        return any(name in self._texts for name in (*names, *_sides(view)))

    def at(self, jobs: tuple[str, ...], view: str) -> Reaching:
        """What reaches a view from its jobs, or from the texts that it carries itself."""
        own = [self._texts[name] for name in _sides(view) if name in self._texts]
        kept = jobs if len(own) < len(_sides(view)) else ()
        found = [self._of(name) for name in kept]
        for text in own:
            for read in text.reads:
                self._of(read)
            found.append(self._through(text, None))
        return _union(found)

    def _of(self, name: str) -> Reaching:
        stack, entered = [name], set[str]()
        while stack:
            here = stack[-1]
            above = self._read_by(here)
            needed = [n for n in above if n not in self._known and n not in entered]
            if here in entered or not needed:
                stack.pop()
                if here not in self._known:
                    self._known[here] = self._work_out(here, above)
                continue
            entered.add(here)
            stack += needed
        return self._known[name]

    def _work_out(self, name: str, above: list[str]) -> Reaching:
        component = self._design.components.get(name)
        if isinstance(component, Stream | Source) and component.event is not None:
            own = {c: (Placed(name, c, (name,)),) for c in component.event.columns}
            return _union([Reaching(own), *(_behind(self._there(n), name) for n in above)])
        text = self._texts.get(name)
        if text is not None:
            return self._through(text, name)
        if isinstance(component, Stream | Source) and not above:
            return Reaching(open=True)
        return _union([_behind(self._there(other), name) for other in above])

    def _there(self, name: str) -> Reaching:
        return self._known.get(name, Reaching())

    def _through(self, text: Text, name: str | None) -> Reaching:
        """What a text returns of what reaches it."""
        returns = text.returns
        if returns is None:
            above = _union([_behind(self._there(read), name) for read in text.reads])
            return replace(above, open=True)
        columns = {
            output.name: self._placed(text, output, name) for output in returns.columns.values()
        }
        return self._passed(text, returns, Reaching(columns, returns.opaque), name)

    def _passed(self, text: Text, returns: Relation, found: Reaching, name: str | None) -> Reaching:
        """The same with the columns of tables that are passed on as they are."""
        passed = [_behind(self._table(text, table), name) for table in returns.passes]
        return _union([found, *passed]) if passed else found

    def _placed(self, text: Text, output: Output, name: str | None) -> tuple[Placed, ...]:
        found: dict[tuple[str, str], Placed] = {}
        for read in sorted(output.reads, key=lambda one: (not one.direct, one)):
            for one in self._read(text, read):
                made = _on(one, name, one.direct and read.direct)
                key = (made.origin, made.column)
                if key not in found or (made.direct and not found[key].direct):
                    found[key] = made
        return tuple(found.values())

    def _read(self, text: Text, read: Read) -> tuple[Placed, ...]:
        return self._table(text, read.table).columns.get(read.column, ())

    def _table(self, text: Text, table: str) -> Reaching:
        """What reaches a table, by the way that the text takes to it."""
        first, *behind = text.ways.get(table, (table,))
        found = self._there(first)
        for name in behind:
            found = _behind(found, name)
        return found


def _sides(view: str) -> tuple[str, str]:
    return f"{view}.offline", f"{view}.online"


def _on(placed: Placed, name: str | None, direct: bool) -> Placed:
    way = placed.way if name is None else (*placed.way, name)
    return Placed(placed.origin, placed.column, way, direct)


def _behind(reaching: Reaching, name: str | None) -> Reaching:
    """What reaches the next component."""
    if name is None:
        return reaching
    columns = {
        column: tuple(_on(one, name, one.direct) for one in placed)
        for column, placed in reaching.columns.items()
    }
    return Reaching(columns, reaching.open)


def _union(several: list[Reaching]) -> Reaching:
    """What reaches a component from all sides, each column of an origin by the shortest way."""
    if len(several) == 1:
        return several[0]
    found: dict[str, dict[tuple[str, str], Placed]] = {}
    for reaching in several:
        for column, placed in reaching.columns.items():
            here = found.setdefault(column, {})
            for one in placed:
                known = here.get((one.origin, one.column))
                if known is None or len(one.way) < len(known.way):
                    here[one.origin, one.column] = one
    columns = {column: tuple(placed.values()) for column, placed in found.items()}
    return Reaching(columns, any(one.open for one in several))
