"""Feature jobs in, how long it takes to compute their whole history anew out.

A batch job is run once for each of its periods that the longest dataset looks back to; a streaming
job reads the events of that time again. Law: what is not stated makes the time Unknown.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known, Unknown, duration
from mlsdc.compiler.model.data import Pipeline, Stream
from mlsdc.compiler.model.features import Dataset, Features
from mlsdc.compiler.schedule import analysis
from mlsdc.units import digits, show, show_duration


@dataclass(frozen=True)
class Backfill:
    """What computing a job's history takes."""

    dataset: Dataset
    """The one that looks back furthest."""
    time: Known
    """Seconds."""


@dataclass(frozen=True)
class Backfills:
    """Every job that computes features which a dataset reads."""

    of: dict[str, Backfill] = field(default_factory=dict[str, Backfill])


@analysis
def backfills(design: Design, workload: Workload) -> Backfills:
    """Every job of the design."""
    longest: dict[str, Dataset] = {}
    for dataset in design.of(Dataset):
        for name in dataset.features:
            view = design.get(name, Features)
            job = design.get(view.computed, Pipeline) if view else None
            if job is not None and _window(dataset) >= _window(longest.get(job.name)):
                longest[job.name] = dataset
    found: dict[str, Backfill] = {}
    for name, dataset in longest.items():
        job = design.components[name]
        assert isinstance(job, Pipeline)
        found[name] = Backfill(dataset, _time(design, workload, job, dataset))
    return Backfills(found)


def _window(dataset: Dataset | None) -> float:
    return dataset.window.value if dataset is not None and dataset.window is not None else -1.0


def _time(design: Design, workload: Workload, job: Pipeline, dataset: Dataset) -> Known:
    if dataset.window is None:
        return Unknown((f"{dataset.name}.window",))
    if job.every is None:
        return _replayed(design, workload, job, dataset.window.value)
    if job.runtime is None:
        return Unknown((f"{job.name}.runtime",))
    runs = math.ceil(round(dataset.window.value / job.every.value, 9))
    rounds = math.ceil(runs / job.backfill_parallel)
    whole = rounds * job.runtime.value
    at_once = f" / {job.backfill_parallel} at a time" if job.backfill_parallel > 1 else ""
    return duration(
        whole,
        f"{show(dataset.window)} / {show(job.every)} = {digits(runs)} runs",
        f"{digits(runs)} runs{at_once} x {show(job.runtime)} = {show_duration(whole)}",
    )


def _replayed(design: Design, workload: Workload, job: Pipeline, window: float) -> Known:
    """At its peak rate all the time, which is the longest it can take."""
    if job.replay is None or not job.replay.value:
        return Unknown((f"{job.name}.replay",))
    whole = 0.0
    because: list[str] = []
    for name in job.reads:
        stream = design.get(name, Stream)
        rate = workload.of(stream) if stream is not None else None
        if isinstance(rate, Unknown):
            return rate
        if isinstance(rate, Figure):
            seconds = rate.value * window / job.replay.value
            whole += seconds
            because.append(f"{name}: {rate} x {show_duration(window)} / {show(job.replay)} = "
                           f"{show_duration(seconds)}")  # fmt: skip
    return duration(whole, *because)
