"""TSC017"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.ages import TOLERATED_FAILURES, Ages, scheduled, serving_job
from mlsdc.compiler.checks.typed import duration_at_least
from mlsdc.compiler.consistency.age import Age
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span
from mlsdc.units import Quantity, show_duration

ROUNDING = 1 + 1e-9
LIFETIMES = {
    "lookback": "the offline join looks back",
    "max_age": "a value is used online for",
    "expiry": "the online store keeps a key for",
}


@check(
    "TSC017",
    "ttl-shorter-than-refresh",
    Severity.ERROR,
    source="Feast, feature view ttl; Aerospike, velocity features with Feast: TTL and window",
)
def ttl_shorter_than_refresh(design: Design, ages: Ages) -> Iterator[Finding]:
    """A value expires before the next run can replace it.

    Why: the feature is there after a run and gone before the next, every day at the same hour, and
    the model gets its default instead. Where only a failed run brings it about, it is a risk.

    Bad:

        entity user { key user_id: string }
        pipeline profiles { every = 1d  runtime = 90m }
        features profile {
          entity   = user
          computed = profiles
          max_age  = 24h
          materialize { every = 1d  runtime = 90m  delay = 0s  load = 20m }
          visits: int64 = count() over 30d
        }

    Good:

        entity user { key user_id: string }
        pipeline profiles { every = 1d  runtime = 90m }
        features profile {
          entity   = user
          computed = profiles
          max_age  = 50h
          materialize { every = 1d  runtime = 90m  delay = 0s  load = 20m }
          visits: int64 = count() over 30d
        }
    """
    for view in design.of(Features):
        for name, meaning in LIFETIMES.items():
            lifetime: Quantity | None = getattr(view, name)
            if lifetime is not None:
                yield from _judge(design, ages, view, name, lifetime.value, meaning)


def _judge(
    design: Design, ages: Ages, view: Features, name: str, lifetime: float, meaning: str
) -> Iterator[Finding]:
    worst, tolerated = ages.worst[view.name], ages.tolerated[view.name]
    place = design.place(view, name)
    if lifetime * ROUNDING >= tolerated.seconds:
        if tolerated.missing:
            yield Finding(
                place,
                f"{name} is {show_duration(lifetime)}; how old a value gets is not known: "
                f"{tolerated.words}",
                subject=view.name,
                missing=tolerated.missing,
            )
        return
    certain = lifetime * ROUNDING < worst.seconds
    age = worst if certain else tolerated
    runs = "" if certain else f" after {_failed(view)}"
    yield Finding(
        place,
        f"{meaning} {show_duration(lifetime)}, but a value can be {_least(age)}"
        f"{show_duration(age.seconds)} old{runs} before it is replaced",
        subject=view.name,
        labels=(Label(_refresh(design, view), "refreshed here"),),
        arithmetic=(
            f"{show_duration(age.seconds)} = {age.words}",
            f"{show_duration(lifetime)} < {show_duration(age.seconds)}",
        ),
        help=f"{name} = {duration_at_least(tolerated.seconds)}"
        + (" or more" if tolerated.missing else ""),
        severity=Severity.ERROR if certain else Severity.WARNING,
    )


def _least(age: Age) -> str:
    return "at least " if age.missing else ""


def _failed(view: Features) -> str:
    failed = view.materialize.tolerated_failures if view.materialize else TOLERATED_FAILURES
    return "one failed run" if failed == 1 else f"{failed} failed runs"


def _refresh(design: Design, view: Features) -> Span:
    """Where the period, or the job, of the refresh is stated."""
    if view.materialize is not None:
        return design.place(view, "materialize", "every")
    job = serving_job(design, view)
    if job is None:
        return design.place(view)
    return design.place(job, "every") if scheduled(design, view) else design.place(job)
