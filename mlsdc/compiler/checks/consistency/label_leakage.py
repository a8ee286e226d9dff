"""TSC022"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mlsdc.compiler.analyses.claims import Claims
from mlsdc.compiler.analyses.lineage import Lineage, Reading, event_columns
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Label as LabelComponent
from mlsdc.compiler.model.data import Lake, Source, Stream, Warehouse
from mlsdc.compiler.model.features import Dataset, Features
from mlsdc.compiler.model.operations import Feedback, Review
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import DURATION, Quantity, show


@check(
    "TSC022",
    "label-leakage",
    Severity.ERROR,
    source="Kaufman et al., Leakage in Data Mining (2012); TensorFlow Data Validation, labels "
    "treated as features",
)
def label_leakage(design: Design, lineage: Lineage, claims: Claims) -> Iterator[Finding]:
    """A feature is computed from the label that the model learns to predict.

    Why: offline the model reads the answer; online the answer is not there yet. Values of the past
    are fair where every row is left out until its label is mature.

    Bad:

        entity user { key user_id: string }
        source disputes { rate = 2/m  event { fraud: bool  at: timestamp  event_time } }
        pipeline history { reads = disputes }
        features risk {
          entity     = user
          computed   = history
          fraud_rate: float64 = mean(fraud) over 90d
        }
        label is_fraud { from = disputes  column = fraud  matures = 45d }
        dataset rows { features = [risk]  label = is_fraud }

    Good:

        entity user { key user_id: string }
        source disputes { rate = 2/m  event { fraud: bool  at: timestamp  event_time } }
        pipeline history { reads = disputes }
        features risk {
          entity     = user
          computed   = history
          fraud_rate: float64 = mean(fraud) over 90d  lag 45d
        }
        label is_fraud { from = disputes  column = fraud  matures = 45d }
        dataset rows { features = [risk]  label = is_fraud }
    """
    returned = design.of(Feedback)
    for dataset in design.of(Dataset):
        label = design.get(dataset.label, LabelComponent)
        if label is None:
            continue
        origins = _label_origins(design, label, returned)
        for at, name in enumerate(dataset.features):
            view = design.get(name, Features)
            if view is None:
                continue
            for feature in view.columns:
                readings = lineage.features[name, feature].readings
                judged = _Feature(dataset, at, label, view, feature, claims)
                yield from _judge(design, judged, origins, readings)


def _label_origins(
    design: Design, label: LabelComponent, feedback: list[Feedback]
) -> dict[str, bool | None]:
    """Where the label comes from: whether a whole row there is the label, None where unknown.

    A source that declares its columns, the label's not among them, tells the label by there being
    a row at all (a dispute, a click). What reviewers decide is the label, whatever it is called.
    """
    returned = [name for f in feedback if f.into == label.name for name in f.origin]
    column = label.column or label.name
    found: dict[str, bool | None] = {}
    for name in dict.fromkeys([*label.origin, *returned]):
        origin = design.components.get(name)
        if isinstance(origin, Feedback):
            found.update(dict.fromkeys(origin.origin, True))
        elif isinstance(origin, Review):
            found[name] = True
        elif isinstance(origin, Stream | Source):
            columns = event_columns(origin)
            found[name] = column not in columns if columns else None
        elif isinstance(origin, Lake | Warehouse):
            found[name] = False
    return found


@dataclass(frozen=True)
class _Feature:
    """One feature of a training set with a label."""

    dataset: Dataset
    at: int
    label: LabelComponent
    view: Features
    name: str
    claims: Claims


def _judge(
    design: Design, feature: _Feature, origins: dict[str, bool | None], readings: Iterable[Reading]
) -> Iterator[Finding]:
    unclear: dict[str, list[str]] = {}
    for reading in readings:
        if _through_another(feature, reading):
            continue  # that feature is judged itself
        told = _told_by(design, feature.label, origins, reading)
        if isinstance(told, str):
            found = list(_leak(design, feature, reading, told))
            if found:
                yield from found
                return
            continue
        for field in told:
            unclear.setdefault(field, []).append(reading.name)
    if unclear:
        names = dict.fromkeys(name for found in unclear.values() for name in found)
        yield Finding(
            design.place(feature.view, "columns", feature.name),
            f"whether `{feature.name}` is computed from label `{feature.label.name}` is not known: "
            f"nothing upstream declares {', '.join(f'`{name}`' for name in names)}",
            subject=feature.view.name,
            missing=tuple(unclear),
        )


def _through_another(feature: _Feature, reading: Reading) -> bool:
    """Whether a feature of the same training set stands between the column and this feature."""
    views = (name.partition(".") for name in reading.path[:-1])
    return any(dot and view in feature.dataset.features for view, dot, _ in views)


def _told_by(
    design: Design, label: LabelComponent, origins: dict[str, bool | None], reading: Reading
) -> str | list[str]:
    """The label's origin that a column comes from; else the fields that would tell, if any."""
    reached = [name for name in reading.ways if name in origins]
    if reading.origin is not None and origins.get(reading.origin):
        return reading.origin
    if reached and reading.name == (label.column or label.name):
        return reading.origin if reading.origin in origins else reached[0]
    if not reached or reading.origin is not None:
        return []
    undeclared = [
        f"{name}.event"
        for name in reading.ways
        if isinstance(o := design.components.get(name), Stream | Source) and not event_columns(o)
    ]
    reviewed = [name for name in reached if origins[name]]
    return reviewed[0] if reviewed and not undeclared else undeclared


def _leak(design: Design, feature: _Feature, reading: Reading, told: str) -> Iterator[Finding]:
    """A feature that reads the label, unless it leaves out what is not mature."""
    label, view, dataset = feature.label, feature.view, feature.dataset
    delay, refused = feature.claims.delay(dataset, view), feature.claims.no_delay(dataset, view)
    lag = Quantity(reading.lag + (delay.value if delay is not None else 0.0), DURATION)
    place = design.place(feature.view, "columns", feature.name)
    if lag.value and label.matures is None:
        yield Finding(
            place,
            f"`{feature.name}` leaves out {show(lag)} of label `{label.name}`; when the label is "
            "mature is not stated",
            subject=feature.view.name,
            missing=(f"{label.name}.matures",),
        )
        return
    if label.matures is not None and lag.value >= label.matures.value:
        return
    path = reading.path if reading.origin is not None else (*reading.ways[told], *reading.path)
    matures = show(label.matures) if label.matures else "it is mature"
    too_short = f", {show(lag)} later; it is mature after {matures}" if lag.value else ""
    yield Finding(
        place,
        f"`{feature.name}` is computed from label `{label.name}`{too_short}: "
        + " -> ".join((f"{path[0]}.{reading.name}", *path[1:])),
        subject=feature.view.name,
        labels=(
            Label(design.place(label, "from"), f"`{label.name}` comes from `{told}`"),
            Label(design.place(feature.dataset, "label"), "the model learns to predict it"),
            Label(design.place(feature.dataset, "features", feature.at), "from this feature"),
        ),
        arithmetic=(
            *((f"{show(lag)} < {matures}",) if lag.value else ()),
            *((f"join_delay counts for nothing: {refused.reason}",) if refused else ()),
        ),
        help=f"remove the feature, or leave out rows until the label is known: lag {matures}"
        if label.matures
        else f"remove the feature, or state `matures` of `{label.name}` and the feature's `lag`",
    )
