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
    """On the statistic's own scale: the index (psi), the divergence in nats (kl), the distance
    (ks, jensen_shannon in base 2, wasserstein in standard deviations of the reference), and the
    p-value (chi_squared)."""
    critical: float | None = None
    then: Literal["continue", "investigate", "retrain"] = "investigate"
    cooldown: Period | None = None
    """The least time between two retrainings that drift starts."""
    bins: Positive | None = None
    """Bins that values are counted in: psi, kl, jensen_shannon, chi_squared."""
    rows: Positive | None = None
    """Rows of one window, where it is sampled; else all that arrive between two runs."""
    columns: Share | None = None
    """Who watches is told only where this share of the columns drifts at once."""

    @property
    def by_p_value(self) -> bool:
        """Whether the limits are p-values, which fall as drift grows; all others rise."""
        return self.statistic == "chi_squared"


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
    slices: tuple[Text, ...] = ()
    """Columns by whose values it tells results apart."""
    quality: Text | None = None
    """A metric it computes from labels: recall, calibration_error."""
    proxies: tuple[Literal["prediction_drift", "calibration", "feature_drift"], ...] = ()
    """What it watches until labels are known."""
    staleness: tuple[Literal["model", "features", "index"], ...] = ()
    """Whose age it watches."""
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
    exporters: tuple[Literal["dcgm", "node"], ...] = ()
    """What measures the machines: dcgm tells about GPUs, their memory and their faults."""


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
    availability: Share | None = None
    """The share of time in which the queue takes cases in."""


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
    """The control's value: a share, or a mean where a deviation is stated."""
    deviation: float | None = None
    """The standard deviation of one unit's value, for a mean."""
    minimum_effect: Share | None = None
    """The smallest change that must be detected, as a share of the baseline."""


class Guardrail(Part):
    """One limit on a metric of the team's own: `approval_rate >= 94%`."""

    measure: Text
    operator: Literal["<=", "<", ">=", ">"]
    limit: float | Quantity


class Guardrails(Part):
    """Limits that stop the experiment."""

    objectives: Annotated[tuple[Guardrail, ...], Objectives()] = ()


class Test(Part):
    """`test = group_sequential { looks = 5 spending = pocock }`."""

    choice = "plan"

    plan: Literal["fixed", "group_sequential", "always_valid"]
    """One look at the end, planned looks, or a test that holds however often one looks."""
    looks: Positive | None = None
    """Equally spaced looks, the last one included: group_sequential."""
    spending: Literal["obrien_fleming", "pocock"] = "obrien_fleming"


class Experiment(Component):
    """A comparison of variants on live traffic: shadow, canary or A/B."""

    role = "experiment"
    runs = False

    kind: Literal["shadow", "canary", "ab", "interleaving", "bandit"] = "ab"
    control: Annotated[Text | None, refers("endpoint", verb="splits")] = None
    treatment: Annotated[Text | None, refers("endpoint", "model", verb="splits")] = None
    request: Annotated[Text | None, refers("request", verb="describes")] = None
    gateway: Annotated[Text | None, refers("gateway", verb="splits")] = None
    share: Share | None = None
    """Traffic of the treatment."""
    unit: Text | None = None
    """What is randomised: card_id, user_id; `request` where each request is by itself."""
    analysis_unit: Text | None = None
    """What one observation of the analysis is; the unit itself where absent."""
    units: Rate | None = None
    """New units that enter, of all variants together: 20000/d."""
    variants: Positive = 2
    """Variants that are compared, the control included."""
    metric: Metric | None = None
    """What decides."""
    also: tuple[Text, ...] = ()
    """Further metrics that decide in the same way."""
    segments: tuple[Text, ...] = ()
    """Groups whose results are read apart."""
    correction: Literal["none", "bonferroni", "holm", "benjamini_hochberg"] | None = None
    """How p-values are corrected for the number of comparisons; not at all where absent."""
    test: Test | None = None
    watched: bool | None = None
    """Whether somebody, or an automatic stop, sees results before the end."""
    sample_ratio_alarm: Share | None = None
    """The p-value below which a sample ratio mismatch stops the analysis; untested where absent."""
    layer: Text | None = None
    """Experiments of one layer share out its traffic; a unit is in one of them at most."""
    salt: Text | None = None
    """What seeds the hash that assigns units."""
    exposures: Annotated[Text | None, refers("stream", "lake", "warehouse", verb="describes")] = (
        None
    )
    """Where each exposure is logged as it is decided."""
    surface: Literal["list", "item"] | None = None
    """What a user sees of it: a ranked list, or one answer."""
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
