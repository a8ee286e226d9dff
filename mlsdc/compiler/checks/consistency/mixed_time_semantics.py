"""TSC012"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.lineage import Lineage
from mlsdc.compiler.analyses.refresh import serving_job
from mlsdc.compiler.analyses.twins import Twins
from mlsdc.compiler.checks.tiers import PRODUCTION
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Pipeline, Source, Stream
from mlsdc.compiler.model.features import Dataset, Features
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span


@check(
    "TSC012",
    "mixed-time-semantics",
    Severity.ERROR,
    source="Feast, feature views need an event timestamp; Apache Flink, event time and processing "
    "time",
)
def mixed_time_semantics(design: Design, twins: Twins, lineage: Lineage) -> Iterator[Finding]:
    """One path goes by when an event happened, the other by when it was processed.

    Why: an event that comes an hour late counts in this hour's window on one side and in the last
    one's on the other; a backfill by processing time puts all of history into one hour. And rows
    that do not say when they happened cannot be joined as of a point in time at all.

    Bad:

        entity card { key card_id: string }
        features velocity {
          entity  = card
          tx_1h: int64 = count() over 1h
          offline { time = event }
          online  { time = processing }
        }

    Good:

        entity card { key card_id: string }
        features velocity {
          entity  = card
          tx_1h: int64 = count() over 1h
          offline { time = event }
          online  { time = event }
        }
    """
    joined = [one for one in design.of(Dataset) if one.join == "point_in_time"]
    read = {name for one in joined for name in one.features}
    for view in design.of(Features):
        if twins.of[view.name].kind != "logged":
            yield from _semantics(design, view, view.name in read)
    told = set[str]()
    for dataset in joined:
        yield from _timeless(design, lineage, dataset, told)


def _semantics(design: Design, view: Features, joined: bool) -> Iterator[Finding]:
    """Both stated, or one stated and the other plain from the join and the watermark."""
    stated = {
        path: side.time
        for path, side in (("offline", view.offline), ("online", view.online))
        if side is not None and side.time is not None
    }
    if not stated:
        return
    times: dict[str, str] = dict(stated)
    job = serving_job(design, view)
    if "offline" not in times and joined:
        times["offline"] = "event"
    if "online" not in times and job is not None and job.every is None and job.watermark:
        times["online"] = "event"
    if len(times) == 1:
        silent = "online" if "offline" in times else "offline"
        path = next(iter(stated))
        yield Finding(
            design.place(view, path, "time"),
            f"`{view.name}` goes by {times[path]} time {path}; by which it goes {silent} is not "
            "stated",
            subject=view.name,
            missing=(f"{view.name}.{silent}.time",),
        )
    elif times["offline"] != times["online"]:
        at, other = ("online", "offline") if "online" in stated else ("offline", "online")
        yield Finding(
            design.place(view, at, "time"),
            f"`{view.name}` goes by {times['offline']} time offline and by {times['online']} time "
            "online",
            subject=view.name,
            labels=(Label(_other(design, view, other, stated), f"{times[other]} time {other}"),),
            help="  ".join(
                f"{side} {{ time = event }}" for side in times if times[side] != "event"
            ),
        )


def _other(design: Design, view: Features, path: str, stated: dict[str, str]) -> Span:
    """Where the other side is stated, or what it follows from."""
    if path in stated:
        return design.place(view, path, "time")
    job = serving_job(design, view)
    if path == "online" and job is not None:
        return design.place(job, "watermark")
    for dataset in design.of(Dataset):
        if dataset.join == "point_in_time" and view.name in dataset.features:
            return design.place(dataset, "join")
    return design.place(view)


def _timeless(
    design: Design, lineage: Lineage, dataset: Dataset, told: set[str]
) -> Iterator[Finding]:
    """Rows that a point-in-time join needs the time of, and that have none."""
    needed: dict[str, str] = {}
    spine = design.components.get(dataset.spine or "")
    if isinstance(spine, Stream | Source):
        needed[spine.name] = f"the rows of `{dataset.name}`"
    for name in dataset.features:
        view = design.get(name, Features)
        for column in view.columns if view is not None else ():
            for origin in _rows_of(design, lineage, name, column):
                needed.setdefault(origin, f"`{name}.{column}`")
    for name, what in needed.items():
        origin = design.components.get(name)
        if not isinstance(origin, Stream | Source):
            continue
        if origin.event is not None and origin.event.event_time is None:
            yield Finding(
                design.place(dataset, "join"),
                f"`{dataset.name}` joins as of a point in time, and `{name}`, which gives {what}, "
                "does not tell when its events happened",
                subject=dataset.name,
                labels=(Label(design.place(origin, "event"), "no `event_time` here"),),
                help=f"at: timestamp event_time in the `event` of `{name}`",
            )
        elif origin.event is None and design.system.tier in PRODUCTION and name not in told:
            told.add(name)
            yield Finding(
                design.place(dataset, "join"),
                f"whether events of `{name}` tell when they happened is not stated",
                subject=dataset.name,
                missing=(f"{name}.event",),
            )


def _rows_of(design: Design, lineage: Lineage, view: str, column: str) -> list[str]:
    """Whose rows a feature is computed from; `count()` names no column, and reads all there are."""
    found = lineage.features[view, column]
    if found.readings:
        return [reading.origin for reading in found.readings if reading.origin is not None]
    counted = design.get(view, Features)
    job = design.get(counted.computed, Pipeline) if counted is not None else None
    return list(job.reads) if job is not None else []
