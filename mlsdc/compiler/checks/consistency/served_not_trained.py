"""TSC001"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.inputs import unstated_inputs
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Source, Stream
from mlsdc.compiler.model.features import Dataset, Features
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, nearest


@check(
    "TSC001",
    "served-not-trained",
    Severity.ERROR,
    source="Breck et al., The ML Test Score (2017), Monitor 3; MLflow model signatures",
)
def served_not_trained(design: Design) -> Iterator[Finding]:
    """An endpoint resolves a feature that its model was not trained on.

    Why: the value is ignored at best; with positional inputs it shifts every other feature.

    Bad:

        entity user { key user_id: string }
        features clicks { entity = user  ctr_7d: float64 }
        features prices { entity = user  basket: float64 }
        dataset history { features = [clicks] }
        model ranker { dataset = history }
        endpoint rank { model = ranker  features = [clicks, prices] }

    Good:

        entity user { key user_id: string }
        features clicks { entity = user  ctr_7d: float64 }
        features prices { entity = user  basket: float64 }
        dataset history { features = [clicks, prices] }
        model ranker { dataset = history }
        endpoint rank { model = ranker  features = [clicks, prices] }
    """
    for endpoint in design.of(Endpoint):
        model = design.get(endpoint.model, Model)
        if model is None or not (endpoint.features or endpoint.request_features):
            continue
        dataset = design.get(model.dataset, Dataset)
        unknown = unstated_inputs(design, model)
        if unknown:
            yield Finding(
                design.place(endpoint, "model"),
                f"what `{model.name}` was trained on is not stated",
                subject=endpoint.name,
                missing=(unknown,),
            )
            continue
        yield from _views(design, endpoint, model, dataset)
        yield from _fields(design, endpoint, model, dataset)


def _views(
    design: Design, endpoint: Endpoint, model: Model, dataset: Dataset | None
) -> Iterator[Finding]:
    signed = set(model.signature.columns) if model.signature else set[str]()
    for at, name in enumerate(endpoint.features):
        view = design.get(name, Features)
        if view is None or (dataset is not None and name in dataset.features):
            continue
        extra = [column for column in view.columns if column not in signed]
        if view.columns and not extra:
            continue
        some = signed & set(view.columns)
        what = ", ".join(f"`{name}.{column}`" for column in extra) if some else f"`{name}`"
        yield _extra(design, endpoint, model, dataset, ("features", at), what, name)


def _fields(
    design: Design, endpoint: Endpoint, model: Model, dataset: Dataset | None
) -> Iterator[Finding]:
    """What the request carries is trained where a view, the signature or the spine has it."""
    views = [design.get(name, Features) for name in dataset.features] if dataset else []
    trained = {column for view in views if view is not None for column in view.columns}
    trained |= set(model.signature.columns) if model.signature else set()
    spine = design.components.get(dataset.spine) if dataset and dataset.spine else None
    event = spine.event if isinstance(spine, Stream | Source) else None
    trained |= set(event.columns) if event else set()
    for at, name in enumerate(endpoint.request_features):
        place = ("request_features", at)
        if name in trained:
            continue
        if event is not None or model.signature is not None:
            near = nearest(name, trained)
            yield _extra(design, endpoint, model, dataset, place, f"`{name}`", name, near)
        else:
            yield Finding(
                design.place(endpoint, *place),
                f"whether `{model.name}` was trained on `{name}` is not stated",
                subject=endpoint.name,
                missing=(
                    f"{spine.name}.event" if isinstance(spine, Stream | Source)
                    else f"{model.name}.signature",
                ),
            )  # fmt: skip


def _extra(
    design: Design,
    endpoint: Endpoint,
    model: Model,
    dataset: Dataset | None,
    place: tuple[str, int],
    what: str,
    name: str,
    near: str | None = None,
) -> Finding:
    where = f" (dataset `{dataset.name}`)" if dataset else ""
    labels = [Label(design.place(model, "signature"), f"`{model.name}` takes these inputs in")]
    if dataset is not None:
        labels = [Label(design.place(dataset, "features"), f"`{model.name}` is trained on these")]
    field, at = place
    kept = [other for i, other in enumerate(getattr(endpoint, field)) if i != at]
    advice = f"{field} = [{', '.join(kept)}] in `{endpoint.name}`"
    if dataset is not None and field == "features":
        learned = ", ".join([*dataset.features, name])
        advice += f"; or features = [{learned}] in `{dataset.name}`, and retrain"
    return Finding(
        design.place(endpoint, *place),
        f"`{endpoint.name}` resolves {what}, which model `{model.name}` was not trained on{where}",
        subject=endpoint.name,
        labels=tuple(labels),
        help=f"did you mean `{near}`?" if near else advice,
    )
