"""Where data comes from, where it lies, and what turns it into features."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mlsdc.compiler.model.component import Column, Component
from mlsdc.compiler.model.limits import PartitionLimits, StoreLimits
from mlsdc.compiler.model.part import Members, Part, refers
from mlsdc.compiler.model.transform import Transform
from mlsdc.compiler.model.types import (
    Bytes,
    Count,
    Duration,
    Image,
    Names,
    Period,
    Positive,
    Rate,
    Sensitivity,
    Share,
    Text,
    Type,
)

Overlap = Literal["forbid", "replace", "allow"]
"""What happens when a run is due and the last one has not ended: it is left out, it takes the
other's place, or both run."""


class Entity(Component):
    """What a feature row is about: a card, a user, a merchant."""

    role = "entity"
    runs = False

    keys: Annotated[dict[str, Column], Members("key")] = Field(default_factory=dict)
    """The join keys, in order: `key card_id: string`."""
    known_from: Annotated[Names, refers("entity", verb="describes")] = ()
    """Entities whose key tells this one's, by a table that whoever reads has at hand: a terminal
    tells its merchant."""
    gap: Period | None = None
    """The p95 of the time between two events of one of them."""
    count: Count | None = None
    """How many there are: 40_000_000 cards."""
    top_key: Share | None = None
    """The share of reads that are of the most frequent one: a celebrity, a large merchant."""


class Event(Part):
    """The fields of one message."""

    columns: Annotated[dict[str, Column], Members()] = Field(default_factory=dict)

    @property
    def event_time(self) -> str | None:
        """The column that tells when the event happened."""
        return next((name for name, column in self.columns.items() if column.event_time), None)


class Expectations(Part):
    """What data has to look like on arrival; each is tested, and told where it does not hold."""

    volume: Rate | None = None
    """The least rows that arrive."""
    freshness: Duration | None = None
    """The longest time without a row."""
    nulls: Share | None = None
    """The largest share of missing values in a column."""
    ranges: tuple[Text, ...] = ()
    """Columns whose range is tested."""
    cardinality: tuple[Text, ...] = ()
    """Columns whose set of values is tested."""


class Source(Component):
    """A system outside this design that data comes from: a database, an API, object files."""

    role = "source"

    rate: Rate | None = None
    """Rows per second at peak."""
    event: Event | None = None
    lag: Duration | None = None
    """How long after it happened a row can be read; unknown where absent."""
    expects: Expectations | None = None
    acl: Text | None = None
    """The column that tells who may read a row; `everyone` where all may."""
    contract: Text | None = None
    """The agreement by which its owners announce a change: a data contract, a schema registry."""
    residency: tuple[Text, ...] = ()
    """The regions its data may lie in: `["eu-west-1"]`, or `["eu"]` for all that begin so."""


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
    top_key: Share | None = None
    """The share of events that carry the most frequent key; all of them go to one partition."""
    lag: Duration | None = None
    """How late an event may arrive behind its event time."""
    expects: Expectations | None = None
    quota: Rate | None = None
    """Events it admits of one tenant, or of one client."""
    consumers: tuple[Text, ...] = ()
    """Teams and systems outside this design that read it."""
    classification: Sensitivity | None = None
    """The most sensitive data it may hold."""
    residency: tuple[Text, ...] = ()
    """The regions its data may lie in: `["eu-west-1"]`, or `["eu"]` for all that begin so."""
    availability: Share | None = None
    """The share of time in which it answers, all of its nodes taken together."""

    def partition_limits(self) -> PartitionLimits | None:
        """What one partition carries, where the system's facts tell."""
        return None


class Lake(Component):
    """Object storage that holds history: the offline store of most designs."""

    role = "lake"

    format: Literal["iceberg", "delta", "hudi", "parquet"] = "parquet"
    origin: Annotated[Names, refers("stream", "source", "review", verb="writes", inward=True)] = (
        Field(default=(), alias="from")
    )
    """What is landed here."""
    acl: Text | None = None
    """The column that tells who may read a row; `everyone` where all may."""
    retention: Period | None = None
    size: Bytes | None = None
    encryption: Literal["managed", "customer_key", "none"] = "managed"
    classification: Sensitivity | None = None
    """The most sensitive data it may hold."""
    erasure: Text | None = None
    """The key by which one person's rows are found and deleted: card_id, user_id."""
    backup: Period | None = None
    """How often it is copied to another place: what is younger may be lost."""
    restore: Duration | None = None
    """How long it takes until it holds everything again, restored or rebuilt."""
    residency: tuple[Text, ...] = ()
    """The regions its data may lie in: `["eu-west-1"]`, or `["eu"]` for all that begin so."""
    availability: Share | None = None
    """The share of time in which it answers, all of its nodes taken together."""


