"""A request: a call graph read top to bottom, and the objectives it has to meet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.part import Clauses, Members, Objectives, Part, clause, refers
from mlsdc.compiler.model.types import (
    LIMIT_FIELD,
    Duration,
    Moment,
    Payload,
    Period,
    Positive,
    Rate,
    Repeats,
    Retries,
    Sensitivity,
    Share,
    Text,
    Type,
    share,
)
from mlsdc.units import Quantity, show

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
    times: Repeats = 1
    """Calls made one after the other."""
    batch: Positive = 1
    """Items in one call."""
    payload: Payload | None = None
    """What one call sends."""
    answer: Payload | None = None
    """What one call gets back."""
    across: Literal["nodes", "zones", "regions"] | None = None
    """How far away the callee is; the round trip of a usual network of that reach is added."""
    round_trip: Duration | None = None
    """The round trip to the callee, where it has been measured; it is added as it stands."""
    within: Moment | None = None
    """Its part of the budget: what it may take, with all that it calls, at the budget's highest
    quantile. Calls without one are given what is left; `mlsdc show` tells how much."""
    timeout: Moment | None = None
    retry: Retries = 0
    """Attempts after the first."""
    backoff: Duration | None = None
    """The pause before each further attempt; none where absent."""
    errors: Share = 0.0
    """Calls that come back as an error; they are retried, then fall back."""
    hedge: Duration | None = None
    """A second attempt starts when the first has not answered by then."""
    tied: bool = False
    """Queued at two replicas at once; the first to start it tells the other to drop it."""
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
    ttl: Duration | None = None
    """How long an entry is used here; as long as the cache keeps it where absent."""
    key: tuple[Text, ...] = ()
    """What an entry is found by here; as the cache says where absent."""
    steps: Annotated[tuple[Step, ...], STEPS] = ()


def _limit(value: Any, info: ValidationInfo) -> Any:
    measure, operator = info.data.get("measure"), info.data.get("operator")
    if measure is None:
        return value  # what it limits is not known, which is told of at its name
    checked = share if measure in SHARES else LIMIT_FIELD.check
    limit = checked(value)
    wanted = ">=" if measure == "availability" else "<="
    if operator and operator[0] != wanted[0]:
        text = (
            "`{measure} {operator} ...` asks for the opposite of what an objective can: `{wanted}`"
        )
        line = f"{measure} {wanted} {show(limit) if isinstance(limit, Quantity) else '1%'}"
        if measure == "availability":
            line = "availability >= 99.9%"
        facts = {"measure": measure, "operator": operator, "wanted": wanted, "line": line}
        raise PydanticCustomError("direction", text, facts)
    return limit


FIRST_TOKEN = {"ttft_p50": 0.5, "ttft_p90": 0.9, "ttft_p95": 0.95, "ttft_p99": 0.99}
"""Measures of the time until the first token of an answer, with their quantiles."""


class Objective(Part):
    """One comparison of a budget: a quantile or the mean of the latency, a quantile of the time to
    the first token, or a share of requests."""

    measure: Literal[
        "p50", "p90", "p95", "p99", "p999", "mean",
        "ttft_p50", "ttft_p90", "ttft_p95", "ttft_p99",
        "availability", "errors",
    ]  # fmt: skip
    operator: Literal["<=", "<", ">=", ">"]
    limit: Annotated[Quantity | float, BeforeValidator(_limit)]


class Budget(Part):
    """Objectives: `p99 <= 50ms`, `availability >= 99.95%`."""

    objectives: Annotated[tuple[Objective, ...], Objectives()] = ()


class RequestField(Part):
    """One field of the request body."""

    type: Type
    unit: Text | None = None
    timezone: Text | None = None
    """The time zone a timestamp is written in, "Europe/Paris"; `naive` where it carries none."""
    carries: Text | None = None
    """The entity key it holds, where that has another name: `card: string  carries card_id`."""
    sensitivity: Sensitivity | None = None
    """How much harm a leak does; what is computed from the field is as sensitive."""
    protected: bool = False
    """An attribute that no model may decide by: sex, origin, religion."""


class Inputs(Part):
    """The fields a request carries."""

    columns: Annotated[dict[str, RequestField], Members()] = Field(default_factory=dict)


Failure = Literal[
    "cache_cold", "zone_lost", "double_traffic", "rollout", "dependency_timeout", "cold_start"
]


class Request(Component):
    """What a client asks for."""

    role = "request"
    runs = False

    rate: Rate | None = None
    """Requests per second at peak."""
    base: Rate | None = None
    """Requests per second in quiet hours; the least replicas of an autoscaler carry them."""
    doubles: Period | None = None
    """Within what time the rate may double; autoscaling has that long."""
    budget: Budget | None = None
    """What is promised: of `p50`, `p90`, `p95`, `p99`, `p999` and `mean` of the whole answer, of
    `ttft_p50`, `ttft_p90`, `ttft_p95` and `ttft_p99` of the first token of a language model's
    answer, and of `availability` and `errors`."""
    withstands: tuple[Failure, ...] = ()
    """Failures in which its budget has to hold on time as well: caches cold, one zone lost, twice
    the traffic, a replica away in a rollout, a dependency that times out, a cold start."""
    body: Inputs | None = None
    effect: Literal["minor", "significant"] | None = None
    """What its answer does to a person; significant is a legal effect, or one that weighs as much,
    such as a refused payment, loan or job (GDPR, article 22)."""
    disclosure: Literal["notice", "label", "watermark"] | None = None
    """How whoever gets its answers is told that a machine made them."""
    holdout: Share | None = None
    """The share of answers that do not depend on the model: let through, or chosen by chance."""
    reasons: bool = False
    """Whether each answer has to carry its reasons, as adverse-action codes do."""
    steps: Annotated[tuple[Step, ...], STEPS] = ()
