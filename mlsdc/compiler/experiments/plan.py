"""What is to be analysed, and how it is to be decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from mlsdc.compiler.statistics.multiple_testing import Method
from mlsdc.compiler.statistics.sample_ratio_mismatch import ALARM
from mlsdc.compiler.statistics.sequential import Spending

Kind = Literal["binary", "mean", "total", "ratio"]
KINDS: tuple[Kind, ...] = ("binary", "mean", "total", "ratio")


@dataclass(frozen=True, slots=True)
class Metric:
    """A number of each unit, or the ratio of two.

    `column` and `denominator` are columns of the results; `kind` is found out where it is None:
    binary where every value is 0 or 1. Where a unit has several rows, `mean` is that over rows, and
    `total` the sum of a unit's rows.
    """

    name: str
    column: str
    denominator: str | None = None
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Guardrail:
    """What a treatment must not do to a metric.

    Against the control, `amount` is the margin by which the metric may at most rise (`<=`) or fall
    (`>=`), as a share of the control's value where `relative`. Otherwise it is the limit of the
    treatment's own value.
    """

    metric: Metric
    operator: Literal["<=", ">="]
    amount: float
    against_control: bool
    relative: bool = False
    text: str = ""
    """As it was written."""


@dataclass(frozen=True, slots=True)
class Look:
    """Which of several equally spaced looks this is, and how alpha is spent over them."""

    number: int
    of: int
    spending: Spending = "obrien_fleming"


@dataclass(frozen=True, slots=True)
class Plan:
    """How an experiment is decided."""

    control: str
    primary: Metric
    secondary: tuple[Metric, ...] = ()
    guardrails: tuple[Guardrail, ...] = ()
    unjudged: tuple[str, ...] = ()
    """Guardrails of the design that the results cannot tell about: nothing ships with them open."""
    alpha: float = 0.05
    correction: Method = "holm"
    allocation: Mapping[str, float] = field(default_factory=dict[str, float])
    """The planned share of each variant; even where empty."""
    higher_is_better: bool = True
    minimum_effect: float | None = None
    """The smallest change worth having, as a share of the control's value."""
    covariate: str | None = None
    alarm: float = ALARM
    look: Look | None = None

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Every metric once, the primary first."""
        every = (self.primary, *self.secondary, *(g.metric for g in self.guardrails))
        return tuple(dict.fromkeys(every))
