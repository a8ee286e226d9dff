"""TSC033"""

from collections.abc import Iterator

from mlsdc.compiler.checks.typed import duration_at_least
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Label as LabelComponent
from mlsdc.compiler.model.data import Source, Stream
from mlsdc.compiler.model.features import Dataset, Split
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span
from mlsdc.units import show


@check(
    "TSC033",
    "unsound-split",
    Severity.ERROR,
    source="Zinkevich, Rules of Machine Learning, rule 33; Kaufman et al., Leakage in Data Mining "
    "(2012); Lopez de Prado, Advances in Financial Machine Learning (2018), chapter 7: embargo",
)
def unsound_split(design: Design) -> Iterator[Finding]:
    """Test rows tell what training rows should not know: of later days, or of the same entity.

    Why: with rows of all days on both sides, the model is tested on days that it has seen. Without
    a gap, the labels of the last training rows describe the first days of the test. Both make it
    look better than it will be.

    Bad:

        stream visits { event { user_id: string  at: timestamp  event_time } }
        label bought { from = visits  horizon = 7d }
        dataset rows { spine = visits  label = bought  split = time { train = 80%  embargo = 1d } }

    Good:

        stream visits { event { user_id: string  at: timestamp  event_time } }
        label bought { from = visits  horizon = 7d }
        dataset rows { spine = visits  label = bought  split = time { train = 80%  embargo = 7d } }
    """
    for dataset in design.of(Dataset):
        if dataset.split is not None:
            yield from _judge(design, dataset, dataset.split)


def _judge(design: Design, dataset: Dataset, split: Split) -> Iterator[Finding]:
    label = design.get(dataset.label, LabelComponent)
    timed = _timed(design, dataset)
    if split.by == "random" and timed is not None:
        yield Finding(
            design.place(dataset, "split", "by"),
            f"`{dataset.name}` is split at random, and its rows have a time: the model is tested "
            "on days that it has seen",
            subject=dataset.name,
            labels=(Label(timed, "its rows have a time"),),
            help="split = time { train = 80% }",
        )
    elif split.by == "time" and label is not None:
        yield from _embargo(design, dataset, split, label)
    if label is None or label.constant is None:
        return
    if split.group != label.constant and split.by != "entity":
        yield Finding(
            design.place(dataset, "split", "by"),
            f"rows of one `{label.constant}` stand on both sides of `{dataset.name}`, and have the "
            f"same `{label.name}`",
            subject=dataset.name,
            labels=(Label(design.place(label, "constant"), "the same for all of its rows"),),
            help=f"group = {label.constant}, in the block of the split",
        )


def _timed(design: Design, dataset: Dataset) -> Span | None:
    """What tells that rows have a time."""
    spine = design.components.get(dataset.spine or "")
    if isinstance(spine, Stream | Source) and spine.event is not None and spine.event.event_time:
        return design.place(spine, "event", "columns", spine.event.event_time)
    for name in ("window", "join"):
        if design.wrote(dataset, name) and getattr(dataset, name) != "latest":
            return design.place(dataset, name)
    return None


def _embargo(
    design: Design, dataset: Dataset, split: Split, label: LabelComponent
) -> Iterator[Finding]:
    gap = split.embargo.value if split.embargo is not None else 0.0
    if label.horizon is None:
        yield Finding(
            design.place(label),
            f"how far ahead `{label.name}` looks is not stated, nor therefore how large a gap "
            f"`{dataset.name}` needs",
            subject=dataset.name,
            missing=(f"{label.name}.horizon",),
        )
    elif gap < label.horizon.value:
        stated = show(split.embargo) if split.embargo is not None else "no gap"
        given = show(split.embargo) if split.embargo is not None else "0s"
        place = ("split", "embargo") if split.embargo is not None else ("split", "by")
        yield Finding(
            design.place(dataset, *place),
            f"between training and test rows of `{dataset.name}` lies {stated}, and "
            f"`{label.name}` describes the {show(label.horizon)} behind a row: labels of training "
            "rows are made of test days",
            subject=dataset.name,
            labels=(Label(design.place(label, "horizon"), "how far ahead it looks"),),
            arithmetic=(f"{given} < {show(label.horizon)}",),
            help=f"embargo = {duration_at_least(label.horizon.value)}",
        )
