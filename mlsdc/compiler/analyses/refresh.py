"""A feature view in, how its values come to the online store out: by whom, when, how slowly."""

from __future__ import annotations

from dataclasses import dataclass

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import FeatureStore, Pipeline
from mlsdc.compiler.model.features import Features
from mlsdc.units import Quantity


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


@dataclass(frozen=True)
class Schedule:
    """What is stated of a view's runs, in seconds; 0 for what is not, which `missing` names."""

    every: float
    runtime: float
    load: float
    delay: float
    overlap: str | None
    missing: tuple[str, ...]

    @staticmethod
    def of(design: Design, view: Features) -> Schedule:
        """The view's own figures win over those of its job."""
        job, schedule = serving_job(design, view), view.materialize
        own = f"{view.name}.materialize"
        load = schedule.load if schedule else None
        stated = {
            f"{own}.every": (schedule and schedule.every) or (job and job.every),
            f"{own}.runtime": (schedule and schedule.runtime) or (job and job.runtime),
            f"{own}.delay": schedule.delay if schedule else None,
        }
        runs = schedule is not None and (schedule.every or schedule.runtime)
        if load is None and not (not runs and job and writes_online(design, view, job)):
            stated[f"{own}.load"] = None  # a job that writes the online store itself loads in a run
        every, runtime, delay = (seconds(value) for value in list(stated.values())[:3])
        overlap = (schedule and schedule.overlap) or (job and job.overlap)
        missing = tuple(name for name, value in stated.items() if value is None)
        return Schedule(every, runtime, seconds(load), delay, overlap, missing)


def writes_online(design: Design, view: Features, job: Pipeline) -> bool:
    """Whether a job writes the view's online store, itself or through the feature store."""
    store = design.get(view.store, FeatureStore)
    return store is not None and bool({store.name, store.online} & set(job.writes))


def seconds(value: Quantity | None) -> float:
    """A duration in seconds; 0 where there is none."""
    return value.value if value is not None else 0.0
