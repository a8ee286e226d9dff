"""LAT020"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.refresh import seconds
from mlsdc.compiler.checks.typed import duration_at_least, duration_at_most
from mlsdc.compiler.consistency.age import Age, stream_age
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Pipeline, Source, Stream
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import Quantity, show, show_duration


@check(
    "LAT020",
    "stream-slower-than-objective",
    Severity.ERROR,
    source="Apache Flink: a window emits when the watermark passes its end; a transactional sink "
    "shows results when the checkpoint is complete",
)
def stream_slower_than_objective(design: Design) -> Iterator[Finding]:
    """A streaming job cannot answer within its objective, whatever hardware runs it.

    Why: a window waits for late events and for its slide, and an exactly-once sink shows nothing
    before the next checkpoint. These are settings, not speed: no parallelism takes them away.

    Bad:

        stream clicks { rate = 100/s  lag = 1s }
        pipeline alerts { reads = clicks  watermark = 5s  slide = 2s  within = 5s }

    Good:

        stream clicks { rate = 100/s  lag = 1s }
        pipeline alerts { reads = clicks  watermark = 2s  slide = 1s  within = 5s }
    """
    for job in design.of(Pipeline):
        if job.within is None or job.every is not None:
            continue
        age, missing = _age(design, job), _missing(job)
        if age.seconds > job.within.value * (1 + 1e-9):
            yield _finding(design, job, job.within, age)
        elif missing:
            yield Finding(
                design.place(job, "within"),
                f"whether `{job.name}` answers within {show(job.within)} is not known",
                subject=job.name,
                missing=missing,
            )


def _age(design: Design, job: Pipeline) -> Age:
    """From an event to what it changes, of all that is stated."""
    origins = (design.components.get(name) for name in job.reads)
    lags = [origin.lag.value for origin in origins
            if isinstance(origin, Stream | Source) and origin.lag is not None]  # fmt: skip
    return stream_age(
        max(lags, default=0.0), seconds(job.watermark), seconds(job.slide),
        seconds(_commit(job)) if _transactional(job) else 0.0, 0.0,
    )  # fmt: skip


def _missing(job: Pipeline) -> tuple[str, ...]:
    needed = {"watermark": job.watermark, "slide": job.slide}
    if _transactional(job):
        needed["checkpoint_every"] = _commit(job)
    return tuple(f"{job.name}.{name}" for name, value in needed.items() if value is None)


def _transactional(job: Pipeline) -> bool:
    return job.delivery == "exactly_once"


def _commit(job: Pipeline) -> Quantity | None:
    return getattr(job, "checkpoint_every", None)


def _finding(design: Design, job: Pipeline, limit: Quantity, age: Age) -> Finding:
    fields = {"watermark": "watermark", "slide": "slide", "commit interval": "checkpoint_every"}
    longest = max(
        (stage for stage in age.stages if stage.name in fields),
        key=lambda stage: stage.seconds, default=None,
    )  # fmt: skip
    labels = tuple(
        Label(design.place(job, fields[stage.name]), f"{show_duration(stage.seconds)} of it")
        for stage in age.stages
        if stage.name in fields and design.wrote(job, fields[stage.name])
    )
    shorter = ""
    if longest is not None:
        left = limit.value - (age.seconds - longest.seconds)
        if left > 0:
            shorter = f"{fields[longest.name]} = {duration_at_most(left)} or less, or "
    return Finding(
        design.place(job, "within"),
        f"`{job.name}` answers after {show_duration(age.seconds)} at the latest, over its "
        f"{show(limit)} objective: {age.words}",
        subject=job.name,
        labels=labels,
        arithmetic=(f"{age.words} = {show_duration(age.seconds)}",),
        help=f"{shorter}within = {duration_at_least(age.seconds)}",
    )
