"""Feature views: what is computed, when, and how old a value may be.

One "ttl" is three things: `lookback` bounds the offline join, `max_age` bounds the online read, and
`expiry` deletes the key from the online store. Vendors support some of them (see each system).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from mlsdc.compiler.model.component import Column, Component, Encoding
from mlsdc.compiler.model.consistency import Fitted, Pin
from mlsdc.compiler.model.data import Overlap
from mlsdc.compiler.model.part import Clauses, Definition, Members, Objectives, Part, refers
from mlsdc.compiler.model.transform import Transform
from mlsdc.compiler.model.types import (
    Count,
    Day,
    Duration,
    Names,
    Period,
    Positive,
    Share,
    Text,
    Type,
)
from mlsdc.units import Quantity, show_percent

Status = Literal["active", "deprecated"]
"""Deprecated: still there, and to be read by nothing new."""


class FeatureColumn(Column):
    """One feature: `spend_30d: float64 = sum(amount) over 30d default 0`."""

    definition: Annotated[Any, Definition()] = None
    """The aggregation or the expression that computes it."""
    over: Period | None = None
    """The window of an aggregation."""
    slide: Period | None = None
    """How often a sliding window moves, where it differs from the pipeline's."""
    window: Literal["tumbling", "sliding", "session", "calendar", "centered"] | None = None
    stamped: Literal["start", "end"] | None = None
    """Which end of its window a value is dated by; a join by time uses it from then on."""
    lead: Duration | None = None
    """How far the window reaches beyond the time of its row."""
    lag: Duration | None = None
    """Rows younger than this are left out, because what they tell is known late."""
    default: Any = None
    """The value where no row exists."""
    on_timeout: Any = None
    """What the model gets when the look-up is late; the default where absent."""
    imputed: Any = None
    """What training puts where there is no value: a constant, `mean`, `median`, `null`, or `drop`
    for leaving the row out; the default where absent."""
    served: Encoding | None = None
    """How serving turns the category into a number, where it does so by itself."""
    at_least: float | None = None
    """The smallest value it can have."""
    at_most: float | None = None
    """The largest value it can have."""
    values: tuple[Any, ...] = ()
    """All values it can have."""
    status: Status = "active"
    serving: Any = None
    """The fixed value it has in serving, where training learned from a real one: a position."""
    version: Count | None = None
    """The view's version in which the feature was last changed; the view's own where absent."""
    stored: Type | None = None
    """The type in which the online store keeps it, where it is another."""
    cast: bool = False
    """Both paths cast to the feature's type, explicitly."""


class Implementation(Part):
    """How one path computes the view's features, where the two paths differ."""

    computed: Annotated[Text | None, refers("pipeline", verb="reads")] = None
    transform: Transform | None = None
    """What this path computes, where the design holds the text; it reads what `computed` names."""
    code: Text | None = None
    """A reference to the code with its digest: `git:features/spend.sql@a1b2c3`."""
    engine: Text | None = None
    """What runs it: spark, flink; the system of the pipeline where absent."""
    language: Text | None = None
    """SQL, Python, Java."""
    parameters: Text | None = None
    """A digest of what the code is called with, where that is not part of the code."""
    function: Text | None = None
    """The aggregation, where it is not the one of the feature's definition."""
    window: Literal["tumbling", "sliding", "session", "calendar"] | None = None
    over: Period | None = None
    slide: Period | None = None
    timezone: Text | None = None
    includes_current: bool | None = None
    """Whether the event being scored is part of its own aggregate."""
    time: Literal["event", "processing"] | None = None
    """Whether windows go by when an event happened or by when it was processed."""


class Parity(Part):
    """A test that compares the two implementations: it states that they are equivalent."""

    choice = "test"

    test: Text
    tolerance: Share | None = None
    """The largest difference that passes, relative to the value."""
    rows: Count | None = None
    """How many rows it compares."""


