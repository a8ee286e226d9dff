"""The pod that everything runs in, hardened once for all of them.

Settings follow the restricted Pod Security Standard and the checks of checkov, kube-linter and
kube-score: no root, no privilege, read-only file system, no token, probes, limits, spread.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.bindings import Port, binding_config_map, slug
from mlsdc.compiler.model.component import Component
from mlsdc.targets.base import Plan
from mlsdc.targets.kubernetes.objects import Manifest, Object, cpu, labels, made, memory, selector

NOBODY = 10001
"""A user id above 10000 clashes with none of the host's."""


@dataclass(frozen=True)
class Probe:
    """How the kubelet asks a container whether it is well."""

    path: str = ""
    port: str = ""
    kind: Literal["http", "grpc", "tcp", "command"] = "http"
    command: tuple[str, ...] = ()
    """What is run in the container where nothing is to listen outside of it."""

    def body(self, period: int, failures: int) -> Object:
        """The probe as Kubernetes writes it."""
        how: dict[str, Object] = {
            "http": {"httpGet": {"path": self.path, "port": self.port}},
            "tcp": {"tcpSocket": {"port": self.port}},
            "grpc": {"grpc": {"port": self.port}},
            # The default of one second is short for a process that has to start first.
            "command": {"exec": {"command": list(self.command)}, "timeoutSeconds": 5},
        }
        return {**how[self.kind], "periodSeconds": period, "failureThreshold": failures}


@dataclass(frozen=True)
class Container:
    """The main container of a workload."""

    image: str
    ports: tuple[Port, ...]
    cores: float
    memory: float
    """Bytes."""
    live: Probe | None = None
    ready: Probe | None = None
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    variables: dict[str, str] = field(default_factory=dict[str, str])
    writable: tuple[str, ...] = ("/tmp",)
    gpus: int = 0
    start_seconds: int = 60
    """How long it may take to start; a start-up probe waits for that."""
    shared_memory: float = 0
    """Bytes of /dev/shm."""
    config: tuple[tuple[str, str], ...] = ()
    """(ConfigMap name, mount path)"""
    secrets: tuple[tuple[str, str], ...] = ()
    """(Secret name, mount path)"""
    claims: tuple[tuple[str, str], ...] = ()
    """(PersistentVolumeClaim name, mount path)"""


def environment(plan: Plan, component: Component, container: Container) -> list[Object]:
    """The variables of a container: its own, and those its edges hand over."""
    variables: list[Object] = [
        {"name": name, "value": value} for name, value in sorted(container.variables.items())
    ]
    for given in plan.handed_to(component):
        if given.field.secret is not None:
            variables.append({"name": given.variable, "value": given.file})
        elif given.field.value is not None:
            variables.append({"name": given.variable, "value": given.field.value})
        elif given.field.kept is not None:
            kept = given.field.kept
            source = {"secret": "secretKeyRef", "config_map": "configMapKeyRef"}[kept.kind]
            reference = {"name": kept.name, "key": kept.key}
            variables.append({"name": given.variable, "valueFrom": {source: reference}})
        else:
            reference = {"name": binding_config_map(given.edge.target), "key": given.field.name}
            variables.append({"name": given.variable, "valueFrom": {"configMapKeyRef": reference}})
    return variables


def _secret_volumes(plan: Plan, component: Component) -> tuple[list[Object], list[Object]]:
    """A projected volume for each target that hands over secrets, and its mount."""
    by_target: dict[str, list[Object]] = {}
    for given in plan.handed_to(component):
        secret = given.field.secret
        if secret is not None:
            source = {"name": secret.secret,
                      "items": [{"key": secret.key, "path": given.field.name}]}  # fmt: skip
            by_target.setdefault(given.edge.target, []).append({"secret": source})
    volumes = [
        {"name": f"binding-{slug(target)}", "projected": {"defaultMode": 0o440, "sources": sources}}
        for target, sources in sorted(by_target.items())
    ]
    mounts = [
        {
            "name": f"binding-{slug(target)}",
            "mountPath": f"/var/run/bindings/{slug(target)}",
            "readOnly": True,
        }
        for target in sorted(by_target)
    ]
    return volumes, mounts


