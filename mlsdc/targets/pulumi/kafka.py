"""Managed Kafka (Amazon MSK) as resources: brokers, firewall, logs, topics.

Law: brokers speak TLS and know their clients by IAM only; nothing but the cluster's pods reaches
them. Source of the ARNs' form: "Resources for IAM access control", MSK Developer Guide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil

from mlsdc.compiler.bindings import slug
from mlsdc.compiler.model.component import Component
from mlsdc.targets.base import Plan
from mlsdc.targets.existing import literal
from mlsdc.targets.pulumi.cloud import (
    LOG_DAYS,
    Right,
    arn,
    key,
    opened_to_pods,
    private_subnets,
    stateful,
    tags,
    zone_count,
)
from mlsdc.targets.pulumi.hardware import Machine, fitting, release
from mlsdc.targets.pulumi.names import shortened
from mlsdc.targets.pulumi.resources import (
    Args,
    Concat,
    Json,
    Named,
    Ref,
    Resource,
    Statement,
    Value,
)

IAM_PORT = 9098
JMX_PORT = 11001
MOST_ZONES = 3
"""MSK spreads its brokers over two or three subnets."""
LONGEST_NAME = 64


@dataclass(frozen=True)
class Brokers:
    """What a Kafka cluster has to be."""

    cluster: str
    brokers: int
    memory: float
    disk: int
    """GiB of one broker."""
    partitions: int
    """Replicas of partitions over all brokers."""
    properties: Mapping[str, str | int]
    scraped: bool = False


@dataclass(frozen=True)
class Topic:
    """What a topic has to be."""

    partitions: int
    replication: int
    config: Mapping[str, Value]


def spread(plan: Plan, brokers: int) -> int:
    """The number of brokers, rounded up to the same number in each zone."""
    zones = min(zone_count(plan), MOST_ZONES)
    return ceil(brokers / zones) * zones


def broker_machine(wanted: Brokers) -> Machine | None:
    """The smallest broker with the memory, and the partitions, that each has to hold."""
    share = ceil(wanted.partitions / wanted.brokers)
    return fitting("msk", memory=wanted.memory, partitions=share)


def largest_disk() -> int:
    """GiB that one broker of MSK can have."""
    return int(release("msk", "largest_volume"))


def _keys(cluster: str) -> str:
    return f"cluster {cluster}"


def broker_addresses(cluster: str) -> Ref:
    """Where clients that are known by IAM find the brokers."""
    return Ref(key(_keys(cluster), "msk")).at("bootstrap_brokers_sasl_iam")


def managed_brokers(plan: Plan, owner: Component, wanted: Brokers) -> Iterator[Statement]:
    """The cluster of a design's streams, owned by the first of them."""
    machine = broker_machine(wanted)
    if machine is None:
        return  # `aws_obstacles` has said so
    subject, name = _keys(wanted.cluster), slug(wanted.cluster)
    version = release("msk", "kafka_version")
    ports = (("kafka", IAM_PORT), *((("metrics", JMX_PORT),) if wanted.scraped else ()))
    yield from opened_to_pods(owner, subject, name, ports)
    log, configuration = key(subject, "log"), key(subject, "configuration")
    yield Resource(
        log, "aws.cloudwatch.LogGroup", f"{name}-brokers",
        {"retention_in_days": LOG_DAYS, "tags": tags(owner)}, owner.name,
    )  # fmt: skip
    properties = "".join(f"{name} = {value}\n" for name, value in wanted.properties.items())
    yield Resource(
        configuration, "aws.msk.Configuration", name,
        {"kafka_versions": [version], "server_properties": properties}, owner.name,
    )  # fmt: skip
    yield Resource(
        key(subject, "msk"),
        "aws.msk.Cluster",
        name,
        {
            "cluster_name": shortened(f"{plan.namespace}-{wanted.cluster}", LONGEST_NAME),
            "kafka_version": version,
            "number_of_broker_nodes": wanted.brokers,
            "broker_node_group_info": _group(plan, wanted, machine),
            "configuration_info": _typed(
                "ConfigurationInfo",
                arn=Ref(configuration).at("arn"),
                revision=Ref(configuration).at("latest_revision"),
            ),
            "client_authentication": _typed(
                "ClientAuthentication",
                sasl=_typed("ClientAuthenticationSasl", iam=True),
                unauthenticated=False,
            ),
            "encryption_info": _typed(
                "EncryptionInfo",
                encryption_in_transit=_typed(
                    "EncryptionInfoEncryptionInTransit", client_broker="TLS", in_cluster=True
                ),
            ),
            "logging_info": _logs(Ref(log).at("name")),
            **({"open_monitoring": _metrics()} if wanted.scraped else {}),
            "tags": tags(owner),
        },
        owner.name,
        stateful(plan),
    )
    msk = Ref(key(subject, "msk"))
    path: tuple[Value, ...] = ("group/", msk.at("cluster_name"), "/", msk.at("cluster_uuid"))
    yield Named(key(subject, "groups"), arn("kafka", *path))
    yield Named(key(subject, "transactions"), arn("kafka", "transactional-id/", *path[1:]))


