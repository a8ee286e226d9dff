"""What every component of a design has, whatever its role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from mlsdc.compiler.model.capability import Capability
from mlsdc.compiler.model.existing import Given
from mlsdc.compiler.model.part import FreeForm, Part
from mlsdc.compiler.model.types import Bytes, Moment, Positive, Rate, Sensitivity, Text, Type


class Component(Part):
    """Something a design declares: `role name: system { ... }`.

    A subclass without a `system` is a role; it is legal in an early design, is checked and drawn,
    and cannot be emitted. A subclass with a `system` is that role run by that system.
    """

    role: ClassVar[str] = ""
    system: ClassVar[str | None] = None
    summary: ClassVar[str] = ""
    """One line for diagrams and pages."""
    runs: ClassVar[bool] = True
    """Whether something has to run it; a `dataset` or a `request` is run by nothing."""
    capabilities: ClassVar[Mapping[str, Capability]] = {}
    """Which claims of a design the system honours; silent about all others."""

    name: Text
    title: Text = ""
    """A sentence about this component, the text behind its name."""
    owner: Text | None = None
    """The team that answers for it; the system's owner where it is silent."""
    existing: Annotated[dict[str, Given] | None, FreeForm()] = None
    """The component is there already: its binding fields, each as a literal or as a reference to
    what holds it. Nothing is created for it."""

    def runs_version(self) -> str | None:
        """The version of the system that runs it, where that is stated."""
        version: object = getattr(self, "version", None)
        return version if self.system and isinstance(version, str) else None

    def service_time(self) -> ServiceTime | None:
        """How long one operation takes, where the design or the system's facts tell."""
        measured: object = getattr(self, "latency", None)
        return measured.service_time() if isinstance(measured, Latency) else None


@dataclass(frozen=True)
class ServiceTime:
    """How long one operation takes, and how well that is known.

    `quantiles` are in seconds; one quantile alone describes a constant. `at` is the load on one
    replica, per second, at which they hold, waiting included. `histogram` is what was measured in
    full: bucket edges (one more than counts) in seconds, and counts; the quantiles are its own.
    `per_token` and `tokens` are quantiles of the seconds between two output tokens and of the
    number of tokens; where they are given, `quantiles` are those of the first token.
    """

    quantiles: Mapping[float, float]
    method: Literal["measured", "declared", "default"]
    source: str
    at: float | None = None
    histogram: Histogram | None = None
    per_token: Mapping[float, float] | None = None
    tokens: Mapping[float, float] | None = None


Histogram = tuple[tuple[float, ...], tuple[float, ...]]


class Latency(Part):
    """Measured service times of one replica: at least two quantiles, and the load they hold at."""

    p50: Moment | None = None
    p90: Moment | None = None
    p95: Moment | None = None
    p99: Moment | None = None
    p999: Moment | None = None
    mean: Moment | None = None
    at: Rate | None = None
    """The load on one replica at which the quantiles were measured."""
    on: Text | None = None
    """The accelerator they were measured on, where there is one: `on = l4`."""
    batch: Positive | None = None
    """The batch they were measured with, where it is not one request."""
    profile: Text | None = None
    """A file of measurements, named from the folder of the design: a JSON histogram, a Prometheus
    histogram, a k6 summary, a wrk2 or HdrHistogram table, or a result of `vllm bench serve`.
    Quantiles stated here win over those of the file."""

    def service_time(self) -> ServiceTime | None:
        """What was measured; None where nothing is stated."""
        if self.quantiles:
            at = self.at.value if self.at else None
            return ServiceTime(self.quantiles, "measured", "the design", at)
        return None

    @property
    def quantiles(self) -> dict[float, float]:
        """Quantile to seconds, for those that are given."""
        given = {0.5: self.p50, 0.9: self.p90, 0.95: self.p95, 0.99: self.p99, 0.999: self.p999}
        return {q: value.value for q, value in given.items() if value is not None}


class Encoding(Part):
    """How a category becomes a number: `encoding = hash { function = murmur3  buckets = 1024 }`."""

    choice = "kind"

    kind: Literal["vocabulary", "hash", "bucket"]
    artifact: Text | None = None
    """The vocabulary, with its digest: `merchants.txt@sha256:9f2c`."""
    function: Text | None = None
    """The hash function."""
    salt: Text | None = None
    buckets: Positive | None = None
    """How many numbers there are: of hashes, or of quantiles."""
    edges: tuple[float, ...] = ()
    """The edges between buckets, in order."""
    unknown: Literal["own", "null", "reject", "first"] | None = None
    """What a value outside the vocabulary becomes: a number of its own, missing, an error, or the
    same as the first value."""


class Column(Part):
    """A typed field of an event, a key or a feature view."""

    type: Type
    unit: Text | None = None
    """What one is: EUR, ms, km."""
    timezone: Text | None = None
    """The time zone a timestamp is written in, "Europe/Paris"; `naive` where it carries none."""
    encoding: Encoding | None = None
    """How a category becomes a number, here and wherever it is not said otherwise."""
    event_time: bool = False
    """This column tells when the event happened."""
    created_time: bool = False
    """This column tells when the row became available."""
    sensitivity: Sensitivity | None = None
    """How much harm a leak does; what is computed from the column is as sensitive."""
    protected: bool = False
    """An attribute that no model may decide by: sex, origin, religion."""
    size: Bytes | None = None
    """Mean size of a value whose type does not tell: a string, bytes."""
    exposure: bool = False
    """It tells how an item was shown, such as its position: not known before it is shown."""
