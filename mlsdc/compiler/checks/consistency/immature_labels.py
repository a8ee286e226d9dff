"""TSC032"""

from collections.abc import Iterator

from mlsdc.compiler.checks.typed import duration_at_least
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Label as LabelComponent
from mlsdc.compiler.model.features import Dataset
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import Quantity, show


@check(
    "TSC032",
    "immature-labels",
    Severity.ERROR,
    source="Chapelle, Modeling Delayed Feedback in Display Advertising (2014); Dal Pozzolo et al., "
    "Credit Card Fraud Detection and Concept-Drift Adaptation with Delayed Supervised Information "
    "(2015)",
)
def immature_labels(design: Design) -> Iterator[Finding]:
    """A training set holds rows whose label is not known yet.

    Why: what will turn out to be a positive is counted as a negative. The newest rows, which tell
    most about today, teach the model that nothing happens any more.

    Bad:

        source disputes { event { fraud: bool  at: timestamp  event_time } }
        label is_fraud { from = disputes  column = fraud  matures = 45d }
        dataset rows { label = is_fraud  window = 180d  cutoff = 7d }

    Good:

        source disputes { event { fraud: bool  at: timestamp  event_time } }
        label is_fraud { from = disputes  column = fraud  matures = 45d }
        dataset rows { label = is_fraud  window = 180d  cutoff = 45d }
    """
    for dataset in design.of(Dataset):
        label = design.get(dataset.label, LabelComponent)
        known = (label.matures or label.horizon) if label is not None else None
        if label is None or known is None or dataset.delayed_feedback:
            continue
        if dataset.cutoff is None:
            yield from _unknown(design, dataset, label, known)
        elif dataset.cutoff.value < known.value:
            yield _immature(design, dataset, label, dataset.cutoff, known)
        elif label.matures is None:
            yield Finding(
                design.place(label),
                f"when `{label.name}` can be observed is not stated, only that it describes the "
                f"next {show(known)}",
                subject=label.name,
                missing=(f"{label.name}.matures",),
            )


def _unknown(
    design: Design, dataset: Dataset, label: LabelComponent, known: Quantity
) -> Iterator[Finding]:
    if known.value and dataset.window is not None:
        yield Finding(
            design.place(dataset),
            f"whether the newest rows of `{dataset.name}` are as old as `{label.name}` needs is "
            f"not known: {show(known)}",
            subject=dataset.name,
            missing=(f"{dataset.name}.cutoff",),
        )


def _immature(
    design: Design, dataset: Dataset, label: LabelComponent, cutoff: Quantity, known: Quantity
) -> Finding:
    field = "matures" if label.matures is not None else "horizon"
    return Finding(
        design.place(dataset, "cutoff"),
        f"the newest rows of `{dataset.name}` are {show(cutoff)} old, and `{label.name}` is known "
        f"after {show(known)}: what is still to come is learned as negative",
        subject=dataset.name,
        labels=(Label(design.place(label, field), "known this long after the row"),),
        arithmetic=(f"{show(cutoff)} < {show(known)}",),
        help=f"cutoff = {duration_at_least(known.value)}, or delayed_feedback = true",
    )
