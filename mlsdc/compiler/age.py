"""How old a feature value can be when it is read: the one place where this is computed.

All arguments and results are in seconds. Source: the sampling-delay argument of AADL latency
analysis, applied to materialisation: just before the next load completes, the online value still
reflects the previous run's cut-off.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """One contribution to an age."""

    name: str
    seconds: float


@dataclass(frozen=True)
class Age:
    """A worst-case age as the sum of its contributions."""

    stages: tuple[Stage, ...]

    @property
    def seconds(self) -> float:
        """The whole age."""
        return sum(stage.seconds for stage in self.stages)

    @property
    def words(self) -> str:
        """`24h period + 90m run + 30m load`"""
        from mlsdc.units import show_duration

        return " + ".join(f"{show_duration(s.seconds)} {s.name}" for s in self.stages)


def batch_age(
    period: float, runtime: float, load: float, delay: float, failed_runs: int = 0
) -> Age:
    """Age of a value that a batch job writes every period, after so many failed runs in a row.

    A = (k + 1) P + R + L + D.
    """
    periods = Stage("period" if not failed_runs else f"in {failed_runs + 1} periods",
                    (failed_runs + 1) * period)  # fmt: skip
    rest = (Stage("run", runtime), Stage("load", load), Stage("source delay", delay))
    return Age((periods, *(stage for stage in rest if stage.seconds)))


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
    return Age(tuple(stage for stage in stages if stage.seconds))


def with_stage(age: Age, name: str, seconds: float) -> Age:
    """The age behind one more stage: a cache's time to live, a request's own hop."""
    return Age((*age.stages, Stage(name, seconds))) if seconds else age


def oldest(ages: list[Age]) -> Age:
    """The age of something computed from several values; fresh where there are none."""
    return max(ages, key=lambda age: age.seconds, default=Age(()))


def availability_skew(runtime: float, load: float, delay: float) -> float:
    """How much earlier an offline join by event time sees a value than serving does: R + L + D."""
    return runtime + load + delay
