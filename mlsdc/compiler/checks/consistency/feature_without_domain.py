"""TSC047"""

from collections.abc import Iterator

from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.features import Dataset, FeatureColumn, Features
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.dsl import ast

BOUNDED = frozenset((
    "count", "count_distinct", "stddev", "variance", "hour_of_day", "day_of_week", "hash", "bucket",
    "length", "abs", "exp", "sqrt", "cosine", "haversine",
))  # fmt: skip
"""Functions that say by themselves which values there are."""


@check(
    "TSC047",
    "feature-without-domain",
    Severity.WARNING,
    source="Breck et al., The ML Test Score (2017), Data 1: feature expectations are captured in a "
    "schema; TensorFlow Data Validation",
)
def feature_without_domain(design: Design) -> Iterator[Finding]:
    """A production model learns a feature of which nobody says which values it can have.

    Why: a sensor that breaks sends -1, a join that breaks sends 0, a unit that changes sends a
    thousand times as much. All of them have the right type. A range makes each a failed test.

    Bad:

        system shop { tier = production }
        entity user { key user_id: string }
        features clicks { entity = user  ctr: float64 }
        dataset history { features = [clicks] }

    Good:

        system shop { tier = production }
        entity user { key user_id: string }
        features clicks { entity = user  ctr: float64  at_least 0  at_most 1 }
        dataset history { features = [clicks] }
    """
    yield from of_production(design, _unbounded(design))


def _unbounded(design: Design) -> Iterator[Finding]:
    told: set[str] = set()
    for dataset in design.of(Dataset):
        for at, name in enumerate(dataset.features):
            view = design.get(name, Features)
            if view is None or name in told:
                continue
            told.add(name)
            trained = (Label(design.place(dataset, "features", at), "trained on"),)
            if not view.columns:
                yield Finding(
                    design.place(view),
                    f"which features `{name}` has is not said: the store infers them from data",
                    subject=name,
                    labels=trained,
                    help=f"name each: ctr: float64  at_least 0  at_most 1, in `{name}`",
                )
            free = [column for column in view.columns if not _bounded(view.columns[column])]
            if free:
                yield Finding(
                    design.place(view, "columns", free[0]),
                    f"which values {', '.join(f'`{one}`' for one in free)} of `{name}` can have is "
                    "not said",
                    subject=name,
                    labels=trained,
                    help="at_least 0, at_most 1 or values [...] behind each",
                )


def _bounded(column: FeatureColumn) -> bool:
    """Whether a feature says which values it can have, or its type or its function does."""
    if column.at_least is not None or column.at_most is not None or column.values:
        return True
    if column.encoding is not None or column.type.name == "bool" or column.type.dimensions:
        return True
    node = column.definition
    if isinstance(node, ast.Binary) and node.operator in ("==", "!=", "<", "<=", ">", ">="):
        return True
    if not isinstance(node, ast.Call) or not isinstance(node.function, ast.Reference):
        return False
    return node.function.name in BOUNDED
