"""TSC022"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.lineage import FeatureLineage, Lineage, Reading, event_columns
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Label as LabelComponent
from mlsdc.compiler.model.data import Lake, Source, Stream, Warehouse
from mlsdc.compiler.model.features import Dataset, Features
from mlsdc.compiler.model.operations import Feedback, Review
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import show


@check(
    "TSC022",
    "label-leakage",
    Severity.ERROR,
    source="Kaufman et al., Leakage in Data Mining (2012); TensorFlow Data Validation, labels "
    "treated as features",
)
def label_leakage(design: Design, lineage: Lineage) -> Iterator[Finding]:
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
    for dataset in design.of(Dataset):
        label = design.get(dataset.label, LabelComponent)
        if label is None:
            continue
        origins = _label_origins(design, label)
        for at, name in enumerate(dataset.features):
            view = design.get(name, Features)
            for feature in view.columns if view is not None else ():
                traced = lineage.features[name, feature]
                yield from _judge(design, dataset, label, origins, (name, feature, at), traced)


def _label_origins(design: Design, label: LabelComponent) -> dict[str, bool | None]:
    """Where the label comes from: whether a whole row there is the label, None where unknown.

    A source that declares its columns, the label's not among them, tells the label by there being
    a row at all (a dispute, a click). What reviewers decide is the label, whatever it is called.
    """
    returned = [n for f in design.of(Feedback) if f.into == label.name for n in f.origin]
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


def _judge(
    design: Design,
    dataset: Dataset,
    label: LabelComponent,
    origins: dict[str, bool | None],
    feature: tuple[str, str, int],
    traced: FeatureLineage,
) -> Iterator[Finding]:
    unclear: dict[str, None] = {}
    for reading in traced.readings:
        leaks = _is_label(label, origins, reading, traced.origins)
        if leaks is None:
            unclear |= {f"{o}.event": None for o in traced.origins if origins.get(o, True) is None}
        elif leaks:
            yield from _leak(design, dataset, label, feature, reading)
            return
    if unclear:
        view, name, _ = feature
        yield Finding(
            design.place(view, "columns", name),
            f"whether `{name}` is computed from label `{label.name}` is not known: no origin "
            f"declares {', '.join(f'`{n}`' for n in traced.unplaced)}",
            subject=view,
            missing=tuple(unclear),
        )


def _is_label(
    label: LabelComponent,
    origins: dict[str, bool | None],
    reading: Reading,
    upstream: tuple[str, ...],
) -> bool | None:
    """Whether a column is the label, or tells it; None where a label's origin may hold it."""
    reached = [name for name in upstream if name in origins]
    if reading.origin is None:
        reached = [name for name in reached if origins[name] is None or _named(label, reading)]
        if not reached:
            return False
        return True if _named(label, reading) else None
    below = [name for name in reached if name in reading.path or name == reading.origin]
    if reading.origin in origins and origins[reading.origin]:
        return True
    return bool(below or reached) and _named(label, reading)


def _named(label: LabelComponent, reading: Reading) -> bool:
    return reading.name == (label.column or label.name)


def _leak(
    design: Design,
    dataset: Dataset,
    label: LabelComponent,
    feature: tuple[str, str, int],
    reading: Reading,
) -> Iterator[Finding]:
    """A feature that reads the label, unless it leaves out what is not mature."""
    view, name, at = feature
    column = design.components[view].columns[name]  # pyright: ignore
    lag = column.lag or dataset.join_delay
    yield from ()
    _ = show, lag, at, reading
