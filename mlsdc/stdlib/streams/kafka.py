"""Kafka: a partitioned, replicated log.

Longer than other files because one system is one file, and Kafka has a topic, a cluster, users and
a managed form.

Facts: one partition carries about 10 MiB/s and is read by one consumer of a group at a time
(Confluent, "How to choose the number of topics/partitions in a Kafka cluster", 2015, tens of MB/s
on one partition; the lower end is assumed). Kubernetes: Strimzi 1.2, KRaft, `kafka.strimzi.io/v1`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from mlsdc.compiler.analyses.partitions import Partitions
from mlsdc.compiler.bindings import Binding, BindingField, Port, SecretKey, slug
from mlsdc.compiler.capacity.provisions import Need, Unsized
from mlsdc.compiler.graph import Edge
from mlsdc.compiler.model.capability import Capability
from mlsdc.compiler.model.component import ServiceTime
from mlsdc.compiler.model.data import Stream
from mlsdc.compiler.model.limits import PartitionLimits
from mlsdc.compiler.model.types import Bytes, Positive, Text
from mlsdc.targets.base import Obstacle, Plan, Requirement
from mlsdc.targets.kubernetes.objects import Manifest, Object, Pods, cpu, made, memory
from mlsdc.units import BYTES, Quantity

if TYPE_CHECKING:
    from mlsdc.targets.pulumi.cloud import Right
    from mlsdc.targets.pulumi.kafka import Brokers
    from mlsdc.targets.pulumi.resources import Published, Statement

PARTITION_THROUGHPUT = 10 * 2**20
"""Bytes per second that one partition is planned to carry."""
PARTITION = PartitionLimits(
    "Confluent, How to choose the number of topics/partitions in a Kafka cluster (2015): tens of "
    "MB/s on one partition, the lower end is planned for",
    written=PARTITION_THROUGHPUT,
)
BROKER_CORES = 1.0
TLS = Port("tls", 9093, "tls")
METRICS = Port("metrics", 9404, "http")
STRIMZI = Requirement(
    name="strimzi",
    versions=">=1.0,<2",
    kinds=(
        "kafka.strimzi.io/v1 Kafka",
        "kafka.strimzi.io/v1 KafkaNodePool",
        "kafka.strimzi.io/v1 KafkaTopic",
        "kafka.strimzi.io/v1 KafkaUser",
    ),
    chart="strimzi-kafka-operator",
    repository="oci://quay.io/strimzi-helm",
    chart_version="1.2.0",
    namespace="strimzi",
)
_OPERATIONS = {"read": ["Read", "Describe"], "write": ["Write", "Describe"]}


class Kafka(Stream):
    """A topic of a Kafka cluster; streams that name the same cluster share its brokers.

    Example:

        stream payments: kafka {
          rate       = 8000/s
          event_size = 600B
          retention  = 7d
        }
    """

    system = "kafka"
    summary = "partitioned, replicated log"
    requires: ClassVar = (STRIMZI,)
    cloud_ports: ClassVar = (Port("tls", 9098, "tls"),)
    arn_example: ClassVar = "arn:aws:kafka:eu-west-1:111122223333:cluster/events/1a2b3c4d-5"
    cloud_metrics: ClassVar = Port("metrics", 11001, "http")
    capabilities: ClassVar[Mapping[str, Capability]] = {
        "transactions": Capability(
            True,
            "Apache Kafka, KIP-98: exactly once delivery and transactional messaging",
            since="0.11",
            limits="readers see them only with isolation.level = read_committed",
        )
    }

    cluster: Text = "kafka"
    """The cluster that holds the topic."""
    brokers: Positive = 3
    """Brokers of the cluster; the largest number any of its streams asks for."""
    replication: Positive = 3
    """Copies of every partition, each on another broker."""
    minimum_in_sync: Positive = 2
    """Replicas that must confirm a write."""
    broker_memory: Bytes = Quantity(4 * 2.0**30, BYTES)
    """Memory of one broker; half of it is the heap, the rest caches pages."""
    broker_storage: Bytes | None = None
    """Disk of one broker; derived from rate, event size and retention where absent."""
    version: Text = "4.3.1"
    """The version of Kafka."""

    def service_time(self) -> ServiceTime:
        """Time until a write is confirmed by the in-sync replicas."""
        return ServiceTime({0.5: 0.002, 0.99: 0.015}, "default",
                           "assumption: acks=all in one region, 2 ms p50, 15 ms p99")  # fmt: skip

    def partition_limits(self) -> PartitionLimits:
        """What one partition is planned to carry."""
        return PARTITION

    def partition_count(self, plan: Plan) -> int:
        """Enough for the rate, and for the widest consumer of one group."""
        if self.partitions is not None:
            return self.partitions
        needed = plan.facts.get(Partitions).of.get(self.name)
        return max(needed.count if needed else 1, 3)

    def binding(self, plan: Plan) -> Binding:
        """Brokers, topic, how to log in, and in the cluster each client's own certificate."""
        topic = BindingField("topic", slug(self.name))
        if plan.where(self) == "cloud":
            protocol = BindingField("security_protocol", "SASL_SSL")
            mechanism = BindingField("sasl_mechanism", "AWS_MSK_IAM")
            brokers = BindingField("brokers", type="addresses")
            return Binding((brokers, topic, protocol, mechanism))
        brokers = f"{slug(self.cluster)}-kafka-bootstrap.{plan.namespace}.svc:{TLS.number}"
        user = "kafka-{client}"
        authority = SecretKey(f"{slug(self.cluster)}-cluster-ca-cert", "ca.crt")
        return Binding(
            (
                BindingField("brokers", brokers, type="addresses"),
                topic,
                BindingField("security_protocol", "SSL"),
                BindingField("ca", secret=authority),
                BindingField("certificate", secret=SecretKey(user, "user.crt")),
                BindingField("key", secret=SecretKey(user, "user.key")),
            )
        )

    def pods(self, plan: Plan) -> Pods:
        """The brokers of the cluster."""
        found = {"strimzi.io/cluster": slug(self.cluster), "strimzi.io/kind": "Kafka"}
        return Pods(found, (TLS,), METRICS, peers=True, api_server=True)

    def kubernetes(self, plan: Plan) -> Iterator[Manifest]:
        """The topic; the cluster and its users come with the cluster's first stream."""
        yield made(
            plan,
            self,
            "kafka.strimzi.io/v1",
            "KafkaTopic",
            {
                "topicName": slug(self.name),
                "partitions": self.partition_count(plan),
                "replicas": min(self.replication, self.brokers),
                "config": self._topic_config(),
            },
            extra_labels=self._cluster_label(),
            origins={
                "spec.partitions": ("partitions",),
                "spec.config.retention.ms": ("retention",),
            },
        )
        streams = self._of_cluster(plan)
        if streams[0] is self:
            yield from _cluster(plan, self, streams)
            yield from _users(plan, self, streams)

    def _topic_config(self) -> Object:
        retention = (
            {"retention.ms": str(round(self.retention.value * 1000))} if self.retention else {}
        )
        in_sync = str(min(self.minimum_in_sync, self.replication))
        return {**retention, "min.insync.replicas": in_sync, "compression.type": "producer"}

    def aws(self, plan: Plan) -> Iterator[Statement | Published]:
        """The topic in Amazon MSK; the brokers come with the cluster's first stream."""
        from mlsdc.targets.pulumi.kafka import (
            Topic,
            broker_addresses,
            control_topic,
            managed_brokers,
            managed_topic,
            spread,
        )
        from mlsdc.targets.pulumi.resources import Published

        streams = self._of_cluster(plan)
        if streams[0] is self:
            yield from managed_brokers(plan, self, _managed(plan, streams))
        replication = min(self.replication, spread(plan, max(s.brokers for s in streams)))
        topic = Topic(self.partition_count(plan), replication, self._topic_config())
        yield managed_topic(plan, self, self.cluster, topic)
        in_sync = {"min.insync.replicas": self._topic_config()["min.insync.replicas"]}
        for name in self._control_topics(plan).values():
            yield control_topic(plan, self, self.cluster, name, Topic(1, replication, in_sync))
        yield Published(self.name, "brokers", broker_addresses(self.cluster))

    def aws_rights(self, plan: Plan, edge: Edge) -> Iterator[Right]:
        """What one edge may do with the topic in MSK, whose clients are known by IAM."""
        from mlsdc.targets.pulumi.kafka import control_rights, topic_rights

        yield from topic_rights(self.cluster, self, slug(edge.source), edge.rule.access)
        control = self._control_topics(plan).get(edge.source)
        if control is not None:
            prefix = control.removesuffix("control")
            yield from control_rights(self.cluster, control, f"{prefix}*")

    def _control_topics(self, plan: Plan) -> dict[str, str]:
        """The topics in which a client agrees with itself on what it commits, by client."""
        found: dict[str, str] = {}
        for edge in plan.clients(self):
            name: Any = getattr(plan.design.components[edge.source], "control_topic", None)
            topic: str | None = name(plan, self.name) if name is not None else None
            if topic is not None:
                found[edge.source] = topic
        return found

    def aws_obstacles(self, plan: Plan) -> Iterator[Obstacle]:
        """A cluster beyond what one broker of MSK can be."""
        from mlsdc.targets.pulumi.kafka import broker_machine, largest_disk

        streams = self._of_cluster(plan)
        if streams[0] is not self:
            return
        wanted = _managed(plan, streams)
        if wanted.disk > largest_disk():
            why = f"a broker of MSK holds {largest_disk()} GiB, and {wanted.disk} GiB are needed"
            enough = math.ceil(wanted.brokers * wanted.disk / largest_disk())
            yield Obstacle(self.name, "brokers", why, f"brokers = {enough}")
        if broker_machine(wanted) is None:
            why = (f"no broker of MSK holds {wanted.partitions} replicas of partitions over "
                   f"{wanted.brokers} brokers with {wanted.memory / 2**30:g} GiB each")  # fmt: skip
            enough = math.ceil(wanted.partitions / 4000)
            yield Obstacle(self.name, "brokers", why, f"brokers = {enough}")

    def asks(self, plan: Plan) -> Iterator[tuple[int, float, float]]:
        """The brokers that the operator makes, with the cluster's first stream."""
        streams = self._of_cluster(plan)
        if streams[0] is self:
            memory_of_one = max(s.broker_memory.value for s in streams)
            yield max(s.brokers for s in streams), BROKER_CORES, memory_of_one

    def aws_needs(self, plan: Plan) -> Iterator[Need | Unsized]:
        """The brokers of MSK and their disks, with the cluster's first stream."""
        from mlsdc.targets.pulumi.kafka import broker_machine

        streams = self._of_cluster(plan)
        if streams[0] is not self:
            return
        wanted = _managed(plan, streams)
        machine = broker_machine(wanted)
        if machine is None:
            yield Unsized(self.name, "brokers", (f"{self.name}.brokers",))
            return
        count, disk = wanted.brokers, wanted.brokers * wanted.disk
        shared = ", ".join(s.name for s in streams)
        said = f"cluster {self.cluster} of {shared}: {count} x {machine.name}"
        yield Need(self.name, "brokers", machine.name, count, count, (said,))
        said = f"{count} brokers x {wanted.disk} GiB of disk"
        yield Need(self.name, "disks of brokers", "msk.storage", disk, disk, (said,))
        for stream in streams:
            if stream.stored(plan) is None and not any(s.broker_storage for s in streams):
                fields = ("rate", "event_size", "retention")
                lacking = [f for f in fields if getattr(stream, f) is None]
                missing = tuple(f"{stream.name}.{field}" for field in lacking)
                yield Unsized(self.name, "disks of brokers", missing)

    def _of_cluster(self, plan: Plan) -> list[Kafka]:
        here = plan.placed("cloud" if plan.where(self) == "cloud" else "cluster")
        return [c for c in here if isinstance(c, Kafka) and c.cluster == self.cluster]

    def _cluster_label(self) -> dict[str, str]:
        return {"strimzi.io/cluster": slug(self.cluster)}

    def stored(self, plan: Plan) -> float | None:
        """Bytes the topic holds, replicas included; None where one of its figures is unknown."""
        if self.rate is None or self.event_size is None or self.retention is None:
            return None
        written = self.rate.value * self.event_size.value * self.retention.value
        return written * min(self.replication, self.brokers)