class Materialization(Part):
    """How values of a batch view reach the online store."""

    every: Period | None = None
    runtime: Duration | None = None
    delay: Duration | None = None
    """How late the source data is when a run starts; the age of what another job writes comes on
    top."""
    load: Duration | None = None
    """How long writing to the online store takes."""
    tolerated_failures: Count = 1
    overlap: Overlap | None = None
    """What happens when a run is due and the last one has not ended."""
    online: bool = True
    """Whether runs write to the online store, or only keep history."""
    incremental: bool = False
    """Whether a run writes only the entities that have new rows; else it writes all of them."""


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
    kind: Literal["model_independent", "model_dependent"] | None = None
    """Whether its values serve any model, or depend on the statistics of one training set."""
    fitted: Annotated[tuple[Fitted, ...], Clauses(("fitted",))] = ()
    """The state that its values depend on, where they are model-dependent."""
    scored: Annotated[Text | None, refers("model", verb="scored_by")] = Field(
        default=None, alias="scored_by"
    )
    """The model whose scores the features are."""
    freshness: Duration | None = None
    """The largest acceptable age of a value when it is read online."""
    lookback: Duration | None = None
    """How far back the offline join looks for a value."""
    max_age: Duration | None = None
    """A value older than this is not used online."""
    expiry: Duration | None = None
    """When the online store deletes the key."""
    backfill: Period | None = None
    """How far back its history was computed."""
    materialize: Materialization | None = None
    push: Literal["online", "offline", "both"] | None = None
    """Where a job pushes new values through the feature store."""
    join_delay: Duration | None = None
    """How much later than its event time training may use a value of this view, where it is not
    the dataset's."""
    cost: Duration | None = None
    """What computing one row on demand takes, calls to others included."""
    computed_on_write: bool = False
    """Whether on-demand features are computed when their inputs are written, not when they are
    read."""
    status: Status = "active"
    offline: Implementation | None = None
    online: Implementation | None = None
    parity: Parity | None = None
    logged: bool = False
    """Training reads what serving logged."""


def _beside_train(value: float | None, info: ValidationInfo) -> float | None:
    train: float | None = info.data.get("train")
    if value is not None and train is not None and value + train > 1 + 1e-9:
        raise PydanticCustomError("range", "leaves no rows for the test beside `train = {train}`; "
                                  "together they make {both}",
                                  {"train": show_percent(train),
                                   "both": show_percent(value + train),
                                   "example": show_percent(max(0.0, 1 - train) / 2)})  # fmt: skip
    return value


class Split(Part):
    """How the rows are divided: `split = time { train = 80% embargo = 45d }`."""

    choice = "by"

    by: Literal["time", "random", "entity"] = "time"
    train: Share | None = None
    """The share of the rows that is learned from."""
    validation: Annotated[Share | None, AfterValidator(_beside_train)] = None
    """The share that choices such as the number of trees are made by; the rest is for the test."""
    embargo: Duration | None = None
    """The gap between training and test rows."""
    group: Annotated[Text | None, refers("entity", verb="describes")] = None
    """No entity of this kind has rows on both sides."""


class Sampling(Part):
    """Rows that are left out at random: `sampling = negatives { kept = 10% weighted = true }`."""

    choice = "of"

    of: Literal["rows", "negatives", "positives"]
    """What is left out: rows of any kind, or those of one label."""
    kept: Share
    """The share of them that stays."""
    weighted: bool = False
    """Whether those that stay weigh as much as all of them did."""


class Restriction(Part):
    """One limit on a column: `country == ["DE", "FR"]`, `amount >= 10`."""

    measure: Text
    operator: Literal["==", "!=", "<=", "<", ">=", ">"]
    limit: Any


class Population(Part):
    """Limits on the columns of a row, all of which hold: which rows, or which traffic."""

    objectives: Annotated[tuple[Restriction, ...], Objectives()] = ()


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
    boundary: Literal["before", "at"] | None = None
    """Whether the join takes rows strictly before the prediction time, or also those at it."""
    pins: Annotated[tuple[Pin, ...], Clauses(("pin",))] = ()
    """The versions its values were made by; those declared where absent."""
    window: Period | None = None
    """How much history it covers."""
    cutoff: Duration | None = None
    """How long before a run of the training its newest row lies: `cutoff = 45d`."""
    until: Day | None = None
    """The fixed day that it ends on, where it does not move with the runs: `"2026-06-30"`."""
    delayed_feedback: bool = False
    """Rows whose label is not mature yet are weighted for that, and not counted as negative."""
    sampling: Sampling | None = None
    split: Split | None = None
    population: Population | None = None
    """Which rows are kept; all where absent."""
    version: Positive = 1
    snapshot: Text | None = None
    """What names the exact rows it is made of: a table version, a tag of the store."""

    def delay_of(self, view: Features) -> Quantity | None:
        """The delay by which it joins a view: the view's own, else that of all its views."""
        return view.join_delay if view.join_delay is not None else self.join_delay
