"""TSC030"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.lineage import on_demand, request_fields
from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Lake, Source, Stream, Warehouse
from mlsdc.compiler.model.features import Dataset, Features
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, nearest


@check(
    "TSC030",
    "no-offline-twin",
    Severity.WARNING,
    source="Dowling, Hopsworks: taxonomy of data transformations (on-demand); Feast documentation, "
    "RequestSource",
)
def no_offline_twin(design: Design) -> Iterator[Finding]:
    """A feature is computed from a field of the request that training does not have.

    Why: the function is one and the same on both sides, but training has nothing to call it with.
    Whatever stands there instead is another feature.

    Bad:

        entity card { key card_id: string }
        stream decisions { event { card_id: string  score: float64 } }
        features ticket { entity = card  share: float64 = request.amount / 100 }
        dataset history { spine = decisions  features = [ticket] }

    Good:

        entity card { key card_id: string }
        stream decisions { event { card_id: string  score: float64  amount: float64 } }
        features ticket { entity = card  share: float64 = request.amount / 100 }
        dataset history { spine = decisions  features = [ticket] }
    """
    for dataset in design.of(Dataset):
        if dataset.join == "logged":
            continue
        views = [view for name in dataset.features if (view := design.get(name, Features))]
        asked = [v for v in views if on_demand(v) and not v.logged and request_fields(v)]
        if not asked:
            continue
        columns, silent = _columns(design, dataset)
        for view in asked:
            for field, feature in request_fields(view).items():
                if field in columns:
                    continue
                if silent:
                    unknown = Finding(
                        design.place(dataset, "spine"),
                        f"whether training has `{field}`, which `{view.name}.{feature}` is "
                        "computed from, is not stated",
                        subject=dataset.name,
                        missing=silent,
                    )
                    yield from of_production(design, [unknown])
                else:
                    yield _lacking(design, dataset, view, feature, field, columns)


def _columns(design: Design, dataset: Dataset) -> tuple[dict[str, str], tuple[str, ...]]:
    """What the rows of a training set carry, each with its origin; what would tell more."""
    spine = design.components.get(dataset.spine or "")
    if spine is None:
        return {}, (f"{dataset.name}.spine",)
    if isinstance(spine, Lake | Warehouse):
        names = spine.origin
        if not names:
            return {}, (f"{spine.name}.from",)
    else:
        names = (spine.name,)
    found: dict[str, str] = {}
    silent: list[str] = []
    for name in names:
        origin = design.components.get(name)
        if isinstance(origin, Stream | Source) and origin.event is not None:
            found |= dict.fromkeys(origin.event.columns, name)
        else:
            silent.append(f"{name}.event")
    return found, tuple(silent)


def _lacking(
    design: Design, dataset: Dataset, view: Features, feature: str, field: str,
    columns: dict[str, str],
) -> Finding:  # fmt: skip
    spine, near = dataset.spine or "", nearest(field, columns)
    return Finding(
        design.place(dataset, "spine"),
        f"`{view.name}.{feature}` is computed from `{field}` of the request, which rows of "
        f"`{spine}` do not have",
        subject=dataset.name,
        labels=(Label(design.place(view, "columns", feature, "definition"), "computed here"),),
        help=f"is it `{near}`? one name for both"
        if near
        else f"log `{field}` in `{spine}` with each request",
    )
