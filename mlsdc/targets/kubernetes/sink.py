"""A landing in the cluster in, a KafkaConnect and the KafkaConnectors that do it out.

The keys of the object store are read from mounted files when a connector starts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mlsdc.compiler.bindings import SecretKey
from mlsdc.compiler.model.component import Component
from mlsdc.targets.base import Plan
from mlsdc.targets.kubernetes.landing import Landing, control_topic
from mlsdc.targets.kubernetes.objects import Manifest, Object, labels, made

KEYS_PATH = "/mnt/object-store"
CONNECT_API = "kafka.strimzi.io/v1"


@dataclass(frozen=True)
class Sink:
    """What is landed, and who the workers are towards brokers and store."""

    landing: Landing
    cluster: str
    """The Kafka cluster the topics lie in."""
    brokers: str
    authority: SecretKey
    certificate: SecretKey
    key: SecretKey
    keys_secret: str
    """The Secret with access_key and secret_key."""


def connect_labels(name: str) -> dict[str, str]:
    """The labels that Strimzi gives the pods of a KafkaConnect."""
    return {"strimzi.io/cluster": name, "strimzi.io/kind": "KafkaConnect"}


def sink(plan: Plan, lake: Component, wanted: Sink) -> Iterator[Manifest]:
    """The workers and a connector for each topic; for Iceberg the topic of its commits as well."""
    landing = wanted.landing
    yield made(
        plan,
        lake,
        CONNECT_API,
        "KafkaConnect",
        _workers(plan, lake, wanted),
        name=landing.name,
        annotations={"strimzi.io/use-connector-resources": "true"},
    )
    for topic in landing.topics:
        if landing.iceberg:
            control = control_topic(landing.name, topic)
            yield made(
                plan,
                lake,
                CONNECT_API,
                "KafkaTopic",
                {"topicName": control, "partitions": 1},
                name=control,
                extra_labels={"strimzi.io/cluster": wanted.cluster},
            )
        yield made(
            plan,
            lake,
            CONNECT_API,
            "KafkaConnector",
            {
                "class": landing.plugin,
                "tasksMax": landing.tasks,
                "autoRestart": {"enabled": True},
                "config": landing.settings(topic),
            },
            name=landing.connector(topic),
            extra_labels={"strimzi.io/cluster": landing.name},
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
        "image": wanted.landing.image,
        "bootstrapServers": wanted.brokers,
        "groupId": wanted.landing.name,
        "configStorageTopic": f"{wanted.landing.name}-configs",
        "offsetStorageTopic": f"{wanted.landing.name}-offsets",
        "statusStorageTopic": f"{wanted.landing.name}-status",
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


def mounted_key(name: str) -> str:
    """How a connector's setting names one of the mounted keys."""
    return f"${{directory:{KEYS_PATH}:{name}}}"