class Warehouse(Component):
    """A SQL warehouse used as an offline store."""

    role = "warehouse"

    origin: Annotated[Names, refers("stream", "source", "review", verb="writes", inward=True)] = (
        Field(default=(), alias="from")
    )
    retention: Period | None = None
    size: Bytes | None = None
    classification: Sensitivity | None = None
    """The most sensitive data it may hold."""
    erasure: Text | None = None
    """The key by which one person's rows are found and deleted: card_id, user_id."""
    backup: Period | None = None
    """How often it is copied to another place: what is younger may be lost."""
    restore: Duration | None = None
    """How long it takes until it holds everything again, restored or rebuilt."""
    residency: tuple[Text, ...] = ()
    """The regions its data may lie in: `["eu-west-1"]`, or `["eu"]` for all that begin so."""
    availability: Share | None = None
    """The share of time in which it answers, all of its nodes taken together."""


class Pipeline(Component):
    """A job that computes: streaming or batch."""

    role = "pipeline"

    reads: Annotated[Names, refers("stream", "source", "lake", "warehouse", verb="reads")] = ()
    writes: Annotated[
        Names,
        refers(
            "stream", "lake", "warehouse", "online_store", "feature_store", "index", verb="writes"
        ),
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
    starts: Duration | None = None
    """When in its period a run starts: `starts = 2h` at two o'clock of every day."""
    after: Annotated[Names, refers("pipeline", verb="describes")] = ()
    """Batch jobs whose end starts a run, instead of the clock."""
    overlap: Overlap | None = None
    """What happens when a run is due and the last one has not ended."""
    key_order: tuple[Text, ...] = ()
    """The order in which it joins the parts of a composite key it writes to an online store."""
    key_version: Positive | None = None
    """The version of the layout of keys it writes to an online store."""
    within: Duration | None = None
    """The objective of a streaming job: from an event to the result it changes."""
    delivery: Literal["at_least_once", "exactly_once"] | None = None
    dead_letter: Annotated[Text | None, refers("stream", "lake", verb="writes")] = None
    """Where events go that cannot be processed."""
    on_error: Literal["stop", "drop"] | None = None
    """What the job does with such an event where it has no `dead_letter`."""
    recovery: Duration | None = None
    """The longest time until the job runs again after a failure."""
    backfill_within: Duration | None = None
    """The longest time that computing the datasets' whole history anew may take."""
    backfill_parallel: Positive = 1
    """Runs of a backfill at the same time."""
    replay: Rate | None = None
    """Events per second that a streaming job works off when it reads history."""
    tests: Text | None = None
    """What tests its code: `git:features/tests@v4`."""
    deidentifies: tuple[Text, ...] = ()
    """Columns it drops, tokenises or hashes with a salt before it writes."""
    transform: Transform | None = None
    """What it computes, where the design holds the text; lineage is read from it."""


class FeatureStore(Component):
    """The registry and the two paths of features."""

    role = "feature_store"

    online: Annotated[Text | None, refers("online_store", verb="reads")] = None
    offline: Annotated[Text | None, refers("lake", "warehouse", verb="reads")] = None
    key_version: Positive | None = None
    """The version of the layout of keys it reads in the online store."""
    availability: Share | None = None
    """The share of time in which its online reads are answered, the online store apart."""


class OnlineStore(Component):
    """A key-value store that serves features."""

    role = "online_store"

    nodes: Positive = 1
    memory: Bytes | None = None
    """Memory of one node."""
    keys: Count | None = None
    """How many entity keys it will hold."""
    backup: Period | None = None
    """How often it is copied to another place: what is younger may be lost."""
    restore: Duration | None = None
    """How long it takes until it holds everything again, restored or rebuilt."""
    classification: Sensitivity | None = None
    """The most sensitive data it may hold."""
    availability: Share | None = None
    """The share of time in which it answers, all of its nodes taken together."""

    def limits(self) -> StoreLimits | None:
        """What it holds and answers, where the system's facts tell."""
        return None


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
    before: Duration | None = None
    """How long before t what it describes begins; at t where absent."""
    constant: Annotated[Text | None, refers("entity", verb="describes")] = None
    """All rows of one such entity have the same label: a user's age, a machine's fault."""
