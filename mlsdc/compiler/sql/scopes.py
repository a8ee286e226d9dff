"""One query with the queries inside it in, the columns that each of them returns out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mlsdc.compiler.sql.columns import Columns
from mlsdc.compiler.sql.grouping import grouping
from mlsdc.compiler.sql.outcome import (
    ANYTHING,
    Output,
    Read,
    Relation,
    Spot,
    merged,
    renamed,
    strongest,
)
from mlsdc.compiler.sql.trees import Node, spot

if TYPE_CHECKING:
    from sqlglot.optimizer.scope import Scope

    from mlsdc.compiler.sql.resolve import _Text  # pyright: ignore[reportPrivateUsage]

FILTERS = ("where", "having", "qualify")


@dataclass
class Scopes:
    """The queries of one statement; each is worked out once."""

    text: _Text
    known: dict[int, Relation] = field(default_factory=dict[int, Relation])
    inner: dict[int, Scope] = field(default_factory=dict[int, "Scope"])
    """The scope of each subquery, by its node."""
    around: dict[int, Mapping[str, Relation]] = field(
        default_factory=dict[int, Mapping[str, Relation]]
    )

    def relation(self, scope: Scope) -> Relation:
        """What a query returns."""
        key = id(scope)
        if key not in self.known:
            self.known[key] = ANYTHING  # a recursive query ends here
            self.known[key] = self._relation(scope)
        return self.known[key]

    def _relation(self, scope: Scope) -> Relation:
        from sqlglot import exp

        if isinstance(scope.expression, exp.SetOperation):
            return self._united([self.relation(one) for one in scope.set_operation_scopes])
        if isinstance(scope.expression, exp.Select):
            return self._select(scope, scope.expression)
        return ANYTHING

    def _united(self, parts: list[Relation]) -> Relation:
        """Columns by position, named as in the first part."""
        first = parts[0]
        if not all(part.complete for part in parts):
            passes = tuple(dict.fromkeys(name for part in parts for name in part.passes))
            opaque = any(part.opaque for part in parts)
            return replace(first, passes=passes, opaque=opaque, grouped=None)
        rows = zip(*(part.columns.values() for part in parts), strict=False)
        columns = {row[0].name.lower(): merged(row[0].name, list(row)) for row in rows}
        influences = frozenset(read for part in parts for read in part.influences)
        kept = [part.grouped for part in parts]
        grouped = first.grouped if all(one == first.grouped for one in kept) else None
        return Relation(columns, influences=influences, grouped=grouped, grouping=first.grouping)

    def _sources(self, scope: Scope) -> dict[str, Relation]:
        """What stands in FROM and the JOINs, by the name that columns are qualified with."""
        from sqlglot import exp

        found: dict[str, Relation] = {}
        for name, (node, source) in scope.selected_sources.items():
            names = [part.name for part in _columns_of(node)]
            if isinstance(source, exp.Table):
                relation = self.text.table(source)
            elif isinstance(source.expression, exp.Query):
                relation = self.relation(source)
            else:
                relation = self._generated(scope, node, names, dict(found))
            found[name.lower()] = renamed(relation, names)
        return found

    def _generated(
        self, scope: Scope, node: Node, names: list[str], before: Mapping[str, Relation]
    ) -> Relation:
        """`LATERAL VIEW explode(xs) t AS x`: what it is made of is named in its arguments."""
        whole = Columns(self, scope, before).reads(node)
        columns = {name.lower(): replace(whole, name=name) for name in names}
        return Relation(columns, opaque=not names, influences=whole.reads)

    def _select(self, scope: Scope, select: Node) -> Relation:

        sources = self._sources(scope)
        self.around[id(scope)] = sources
        for inner in scope.subquery_scopes:
            self.inner[id(inner.expression)] = inner
        columns = Columns(self, scope, sources)
        influences = set(columns.influences())
        for part in [select.args.get(name) for name in FILTERS]:
            if part is not None:
                influences |= columns.reads(part).reads
        joins: list[Node] = select.args.get("joins") or []
        for join in joins:
            on: Node = join.args.get("on")
            if on is not None:
                influences |= columns.reads(on).reads
            influences |= columns.shared(join.args.get("using") or [])
        relation = self._projected(columns, select, frozenset(influences))
        for part in [select.args.get("group"), select.args.get("order")]:
            if part is not None:
                columns.reads(part, relation.columns)
        return grouping(relation, select, list(sources.values()))

    def _projected(self, columns: Columns, select: Node, influences: frozenset[Read]) -> Relation:
        from sqlglot import exp

        found: dict[str, Output] = {}
        passes: dict[str, None] = {}
        opaque = False
        indirect = frozenset(read._replace(direct=False) for read in influences)
        for at, projection in enumerate(select.expressions):
            if projection.is_star:
                for relation in columns.starred(projection):
                    found.update({n: o for n, o in relation.columns.items() if n not in found})
                    passes.update(dict.fromkeys(relation.passes))
                    opaque |= relation.opaque
                continue
            name = projection.alias_or_name or f"_col_{at}"
            output = columns.reads(projection, found)
            found[name.lower()] = replace(output, name=name, at=_place(projection))
            if isinstance(projection, exp.Aliases):
                opaque = True
        ready = {
            name: replace(output, reads=strongest(output.reads | indirect))
            for name, output in found.items()
        }
        return Relation(ready, tuple(passes), opaque, indirect)


def _columns_of(node: Node) -> Iterator[Node]:
    alias = node.args.get("alias")
    yield from (alias.args.get("columns") or []) if alias is not None else []


def _place(projection: Node) -> Spot | None:
    alias = projection.args.get("alias")
    return spot(alias if hasattr(alias, "meta") else projection) or spot(projection)
