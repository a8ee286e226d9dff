"""Feature views in, the worst-case age of their values at read out.

A contribution that nobody states makes the age a lower bound that names what is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from mlsdc.compiler.age import Age, batch_age, oldest, stream_age, with_stage
from mlsdc.compiler.analyses.lineage import mentioned_views, on_demand
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import FeatureStore, OnlineStore, Pipeline, Source, Stream
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.model.request import Cached, Call, Request, Step
from mlsdc.compiler.model.serving import Cache
from mlsdc.compiler.schedule import analysis
from mlsdc.units import Quantity

TOLERATED_FAILURES = 1
"""Failed runs in a row that a view tolerates where it does not say."""


@dataclass(frozen=True)
class Ages:
    """The worst-case age of each view's values when they are read online.

    `tolerated` is the age after the number of failed runs that the view tolerates; it equals
    `worst` for views without a schedule. `cached` is the worst age behind the caches of requests.
    """

    worst: dict[str, Age] = field(default_factory=dict[str, Age])
    tolerated: dict[str, Age] = field(default_factory=dict[str, Age])
    cached: dict[str, Age] = field(default_factory=dict[str, Age])


@analysis
def ages(design: Design) -> Ages:
    """The age of every feature view."""
    now, later = _Aging(design, tolerated=False), _Aging(design, tolerated=True)
    caches, found = _caches(design), Ages()
    for view in design.of(Features):
        found.worst[view.name] = now.of(view)
        found.tolerated[view.name] = later.of(view)
        found.cached[view.name] = _behind(now.of(view), caches.get(view.name, []))
    return found


def serving_job(design: Design, view: Features) -> Pipeline | None:
    """The job whose values are read online, where the two paths differ."""
    return design.get((view.online and view.online.computed) or view.computed, Pipeline)


def scheduled(design: Design, view: Features) -> bool:
    """Whether the online values are refreshed by runs on a schedule."""
    job = serving_job(design, view)
    streams_online = view.online is not None and view.online.computed and job is not None
    if streams_online or view.materialize is None:
        return job is not None and job.every is not None
    return True


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
            return _batch(self.design, view, job, failures if self.tolerated else 0)
        if job is not None:
            return _streaming(self.design, view, job)
        if on_demand(view):
            return oldest([self.of(parent) for parent in mentioned_views(self.design, view)])
        return Age((), (f"{view.name}.{'materialize' if view.computed else 'computed'}",))


def _batch(design: Design, view: Features, job: Pipeline | None, failed_runs: int) -> Age:
    schedule = view.materialize
    own = f"{view.name}.materialize"
    load = schedule.load if schedule else None
    stated = {
        f"{own}.every": (schedule and schedule.every) or (job and job.every),
        f"{own}.runtime": (schedule and schedule.runtime) or (job and job.runtime),
        f"{own}.delay": schedule.delay if schedule else None,
    }
    if load is None and not (schedule is None and job and _writes_online(design, view, job)):
        stated[f"{own}.load"] = None  # a job that writes the online store itself loads as it runs
    every, runtime, delay = (_seconds(value) for value in list(stated.values())[:3])
    age = batch_age(every, runtime, _seconds(load), delay, failed_runs)
    return replace(age, missing=tuple(name for name, value in stated.items() if value is None))


def _writes_online(design: Design, view: Features, job: Pipeline) -> bool:
    store = design.get(view.store, FeatureStore)
    return store is not None and bool({store.name, store.online} & set(job.writes))


def _streaming(design: Design, view: Features, job: Pipeline) -> Age:
    missing: list[str] = []
    lags: list[float] = []
    for name in job.reads:
        origin = design.components.get(name)
        if isinstance(origin, Stream | Source):
            lags.append(_seconds(origin.lag))
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
        max(lags, default=0.0), _seconds(job.watermark), _seconds(slide),
        _seconds(interval) if transactional else 0.0, _write_time(design, view),
    )  # fmt: skip
    return replace(age, missing=tuple(missing))


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


def _seconds(value: Quantity | None) -> float:
    return value.value if value is not None else 0.0


def _caches(design: Design) -> dict[str, list[Cache]]:
    """The caches that hold a view's values on their way to a request."""
    found: dict[str, list[Cache]] = {}
    for request in design.of(Request):
        for name, cache in _cached_calls(design, request.steps, ()):
            if cache not in found.setdefault(name, []):
                found[name].append(cache)
    return found


def _cached_calls(
    design: Design, steps: tuple[Step, ...], behind: tuple[Cache, ...]
) -> Iterator[tuple[str, Cache]]:
    for step in steps:
        around = behind
        if isinstance(step, Cached):
            cache = design.get(step.by, Cache)
            around = (*behind, cache) if cache is not None else behind
        elif isinstance(step, Call):
            yield from ((step.target, cache) for cache in behind)
        inner: tuple[Step, ...] = getattr(step, "steps", ())
        yield from _cached_calls(design, inner, around)


def _behind(age: Age, caches: list[Cache]) -> Age:
    """The age behind the caches; one that states no time to live may keep a value for ever."""
    if not caches:
        return age
    missing = tuple(f"{cache.name}.ttl" for cache in caches if cache.ttl is None)
    longest = max((_seconds(cache.ttl) for cache in caches), default=0.0)
    return replace(with_stage(age, "cache", longest), missing=(*age.missing, *missing))
