"""A request: a call graph read top to bottom, and the objectives it has to meet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.part import Clauses, Members, Objectives, Part, clause, refers
from mlsdc.compiler.model.types import (
    DURATION_FIELD,
    Bytes,
    Count,
    Duration,
    Positive,
    Rate,
    Share,
    Text,
    Type,
    share,
)
from mlsdc.units import Quantity

SHARES = ("availability", "errors")
"""Objectives whose limit is a share of the requests; the others' is a duration."""

STEPS = Clauses(("call", "parallel", "branch", "cached"))
CALLABLE = ("endpoint", "gateway", "features", "request", "online_store", "explainer", "cache",
            "index", "stream", "review", "feature_store", "warehouse", "lake")  # fmt: skip


class Step(Part):
    """One line of a request."""


@clause("call")
class Call(Step):
    """`call score timeout 20ms retry 1 fallback rules`; a body holds the calls it makes itself."""

    positional = ("target",)
    noise: ClassVar[Mapping[str, str]] = {"hedge": "at"}

    target: Annotated[Text, refers(*CALLABLE, verb="calls")]
    times: Positive = 1
    """Calls made one after the other."""
    batch: Positive = 1
    """Items in one call."""
    payload: Bytes | None = None
    timeout: Duration | None = None
    retry: Count = 0
    """Attempts after the first."""
    backoff: Duration | None = None
    hedge: Duration | None = None
    """A second attempt starts when the first has not answered by then."""
    fallback: Annotated[Text | None, refers(*CALLABLE, verb="calls")] = None
    asynchronous: bool = False
    """The answer is not waited for."""
    steps: Annotated[tuple[Step, ...], STEPS] = ()


@clause("parallel")
class Parallel(Step):
    """All of its steps at once; with `first k`, done when k have answered."""

    first: Positive | None = None
    steps: Annotated[tuple[Step, ...], STEPS] = ()


@clause("branch")
class Branch(Step):
    """Steps that a share of the requests takes: `branch 10% { ... }`."""

    positional = ("share",)

    share: Share
    steps: Annotated[tuple[Step, ...], STEPS] = ()


@clause("cached")
class Cached(Step):
    """Steps that run only on a miss: `cached by answers hit 85% { ... }`."""

    by: Annotated[Text, refers("cache", "online_store", verb="calls")]
    hit: Share
    steps: Annotated[tuple[Step, ...], STEPS] = ()


def _limit(value: Any, info: ValidationInfo) -> Any:
    measure, operator = info.data.get("measure"), info.data.get("operator")
    checked = share if measure in SHARES else DURATION_FIELD.check
    limit = checked(value)
    wanted = ">=" if measure == "availability" else "<="
    if measure and operator and operator[0] != wanted[0]:
        text = "`{measure} {operator} ...` asks for the opposite; write `{measure} {wanted} ...`"
        facts = {"measure": measure, "operator": operator, "wanted": wanted}
        raise PydanticCustomError("direction", text, facts)
    return limit


class Objective(Part):
    """One comparison of a budget: a quantile or the mean of the latency, or a share of requests."""

    measure: Literal["p50", "p90", "p95", "p99", "p999", "mean", "availability", "errors"]
    operator: Literal["<=", "<", ">=", ">"]
    limit: Annotated[Quantity | float, BeforeValidator(_limit)]


class Budget(Part):
    """Objectives: `p99 <= 50ms`, `availability >= 99.95%`."""

    objectives: Annotated[tuple[Objective, ...], Objectives()] = ()


class RequestField(Part):
    """One field of the request body."""

    type: Type
    unit: Text | None = None


class Inputs(Part):
    """The fields a request carries."""

    columns: Annotated[dict[str, RequestField], Members()] = Field(default_factory=dict)


class Request(Component):
    """What a client asks for."""

    role = "request"
    runs = False

    rate: Rate | None = None
    """Requests per second at peak."""
    budget: Budget | None = None
    body: Inputs | None = None
    steps: Annotated[tuple[Step, ...], STEPS] = ()
