"""Feature views in, the worst-case age of their values at read out."""

from __future__ import annotations

from dataclasses import dataclass, field

from mlsdc.compiler.age import Age, batch_age, oldest, stream_age
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Unknown
from mlsdc.compiler.model.data import Pipeline, Source, Stream
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.schedule import analysis


@dataclass(frozen=True)
class Ages:
    """The worst-case age of each view's values when they are read online.

    `tolerated` is the age after the number of failed runs that the view tolerates; it equals
    `worst` for views without a schedule.
    """

    worst: dict[str, Age | Unknown] = field(default_factory=dict[str, Age | Unknown])
    tolerated: dict[str, Age | Unknown] = field(default_factory=dict[str, Age | Unknown])


@analysis
def ages(design: Design) -> Ages:
    """The age of every feature view."""
    found = Ages()
    for view in design.of(Features):
        found.worst[view.name] = view_age(design, view, 0)
        failed = view.materialize.tolerated_failures if view.materialize else 0
        found.tolerated[view.name] = view_age(design, view, failed)
    return found


def view_age(design: Design, view: Features, failed_runs: int) -> Age | Unknown:
    """The worst-case age of a view's values after so many failed runs."""
    pipeline = design.get(view.computed or (view.online and view.online.computed), Pipeline)
    schedule = view.materialize
    if schedule is not None or (pipeline is not None and pipeline.every is not None):
        return _batch(view, pipeline, failed_runs)
    if pipeline is not None:
        return _streaming(design, view, pipeline)
    if view.computed is None and view.online is None:
        return _on_demand(design, view, failed_runs)
    return Unknown((f"{view.name}.materialize",))


def _batch(view: Features, pipeline: Pipeline | None, failed_runs: int) -> Age | Unknown:
    schedule = view.materialize
    every = (schedule and schedule.every) or (pipeline and pipeline.every)
    runtime = (schedule and schedule.runtime) or (pipeline and pipeline.runtime)
    missing = [
        f"{view.name}.materialize.{name}"
        for name, value in (("every", every), ("runtime", runtime))
        if value is None
    ]
    if not every or not runtime:
        return Unknown(tuple(missing))
    load = schedule.load.value if schedule and schedule.load else 0.0
    delay = schedule.delay.value if schedule and schedule.delay else 0.0
    return batch_age(every.value, runtime.value, load, delay, failed_runs)


def _streaming(design: Design, view: Features, pipeline: Pipeline) -> Age | Unknown:
    if pipeline.watermark is None:
        return Unknown((f"{pipeline.name}.watermark",))
    lags = [
        origin.lag.value
        for name in pipeline.reads
        if (origin := design.components.get(name)) is not None
        and isinstance(origin, Stream | Source)
        and origin.lag is not None
    ]
    slides = [column.slide.value for column in view.columns.values() if column.slide]
    slide = max(slides, default=pipeline.slide.value if pipeline.slide else 0.0)
    transactional = pipeline.delivery == "exactly_once"
    interval = getattr(pipeline, "checkpoint_every", None)
    commit = interval.value if transactional and interval is not None else 0.0
    return stream_age(max(lags, default=0.0), pipeline.watermark.value, slide, commit, 0.0)


def _on_demand(design: Design, view: Features, failed_runs: int) -> Age | Unknown:
    from mlsdc.compiler.analyses.lineage import mentioned_views

    parents = [view_age(design, parent, failed_runs) for parent in mentioned_views(design, view)]
    missing = [m for age in parents if isinstance(age, Unknown) for m in age.missing]
    if missing:
        return Unknown(tuple(dict.fromkeys(missing)))
    return oldest([age for age in parents if isinstance(age, Age)])
