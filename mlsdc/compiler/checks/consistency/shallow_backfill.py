"""TSC036"""

from collections.abc import Iterator
from dataclasses import dataclass

from mlsdc.compiler.analyses.lineage import on_demand
from mlsdc.compiler.checks.tiers import PRODUCTION
from mlsdc.compiler.checks.typed import duration_at_least
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.features import Dataset, Features
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import show, show_duration


@check(
    "TSC036",
    "shallow-backfill",
    Severity.WARNING,
    source="Tecton, feature_start_time; Hopsworks, backfill of feature pipelines",
)
def shallow_backfill(design: Design) -> Iterator[Finding]:
    """The history of a feature is shorter than the training set needs.

    Why: the oldest rows get no value, or an aggregate of half a window, while serving always has a
    whole one. The model learns that small numbers are common.

    Bad:

        stream visits { event { user_id: string  at: timestamp  event_time } }
        pipeline count { reads = visits }
        features activity { computed = count  backfill = 90d  seen: int64 = count() over 30d }
        dataset rows { features = [activity]  window = 90d  cutoff = 7d }

    Good:

        stream visits { event { user_id: string  at: timestamp  event_time } }
        pipeline count { reads = visits }
        features activity { computed = count  backfill = 130d  seen: int64 = count() over 30d }
        dataset rows { features = [activity]  window = 90d  cutoff = 7d }
    """
    for name, readers in _readers(design).items():
        view = design.get(name, Features)
        if view is not None and not view.logged and not on_demand(view):
            longest = max((_over(view, feature) for feature in view.columns), default=0.0)
            furthest = max(readers, key=lambda one: one.seconds)
            yield from _judge(design, view, furthest, longest)


@dataclass(frozen=True)
class _Needed:
    """How much of a view's history a dataset reads."""

    dataset: Dataset
    at: int
    parts: tuple[tuple[str, float], ...]

    @property
    def seconds(self) -> float:
        return sum(size for _, size in self.parts)


def _readers(design: Design) -> dict[str, list[_Needed]]:
    """The datasets that read each view, where they move with the runs."""
    found: dict[str, list[_Needed]] = {}
    for dataset in design.of(Dataset):
        if dataset.window is None or dataset.until is not None or dataset.join == "logged":
            continue
        cutoff = dataset.cutoff.value if dataset.cutoff is not None else 0.0
        for at, name in enumerate(dataset.features):
            parts = (("rows", dataset.window.value), ("cut off", cutoff))
            found.setdefault(name, []).append(_Needed(dataset, at, parts))
    return found


def _judge(design: Design, view: Features, needed: _Needed, longest: float) -> Iterator[Finding]:
    dataset = needed.dataset
    total = needed.seconds + longest
    if view.backfill is None:
        if longest and design.system.tier in PRODUCTION:
            yield Finding(
                design.place(view),
                f"how far back `{view.name}` was computed is not stated; `{dataset.name}` needs "
                f"{show_duration(total)}",
                subject=view.name,
                missing=(f"{view.name}.backfill",),
            )
        return
    if view.backfill.value >= total * (1 - 1e-9):
        return
    parts = (*needed.parts, ("before the first row", longest))
    words = " + ".join(f"{show_duration(size)} {name}" for name, size in parts if size)
    yield Finding(
        design.place(view, "backfill"),
        f"`{view.name}` was computed for the last {show(view.backfill)}, and `{dataset.name}` "
        f"reads {show_duration(total)} of it",
        subject=view.name,
        labels=(
            Label(design.place(dataset, "window"), "the rows"),
            Label(design.place(dataset, "features", needed.at), "each with these values"),
        ),
        arithmetic=(f"{show_duration(total)} = {words}",),
        help=f"backfill = {duration_at_least(total)}",
    )


def _over(view: Features, name: str) -> float:
    """The longest window of a feature on either path."""
    paths = [view.columns[name].over, view.offline and view.offline.over]
    return max((one.value for one in paths if one is not None), default=0.0)
