"""A landing in the cloud in, the Deployment of Kafka Connect that carries it out.

Addresses are known only after provisioning, and a KafkaConnect of Strimzi takes `bootstrapServers`
as a literal only; so plain workers read them from the binding ConfigMaps. Each worker is standalone
and runs every connector: the partitions are shared out by the consumer group, the offsets lie in
Kafka, and so nothing is kept in a pod, and no topic of Connect's own is needed.
Sources: Kafka documentation, "Running Kafka Connect"; github.com/aws/aws-msk-iam-auth.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from mlsdc.compiler.model.component import Component
from mlsdc.targets.base import Plan
from mlsdc.targets.kubernetes.landing import Landing
from mlsdc.targets.kubernetes.objects import Manifest, made
from mlsdc.targets.kubernetes.workload import Container, Probe, application

WORKERS = 2
"""One carries on while the other is replaced."""
CONNECT = "/opt/kafka"
FOLDER = "/etc/kafka-connect"
BUCKET = "LANDING_BUCKET"
REST = 8083
ENVIRONMENT = "org.apache.kafka.common.config.provider.EnvVarConfigProvider"
HEALTH = (
    f"exec 3<>/dev/tcp/127.0.0.1/{REST} || exit 1\n"
    "printf 'GET /connectors?expand=status HTTP/1.0\\r\\n\\r\\n' >&3\n"
    "answer=$(cat <&3)\n"
    """[[ $answer == *' 200 '* && $answer == *'"RUNNING"'* && $answer != *'"FAILED"'* ]]\n"""
)
"""Well while no connector or task has failed: nobody else restarts what failed in a worker."""
LOGGING = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %p %X{connector.context}%m (%c) [%t]%n
logger.rest.name = org.apache.kafka.connect.runtime.rest.RestServer
logger.rest.level = warn
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
"""
_IAM = {
    "sasl.jaas.config": "software.amazon.msk.auth.iam.IAMLoginModule required;",
    "sasl.client.callback.handler.class": "software.amazon.msk.auth.iam.IAMClientCallbackHandler",
}


def reference(variable: str) -> str:
    """How a connector's setting names an environment variable."""
    return f"${{env:{variable}}}"


def _start(brokers: str, uri: str) -> str:
    """The worker's command.

    Clients that a plugin makes for itself read the worker's file as it lies on the disk, so the
    addresses are written into it; connectors get theirs from the environment.
    """
    return (
        f'export {BUCKET}="${{{uri}#s3://}}"\n'
        f'{{ cat {FOLDER}/worker.properties; echo "bootstrap.servers=${brokers}"; }} '
        "> /tmp/worker.properties\n"
        f"exec {CONNECT}/bin/connect-standalone.sh /tmp/worker.properties {FOLDER}/connector-*\n"
    )


def cloud_sink(
    plan: Plan, lake: Component, landing: Landing, brokers: str, uri: str, login: Mapping[str, str]
) -> Iterator[Manifest]:
    """The workers and their settings.

    `brokers` and `uri` are the variables with the addresses of brokers and bucket, `login` the
    protocol and mechanism by which the brokers know their clients.
    """
    files = {
        "worker.properties": _properties(_worker(login)),
        "log4j2.properties": LOGGING,
        **{
            f"connector-{t}.properties": _properties(_connector(landing, t)) for t in landing.topics
        },
    }
    origins: dict[str, tuple[str | int, ...]] = {"data": ("from",)}
    yield made(
        plan, lake, "v1", "ConfigMap", name=landing.name, origins=origins, data=files
    )  # fmt: skip
    yield from application(plan, lake, _container(landing, brokers, uri, files), WORKERS)


def _container(landing: Landing, brokers: str, uri: str, files: Mapping[str, str]) -> Container:
    health = Probe(kind="command", command=("/bin/bash", "-c", HEALTH))
    content = "".join(f"{name}\0{text}\0" for name, text in sorted(files.items()))
    return Container(
        image=landing.image,
        ports=(),
        cores=1,
        memory=2 * 2.0**30,
        live=health,
        ready=health,
        command=("/bin/bash", "-ec", _start(brokers, uri)),
        variables={
            # New settings reach running workers only by new pods.
            "SETTINGS_DIGEST": sha256(content.encode()).hexdigest()[:12],
            "KAFKA_HEAP_OPTS": "-Xms1g -Xmx1g",
            "KAFKA_LOG4J_OPTS": f"-Dlog4j2.configurationFile={FOLDER}/log4j2.properties",
            "LOG_DIR": "/tmp/logs",
        },
        start_seconds=180,
        config=((landing.name, FOLDER),),
    )


def _worker(login: Mapping[str, str]) -> dict[str, Any]:
    known = {**login, **_IAM}
    clients = ("", "consumer.", "producer.", "admin.")
    return {
        # Whoever reaches the interface can change the connectors: it stays inside the pod.
        "listeners": f"http://127.0.0.1:{REST}",
        "plugin.path": f"{CONNECT}/plugins",
        "key.converter": "org.apache.kafka.connect.storage.StringConverter",
        "value.converter": "org.apache.kafka.connect.json.JsonConverter",
        # Only sources keep offsets here; those of a sink are its consumer group's.
        "offset.storage.file.filename": "/tmp/connect.offsets",
        "config.providers": "env",
        "config.providers.env.class": ENVIRONMENT,
        **{f"{client}{name}": value for client in clients for name, value in known.items()},
    }


def _connector(landing: Landing, topic: str) -> dict[str, Any]:
    return {
        "name": landing.connector(topic),
        "connector.class": landing.plugin,
        "tasks.max": landing.tasks,
        **landing.settings(topic),
    }


def _properties(settings: Mapping[str, Any]) -> str:
    return "".join(f"{name}={_text(value)}\n" for name, value in settings.items())


def _text(value: Any) -> str:
    """A value of a Java properties file, whose escapes are those of JSON."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return json.dumps(text)[1:-1].replace('\\"', '"')
