"""One pod with a disk of its own in, a hardened StatefulSet and its Service out.

For servers that no operator runs and that belong to several components at once; settings follow
the restricted Pod Security Standard.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mlsdc.compiler.bindings import Port
from mlsdc.compiler.model.component import Component
from mlsdc.targets.base import Plan
from mlsdc.targets.kubernetes.objects import Manifest, Object, cpu, made, memory
from mlsdc.targets.kubernetes.workload import NOBODY, Probe


@dataclass(frozen=True)
class Server:
    """A server with a disk, known by one name whatever component it is written for."""

    name: str
    selector: dict[str, str]
    image: str
    command: tuple[str, ...]
    ports: tuple[Port, ...]
    cores: float
    memory: float
    """Bytes."""
    disk: float
    """Bytes, mounted on /data."""
    ready: Probe
    prepare: tuple[str, ...] = ()
    """A command that runs first, in the same image, and writes to /run/config."""
    secrets: tuple[tuple[str, tuple[str, ...]], ...] = field(default=())
    """(Secret, its keys), mounted below /run/secrets/<Secret> for the first command only."""


CONTAINER_SECURITY: Object = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
POD_SECURITY: Object = {
    "runAsNonRoot": True,
    "runAsUser": NOBODY,
    "runAsGroup": NOBODY,
    "fsGroup": NOBODY,
    "fsGroupChangePolicy": "OnRootMismatch",
    "seccompProfile": {"type": "RuntimeDefault"},
}


def stateful(plan: Plan, component: Component, server: Server) -> Iterator[Manifest]:
    """The server's StatefulSet, its Service and its identity."""
    yield made(
        plan,
        component,
        "v1",
        "ServiceAccount",
        name=server.name,
        extra_labels=server.selector,
        automountServiceAccountToken=False,
    )
    ports = [
        {"name": p.name, "port": p.number, "targetPort": p.name, "protocol": "TCP"}
        for p in server.ports
    ]
    yield made(
        plan,
        component,
        "v1",
        "Service",
        {"selector": server.selector, "ports": ports},
        name=server.name,
        extra_labels=server.selector,
    )
    claim = {
        "metadata": {"name": "data"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": memory(server.disk)}},
        },
    }
    yield made(
        plan,
        component,
        "apps/v1",
        "StatefulSet",
        {
            "serviceName": server.name,
            "replicas": 1,
            "selector": {"matchLabels": server.selector},
            "persistentVolumeClaimRetentionPolicy": {
                "whenDeleted": "Retain",
                "whenScaled": "Retain",
            },
            "template": {
                "metadata": {"labels": server.selector},
                "spec": _pod(server),
            },
            "volumeClaimTemplates": [claim],
        },
        name=server.name,
        extra_labels=server.selector,
    )


def _pod(server: Server) -> Object:
    size = {"cpu": cpu(server.cores), "memory": memory(server.memory)}
    small = {"cpu": "100m", "memory": "64Mi"}
    local = {"ephemeral-storage": "100Mi"}
    config: Object = {"name": "config", "mountPath": "/run/config"}
    credentials: list[Object] = [
        {"name": f"secret-{name}", "mountPath": f"/run/secrets/{name}", "readOnly": True}
        for name, _ in server.secrets
    ]
    first: Object = {
        "name": "prepare",
        "image": server.image,
        "imagePullPolicy": "IfNotPresent",
        "command": list(server.prepare),
        "resources": {"requests": {**small, **local}, "limits": {**small, **local}},
        "securityContext": CONTAINER_SECURITY,
        "volumeMounts": [config, *credentials],
    }
    main: Object = {
        "name": server.name,
        "image": server.image,
        "imagePullPolicy": "IfNotPresent",
        "command": list(server.command),
        "ports": [
            {"name": p.name, "containerPort": p.number, "protocol": "TCP"} for p in server.ports
        ],
        "resources": {
            "requests": {**size, **local},
            "limits": {**size, "ephemeral-storage": "1Gi"},
        },
        "securityContext": CONTAINER_SECURITY,
        "startupProbe": server.ready.body(5, 24),
        "livenessProbe": server.ready.body(10, 6),
        "readinessProbe": server.ready.body(5, 2),
        "volumeMounts": [
            {"name": "data", "mountPath": "/data"},
            {"name": "scratch", "mountPath": "/tmp"},
            {**config, "readOnly": True},
        ],
    }
    return {
        "serviceAccountName": server.name,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": POD_SECURITY,
        "terminationGracePeriodSeconds": 60,
        **({"initContainers": [first]} if server.prepare else {}),
        "containers": [main],
        "volumes": [
            {"name": "scratch", "emptyDir": {"sizeLimit": "1Gi"}},
            {"name": "config", "emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}},
            *(
                {
                    "name": f"secret-{name}",
                    "secret": {
                        "secretName": name,
                        "defaultMode": 0o440,
                        "items": [{"key": key, "path": key} for key in keys],
                    },
                }
                for name, keys in server.secrets
            ),
        ],
    }