def _disk(plan: Plan, streams: list[Kafka], brokers: int) -> int:
    """GiB of one broker's disk."""
    declared = [s.broker_storage.value for s in streams if s.broker_storage]
    stored = [s.stored(plan) for s in streams]
    known = sum(size for size in stored if size is not None)
    # A third is kept free: brokers stop when a disk is full.
    needed = max([*declared, known / brokers * 1.5, 20 * 2**30])
    return math.ceil(needed / 2**30)


def _cluster(plan: Plan, first: Kafka, streams: list[Kafka]) -> Iterator[Manifest]:
    brokers = max(s.brokers for s in streams)
    name = slug(first.cluster)
    size = max(s.broker_memory.value for s in streams)
    disk = memory(_disk(plan, streams, brokers) * 2**30)
    volume = {"id": 0, "type": "persistent-claim", "size": disk,
              "kraftMetadata": "shared", "deleteClaim": False}  # fmt: skip
    resources = {"cpu": cpu(BROKER_CORES), "memory": memory(size)}
    yield made(
        plan,
        first,
        "kafka.strimzi.io/v1",
        "KafkaNodePool",
        {
            "replicas": brokers,
            "roles": ["controller", "broker"],
            "storage": {"type": "jbod", "volumes": [volume]},
            "resources": {"requests": resources, "limits": {"memory": memory(size)}},
            "jvmOptions": {"-Xms": f"{int(size // 2**21)}m", "-Xmx": f"{int(size // 2**21)}m"},
        },
        name=f"{name}-brokers",
        extra_labels={"strimzi.io/cluster": name},
    )
    replication = min(max(s.replication for s in streams), brokers)
    listener = {"name": "tls", "port": TLS.number, "type": "internal", "tls": True,
                "authentication": {"type": "tls"}}  # fmt: skip
    yield made(
        plan,
        first,
        "kafka.strimzi.io/v1",
        "Kafka",
        {
            "kafka": {
                "version": first.version,
                "listeners": [listener],
                "authorization": {"type": "simple"},
                "config": {
                    "auto.create.topics.enable": "false",
                    "default.replication.factor": replication,
                    "offsets.topic.replication.factor": replication,
                    "transaction.state.log.replication.factor": replication,
                    "transaction.state.log.min.isr": min(2, replication),
                    "min.insync.replicas": min(2, replication),
                },
                "rack": {"topologyKey": "topology.kubernetes.io/zone"},
                "metricsConfig": {"type": "strimziMetricsReporter",
                                  "values": {"allowList": [".*"]}},
            },
            "entityOperator": {"topicOperator": {}, "userOperator": {}},
        },
        name=name,
    )  # fmt: skip


