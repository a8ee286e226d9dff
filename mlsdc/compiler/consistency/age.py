"""How old a feature value can be when it is read: the one place where this is computed.

All arguments and results are in seconds. Source: the sampling-delay argument of AADL latency
analysis, applied to materialisation: just before the next load completes, the online value still
reflects the previous run's cut-off.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from mlsdc.compiler.figures import Place


@dataclass(frozen=True)
class Stage:
    """One contribution to an age."""

    name: str
    seconds: float
    inputs: tuple[Place, ...] = ()
    """The fields of the design that state it."""


@dataclass(frozen=True)
class Age:
    """A worst-case age as the sum of its contributions.

    `missing` names the fields that would tell further contributions; while there are any, the age
    is a lower bound.
    """

    stages: tuple[Stage, ...]
    missing: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """The whole age."""
        return sum(stage.seconds for stage in self.stages)

    @property
    def words(self) -> str:
        """`24h period + 90m run + 30m load`"""
        from mlsdc.units import show_duration

        said = " + ".join(f"{show_duration(s.seconds)} {s.name}" for s in self.stages) or "0s"
        return f"at least {said}" if self.missing else said

    def without(self, name: str) -> float:
        """The seconds of every stage but those of this name."""
        return sum(stage.seconds for stage in self.stages if stage.name != name)


def batch_age(
    period: float, runtime: float, load: float, delay: float, failed_runs: int = 0
) -> Age:
    """Age of a value that a batch job writes every period, after so many failed runs in a row.

    A = (k + 1) P + R + L + D.
    """
    name = f"in {failed_runs + 1} periods" if failed_runs else "period"
    stages = (
        Stage(name, (failed_runs + 1) * period),
        Stage("run", runtime),
        Stage("load", load),
        Stage("source delay", delay),
    )
    return _written(stages)


def mean_batch_age(period: float, runtime: float, load: float, delay: float) -> float:
    """The mean age over a period without failed runs: P / 2 + R + L + D."""
    return period / 2 + runtime + load + delay


def effective_period(period: float, runtime: float, overlap: str | None) -> float:
    """Time between two runs that write, where a run may take longer than its period.

    Where runs may not overlap (`forbid`), those that are due meanwhile are left out. Where the next
    takes the other's place (`replace`), none ever ends. Where both run, or nobody says what
    happens, values still come every period.
    """
    if runtime <= period or overlap not in ("forbid", "replace"):
        return period
    return math.inf if overlap == "replace" else math.ceil(runtime / period) * period


def stream_age(
    source_lag: float, watermark: float, slide: float, commit_interval: float, write: float
) -> Age:
    """Age of a value that a streaming job updates.

    The commit interval counts only where the sink is transactional.
    """
    stages = (
        Stage("source lag", source_lag),
        Stage("watermark", watermark),
        Stage("slide", slide),
        Stage("commit interval", commit_interval),
        Stage("write", write),
    )
    return _written(stages)


def _written(stages: tuple[Stage, ...]) -> Age:
    return Age(tuple(stage for stage in stages if stage.seconds))


def with_stage(age: Age, name: str, seconds: float, *inputs: Place) -> Age:
    """The age behind one more stage: a cache's time to live, a request's own hop."""
    return replace(age, stages=(*age.stages, Stage(name, seconds, inputs))) if seconds else age


def resting_on(age: Age, inputs: Mapping[str, tuple[Place, ...]]) -> Age:
    """The age whose stages tell the fields that state them, by the name of the stage."""
    stages = (replace(stage, inputs=inputs.get(stage.name, ())) for stage in age.stages)
    return replace(age, stages=tuple(stages))


@dataclass(frozen=True)
class Parent:
    """What a run reads that another run wrote; `chained` where the end of one starts the other."""

    age: Age
    chained: bool = False

    @property
    def contribution(self) -> Age:
        """The age of what is read: just before the parent's next load, unless that is waited for.

        A chained run starts when its parent has ended, so the parent's period does not count.
        """
        if not self.chained:
            return self.age
        stages = tuple(s for s in self.age.stages if not s.name.startswith(("period", "in ")))
        return replace(self.age, stages=stages)


def derived_age(own: Age, parents: Iterable[Parent]) -> Age:
    """The age of what is computed from what other runs wrote: own stages + max over the parents."""
    read = oldest([parent.contribution for parent in parents])
    stages = tuple(Stage(f"{s.name} upstream", s.seconds, s.inputs) for s in read.stages)
    missing = tuple(dict.fromkeys((*own.missing, *read.missing)))
    return Age((*own.stages, *stages), missing)


def oldest(ages: list[Age]) -> Age:
    """The age of something computed from several values; fresh where there are none."""
    longest = max(ages, key=lambda age: age.seconds, default=Age(()))
    missing = dict.fromkeys(name for age in ages for name in age.missing)
    return replace(longest, missing=tuple(missing))


def availability_skew(runtime: float, load: float, delay: float) -> float:
    """How much earlier an offline join by event time sees a value than serving does: R + L + D."""
    return runtime + load + delay


def update_gap(window: float, quiet: float) -> float:
    """How long a value that is written at events has to live: as long as it may hold.

    An aggregate may be other than zero for its whole window after the last event; a last value
    holds until the next event. Source: a time to live of max(window, p95 of the gap).
    """
    return max(window, quiet)
