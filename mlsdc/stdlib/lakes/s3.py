"""S3: object storage; on Kubernetes an S3-compatible store inside the cluster.

Facts: none about latency are assumed; where a request path reads a lake, its `service_time` is
unknown until the design states it. In the cluster all lakes of an environment share one store.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from mlsdc.compiler.bindings import Binding, BindingField, Port, SecretKey, slug, variable
from mlsdc.compiler.capacity.provisions import Need, Unsized
from mlsdc.compiler.graph import Edge
from mlsdc.compiler.model.data import Lake, Stream
from mlsdc.compiler.model.types import Image, Text
from mlsdc.targets.base import Obstacle, Plan, Prerequisite, Requirement
from mlsdc.targets.kubernetes.cloud_sink import BUCKET, WORKERS, cloud_sink, reference
from mlsdc.targets.kubernetes.credentials import (
    EXTERNAL_SECRETS,
    credentials,
    credentials_prerequisite,
)
from mlsdc.targets.kubernetes.landing import Landing, Store, control_topic
from mlsdc.targets.kubernetes.object_store import (
    ADMIN,
    KEYS,
    METRICS,
    REGION,
    SELECTOR,
    bucket,
    endpoint,
    object_store,
    secret_of,
)
from mlsdc.targets.kubernetes.object_store import (
    S3 as GATEWAY,
)
from mlsdc.targets.kubernetes.objects import Manifest, Pods, selector
from mlsdc.targets.kubernetes.sink import Sink, connect_labels, mounted_key, sink
from mlsdc.units import show_bytes

STRIMZI = Requirement(
    name="strimzi",
    versions=">=1.0,<2",
    kinds=("kafka.strimzi.io/v1 KafkaConnect", "kafka.strimzi.io/v1 KafkaConnector"),
    chart="strimzi-kafka-operator",
    repository="oci://quay.io/strimzi-helm",
    chart_version="1.2.0",
    namespace="strimzi",
)
if TYPE_CHECKING:
    from mlsdc.targets.pulumi.cloud import Right
    from mlsdc.targets.pulumi.resources import Published, Resource

SMALLEST_DISK = 20 * 2.0**30
_LANDED = ("iceberg", "parquet")
"""Formats for which a free sink exists."""
_WEB = {"http": 80, "https": 443}
MOST_TASKS = 8
"""Of one connector, over all its workers."""


class S3(Lake):
    """A bucket, and the tables or files in it.

    Streams named in `from` are landed by Kafka Connect, which runs in the cluster in a cloud as
    well: as Iceberg tables, or as Parquet files of events that carry their schema. For sources and
    reviews nothing is emitted: how rows leave somebody else's database is its owner's decision, so
    the lake only names where they come from.

    Example:

        lake history_lake: s3 {
          format    = parquet
          retention = 730d
          size      = 500GiB
        }
    """

    system = "s3"
    summary = "object storage"
    requires: ClassVar = (STRIMZI, EXTERNAL_SECRETS)
    cloud_ports: ClassVar = (Port("https", 443, "tls"),)
    public_service: ClassVar = True
    arn_example: ClassVar = "arn:aws:s3:::payments-history"

    bucket: Text | None = None
    """The bucket's name; `<system>-<environment>-<lake>` in the cluster where absent."""
    sink_image: Image | None = None
    """A Kafka Connect image that contains the sink's plugin: Strimzi's image with Apache Iceberg's
    sink (`iceberg`) or Aiven's S3 sink (`parquet`) below /opt/kafka/plugins. On aws it holds
    aws-msk-iam-auth's `-all` jar in /opt/kafka/libs as well, Kafka 4 and bash, and the sink's AWS
    SDK knows EKS Pod Identity (2.21.30 or newer; of version 1, 1.12.746)."""
    catalog: Text | None = None
    """The address of the Iceberg REST catalogue that knows the tables: `http://catalog:8181`."""

    def bucket_name(self, plan: Plan) -> str | None:
        """The bucket's name, where it is known before anything is provisioned.

        Names are unique in the whole cloud, so one without an account in it is left to the
        provisioner.
        """
        parts = (plan.design.system.name, plan.environment, self.name)
        name = "-".join(slug(part) for part in parts)
        account = plan.design.environment.platform.account
        if self.bucket is not None or plan.where(self) == "cluster":
            return self.bucket or _short(name)
        return _short(f"{name}-{account}") if account else None

    def aws_needs(self, plan: Plan) -> Iterator[Need | Unsized]:
        """What the bucket holds; requests are not counted."""
        if self.size is None:
            yield Unsized(self.name, "storage", (f"{self.name}.size",))
            return
        held = self.size.value / 2**30
        said = f"{self.name}: {show_bytes(self.size.value)} held all month"
        yield Need(self.name, "storage", "s3.storage", held, held, (said,))

    def binding(self, plan: Plan) -> Binding:
        """The bucket's address; keys of one's own in the cluster, the pod's identity in a cloud."""
        name = self.bucket_name(plan)
        uri = BindingField("uri", f"s3://{name}" if name else None)
        catalog = (BindingField("catalog", self.catalog),) if self.catalog else ()
        if plan.where(self) == "cloud":
            return Binding((uri, BindingField("region", plan.design.environment.platform.region),
                            *catalog))  # fmt: skip
        secret = secret_of("{client}")
        return Binding(
            (
                uri,
                BindingField("endpoint", endpoint(plan), type="url"),
                BindingField("region", REGION),
                *(BindingField(key, secret=SecretKey(secret, key)) for key in KEYS),
                *catalog,
            )
        )

    def pods(self, plan: Plan) -> Pods:
        """The store that all lakes share; what lands streams acts for the lake towards them."""
        agent = connect_labels(self._sink_name) if self._landed(plan) else {}
        outside = self._catalog_port() if agent else ()
        return Pods(SELECTOR, (GATEWAY,), METRICS, agent=agent, outside=outside)

    def _catalog_port(self) -> tuple[Port, ...]:
        port = _port(self.catalog) if self.catalog else None
        return (Port("catalog", port, "tcp"),) if port else ()

    @property
    def _sink_name(self) -> str:
        return f"{slug(self.name)}-sink"

    @property
    def kafka_prefix(self) -> str | None:
        """What the sink's own topics and transactions begin with."""
        return f"{self._sink_name}-" if self.origin else None

    def obstacles(self, plan: Plan) -> Iterator[Obstacle]:
        """What the landing of streams needs."""
        yield from self._lacking(plan)

    def aws_obstacles(self, plan: Plan) -> Iterator[Obstacle]:
        """The same: what lands streams runs in the cluster there too."""
        yield from self._lacking(plan)

    def _lacking(self, plan: Plan) -> Iterator[Obstacle]:
        if not self._landed(plan):
            return
        clusters = sorted({str(getattr(s, "cluster", "")) for s in self._landed(plan)})
        if len(clusters) > 1:
            yield Obstacle(
                self.name,
                "from",
                f"one Kafka Connect reads from one cluster, not from {clusters}",
                "a lake for each cluster",
            )
        if self.format not in _LANDED:
            yield Obstacle(
                self.name, "format", f"no sink lands streams as {self.format}", "format = iceberg"
            )
        if self.sink_image is None:
            yield Obstacle(
                self.name,
                "sink_image",
                "Kafka Connect needs an image with the sink's plugin to land streams",
                'sink_image = "registry.example.com/kafka-connect-iceberg:1.2.0"',
            )
        if self.format == "iceberg" and self.catalog is None:
            yield Obstacle(
                self.name,
                "catalog",
                "an Iceberg table is committed through a catalogue",
                'catalog = "http://catalog.data.svc:8181"',
            )
        if self.catalog is not None and _port(self.catalog) is None:
            yield Obstacle(
                self.name,
                "catalog",
                f"{self.catalog!r} is no address of a catalogue",
                'catalog = "http://catalog.data.svc:8181"',
            )

    def prerequisites(self, plan: Plan) -> Iterator[Prerequisite]:
        """The keys of the store's clients; the first lake speaks for all."""
        for client, secret in self._secrets(plan):
            reason = f"the keys of {client} at the object store, letters and digits only"
            yield credentials_prerequisite(plan, self, secret, KEYS, reason)

    def kubernetes(self, plan: Plan) -> Iterator[Manifest]:
        """The bucket and what fills it; the store comes with the first lake by name."""
        if self._lakes(plan)[0] is self:
            for _, secret in self._secrets(plan):
                yield from credentials(plan, self, secret, KEYS)
            yield from object_store(plan, self, self._rights(plan), self._disk(plan))
        yield bucket(plan, self, self.bucket_name(plan) or slug(self.name))
        wanted = self._sink(plan)
        if wanted is not None:
            yield from sink(plan, self, wanted)

    def carried(self, plan: Plan) -> tuple[str, ...]:
        """The streams that pods in the cluster land in a bucket of the cloud."""
        complete = self.sink_image is not None and not any(self._lacking(plan))
        return tuple(s.name for s in self._landed(plan)) if complete else ()

    def kubernetes_client(self, plan: Plan) -> Iterator[Manifest]:
        """What lands streams in a bucket of the cloud, known there by its pods' identity."""
        streams = self._landed(plan)
        first = {h.field.name: h for h in plan.handed_to(self) if h.edge.target == streams[0].name}
        names = {"security.protocol": "security_protocol", "sasl.mechanism": "sasl_mechanism"}
        login = {ours: first[field].field.value or "" for ours, field in names.items()}
        landing = self._landing(plan, reference(BUCKET), reference(variable(self.name, "region")),
                                workers=WORKERS)  # fmt: skip
        uri = variable(self.name, "uri")
        yield from cloud_sink(plan, self, landing, first["brokers"].variable, uri, login)

    def client_pods(self, plan: Plan) -> Pods:
        """The pods of `kubernetes_client`: nobody calls them, they reach the bucket."""
        return Pods(selector(self), outside=self._catalog_port())

    def control_topic(self, plan: Plan, stream: str) -> str | None:
        """The topic in which what lands a stream agrees on its commits; None where it has none."""
        if self.format != "iceberg" or stream not in self.carried(plan):
            return None
        return control_topic(self._sink_name, slug(stream))

    def aws(self, plan: Plan) -> Iterator[Resource | Published]:
        """A private bucket, and what clients have to know of it."""
        from mlsdc.targets.pulumi.bucket import private_bucket
        from mlsdc.targets.pulumi.cloud import REGION as HERE
        from mlsdc.targets.pulumi.cloud import key
        from mlsdc.targets.pulumi.resources import Concat, Published, Ref

        yield from private_bucket(plan, self, self.bucket_name(plan))
        name = Ref(key(self, "bucket")).at("bucket")
        yield Published(self.name, "uri", Concat(("s3://", name)))
        yield Published(self.name, "region", HERE)

    def aws_rights(self, plan: Plan, edge: Edge) -> Iterator[Right]:
        """What one edge may do with the bucket."""
        from mlsdc.targets.pulumi.bucket import bucket_rights

        yield from bucket_rights(self, edge.rule.access)

    def aws_landing(self, plan: Plan) -> Iterator[Right]:
        """What a connector that lands streams in the bucket does there."""
        from mlsdc.targets.pulumi.bucket import bucket_rights

        yield from bucket_rights(self, "write")

    def _lakes(self, plan: Plan) -> list[S3]:
        return [c for c in plan.placed("cluster") if isinstance(c, S3)]

    def _secrets(self, plan: Plan) -> Iterator[tuple[str, str]]:
        if self._lakes(plan)[0] is self:
            yield from ((f"`{c}`", secret_of(slug(c))) for c in sorted(self._rights(plan)))
            yield "the Jobs that make buckets", ADMIN

    def _rights(self, plan: Plan) -> dict[str, list[tuple[str, str]]]:
        """Client to (bucket, access), over all lakes: those of its edges, and of its own sink."""
        found: dict[str, list[tuple[str, str]]] = {}
        for lake in self._lakes(plan):
            name = lake.bucket_name(plan) or slug(lake.name)
            for edge in plan.clients(lake):
                found.setdefault(edge.source, []).append((name, edge.rule.access))
            if lake._landed(plan):
                found.setdefault(lake.name, []).append((name, "read_write"))
        return found

    def _disk(self, plan: Plan) -> float:
        known = sum(lake.size.value for lake in self._lakes(plan) if lake.size)
        # A quarter is kept free for compaction.
        return math.ceil(max(SMALLEST_DISK, known * 1.25) / 2**30) * 2.0**30

    def _landed(self, plan: Plan) -> list[Stream]:
        """The streams that a Kafka Connect in the cluster can land: those placed as the lake is."""
        streams = [plan.design.get(name, Stream) for name in self.origin]
        here = plan.where(self)
        return [s for s in streams if s and s.system == "kafka" and plan.where(s) == here]

    def _landing(
        self, plan: Plan, bucket: str, region: str, store: Store | None = None, workers: int = 1
    ) -> Landing:
        """What is landed; `workers` share the tasks, where each runs every connector."""
        streams = self._landed(plan)
        tasks = min(max(_partitions(plan, s) for s in streams), MOST_TASKS)
        return Landing(
            name=self._sink_name,
            image=self.sink_image or "",
            topics=tuple(slug(s.name) for s in streams),
            tasks=math.ceil(tasks / workers),
            table_format=self.format,
            namespace=self.name,
            bucket=bucket,
            region=region,
            catalog=self.catalog,
            store=store,
        )

    def _sink(self, plan: Plan) -> Sink | None:
        streams = self._landed(plan)
        if not streams or self.sink_image is None:
            return None
        given = {h.field.name: h.field for h in plan.handed_to(self)
                 if h.edge.target == streams[0].name}  # fmt: skip
        authority, certificate, key = (given[n].secret for n in ("ca", "certificate", "key"))
        if not (authority and certificate and key):
            return None
        store = Store(endpoint(plan), *(mounted_key(key) for key in KEYS))
        return Sink(
            self._landing(plan, self.bucket_name(plan) or slug(self.name), REGION, store),
            cluster=slug(getattr(streams[0], "cluster", "kafka")),
            brokers=given["brokers"].value or "",
            authority=authority,
            certificate=certificate,
            key=key,
            keys_secret=secret_of(slug(self.name)),
        )


def _partitions(plan: Plan, stream: Any) -> int:
    return int(stream.partition_count(plan))


def _short(name: str) -> str:
    """At most 63 characters, as S3 wants bucket names."""
    if len(name) <= 63:
        return name
    from hashlib import sha256

    return f"{name[:54].rstrip('-')}-{sha256(name.encode()).hexdigest()[:8]}"


def _port(address: str) -> int | None:
    """The port of a web address; None where the text is none."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _WEB or not parts.hostname or any(c.isspace() for c in address):
        return None
    return port or _WEB[parts.scheme]
