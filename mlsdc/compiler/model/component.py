"""What every component of a design has, whatever its role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from mlsdc.compiler.model.part import FreeForm, Part
from mlsdc.compiler.model.types import Duration, Rate, Text, Type


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

    name: Text
    title: Text = ""
    """A sentence about this component, the text behind its name."""
    owner: Text | None = None
    """The team that answers for it; the system's owner where it is silent."""
    existing: Annotated[dict[str, Any] | None, FreeForm()] = None
    """The component is there already: its binding fields, as texts. Nothing is created for it."""

    def service_time(self) -> ServiceTime | None:
        """How long one operation takes, where the design or the system's facts tell."""
        measured: object = getattr(self, "latency", None)
        if isinstance(measured, Latency) and measured.quantiles:
            at = measured.at.value if measured.at else None
            return ServiceTime(measured.quantiles, "measured", "the design", at)
        return None


@dataclass(frozen=True)
class ServiceTime:
    """How long one operation takes, and how well that is known.

    `quantiles` are in seconds; one quantile alone describes a constant. `at` is the load on one
    replica, per second, at which they hold, waiting included.
    """

    quantiles: Mapping[float, float]
    method: Literal["measured", "declared", "default"]
    source: str
    at: float | None = None


class Latency(Part):
    """Measured service times of one replica: at least two quantiles, and the load they hold at."""

    p50: Duration | None = None
    p90: Duration | None = None
    p95: Duration | None = None
    p99: Duration | None = None
    p999: Duration | None = None
    mean: Duration | None = None
    at: Rate | None = None
    """The load on one replica at which the quantiles were measured."""

    @property
    def quantiles(self) -> dict[float, float]:
        """Quantile to seconds, for those that are given."""
        given = {0.5: self.p50, 0.9: self.p90, 0.95: self.p95, 0.99: self.p99, 0.999: self.p999}
        return {q: value.value for q, value in given.items() if value is not None}


class Column(Part):
    """A typed field of an event, a key or a feature view."""

    type: Type
    unit: Text | None = None
    """What one is: EUR, ms, km."""
    event_time: bool = False
    """This column tells when the event happened."""
    created_time: bool = False
    """This column tells when the row became available."""
    sensitivity: Text | None = None
    """public, internal, pii, special or secret."""
