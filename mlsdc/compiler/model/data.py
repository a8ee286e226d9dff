"""Where data comes from, where it lies, and what turns it into features."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mlsdc.compiler.model.component import Column, Component
from mlsdc.compiler.model.part import Members, Part, refers
from mlsdc.compiler.model.types import (
    Bytes,
    Count,
    Duration,
    Image,
    Names,
    Period,
    Positive,
    Rate,
    Text,
    Type,
)


class Entity(Component):
    """What a feature row is about: a card, a user, a merchant."""

    role = "entity"
    runs = False

    keys: Annotated[dict[str, Column], Members("key")] = Field(default_factory=dict)
    """The join keys, in order: `key card_id: string`."""


class Event(Part):
    """The fields of one message."""

    columns: Annotated[dict[str, Column], Members()] = Field(default_factory=dict)

    @property
    def event_time(self) -> str | None:
        """The column that tells when the event happened."""
        return next((name for name, column in self.columns.items() if column.event_time), None)


class Source(Component):
    """A system outside this design that data comes from: a database, an API, object files."""

    role = "source"

    rate: Rate | None = None
    """Rows per second at peak."""
    event: Event | None = None
    lag: Duration | None = None
    """How long after it happened a row can be read; unknown where absent."""


class Stream(Component):
    """An ordered, replayable log of events."""

    role = "stream"

    rate: Rate | None = None
    """Events per second at peak."""
    event: Event | None = None
    event_size: Bytes | None = None
    """Mean size of one event on the wire."""
    retention: Period | None = None
    """How far back a consumer or a backfill can read."""
    partitions: Positive | None = None
    """Upper bound on the parallel consumers of one group; derived from the rate where absent."""
    lag: Duration | None = None
    """How late an event may arrive behind its event time."""


class Lake(Component):
    """Object storage that holds history: the offline store of most designs."""

    role = "lake"

    format: Literal["iceberg", "delta", "hudi", "parquet"] = "parquet"
    origin: Annotated[Names, refers("stream", "source", "review", verb="writes", inward=True)] = (
        Field(default=(), alias="from")
    )
    """What is landed here."""
    retention: Period | None = None
    size: Bytes | None = None
    encryption: Literal["managed", "customer_key", "none"] = "managed"


class Warehouse(Component):
    """A SQL warehouse used as an offline store."""

    role = "warehouse"

    origin: Annotated[Names, refers("stream", "source", "review", verb="writes", inward=True)] = (
        Field(default=(), alias="from")
    )
    retention: Period | None = None
    size: Bytes | None = None


class Pipeline(Component):
    """A job that computes: streaming or batch."""

    role = "pipeline"

    reads: Annotated[Names, refers("stream", "source", "lake", "warehouse", verb="reads")] = ()
    writes: Annotated[
        Names, refers("stream", "lake", "warehouse", "online_store", "feature_store", verb="writes")
    ] = ()
    parallelism: Positive = 1
    """Tasks that run at the same time."""
    image: Image | None = None
    """The container image of the job."""
    watermark: Duration | None = None
    """How long the job waits for late events before a window closes."""
    slide: Duration | None = None
    """How often a window emits; unknown where absent."""
    every: Period | None = None
    """The schedule of a batch job; a streaming job has none."""
    runtime: Duration | None = None
    """How long one run of a batch job takes."""
    delivery: Literal["at_least_once", "exactly_once"] | None = None
    dead_letter: Annotated[Text | None, refers("stream", "lake", verb="publishes")] = None
    """Where events go that cannot be processed."""


class FeatureStore(Component):
    """The registry and the two paths of features."""

    role = "feature_store"

    online: Annotated[Text | None, refers("online_store", verb="reads")] = None
    offline: Annotated[Text | None, refers("lake", "warehouse", verb="reads")] = None


class OnlineStore(Component):
    """A key-value store that serves features."""

    role = "online_store"

    nodes: Positive = 1
    memory: Bytes | None = None
    """Memory of one node."""
    keys: Count | None = None
    """How many entity keys it will hold."""


class Label(Component):
    """What a model learns to predict, and when it is known."""

    role = "label"
    runs = False

    origin: Annotated[
        Names, refers("source", "stream", "lake", "warehouse", "review", "feedback", verb="reads")
    ] = Field(default=(), alias="from")
    type: Type | None = None
    column: Text | None = None
    """The column of the source that carries it; the label's name where absent."""
    horizon: Duration | None = None
    """The label describes what happens within (t, t + horizon]."""
    matures: Duration | None = None
    """How long after t it can be observed."""
