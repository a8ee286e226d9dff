"""The names in the expressions of one query in, the columns of tables that they mean out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mlsdc.compiler.sql.outcome import Output, Read, Relation, Spot, merged
from mlsdc.compiler.sql.trees import Node, spot

if TYPE_CHECKING:
    from sqlglot.optimizer.scope import Scope

    from mlsdc.compiler.sql.scopes import Scopes

UNITS = frozenset((
    "year", "quarter", "month", "week", "day", "hour", "minute", "second", "millisecond",
    "microsecond", "epoch", "dow", "doy",
))  # fmt: skip
"""Words that some functions take for a unit, and some dialects parse as a column."""
NOTHING = Output("")


@dataclass
class Columns:
    """The names that one query can use."""

    scopes: Scopes
    scope: Scope
    sources: Mapping[str, Relation]

    def influences(self) -> Iterator[Read]:
        """What decides which rows the tables of the query have."""
        for relation in self.sources.values():
            yield from relation.influences

    def reads(self, expression: Node, aliases: Mapping[str, Output] | None = None) -> Output:
        """All that an expression depends on."""
        from sqlglot import exp

        found: list[Output] = []
        ahead: Spot | None = None
        alone: Spot | None = None
        for node in expression.walk(prune=_is_query):
            if isinstance(node, exp.Query):
                found.append(self._subquery(node))
            elif isinstance(node, exp.Column):
                output = self.column(node, aliases or {})
                found.append(_indirect(output) if _orders(node, expression) else output)
            elif isinstance(node, exp.Window):
                alone = alone or _unpartitioned(node)
                ahead = ahead or _ahead(node)
            elif isinstance(node, exp.Lead):
                ahead = ahead or spot(node) or Spot(0, 0)
        whole = merged("", [NOTHING, *found])
        return Output("", whole.reads, None, ahead or whole.ahead, alone or whole.unpartitioned)

    def _subquery(self, node: Node) -> Output:
        """A query inside an expression: its values, and what decides about its rows."""
        inner = self.scopes.inner.get(id(node))
        if inner is None:
            inner = self.scopes.inner.get(id(node.unnest()))
        if inner is None:
            return NOTHING
        relation = self.scopes.relation(inner)
        outputs = list(relation.columns.values())
        reads = frozenset(read for one in outputs for read in one.reads) | relation.influences
        return Output("", reads)

    def column(self, node: Node, aliases: Mapping[str, Output]) -> Output:
        """What one column means; a mistake is noted."""
        name, qualifier = node.name, node.table
        if node.is_star or not name:
            return NOTHING
        found = self._qualified(qualifier, name) if qualifier else self._plain(name, aliases)
        if found is not None:
            return found
        if not qualifier and (name.lower() in UNITS or name.startswith("_")):
            return NOTHING
        known = self._known(qualifier)
        self.scopes.text.complain(
            "column", f"{qualifier}.{name}" if qualifier else name, spot(node.this), known
        )
        return NOTHING

    def _known(self, qualifier: str) -> tuple[str, ...]:
        only = self.sources.get(qualifier.lower()) if qualifier else None
        relations = [only] if only is not None else list(self.sources.values())
        return tuple(dict.fromkeys(o.name for r in relations for o in r.columns.values()))

    def _qualified(self, qualifier: str, name: str) -> Output | None:
        """`t.amount`, or the field of a struct: `event.amount`."""
        for sources in self._around():
            relation = sources.get(qualifier.lower())
            if relation is not None:
                return _of(relation, name)
        return self._plain(qualifier, {})

    def _plain(self, name: str, aliases: Mapping[str, Output]) -> Output | None:
        key = name.lower()
        for sources in self._around():
            holding = [r.columns[key] for r in sources.values() if key in r.columns]
            if holding:
                return merged(name, holding)
            if sources is self.sources and key in aliases:
                return aliases[key]
            if key in sources:  # a whole row
                every = sources[key]
                reads = frozenset(r for o in every.columns.values() for r in o.reads)
                return Output(name, reads)
            opened = [r for r in sources.values() if not r.complete]
            if opened:
                return Output(name, frozenset(Read(t, name) for r in opened for t in r.passes))
        return None

    def _around(self) -> Iterator[Mapping[str, Relation]]:
        """The tables of this query, then those of the queries around it."""
        yield self.sources
        scope: Scope | None = self.scope.parent
        while scope is not None:
            found = self.scopes.around.get(id(scope))
            if found is not None:
                yield found
            scope = scope.parent

    def shared(self, names: Iterable[Node]) -> frozenset[Read]:
        """The columns of a join's USING."""
        found = [self._plain(node.name, {}) for node in names]
        return frozenset(read for one in found if one is not None for read in one.reads)

    def starred(self, projection: Node) -> Iterator[Relation]:
        """What `*` or `t.*` stands for."""
        from sqlglot import exp

        table = projection.table if isinstance(projection, exp.Column) else ""
        star = projection.find(exp.Star)
        left_out = _left_out(star) if star is not None else frozenset[str]()
        for name, relation in self.sources.items():
            if not table or table.lower() == name:
                kept = {n: o for n, o in relation.columns.items() if n not in left_out}
                yield Relation(kept, relation.passes, relation.opaque)


def _is_query(node: Node) -> bool:
    from sqlglot import exp

    return isinstance(node, exp.Query)


def _indirect(output: Output) -> Output:
    return replace(output, reads=frozenset(r._replace(direct=False) for r in output.reads))


def _orders(node: Node, top: Node) -> bool:
    """Whether a column only partitions or orders the rows of a window."""
    from sqlglot import exp

    below = node
    while below is not top and below.parent is not None:
        above = below.parent
        if isinstance(above, exp.Window):
            return below.arg_key != "this"
        below = above
    return False


def _left_out(star: Node) -> frozenset[str]:
    named: list[Node] = star.args.get("except_") or star.args.get("except") or []
    return frozenset(one.name.lower() for one in named)


def _of(relation: Relation, name: str) -> Output | None:
    found = relation.columns.get(name.lower())
    if found is not None or relation.complete:
        return found
    return Output(name, frozenset(Read(table, name) for table in relation.passes))


def _unpartitioned(window: Node) -> Spot | None:
    """Where a window function aggregates the rows of everybody."""
    from sqlglot import exp

    function = window.this
    if not isinstance(function, exp.AggFunc) or window.args.get("partition_by"):
        return None
    return spot(function) or Spot(0, 0)


def _ahead(window: Node) -> Spot | None:
    """Where a window's frame ends behind its own row."""
    frame = window.args.get("spec")
    side = str(frame.args.get("end_side") or "") if frame is not None else ""
    if side.upper() != "FOLLOWING":
        return None
    return spot(window.this) or Spot(0, 0)