def _typed(name: str, **fields: Value) -> Args:
    return Args(f"aws.msk.Cluster{name}Args", fields)


def _group(plan: Plan, wanted: Brokers, machine: Machine) -> Args:
    ebs = _typed("BrokerNodeGroupInfoStorageInfoEbsStorageInfo", volume_size=wanted.disk)
    return _typed(
        "BrokerNodeGroupInfo",
        instance_type=machine.name,
        client_subnets=private_subnets(plan, MOST_ZONES),
        security_groups=[Ref(key(_keys(wanted.cluster), "firewall")).at("id")],
        storage_info=_typed("BrokerNodeGroupInfoStorageInfo", ebs_storage_info=ebs),
    )


def _logs(group: Value) -> Args:
    logs = _typed("LoggingInfoBrokerLogsCloudwatchLogs", enabled=True, log_group=group)
    return _typed("LoggingInfo", broker_logs=_typed("LoggingInfoBrokerLogs", cloudwatch_logs=logs))


def _metrics() -> Args:
    exporter = _typed("OpenMonitoringPrometheusJmxExporter", enabled_in_broker=True)
    return _typed(
        "OpenMonitoring", prometheus=_typed("OpenMonitoringPrometheus", jmx_exporter=exporter)
    )


def managed_topic(plan: Plan, stream: Component, cluster: str, topic: Topic) -> Resource:
    """The topic of a stream."""
    return _topic(plan, stream, cluster, topic, key(stream, "topic"), slug(stream.name))


def control_topic(
    plan: Plan, stream: Component, cluster: str, name: str, topic: Topic
) -> Resource:  # fmt: skip
    """A topic that a client of a stream keeps for itself."""
    return _topic(plan, stream, cluster, topic, key(_keys(cluster), name), name)


def _topic(
    plan: Plan, stream: Component, cluster: str, topic: Topic, own_key: str, name: str
) -> Resource:
    return Resource(
        own_key,
        "aws.msk.Topic",
        name,
        {
            "cluster_arn": Ref(key(_keys(cluster), "msk")).at("arn"),
            "name": name,
            "partition_count": topic.partitions,
            "replication_factor": topic.replication,
            "configs": Json(topic.config),
        },
        stream.name,
        stateful(plan),
    )


def topic_rights(cluster: str, stream: Component, client: str, access: str) -> Iterator[Right]:
    """What a client of one topic needs: to connect, the topic itself, and its consumer groups."""
    msk: Value = Ref(key(_keys(cluster), "msk")).at("arn")
    topic: Value = Ref(key(stream, "topic")).at("arn")
    every: Value = Ref(key(_keys(cluster), "groups"))
    if stream.existing is not None:
        msk, topic, every = _existing(stream)
    connect = ["kafka-cluster:Connect", "kafka-cluster:DescribeCluster"]
    if access != "read":
        connect.append("kafka-cluster:WriteDataIdempotently")
    yield Right(tuple(connect), (msk,))
    does = {"read": ["ReadData"], "write": ["WriteData"], "read_write": ["ReadData", "WriteData"]}
    actions = ["DescribeTopic", *does[access]]
    yield Right(tuple(f"kafka-cluster:{action}" for action in actions), (topic,))
    if access != "write":
        groups = tuple(Concat((every, f"/{name}")) for name in (client, f"{client}-*"))
        yield Right(("kafka-cluster:DescribeGroup", "kafka-cluster:AlterGroup"), groups)


def _existing(stream: Component) -> tuple[Value, Value, Value]:
    """The cluster, the topic and the groups of a stream that is there already.

    Source: "Resources for IAM access control", MSK Developer Guide: the names of topics and groups
    follow the cluster's name and UUID.
    """
    cluster = literal(stream, "arn") or ""
    topic = literal(stream, "topic") or slug(stream.name)
    topics, groups = (cluster.replace(":cluster/", f":{kind}/") for kind in ("topic", "group"))
    return Ref(key(stream, "arn")), f"{topics}/{topic}", groups


def control_rights(cluster: str, name: str, transactions: str) -> Iterator[Right]:
    """What a client needs that commits by transactions and agrees on them in a topic of its own."""
    cluster_key = _keys(cluster)
    yield Right(("kafka-cluster:WriteDataIdempotently",), (Ref(key(cluster_key, "msk")).at("arn"),))
    actions = ("DescribeTopic", "ReadData", "WriteData")
    topic = Ref(key(cluster_key, name)).at("arn")
    yield Right(tuple(f"kafka-cluster:{action}" for action in actions), (topic,))
    own = Concat((Ref(key(cluster_key, "transactions")), f"/{transactions}"))
    actions = ("DescribeTransactionalId", "AlterTransactionalId")
    yield Right(tuple(f"kafka-cluster:{action}" for action in actions), (own,))
