"""What one SELECT returns in; the same with the names that its rows are aggregated by, out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mlsdc.compiler.sql.outcome import Relation, Spot
from mlsdc.compiler.sql.trees import Node, spot


def grouping(relation: Relation, select: Node, sources: list[Relation]) -> Relation:
    """The relation with `grouped`: of the query itself, or of the one query that it passes on."""
    from sqlglot import exp

    group = select.args.get("group")
    aggregates = [node for one in select.expressions for node in _aggregates(one)]
    if isinstance(group, exp.Group):
        names = frozenset(name.lower() for name in _names(select, group))
        where = next((spot(one) for one in group.expressions), None)
        return replace(relation, grouped=names, grouping=where or _first(aggregates))
    if aggregates:
        return replace(relation, grouped=frozenset(), grouping=_first(aggregates))
    inner = sources[0] if len(sources) == 1 else None
    if inner is None or inner.grouped is None:
        return relation
    renamed = frozenset(
        one.alias_or_name.lower()
        for one in select.expressions
        if isinstance(one.unalias(), exp.Column) and one.unalias().name.lower() in inner.grouped
    )
    return replace(relation, grouped=inner.grouped | renamed, grouping=inner.grouping)


def _first(nodes: list[Node]) -> Spot | None:
    return next((spot(node) for node in nodes), None)


def _aggregates(projection: Node) -> Iterator[Node]:
    """The aggregations of a projection that are not over a window."""
    from sqlglot import exp

    def stop(node: Node) -> bool:
        return isinstance(node, exp.Query | exp.Window)

    for node in projection.walk(prune=stop):
        if isinstance(node, exp.AggFunc):
            yield node


def _names(select: Node, group: Node) -> Iterator[str]:
    """What the rows are aggregated by, under every name that it has."""
    from sqlglot import exp

    by_all = group.args.get("all")
    keys: list[Node] = []
    for key in [*group.expressions, *_sets(group)]:
        if isinstance(key, exp.GroupingSets | exp.Cube | exp.Rollup):
            keys += key.find_all(exp.Column)
        else:
            keys.append(key)
    for key in keys:
        position = int(key.name) if isinstance(key, exp.Literal) and key.is_int else 0
        if 0 < position <= len(select.expressions):
            yield select.expressions[position - 1].alias_or_name
        elif isinstance(key, exp.Column):
            yield key.name
        elif isinstance(key, exp.Tuple):
            yield from (one.name for one in key.expressions)
    written = {key.sql() for key in keys}
    for one in select.expressions:
        if (by_all and not any(_aggregates(one))) or one.unalias().sql() in written:
            yield one.alias_or_name


def _sets(group: Node) -> Iterator[Node]:
    for name in ("grouping_sets", "cube", "rollup"):
        given = group.args.get(name)
        yield from given if isinstance(given, list) else []
