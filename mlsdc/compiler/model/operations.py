"""What watches, reviews and experiments."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.part import Objectives, Part, refers
from mlsdc.compiler.model.request import Budget
from mlsdc.compiler.model.types import Duration, Image, Names, Period, Positive, Rate, Share, Text
from mlsdc.units import Quantity


class Drift(Part):
    """`drift = psi { warn = 0.1 critical = 0.2 then = retrain }`."""

    choice = "statistic"

    statistic: Literal["psi", "kl", "ks", "chi_squared", "jensen_shannon", "wasserstein"]
    warn: float | None = None
    critical: float | None = None
    then: Literal["continue", "investigate", "retrain"] = "investigate"


class Monitor(Component):
    """Compares what is served with what was trained on."""

    role = "monitor"

    watches: Annotated[Names, refers("endpoint", "features", "model", verb="watches")] = ()
    reference: Annotated[Text | None, refers("dataset", verb="reads")] = None
    every: Period | None = None
    drift: Drift | None = None
    alerts: Text | None = None
    """Who is told."""
    logs: Annotated[Text | None, refers("stream", "lake", "warehouse", verb="reads")] = None
    """Where served features and predictions are logged."""
    image: Image | None = None


class Metrics(Component):
    """Collects and keeps time series, and evaluates alerts."""

    role = "metrics"

    scrapes: Annotated[
        Names,
        refers("endpoint", "gateway", "pipeline", "stream", "online_store", "feature_store",
               "monitor", "registry", verb="scrapes"),
    ] = ()  # fmt: skip
    retention: Period | None = None


class Review(Component):
    """A queue of cases for human reviewers."""

    role = "review"

    origin: Annotated[Names, refers("endpoint", "stream", verb="reads")] = Field(
        default=(), alias="from"
    )
    fraction: Share | None = None
    """Share of requests that a person looks at."""
    request: Annotated[Text | None, refers("request", verb="describes")] = None
    """The request whose answers are reviewed."""
    reviewers: Positive | None = None
    """People at work at the same time."""
    throughput: Rate | None = None
    """Cases one reviewer decides."""
    deadline: Duration | None = None


class Feedback(Component):
    """Carries outcomes back to where labels are read."""

    role = "feedback"
    runs = False

    origin: Annotated[Names, refers("review", "stream", "source", verb="reads")] = Field(
        default=(), alias="from"
    )
    into: Annotated[Text | None, refers("label", "lake", "warehouse", "stream", verb="writes")] = (
        None
    )
    delay: Duration | None = None


class Metric(Part):
    """What an experiment decides by."""

    choice = "name"

    name: Text
    baseline: float | None = None
    minimum_effect: Share | None = None


class Guardrail(Part):
    """One limit on a metric of the team's own: `approval_rate >= 94%`."""

    measure: Text
    operator: Literal["<=", "<", ">=", ">"]
    limit: float | Quantity


class Guardrails(Part):
    """Limits that stop the experiment."""

    objectives: Annotated[tuple[Guardrail, ...], Objectives()] = ()


class Experiment(Component):
    """A comparison of variants on live traffic: shadow, canary or A/B."""

    role = "experiment"
    runs = False

    kind: Literal["shadow", "canary", "ab", "interleaving"] = "ab"
    control: Annotated[Text | None, refers("endpoint", verb="splits")] = None
    treatment: Annotated[Text | None, refers("endpoint", "model", verb="splits")] = None
    request: Annotated[Text | None, refers("request", verb="describes")] = None
    gateway: Annotated[Text | None, refers("gateway", verb="splits")] = None
    share: Share | None = None
    """Traffic of the treatment."""
    unit: Text | None = None
    """What is randomised: card_id, user_id."""
    metric: Metric | None = None
    guardrails: Guardrails | None = None
    duration: Period | None = None
    power: Share = 0.8
    significance: Share = 0.05


class Slo(Component):
    """An objective over a window, with burn-rate alerts."""

    role = "slo"
    runs = False

    request: Annotated[Text | None, refers("request", verb="describes")] = None
    metrics: Annotated[Text | None, refers("metrics", verb="describes")] = None
    target: Budget | None = None
    window: Period | None = None
    alerts: Text | None = None
