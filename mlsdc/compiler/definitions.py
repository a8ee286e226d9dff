"""A design in, complaints about what its feature definitions say out.

Definitions are not evaluated, so a misspelt function or column would otherwise pass silently. A
column is judged only where everything upstream declares its events; else it may well exist.
"""

from __future__ import annotations

from collections.abc import Iterator

from mlsdc.compiler import rules
from mlsdc.compiler.analyses.lineage import FeatureLineage, Lineage, event_columns, names_in
from mlsdc.compiler.design import Design
from mlsdc.compiler.functions import (
    AGGREGATIONS,
    ELSEWHERE,
    ROW_FUNCTIONS,
    is_aggregation,
)
from mlsdc.compiler.model.data import Source, Stream
from mlsdc.compiler.model.features import FeatureColumn, Features
from mlsdc.diagnostics import Diagnostic, Label, nearest
from mlsdc.dsl import ast


def check_definitions(design: Design, lineage: Lineage) -> list[Diagnostic]:
    """Every mistake in the definitions of features.

    Columns are judged only where everything upstream could be understood, functions anywhere.
    """
    return [
        said
        for view in design.of(Features)
        for name, column in view.columns.items()
        if column.definition is not None
        for said in _column(design, lineage, view, name, column)
    ]


def _column(
    design: Design, lineage: Lineage, view: Features, name: str, column: FeatureColumn
) -> Iterator[Diagnostic]:
    aggregates = False
    for call in _calls(column.definition):
        function = call.function.name if isinstance(call.function, ast.Reference) else ""
        aggregates |= is_aggregation(function, len(call.arguments))
        yield from _call(view, call, function)
    if aggregates and column.over is None and not _impl_window(view):
        yield rules.MISSING_FIELD.at(
            column.definition.span,
            f"the aggregation of `{name}` has no window",
            subject=view.name,
            help="... over 30d",
        )
    if view.name in design.tainted:
        return
    yield from _names(design, lineage.features[view.name, name], view, name, column.definition)


def _impl_window(view: Features) -> bool:
    return any(path is not None and path.over is not None for path in (view.offline, view.online))


def _call(view: Features, call: ast.Call, function: str) -> Iterator[Diagnostic]:
    bounds = [t[function] for t in (AGGREGATIONS, ROW_FUNCTIONS) if function in t]
    if not bounds:
        known = [*AGGREGATIONS, *ROW_FUNCTIONS]
        near = ELSEWHERE.get(function.lower()) or nearest(function, known)
        yield rules.BAD_CALL.at(
            call.function.span,
            f"there is no function `{function}`",
            subject=view.name,
            help=f"did you mean `{near}`?" if near else "aggregations: " + ", ".join(AGGREGATIONS),
        )
        return
    fewest, most = min(low for low, _ in bounds), max(high for _, high in bounds)
    given = len(call.arguments)
    if not fewest <= given <= most:
        wanted = f"{fewest}" if fewest == most else f"{fewest} to {most}"
        yield rules.BAD_CALL.at(
            call.span,
            f"`{function}` takes {wanted} argument{'' if wanted == '1' else 's'}, "
            f"{given} are given",
            subject=view.name,
            help=f"{function}({'amount' if most else ''})",
        )


def _names(
    design: Design,
    lineage: FeatureLineage,
    view: Features,
    feature: str,
    definition: ast.Expression,
) -> Iterator[Diagnostic]:
    upstream = [design.components.get(name) for name in lineage.origins]
    emitting = [o for o in upstream if isinstance(o, Stream | Source)]
    declared = {column for o in emitting for column in event_columns(o)}
    complete = bool(emitting) and all(event_columns(o) for o in emitting)
    if lineage.reaching is not None:
        if feature in lineage.reaching:  # a text computes it from what its job reads
            declared |= set(lineage.reaching)
        else:
            declared, complete = set(lineage.reaching), not lineage.open
    known = {*declared, *view.columns}
    for reference in _references(definition):
        head, _, tail = reference.text.partition(".")
        other = design.get(head, Features)
        if head == "request" and tail:
            continue
        if other is not None:
            if tail not in other.columns:
                yield _unknown(reference, view, f"`{head}` has no feature `{tail}`",
                               [f"{head}.{name}" for name in other.columns])  # fmt: skip
        elif reference.text == feature:
            yield rules.CIRCULAR_VALUE.at(
                reference.span, f"`{feature}` is defined by itself", subject=view.name
            )
        elif complete and reference.text not in known:
            labels = [Label(design.place(o, "event"), f"`{o.name}` declares its columns here")
                      for o in emitting[:2]]  # fmt: skip
            yield _unknown(
                reference, view, f"nothing upstream has a column `{reference.text}`", sorted(known),
                labels,
            )  # fmt: skip


def _unknown(
    reference: ast.Name,
    view: Features,
    message: str,
    known: list[str],
    labels: list[Label] | None = None,
) -> Diagnostic:
    near = nearest(reference.text, known)
    return rules.UNKNOWN_NAME.at(
        reference.span,
        message,
        subject=view.name,
        labels=labels or [],
        help=f"did you mean `{near}`?" if near else "known: " + ", ".join(known[:8]),
    )


def _references(node: ast.Expression) -> Iterator[ast.Name]:
    """The dotted names of an expression with their places."""
    if isinstance(node, ast.Reference | ast.Attribute):
        for text in names_in(node):
            yield ast.Name(text, node.span)
        return
    for inner in _inside(node):
        yield from _references(inner)


def _calls(node: ast.Expression) -> Iterator[ast.Call]:
    if isinstance(node, ast.Call):
        yield node
    for inner in _inside(node):
        yield from _calls(inner)


def _inside(node: ast.Expression) -> list[ast.Expression]:
    if isinstance(node, ast.Call):
        return [argument.value for argument in node.arguments]
    if isinstance(node, ast.Binary):
        return [node.left, node.right]
    if isinstance(node, ast.Unary):
        return [node.operand]
    if isinstance(node, ast.Index):
        return [node.base, node.index]
    if isinstance(node, ast.ListLiteral):
        return node.items
    return [node.base] if isinstance(node, ast.Attribute) else []
