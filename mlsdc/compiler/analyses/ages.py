"""Feature views in, the worst-case age of their values at read out.

A contribution that nobody states makes the age a lower bound that names what is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import isinf

from mlsdc.compiler.analyses.caching import behind, caches
from mlsdc.compiler.analyses.lineage import mentioned_views, on_demand
from mlsdc.compiler.analyses.refresh import Schedule, scheduled, seconds, serving_job
from mlsdc.compiler.consistency.age import (
    Age,
    Parent,
    availability_skew,
    batch_age,
    derived_age,
    effective_period,
    oldest,
    resting_on,
    stream_age,
)
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Place
from mlsdc.compiler.model.data import FeatureStore, OnlineStore, Pipeline, Source, Stream
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.schedule import analysis
from mlsdc.units import Quantity

TOLERATED_FAILURES = 1
"""Failed runs in a row that a view tolerates where it does not say."""


@dataclass(frozen=True)
class Ages:
    """The worst-case age of each view's values when they are read online.

    `tolerated` is the age after the number of failed runs that the view tolerates; it equals
    `worst` for views without a schedule. `cached` is the worst age behind the caches of requests.
    `skew` tells of views with a schedule how much earlier training sees a value than serving, if
    it joins by event time alone; fields that would tell more make it a lower bound.
    """

    worst: dict[str, Age] = field(default_factory=dict[str, Age])
    tolerated: dict[str, Age] = field(default_factory=dict[str, Age])
    cached: dict[str, Age] = field(default_factory=dict[str, Age])
    skew: dict[str, Skew] = field(default_factory=lambda: dict[str, Skew]())


@dataclass(frozen=True)
class Skew:
    """R + L + D of a view, with what is not known of it."""

    runtime: float
    load: float
    delay: float
    missing: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """The whole."""
        return availability_skew(self.runtime, self.load, self.delay)


@analysis
def ages(design: Design) -> Ages:
    """The age of every feature view."""
    now, later = _Aging(design, tolerated=False), _Aging(design, tolerated=True)
    held, found = caches(design), Ages()
    for view in design.of(Features):
        found.worst[view.name] = now.of(view)
        found.tolerated[view.name] = later.of(view)
        found.cached[view.name] = behind(now.of(view), held.get(view.name, []))
        if scheduled(design, view):
            found.skew[view.name] = _skew(Schedule.of(design, view))
    return found


def _skew(schedule: Schedule) -> Skew:
    missing = tuple(name for name in schedule.missing if not name.endswith(".every"))
    return Skew(schedule.runtime, schedule.load, schedule.delay, missing)


@dataclass
class _Aging:
    """The ages of views, right away or after the failed runs that they tolerate."""

    design: Design
    tolerated: bool
    _known: dict[str, Age] = field(default_factory=dict[str, Age])

    def of(self, view: Features) -> Age:
        """The worst-case age of a view's values."""
        if view.name not in self._known:
            self._known[view.name] = Age(())  # a view computed from itself ends here (REL013)
            self._known[view.name] = self._age(view)
        return self._known[view.name]

    def _age(self, view: Features) -> Age:
        job = serving_job(self.design, view)
        if scheduled(self.design, view):
            schedule = view.materialize
            failures = schedule.tolerated_failures if schedule else TOLERATED_FAILURES
            own = _batch(self.design, view, failures if self.tolerated else 0)
            return derived_age(own, self._parents(view, job))
        if job is not None:
            return _streaming(self.design, view, job)
        if on_demand(view):
            return oldest([self.of(parent) for parent in mentioned_views(self.design, view)])
        return Age((), (f"{view.name}.{'materialize' if view.computed else 'computed'}",))

    def _parents(self, view: Features, job: Pipeline | None) -> Iterator[Parent]:
        """What the runs of a view read that other runs wrote: other views, and tables of jobs."""
        for other in mentioned_views(self.design, view):
            theirs = serving_job(self.design, other)
            if theirs is None or theirs is not job:  # else one run computes both
                chained = job is not None and theirs is not None and theirs.name in job.after
                yield Parent(self.of(other), chained)
        for parent in self._writers(job):
            chained = job is not None and parent.name in job.after
            yield Parent(self._written(parent, (parent.name,)), chained)

    def _writers(self, job: Pipeline | None) -> list[Pipeline]:
        """Batch jobs that write what a job reads."""
        return [
            one
            for name in (job.reads if job is not None else ())
            for one in self._writing.get(name, ())
            if one is not job
        ]

    @cached_property
    def _writing(self) -> dict[str, list[Pipeline]]:
        found: dict[str, list[Pipeline]] = {}
        for one in self.design.of(Pipeline):
            for name in one.writes if one.every is not None else ():
                found.setdefault(name, []).append(one)
        return found

    def _written(self, job: Pipeline, seen: tuple[str, ...]) -> Age:
        """The age of what a batch job has written, just before its next run ends."""
        every, runtime = seconds(job.every), seconds(job.runtime)
        own = batch_age(_between_runs(every, runtime, job.overlap)[0], runtime, 0.0, 0.0)
        own = replace(own, missing=() if job.runtime is not None else (f"{job.name}.runtime",))
        parents = [
            Parent(self._written(one, (*seen, one.name)), one.name in job.after)
            for one in self._writers(job)
            if one.name not in seen
        ]
        return derived_age(own, parents)


