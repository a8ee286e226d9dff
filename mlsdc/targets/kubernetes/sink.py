"""Kafka topics and a bucket in, a KafkaConnect and the KafkaConnector that lands them out.

Iceberg tables through Apache Iceberg's own sink, anything else as files through Aiven's S3 sink
(Apache-2.0). The keys are read from mounted files when the connector starts.
Sources: iceberg.apache.org, "Kafka Connect"; Aiven "S3 sink connector for Apache Kafka".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mlsdc.compiler.bindings import SecretKey
from mlsdc.compiler.model.component import Component
from mlsdc.targets.base import Plan
from mlsdc.targets.kubernetes.objects import Manifest, Object, labels, made

KEYS_PATH = "/mnt/object-store"
CONNECT_API = "kafka.strimzi.io/v1"


@dataclass(frozen=True)
class Sink:
    """What is landed where, by whom."""

    name: str
    image: str
    cluster: str
    """The Kafka cluster the topics lie in."""
    brokers: str
    authority: SecretKey
    certificate: SecretKey
    key: SecretKey
    topics: tuple[str, ...]
    tasks: int
    table_format: str
    namespace: str
    """The Iceberg namespace of the tables."""
    bucket: str
    endpoint: str
    region: str
    keys_secret: str
    """The Secret with access_key and secret_key."""
    catalog: str | None = None
    """The address of the Iceberg REST catalogue."""


def connect_labels(name: str) -> dict[str, str]:
    """The labels that Strimzi gives the pods of a KafkaConnect."""
    return {"strimzi.io/cluster": name, "strimzi.io/kind": "KafkaConnect"}


def sink(plan: Plan, lake: Component, wanted: Sink) -> Iterator[Manifest]:
    """The workers and a connector for each topic; for Iceberg the topic of its commits as well."""
    yield made(
        plan,
        lake,
        CONNECT_API,
        "KafkaConnect",
        _workers(plan, lake, wanted),
        name=wanted.name,
        annotations={"strimzi.io/use-connector-resources": "true"},
    )
    iceberg = wanted.table_format == "iceberg"
    kind = (
        "org.apache.iceberg.connect.IcebergSinkConnector"
        if iceberg
        else "io.aiven.kafka.connect.s3.AivenKafkaConnectS3SinkConnector"
    )
    for topic in wanted.topics:
        name = f"{wanted.name}-{topic}"
        config = _iceberg(wanted, name, topic) if iceberg else _files(wanted)
        if iceberg:
            yield made(
                plan,
                lake,
                CONNECT_API,
                "KafkaTopic",
                {"topicName": f"{name}-control", "partitions": 1},
                name=f"{name}-control",
                extra_labels={"strimzi.io/cluster": wanted.cluster},
            )
        yield made(
            plan,
            lake,
            CONNECT_API,
            "KafkaConnector",
            {
                "class": kind,
                "tasksMax": wanted.tasks,
                "autoRestart": {"enabled": True},
                "config": {**_records(wanted, name, topic), **config},
            },
            name=name,
            extra_labels={"strimzi.io/cluster": wanted.name},
        )


def _workers(plan: Plan, lake: Component, wanted: Sink) -> Object:
    size = {"cpu": "1", "memory": "2Gi"}
    user = {"secretName": wanted.certificate.secret, "certificate": wanted.certificate.key,
            "key": wanted.key.key}  # fmt: skip
    trusted = {"secretName": wanted.authority.secret, "certificate": wanted.authority.key}
    keys: Object = {"secretName": wanted.keys_secret, "defaultMode": 0o440}
    providers = "org.apache.kafka.common.config.provider.DirectoryConfigProvider"
    return {
        "replicas": 2,
        "image": wanted.image,
        "bootstrapServers": wanted.brokers,
        "groupId": wanted.name,
        "configStorageTopic": f"{wanted.name}-configs",
        "offsetStorageTopic": f"{wanted.name}-offsets",
        "statusStorageTopic": f"{wanted.name}-status",
        "tls": {"trustedCertificates": [trusted]},
        "authentication": {"type": "tls", "certificateAndKey": user},
        "config": {
            # -1 leaves the number of copies to the brokers' default.
            "config.storage.replication.factor": -1,
            "offset.storage.replication.factor": -1,
            "status.storage.replication.factor": -1,
            "config.providers": "directory",
            "config.providers.directory.class": providers,
            "config.providers.directory.param.allowed.paths": KEYS_PATH,
        },
        "resources": {"requests": size, "limits": size},
        "jvmOptions": {"-Xms": "1g", "-Xmx": "1g"},
        "metricsConfig": {"type": "strimziMetricsReporter", "values": {"allowList": [".*"]}},
        "template": {
            "pod": {
                "metadata": {"labels": labels(plan, lake)},
                "securityContext": {
                    "runAsNonRoot": True,
                    "fsGroup": 1001,
                    "seccompProfile": {"type": "RuntimeDefault"},
                },
                "volumes": [{"name": "object-store", "secret": keys}],
            },
            "connectContainer": {
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "capabilities": {"drop": ["ALL"]},
                },
                "volumeMounts": [{"name": "object-store", "mountPath": KEYS_PATH}],
            },
        },
    }


def _key(name: str) -> str:
    return f"${{directory:{KEYS_PATH}:{name}}}"


def _records(wanted: Sink, name: str, topic: str) -> Object:
    return {
        "topics": topic,
        "key.converter": "org.apache.kafka.connect.storage.StringConverter",
        "value.converter": "org.apache.kafka.connect.json.JsonConverter",
        # A Parquet file has a schema, so each event has to carry one.
        "value.converter.schemas.enable": wanted.table_format == "parquet",
        "consumer.override.auto.offset.reset": "earliest",
        "consumer.override.group.id": name,
    }


def _iceberg(wanted: Sink, name: str, topic: str) -> Object:
    return {
        "iceberg.tables": f"{wanted.namespace}.{topic.replace('-', '_')}",
        "iceberg.tables.auto-create-enabled": True,
        "iceberg.tables.evolve-schema-enabled": True,
        "iceberg.connect.group-id": name,
        "iceberg.control.topic": f"{name}-control",
        "iceberg.control.group-id-prefix": f"{name}-control",
        "iceberg.coordinator.transactional.prefix": f"{name}-",
        "iceberg.catalog.type": "rest",
        "iceberg.catalog.uri": wanted.catalog,
        "iceberg.catalog.warehouse": f"s3://{wanted.bucket}/tables",
        "iceberg.catalog.io-impl": "org.apache.iceberg.aws.s3.S3FileIO",
        "iceberg.catalog.client.region": wanted.region,
        "iceberg.catalog.s3.endpoint": wanted.endpoint,
        "iceberg.catalog.s3.path-style-access": True,
        "iceberg.catalog.s3.access-key-id": _key("access_key"),
        "iceberg.catalog.s3.secret-access-key": _key("secret_key"),
    }


def _files(wanted: Sink) -> Object:
    return {
        "aws.access.key.id": _key("access_key"),
        "aws.secret.access.key": _key("secret_key"),
        "aws.s3.bucket.name": wanted.bucket,
        "aws.s3.endpoint": wanted.endpoint,
        "aws.s3.region": wanted.region,
        "format.output.type": "parquet",
        "format.output.fields": "key,value,offset,timestamp",
        "file.name.template": "{{topic}}/{{timestamp:unit=yyyy}}/{{timestamp:unit=MM}}/"
        "{{timestamp:unit=dd}}/{{partition}}-{{start_offset}}.parquet",
    }
