"""Feature views: what is computed, when, and how old a value may be.

One "ttl" is three things: `lookback` bounds the offline join, `max_age` bounds the online read, and
`expiry` deletes the key from the online store. Vendors support some of them (see each system).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from mlsdc.compiler.model.component import Column, Component
from mlsdc.compiler.model.part import Definition, Members, Part, refers
from mlsdc.compiler.model.types import Count, Duration, Names, Period, Positive, Share, Text


class FeatureColumn(Column):
    """One feature: `spend_30d: float64 = sum(amount) over 30d default 0`."""

    definition: Annotated[Any, Definition()] = None
    """The aggregation or the expression that computes it."""
    over: Period | None = None
    """The window of an aggregation."""
    slide: Period | None = None
    """How often a sliding window moves, where it differs from the pipeline's."""
    window: Literal["tumbling", "sliding", "session", "calendar"] | None = None
    lag: Duration | None = None
    """Rows younger than this are left out, because what they tell is known late."""
    default: Any = None
    """The value where no row exists."""
    version: Count | None = None


class Implementation(Part):
    """How one path computes the view's features, where the two paths differ."""

    computed: Annotated[Text | None, refers("pipeline", verb="reads")] = None
    code: Text | None = None
    """A reference to the code with its digest: `git:features/spend.sql@a1b2c3`."""
    engine: Text | None = None
    function: Text | None = None
    """The aggregation, where it is not the one of the feature's definition."""
    window: Literal["tumbling", "sliding", "session", "calendar"] | None = None
    over: Period | None = None
    slide: Period | None = None
    timezone: Text | None = None
    includes_current: bool | None = None
    """Whether the event being scored is part of its own aggregate."""
    time: Literal["event", "processing"] | None = None


class Parity(Part):
    """A test that compares the two implementations."""

    choice = "test"

    test: Text
    tolerance: Share | None = None


class Materialization(Part):
    """How values of a batch view reach the online store."""

    every: Period | None = None
    runtime: Duration | None = None
    delay: Duration | None = None
    """How late the source data is when a run starts."""
    load: Duration | None = None
    """How long writing to the online store takes."""
    tolerated_failures: Count = 1


class Features(Component):
    """A feature view: features of one entity, from one place, with one freshness."""

    role = "features"
    runs = False

    entity: Annotated[Text | None, refers("entity", verb="describes")] = None
    store: Annotated[Text | None, refers("feature_store", verb="served_by")] = None
    computed: Annotated[
        Text | None,
        refers("pipeline", "source", "stream", "lake", "warehouse", verb="computed_by"),
    ] = None
    """What computes the view, for both paths."""
    columns: Annotated[dict[str, FeatureColumn], Members()] = Field(default_factory=dict)
    version: Positive = 1
    freshness: Duration | None = None
    """The largest acceptable age of a value when it is read online."""
    lookback: Duration | None = None
    """How far back the offline join looks for a value."""
    max_age: Duration | None = None
    """A value older than this is not used online."""
    expiry: Duration | None = None
    """When the online store deletes the key."""
    materialize: Materialization | None = None
    offline: Implementation | None = None
    online: Implementation | None = None
    parity: Parity | None = None
    logged: bool = False
    """Training reads what serving logged."""


class Split(Part):
    """How the rows are divided: `split = time { train = 80% embargo = 45d }`."""

    choice = "by"

    by: Literal["time", "random", "entity"] = "time"
    train: Share | None = None
    validation: Share | None = None
    embargo: Duration | None = None
    """The gap between training and test rows."""


class Dataset(Component):
    """A training set: rows at prediction times, joined with features and a label."""

    role = "dataset"
    runs = False

    features: Annotated[Names, refers("features", verb="reads")] = ()
    label: Annotated[Text | None, refers("label", verb="reads")] = None
    spine: Annotated[Text | None, refers("stream", "source", "lake", "warehouse", verb="reads")] = (
        None
    )
    """The events whose keys and times make the rows."""
    join: Literal["point_in_time", "latest", "logged"] | None = None
    join_delay: Duration | None = None
    """How much later than its event time a value may be used, to match what serving sees."""
    availability: Literal["event_time", "created_time"] = "event_time"
    """Whether the join also respects when a row became available."""
    window: Period | None = None
    """How much history it covers."""
    split: Split | None = None
    version: Positive = 1