def _batch(design: Design, view: Features, failed_runs: int) -> Age:
    found = Schedule.of(design, view)
    every, unending = _between_runs(found.every, found.runtime, found.overlap)
    age = batch_age(every, found.runtime, found.load, found.delay, failed_runs)
    inputs = _batch_inputs(view, serving_job(design, view), age)
    ends = (f"{view.name}: a run that ends",) if unending else ()
    return replace(resting_on(age, inputs), missing=(*found.missing, *ends))


def _batch_inputs(view: Features, job: Pipeline | None, age: Age) -> dict[str, tuple[Place, ...]]:
    """The fields that state each stage: those of the schedule, else those of the job."""
    schedule = view.materialize
    fields = {"run": "runtime", "load": "load", "source delay": "delay"}
    found: dict[str, tuple[Place, ...]] = {}
    for stage in age.stages:
        name = fields.get(stage.name, "every")
        own = schedule is not None and getattr(schedule, name) is not None
        if own or job is None:
            found[stage.name] = ((view.name, "materialize", name),)
        else:
            found[stage.name] = ((job.name, name),)
        if stage.name.endswith("periods"):
            found[stage.name] += ((view.name, "materialize", "tolerated_failures"),)
    return found


def _between_runs(every: float, runtime: float, overlap: str | None) -> tuple[float, bool]:
    """The time between two runs that write, and whether none ever does (TSC020)."""
    found = effective_period(every, runtime, overlap) if every else 0.0
    return (every, True) if isinf(found) else (found, False)


def _streaming(design: Design, view: Features, job: Pipeline) -> Age:
    missing: list[str] = []
    lags: list[float] = []
    for name in job.reads:
        origin = design.components.get(name)
        if isinstance(origin, Stream | Source):
            lags.append(seconds(origin.lag))
            missing += [f"{name}.lag"] if origin.lag is None else []
    slide = _slide(view, job)
    interval: Quantity | None = getattr(job, "checkpoint_every", None)
    transactional = job.delivery == "exactly_once"
    needed = {
        f"{job.name}.watermark": job.watermark,
        f"{job.name}.slide": slide,
        f"{job.name}.checkpoint_every": interval if transactional else Quantity(0.0),
    }
    missing += [name for name, value in needed.items() if value is None]
    age = stream_age(
        max(lags, default=0.0), seconds(job.watermark), seconds(slide),
        seconds(interval) if transactional else 0.0, _write_time(design, view),
    )  # fmt: skip
    inputs: dict[str, tuple[Place, ...]] = {
        "source lag": tuple((name, "lag") for name in job.reads),
        "watermark": ((job.name, "watermark"),),
        "slide": ((job.name, "slide"),),
        "commit interval": ((job.name, "checkpoint_every"),),
    }
    return replace(resting_on(age, inputs), missing=tuple(missing))


def _slide(view: Features, job: Pipeline) -> Quantity | None:
    """The longest time between two emissions; a view without windows emits at each event."""
    if all(column.over is None for column in view.columns.values()):
        return Quantity(0.0)
    online = view.online.slide if view.online else None
    own = [column.slide or online or job.slide for column in view.columns.values() if column.over]
    known = [slide for slide in own if slide is not None]
    return max(known, key=lambda slide: slide.value) if len(known) == len(own) else None


def _write_time(design: Design, view: Features) -> float:
    """How long the online store takes to write, where its facts tell: milliseconds at most."""
    store = design.get(view.store, FeatureStore)
    online = design.get(store.online, OnlineStore) if store is not None else None
    service = online.service_time() if online is not None else None
    return max(service.quantiles.values(), default=0.0) if service is not None else 0.0