def pod_template(
    plan: Plan, component: Component, container: Container, *, restart: str | None = None,
    spread: bool = True,
) -> Object:  # fmt: skip
    """The pod template of a workload."""
    volumes, mounts = _secret_volumes(plan, component)
    for at, path in enumerate(container.writable):
        volumes.append({"name": f"scratch-{at}", "emptyDir": {"sizeLimit": "1Gi"}})
        mounts.append({"name": f"scratch-{at}", "mountPath": path})
    if container.shared_memory:
        limit = memory(container.shared_memory)
        volumes.append({"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": limit}})
        mounts.append({"name": "shm", "mountPath": "/dev/shm"})
    for name, path in container.config:
        volumes.append({"name": f"config-{name}", "configMap": {"name": name}})
        mounts.append({"name": f"config-{name}", "mountPath": path, "readOnly": True})
    for name, path in container.secrets:
        volumes.append({"name": f"secret-{name}",
                        "secret": {"secretName": name, "defaultMode": 0o440}})  # fmt: skip
        mounts.append({"name": f"secret-{name}", "mountPath": path, "readOnly": True})
    for name, path in container.claims:
        volumes.append({"name": f"data-{name}", "persistentVolumeClaim": {"claimName": name}})
        mounts.append({"name": f"data-{name}", "mountPath": path})
    spec: Object = {
        "serviceAccountName": slug(component.name),
        "automountServiceAccountToken": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": NOBODY,
            "runAsGroup": NOBODY,
            "fsGroup": NOBODY,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [_container(plan, component, container, mounts)],
        "volumes": volumes,
    }
    if restart is not None:
        spec["restartPolicy"] = restart
    elif spread:
        spec["topologySpreadConstraints"] = [
            _spread(component, key)
            for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
        ]
        spec["terminationGracePeriodSeconds"] = 60
    return {"metadata": {"labels": labels(plan, component)}, "spec": spec}


def _spread(component: Component, key: str) -> Object:
    return {
        "maxSkew": 1,
        "topologyKey": key,
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": selector(component)},
    }


def _container(
    plan: Plan, component: Component, container: Container, mounts: list[Object]
) -> Object:
    gpus = {"nvidia.com/gpu": str(container.gpus)} if container.gpus else {}
    size = {"cpu": cpu(container.cores), "memory": memory(container.memory)}
    body: Object = {
        "name": slug(component.name),
        "image": container.image,
        "imagePullPolicy": "IfNotPresent",
        **({"command": list(container.command)} if container.command else {}),
        **({"args": list(container.args)} if container.args else {}),
        "ports": [
            {"name": port.name, "containerPort": port.number, "protocol": "TCP"}
            for port in container.ports
        ],
        "env": environment(plan, component, container),
        "resources": {
            "requests": {**size, "ephemeral-storage": "1Gi", **gpus},
            "limits": {**size, "ephemeral-storage": "4Gi", **gpus},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": mounts,
    }
    if container.live is not None and container.ready is not None:
        failures = max(3, -(-container.start_seconds // 5))
        body["startupProbe"] = container.ready.body(5, failures)
        body["livenessProbe"] = container.live.body(10, 3)
        body["readinessProbe"] = container.ready.body(5, 2)
        body["lifecycle"] = {"preStop": {"sleep": {"seconds": 5}}}
    return {key: value for key, value in body.items() if value != []}


def service_account(plan: Plan, component: Component) -> Manifest:
    """The identity of a component; it may do nothing by itself."""
    return made(plan, component, "v1", "ServiceAccount", automountServiceAccountToken=False)


def application(
    plan: Plan, component: Component, container: Container, replicas: int | None = None
) -> Iterator[Manifest]:
    """Everything a long-running, stateless workload consists of."""
    sized = plan.facts.get(Capacity).replicas(component)
    declared = getattr(component, "replicas", None)
    count = replicas or sized or (declared if isinstance(declared, int) else 2)
    yield service_account(plan, component)
    yield made(
        plan,
        component,
        "apps/v1",
        "Deployment",
        {
            "replicas": count,
            "selector": {"matchLabels": selector(component)},
            "strategy": {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
            "template": pod_template(plan, component, container),
        },
        origins={"spec.replicas": ("replicas",), "spec.template": ()},
    )
    if container.ports:
        yield service(plan, component, container.ports)
    if count > 1:
        yield disruption_budget(plan, component)


def service(plan: Plan, component: Component, ports: tuple[Port, ...]) -> Manifest:
    """The name under which others reach a workload."""
    spec: dict[str, Any] = {
        "selector": selector(component),
        "ports": [
            {"name": p.name, "port": p.number, "targetPort": p.name, "protocol": "TCP",
             **({"appProtocol": _APPLICATION[p.protocol]} if p.protocol in _APPLICATION else {})}
            for p in ports
        ],
    }  # fmt: skip
    return made(plan, component, "v1", "Service", spec)


_APPLICATION = {"http": "http", "grpc": "kubernetes.io/h2c"}


def disruption_budget(plan: Plan, component: Component) -> Manifest:
    """One pod at a time may be taken away on purpose; a sick one always."""
    return made(
        plan,
        component,
        "policy/v1",
        "PodDisruptionBudget",
        {
            "maxUnavailable": 1,
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
            "selector": {"matchLabels": selector(component)},
        },
    )
