"""TSC023"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.claims import Claims
from mlsdc.compiler.analyses.refresh import seconds
from mlsdc.compiler.analyses.transforms import Transforms
from mlsdc.compiler.checks.returned import place, texts_of
from mlsdc.compiler.checks.typed import duration_at_least
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Label as LabelComponent
from mlsdc.compiler.model.features import Dataset, FeatureColumn, Features
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import Quantity, show, show_duration


@check(
    "TSC023",
    "sees-the-future",
    Severity.ERROR,
    source="Zinkevich, Rules of Machine Learning, rule 33; Kaufman et al., Leakage in Data Mining "
    "(2012): no time machine",
)
def sees_the_future(design: Design, transforms: Transforms, claims: Claims) -> Iterator[Finding]:
    """A feature's window ends after the time of its row, or a label's begins before it.

    Why: the row is to predict what comes after its time. A window that reaches beyond it holds part
    of the answer: a centered mean, a value of the whole day that is dated by the day's beginning.

    Bad:

        stream visits { event { user_id: string  at: timestamp  event_time } }
        pipeline count { reads = visits }
        features activity { computed = count  seen: int64 = count() over 2d  window centered }
        label bought { from = visits  horizon = 7d }
        dataset rows { features = [activity]  label = bought  join = point_in_time }

    Good:

        stream visits { event { user_id: string  at: timestamp  event_time } }
        pipeline count { reads = visits }
        features activity { computed = count  seen: int64 = count() over 2d  window sliding }
        label bought { from = visits  horizon = 7d }
        dataset rows { features = [activity]  label = bought  join = point_in_time }
    """
    for dataset in design.of(Dataset):
        label = design.get(dataset.label, LabelComponent)
        if label is not None and label.before is not None and label.before.value:
            yield _begins_before(design, dataset, label, label.before)
        for at, name in enumerate(dataset.features):
            view = design.get(name, Features)
            if view is None:
                continue
            used = Label(design.place(dataset, "features", at), "a row is joined with it")
            for feature, column in view.columns.items():
                yield from _window(design, claims, (dataset, label, view), feature, column, used)
            yield from _texts(design, transforms, view, used)


def _begins_before(
    design: Design, dataset: Dataset, label: LabelComponent, before: Quantity
) -> Finding:
    return Finding(
        design.place(label, "before"),
        f"`{label.name}` describes what happens from {show(before)} before the row on: the "
        "features of the row know part of it",
        subject=label.name,
        labels=(Label(design.place(dataset, "label"), "what is learned"),),
        arithmetic=(f"label: {_interval(-before.value, _horizon(label))}", "features: (..., t]"),
        help="before = 0s, and a column that tells only of what follows the row",
    )


def _window(
    design: Design,
    claims: Claims,
    about: tuple[Dataset, LabelComponent | None, Features],
    feature: str,
    column: FeatureColumn,
    used: Label,
) -> Iterator[Finding]:
    dataset, label, view = about
    by_time = claims.of(view.store, "point_in_time")
    joined = dataset.join == "point_in_time" and (by_time is None or by_time.honoured)
    delay = seconds(claims.delay(dataset, view)) if joined else 0.0
    over = seconds(column.over)
    end = _end(column, over) - seconds(column.lag) - delay
    if end > 0:
        standing = claims.no_delay(dataset, view)
        refused = f"join_delay counts for nothing: {standing.reason}" if standing else ""
        known = label if label is not None else None
        told = f"label: {_interval(0.0, _horizon(known))}" if known is not None else ""
        yield Finding(
            design.place(view, "columns", feature),
            f"the window of `{feature}` ends {show_duration(end)} after the row that it is joined "
            "with",
            subject=view.name,
            labels=(used, *_described(design, known)),
            arithmetic=tuple(
                line for line in (f"{feature}: {_interval(end - over, end)}", told, refused) if line
            ),
            help=f"lag {duration_at_least(seconds(column.lag) + end)}, or a window that ends with "
            "the row",
        )
    elif column.window == "calendar" and column.stamped is None and delay < over:
        yield Finding(
            design.place(view, "columns", feature),
            f"whether a value of `{feature}` is dated by the beginning or by the end of its "
            f"{show_duration(over)} is not known",
            subject=view.name,
            missing=(f"{view.name}.{feature}.stamped",),
        )


def _end(column: FeatureColumn, over: float) -> float:
    """How far the window reaches beyond the time that its value is dated by."""
    lead = seconds(column.lead)
    if column.window == "centered":
        return lead + over / 2
    if column.stamped == "start" and column.window in ("tumbling", "calendar"):
        return lead + over
    return lead


def _texts(
    design: Design, transforms: Transforms, view: Features, used: Label
) -> Iterator[Finding]:
    """Queries that read rows behind the own one."""
    for text in texts_of(transforms, view) if transforms.of else ():
        returns = text.returns
        for feature in view.columns if returns is not None else ():
            output = returns.columns.get(feature.lower()) if returns is not None else None
            if output is None or output.ahead is None:
                continue
            span, where = place(design, text, output.ahead)
            yield Finding(
                span,
                f"`{feature}` of `{view.name}` is computed from rows after its own{where}",
                subject=view.name,
                labels=(used,),
                help="a window that ends with CURRENT ROW, or LAG instead of LEAD",
            )


def _described(design: Design, label: LabelComponent | None) -> tuple[Label, ...]:
    return () if label is None else (Label(design.place(label), "what follows the row"),)


def _horizon(label: LabelComponent) -> float:
    return seconds(label.horizon)


def _interval(start: float, end: float) -> str:
    return f"({_at(start)}, {_at(end)}]"


def _at(seconds: float) -> str:
    if not seconds:
        return "t"
    return f"t {'+' if seconds > 0 else '-'} {show_duration(abs(seconds))}"
