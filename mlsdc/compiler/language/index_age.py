"""An index in, how long after a change of a document a search finds it out."""

from __future__ import annotations

from collections.abc import Sequence

from mlsdc.compiler.consistency.age import Age, Stage
from mlsdc.compiler.model.data import Pipeline
from mlsdc.compiler.model.serving import Index

STEPS = ("ingest", "chunk", "embed", "build")


def index_age(index: Index, writers: Sequence[Pipeline]) -> Age | None:
    """The worst case: a change just after a run has begun, and then every step of the next one.

    As stated in `refresh`, else by the jobs that write the index; None where nothing tells.
    """
    if index.refresh is not None:
        return _stated(index)
    jobs = [job for job in writers if job.every is not None]
    if not jobs:
        return None
    slowest = max(jobs, key=lambda job: job.every.value if job.every else 0.0)
    assert slowest.every is not None
    stages = [Stage("period", slowest.every.value)]
    missing = [f"{index.name}.refresh.build"]
    if slowest.runtime is None:
        missing.append(f"{slowest.name}.runtime")
    else:
        stages.append(Stage("run", slowest.runtime.value))
    return Age(tuple(stages), tuple(missing))


def _stated(index: Index) -> Age:
    refresh = index.refresh
    assert refresh is not None
    stages: list[Stage] = []
    missing: list[str] = []
    if refresh.every is not None:
        stages.append(Stage("period", refresh.every.value))
    for step in STEPS:
        taken = getattr(refresh, step)
        if taken is None:
            missing.append(f"{index.name}.refresh.{step}")
        elif taken.value:
            stages.append(Stage(step, taken.value))
    return Age(tuple(stages), tuple(missing))
