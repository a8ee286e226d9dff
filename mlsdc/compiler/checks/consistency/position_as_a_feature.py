"""TSC038"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.lineage import Lineage, event_columns, is_expression
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Source, Stream
from mlsdc.compiler.model.features import Dataset, FeatureColumn, Features
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span
from mlsdc.dsl import ast

LATEST = frozenset(("first", "last", "last_n"))
"""Aggregations that hand a value on as it was."""


@check(
    "TSC038",
    "position-as-a-feature",
    Severity.WARNING,
    source="Zinkevich, Rules of Machine Learning, rule 36: avoid feedback loops with positional "
    "features; Guo et al., PAL: a position-bias aware learning framework (2019)",
)
def position_as_a_feature(design: Design, lineage: Lineage) -> Iterator[Finding]:
    """A model learns from how an item was shown, which nobody knows when it is scored.

    Why: what stands first is clicked because it stands first. A model that may read the position
    explains clicks by it. In serving there is no position yet, and what takes its place decides.

    Bad:

        stream shown { event { item_id: string  slot: int64  exposure } }
        pipeline join { reads = shown }
        features context { computed = join  slot: int64 }
        dataset rows { features = [context] }
        model ranker { dataset = rows }

    Good:

        stream shown { event { item_id: string  slot: int64  exposure } }
        pipeline join { reads = shown }
        features context { computed = join  slot: int64  serving 1 }
        dataset rows { features = [context] }
        model ranker { dataset = rows }
    """
    models = [(m, d) for m in design.of(Model) if (d := design.get(m.dataset, Dataset))]
    seen: set[tuple[str, str]] = set()
    for model, dataset in models:
        for name in dataset.features:
            view = design.get(name, Features)
            for feature, column in view.columns.items() if view is not None else ():
                told = _told(design, lineage, view, feature, column) if view is not None else None
                if told is None or view is None or (name, feature) in seen:
                    continue
                if column.serving is None:
                    seen.add((name, feature))
                    yield _finding(design, model, view, feature, told)


def _told(
    design: Design, lineage: Lineage, view: Features, feature: str, column: FeatureColumn
) -> Span | None:
    """Where it is declared that a feature tells how an item was shown."""
    if column.exposure:
        return design.place(view, "columns", feature)
    if not _as_it_was(column):
        return None
    for reading in lineage.features[view.name, feature].readings:
        origin = design.components.get(reading.origin or "")
        if not reading.direct or _aggregated(design, reading.path):
            continue
        if reading.name not in event_columns(origin):
            continue
        if isinstance(origin, Stream | Source) and origin.event is not None:
            shown = origin.event.columns[reading.name].exposure
            place = design.place(origin, "event", "columns", reading.name)
            if shown:
                return place
    return None


def _aggregated(design: Design, path: tuple[str, ...]) -> bool:
    """Whether a feature on the way is computed over rows."""
    for step in path[:-1]:
        name, dot, feature = step.partition(".")
        view = design.get(name, Features) if dot else None
        if view is not None and not _as_it_was(view.columns[feature]):
            return True
    return False


def _as_it_was(column: FeatureColumn) -> bool:
    """Whether a value is handed on; the mean position of a month ago is a feature like others."""
    node = column.definition
    if node is None or is_expression(column):
        return column.over is None
    if not isinstance(node, ast.Call) or not isinstance(node.function, ast.Reference):
        return False
    return node.function.name in LATEST


def _finding(design: Design, model: Model, view: Features, feature: str, told: Span) -> Finding:
    return Finding(
        design.place(view, "columns", feature),
        f"`{model.name}` learns from `{feature}`, how an item was shown; what it is in serving is "
        "not stated",
        subject=view.name,
        labels=(
            Label(told, "known only once it is shown"),
            Label(design.place(model, "dataset"), "learns from it"),
        ),
        help="serving 1, a fixed value; or leave it out of the features",
    )
