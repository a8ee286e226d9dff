"""TSC020"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.refresh import Schedule, scheduled
from mlsdc.compiler.checks.typed import duration_at_least
from mlsdc.compiler.consistency.age import effective_period
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.data import Pipeline
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import show_duration

ROUNDING = 1 + 1e-9


@check(
    "TSC020",
    "run-longer-than-period",
    Severity.ERROR,
    source="Feast documentation, running Feast in production: scheduling is the user's; "
    "Kubernetes documentation, CronJob concurrencyPolicy",
)
def run_longer_than_period(design: Design) -> Iterator[Finding]:
    """A run is due before the last one has ended, or before what it reads has been written.

    Why: two runs over the same rows write over each other, and which one wins is chance. A run that
    starts before its input is there takes yesterday's, every day, and says nothing.

    Bad:

        lake raw { }
        lake clean { }
        pipeline first { reads = raw  writes = clean  every = 1h  runtime = 80m }

    Good:

        lake raw { }
        lake clean { }
        pipeline first { reads = raw  writes = clean  every = 1h  runtime = 80m  overlap = forbid }
    """
    for job in design.of(Pipeline):
        if job.every is not None and job.runtime is not None:
            yield from _late(design, job, ("every",), ("runtime",), job.every.value,
                             job.runtime.value, job.overlap)  # fmt: skip
    for view in design.of(Features):
        if view.materialize is not None and scheduled(design, view):
            own = Schedule.of(design, view)
            if own.every and design.wrote(view, "materialize", "runtime"):
                yield from _late(design, view, ("materialize", "every"), ("materialize", "runtime"),
                                 own.every, own.runtime, own.overlap)  # fmt: skip
    yield from _before_parents(design)


def _late(
    design: Design, one: Component, every: tuple[str, ...], run: tuple[str, ...], period: float,
    runtime: float, overlap: str | None,
) -> Iterator[Finding]:  # fmt: skip
    if runtime <= period * ROUNDING or overlap in ("forbid", "allow"):
        return
    never = effective_period(period, runtime, overlap) == float("inf")
    what = "each is stopped by the next" if never else "what happens to the next is not said"
    yield Finding(
        design.place(one, *run),
        f"a run of `{one.name}` takes {show_duration(runtime)} and is due every "
        f"{show_duration(period)}: {what}",
        subject=one.name,
        labels=(Label(design.place(one, *every), "due here"),),
        arithmetic=(f"{show_duration(runtime)} > {show_duration(period)}",),
        help=f"every = {duration_at_least(runtime)}, or overlap = forbid",
    )


def _before_parents(design: Design) -> Iterator[Finding]:
    """A child of the same period whose run starts before its parent's has ended."""
    writing: dict[str, list[Pipeline]] = {}
    jobs = [job for job in design.of(Pipeline) if job.every is not None and job.starts is not None]
    for job in jobs:
        for name in job.writes:
            writing.setdefault(name, []).append(job)
    for child in jobs:
        parents = {p.name: p for name in child.reads for p in writing.get(name, ())}
        for parent in parents.values():
            if parent is not child and parent.every == child.every:
                yield from _before(design, child, parent)


def _before(design: Design, child: Pipeline, parent: Pipeline) -> Iterator[Finding]:
    assert child.starts is not None, child.name
    assert parent.starts is not None, parent.name
    if parent.name in child.after:
        return
    if parent.runtime is None and child.starts.value >= parent.starts.value:
        yield Finding(
            design.place(child, "starts"),
            f"whether `{parent.name}` has ended when `{child.name}` starts is not known",
            subject=child.name,
            missing=(f"{parent.name}.runtime",),
        )
        return
    runtime = parent.runtime.value if parent.runtime is not None else 0.0
    ends = parent.starts.value + runtime
    if child.starts.value * ROUNDING >= ends:
        return
    yield Finding(
        design.place(child, "starts"),
        f"`{child.name}` starts at {show_duration(child.starts.value)}, before `{parent.name}` has "
        f"ended at {show_duration(ends)}: it reads what the run before has written",
        subject=child.name,
        labels=(Label(design.place(parent, "starts"), "starts here"),),
        arithmetic=(
            f"{show_duration(parent.starts.value)} + {show_duration(runtime)} = "
            f"{show_duration(ends)} > {show_duration(child.starts.value)}",
        ),
        help=f"after = {parent.name}, or starts = {duration_at_least(ends)}",
    )
