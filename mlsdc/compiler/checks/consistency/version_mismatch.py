"""TSC004"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.lineage import mentioned_views
from mlsdc.compiler.analyses.pairs import (
    Pair,
    Pairs,
    Version,
    changed_between,
    served_version,
    trained_version,
)
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.features import Dataset, Features
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "TSC004",
    "version-mismatch",
    Severity.ERROR,
    source="Feast, feature services and versions of feature views",
)
def version_mismatch(design: Design, pairs: Pairs) -> Iterator[Finding]:
    """A model is served another version of a feature than it was trained on.

    Why: a new version means another window, unit or type under the same name. The model takes it
    for the old one. An endpoint that follows the latest version gets there by itself one day.

    Bad:

        entity user { key user_id: string }
        features clicks { entity = user  version = 2  ctr: float64 }
        dataset history {
          features = [clicks]
          pin clicks version 1
        }
        model ranker { dataset = history }
        endpoint rank { model = ranker  features = [clicks] }

    Good:

        entity user { key user_id: string }
        features clicks { entity = user  version = 2  ctr: float64 }
        dataset history {
          features = [clicks]
          pin clicks version 2
        }
        model ranker { dataset = history }
        endpoint rank { model = ranker  features = [clicks] }
    """
    for pair in pairs.of.values():
        for name in pair.shared_views if not pair.as_declared else ():
            view = design.get(name, Features)
            if view is not None and pair.dataset is not None:
                yield from _judge(design, pair, pair.dataset, view)
    for holder in (*design.of(Dataset), *design.of(Endpoint)):
        yield from _idle(design, holder) if holder.pins else ()


def _idle(design: Design, holder: Dataset | Endpoint) -> Iterator[Finding]:
    """Pins that fix nothing: of what is not read, or of what is pinned already."""
    read = _read(design, holder)
    first: dict[str, int] = {}
    for at, pin in enumerate(holder.pins):
        before = first.setdefault(pin.target, at)
        if before != at:
            what, label = "twice", Label(design.place(holder, "pins", before), "this one holds")
        elif pin.target not in read:
            what = "and does not read it"
            label = Label(design.place(holder, "features"), f"`{holder.name}` reads these")
        else:
            continue
        yield Finding(
            design.place(holder, "pins", at),
            f"`{holder.name}` pins `{pin.target}` {what}",
            subject=holder.name,
            labels=(label,),
            help="remove it"
            if before != at
            else f"remove it, or features = [{', '.join([*holder.features, pin.target])}]",
            severity=Severity.WARNING,
        )


def _read(design: Design, holder: Dataset | Endpoint) -> set[str]:
    """The views that a dataset or an endpoint reads, those behind them, and whose scores they are.

    An endpoint also reads what its model was trained on, if by way of whoever calls it.
    """
    found: set[str] = set()
    model = design.get(holder.model, Model) if isinstance(holder, Endpoint) else None
    dataset = design.get(model.dataset, Dataset) if model is not None else None
    following = [*holder.features, *(dataset.features if dataset is not None else ())]
    while following:
        view = design.get(following.pop(), Features)
        if view is not None and view.name not in found:
            found |= {view.name, view.scored or ""}
            following += [other.name for other in mentioned_views(design, view)]
    return found


def _judge(design: Design, pair: Pair, dataset: Dataset, view: Features) -> Iterator[Finding]:
    trained = trained_version(design, dataset, view.name)
    served = served_version(design, pair, view.name)
    if trained.number is None:
        yield Finding(
            trained.at,
            f"which version of `{view.name}` made the values of `{dataset.name}` is not stated",
            subject=dataset.name,
            missing=(f"a version of {view.name} in {dataset.name}",),
        )
    elif served.number is None:
        yield _following(design, pair, dataset, view, trained, served)
    elif trained.number != served.number:
        changed = changed_between(view, trained.number, served.number)
        if changed or changed is None:
            yield _mismatch(design, pair, dataset, view, trained, served, changed or [])


def _following(
    design: Design, pair: Pair, dataset: Dataset, view: Features, trained: Version, served: Version
) -> Finding:
    endpoint, model = pair.endpoint, pair.model
    return Finding(
        served.at,
        f"`{endpoint.name}` follows the latest version of `{view.name}`; `{model.name}` was "
        f"trained on version {trained.number} (dataset `{dataset.name}`)",
        subject=endpoint.name,
        labels=(_trained_at(design, dataset, view, trained),),
        help=f"pin {view.name} version {trained.number}, or feature_versions = with_model, "
        f"in `{endpoint.name}`",
    )


def _mismatch(
    design: Design, pair: Pair, dataset: Dataset, view: Features, trained: Version,
    served: Version, changed: list[str],
) -> Finding:  # fmt: skip
    endpoint, model = pair.endpoint, pair.model
    names = ", ".join(f"`{name}`" for name in changed)
    place = design.place(endpoint, "features", endpoint.features.index(view.name))
    other = () if served.pinned else (Label(served.at, f"version {served.number} is declared"),)
    return Finding(
        served.at if served.pinned else place,
        f"`{endpoint.name}` resolves version {served.number} of `{view.name}`; `{model.name}` was "
        f"trained on version {trained.number} (dataset `{dataset.name}`)"
        + (f", and {names} changed between the two" if names else ""),
        subject=endpoint.name,
        labels=(
            _trained_at(design, dataset, view, trained),
            *other,
            *(Label(design.place(view, "columns", name), "changed") for name in changed),
        ),
        help=f"pin {view.name} version {trained.number} in `{endpoint.name}`; or "
        f"pin {view.name} version {served.number} in `{dataset.name}`, and retrain",
    )


def _trained_at(design: Design, dataset: Dataset, view: Features, trained: Version) -> Label:
    at = dataset.features.index(view.name)
    place = trained.at if trained.pinned else design.place(dataset, "features", at)
    return Label(place, f"trained on version {trained.number}")
