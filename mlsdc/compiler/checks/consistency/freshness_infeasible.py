"""TSC019"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.ages import Ages, scheduled, serving_job
from mlsdc.compiler.checks.typed import duration_at_most
from mlsdc.compiler.consistency.age import Age
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span
from mlsdc.units import HOUR, show_duration

ROUNDING = 1 + 1e-9


@check(
    "TSC019",
    "freshness-infeasible",
    Severity.ERROR,
    source="Zinkevich, Rules of Machine Learning, rule 8; Tecton (streaming for windows of an hour "
    "or less); sampling delay as in AADL latency analysis",
)
def freshness_infeasible(design: Design, ages: Ages) -> Iterator[Finding]:
    """A feature cannot be as fresh as it has to be.

    Why: a value waits for the next run, for the run itself, for its source and for the load, so
    its worst age is longer than the period. A window of an hour or less that is refreshed by batch
    runs describes a time that is already over.

    Bad:

        entity item { key item_id: string }
        pipeline counts { every = 1h  runtime = 8m }
        features popularity {
          entity    = item
          computed  = counts
          freshness = 15m
          materialize { every = 1h  runtime = 8m  load = 1m  delay = 3m }
          views_1d: int64 = count() over 1d
        }

    Good:

        entity item { key item_id: string }
        pipeline counts { every = 3m  runtime = 8m }
        features popularity {
          entity    = item
          computed  = counts
          freshness = 15m
          materialize { every = 3m  runtime = 8m  load = 1m  delay = 3m }
          views_1d: int64 = count() over 1d
        }
    """
    for view in design.of(Features):
        age, sought = ages.worst[view.name], view.freshness
        if sought is not None and age.seconds > sought.value * ROUNDING:
            yield _infeasible(design, view, age, sought.value)
            continue
        if sought is not None and age.missing:
            yield Finding(
                design.place(view, "freshness"),
                f"freshness is {show_duration(sought.value)}, the worst age is {age.words} so far",
                subject=view.name,
                missing=age.missing,
            )
        yield from _short_windows(design, view, age)


def _infeasible(design: Design, view: Features, age: Age, sought: float) -> Finding:
    at_least = "at least " if age.missing else ""
    return Finding(
        design.place(view, "freshness"),
        f"freshness is {show_duration(sought)}, the worst age is {at_least}"
        f"{show_duration(age.seconds)} = {age.words.removeprefix('at least ')}",
        subject=view.name,
        labels=tuple(Label(span, "refreshed here") for span in _refresh(design, view)),
        arithmetic=tuple(f"{stage.name}: {show_duration(stage.seconds)}" for stage in age.stages),
        help=_advice(design, view, age, sought),
    )


def _advice(design: Design, view: Features, age: Age, sought: float) -> str:
    """The longest period that meets the objective, or another way where there is none."""
    if not scheduled(design, view):
        longest = max(age.stages, key=lambda stage: stage.seconds)
        room = sought - age.without(longest.name)
        if room > 0:
            return f"a {longest.name} of {duration_at_most(room)} or less, or a longer freshness"
        return f"freshness = {show_duration(age.seconds)} or more"
    room = sought - age.without("period")
    if room > 0:
        job, every = serving_job(design, view), f"every = {duration_at_most(room)}"
        own = view.materialize is not None and design.wrote(view, "materialize", "every")
        typed = f"{every} in `{job.name}`" if job and not own else f"materialize {{ {every} }}"
        return (
            f"{typed}: the largest feasible period is {show_duration(sought)} - "
            f"{show_duration(age.without('period'))} = {show_duration(room)}"
        )
    return (
        f"no period is short enough: the rest alone takes {show_duration(age.without('period'))}; "
        "compute the view by a streaming pipeline"
    )


def _refresh(design: Design, view: Features) -> Iterator[Span]:
    job = serving_job(design, view)
    if view.materialize is not None and design.wrote(view, "materialize", "every"):
        yield design.place(view, "materialize", "every")
    elif job is not None:
        yield design.place(job, "every" if scheduled(design, view) else "watermark")


def _short_windows(design: Design, view: Features, age: Age) -> Iterator[Finding]:
    """A window of an hour or less that is served by batch runs, whatever freshness is asked for."""
    if not scheduled(design, view):
        return
    for name, column in view.columns.items():
        if column.over is not None and column.over.value <= HOUR:
            yield Finding(
                design.place(view, "columns", name),
                f"`{name}` covers {show_duration(column.over.value)} and is refreshed by batch "
                f"runs: it can be {show_duration(age.seconds)} old = {age.words}",
                subject=view.name,
                labels=tuple(Label(span, "refreshed here") for span in _refresh(design, view)),
                help="compute it by a streaming pipeline: a pipeline without `every`",
                severity=Severity.WARNING,
            )
