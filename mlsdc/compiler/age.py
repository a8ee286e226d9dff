"""How old a feature value can be when it is read: the one place where this is computed.

All arguments and results are in seconds. Source: the sampling-delay argument of AADL latency
analysis, applied to materialisation: just before the next load completes, the online value still
reflects the previous run's cut-off.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Stage:
    """One contribution to an age."""

    name: str
    seconds: float


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


def with_stage(age: Age, name: str, seconds: float) -> Age:
    """The age behind one more stage: a cache's time to live, a request's own hop."""
    return replace(age, stages=(*age.stages, Stage(name, seconds))) if seconds else age


def oldest(ages: list[Age]) -> Age:
    """The age of something computed from several values; fresh where there are none."""
    longest = max(ages, key=lambda age: age.seconds, default=Age(()))
    missing = dict.fromkeys(name for age in ages for name in age.missing)
    return replace(longest, missing=tuple(missing))


def availability_skew(runtime: float, load: float, delay: float) -> float:
    """How much earlier an offline join by event time sees a value than serving does: R + L + D."""
    return runtime + load + delay
