"""REL015"""

from collections.abc import Iterator

from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.learning import Training
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import DURATION, Quantity, show


@check(
    "REL015",
    "restarts-from-nothing",
    Severity.WARNING,
    source="Kubeflow Trainer documentation, checkpointing; Young, A First Order Approximation to "
    "the Optimum Checkpoint Interval (1974)",
)
def restarts_from_nothing(design: Design) -> Iterator[Finding]:
    """A training that fails late starts again, and misses its next run.

    Why: without a checkpoint a retry repeats all of the work. When all attempts together take
    longer than the schedule's period, one bad night delays the model by days.

    Bad:

        training nightly { every = 1d  runtime = 10h  retries = 2 }

    Good:

        training nightly { every = 1d  runtime = 10h  retries = 1 }
    """
    for job in design.of(Training):
        if job.existing is not None or job.checkpoint is not None or job.every is None:
            continue
        if job.runtime is None:
            unknown = Finding(
                design.place(job),
                f"whether `{job.name}` can be repeated before its next run is not known",
                subject=job.name,
                missing=(f"{job.name}.runtime",),
            )
            yield from of_production(design, [unknown])
            continue
        attempts = job.retries + 1
        whole = Quantity(attempts * job.runtime.value, DURATION)
        if attempts > 1 and whole.value > job.every.value * (1 + 1e-9):
            fewer = max(0, int(job.every.value / job.runtime.value + 1e-9) - 1)
            yield Finding(
                design.place(job, "retries"),
                f"{attempts} attempts of `{job.name}` from nothing take {show(whole)}, the next "
                f"run starts after {show(job.every)}",
                subject=job.name,
                labels=(
                    Label(design.place(job, "runtime"), "one attempt"),
                    Label(design.place(job, "every"), "the next run"),
                ),
                arithmetic=(f"{attempts} x {show(job.runtime)} = {show(whole)}",),
                help=f"retries = {fewer}, or a checkpoint in a lake",
            )