def _managed(plan: Plan, streams: list[Kafka]) -> Brokers:
    """What MSK has to run; its brokers are the same number in each zone."""
    from mlsdc.targets.pulumi.kafka import Brokers, spread

    brokers = spread(plan, max(s.brokers for s in streams))
    replication = min(max(s.replication for s in streams), brokers)
    return Brokers(
        streams[0].cluster,
        brokers,
        max(s.broker_memory.value for s in streams),
        _disk(plan, streams, brokers),
        sum(s.partition_count(plan) * min(s.replication, brokers) for s in streams),
        {
            "auto.create.topics.enable": "false",
            "default.replication.factor": replication,
            "offsets.topic.replication.factor": replication,
            "transaction.state.log.replication.factor": replication,
            "transaction.state.log.min.isr": min(2, replication),
            "min.insync.replicas": min(2, replication),
        },
        any(e.rule.access == "observe" for s in streams for e in plan.graph.into(s)),
    )


def _users(plan: Plan, first: Kafka, streams: list[Kafka]) -> Iterator[Manifest]:
    """One user for each client, with exactly the rights of its edges."""
    edges: dict[str, list[Edge]] = {}
    for stream in streams:
        for edge in plan.clients(stream):
            edges.setdefault(edge.source, []).append(edge)
    for client, found in sorted(edges.items()):
        acls: list[Object] = []
        for edge in found:
            topic = {"type": "topic", "name": slug(edge.target), "patternType": "literal"}
            acls.append({"resource": topic, "operations": _OPERATIONS[edge.rule.access]})
        if any(edge.rule.access == "read" for edge in found):
            group = {"type": "group", "name": slug(client), "patternType": "prefix"}
            acls.append({"resource": group, "operations": ["Read"]})
        acls += _own_topics(plan, client)
        yield made(
            plan,
            first,
            "kafka.strimzi.io/v1",
            "KafkaUser",
            {"authentication": {"type": "tls"}, "authorization": {"type": "simple", "acls": acls}},
            name=f"kafka-{slug(client)}",
            extra_labels={"strimzi.io/cluster": slug(first.cluster)},
        )


def _own_topics(plan: Plan, client: str) -> list[Object]:
    """Rights on the topics and transactions a client keeps for itself, as a Kafka Connect does."""
    prefix: str | None = getattr(plan.design.components[client], "kafka_prefix", None)
    if prefix is None:
        return []
    topic = {"type": "topic", "name": prefix, "patternType": "prefix"}
    transaction = {"type": "transactionalId", "name": prefix, "patternType": "prefix"}
    operations = ["Create", "Describe", "DescribeConfigs", "Read", "Write"]
    return [
        {"resource": topic, "operations": operations},
        {"resource": transaction, "operations": ["Describe", "Write"]},
    ]
