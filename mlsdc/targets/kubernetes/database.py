"""A component in, its own PostgreSQL out: a CloudNativePG cluster and who may reach it.

The operator makes the Secret `<name>-db-app` with the keys host, port, dbname, username, password
and uri; nothing else ever holds the password.
"""

from __future__ import annotations

from collections.abc import Iterator

from mlsdc.compiler.bindings import slug
from mlsdc.compiler.model.component import Component
from mlsdc.targets.base import Plan, Requirement
from mlsdc.targets.kubernetes.objects import Manifest, Object, made, memory, selector

CLOUDNATIVE_PG = Requirement(
    name="cloudnative-pg",
    versions=">=1.27,<2",
    kinds=("postgresql.cnpg.io/v1 Cluster",),
    chart="cloudnative-pg",
    repository="https://cloudnative-pg.github.io/charts",
    chart_version="0.29.0",
    namespace="cnpg-system",
)
IMAGE = "ghcr.io/cloudnative-pg/postgresql:17.6"
PORT = 5432
STATUS_PORT = 8000
"""Where the operator asks an instance how it is."""


def database_name(component: Component) -> str:
    """The name of a component's PostgreSQL cluster."""
    return f"{slug(component.name)}-db"


def database_secret(component: Component) -> str:
    """The Secret through which a component reaches its PostgreSQL."""
    return f"{database_name(component)}-app"


def database(
    plan: Plan, component: Component, instances: int, storage: float
) -> Iterator[Manifest]:
    """The cluster, and the network policies of it and its owner; `storage` in bytes."""
    name = database_name(component)
    size = {"cpu": "500m", "memory": "1Gi"}
    yield made(
        plan,
        component,
        "postgresql.cnpg.io/v1",
        "Cluster",
        {
            "instances": instances,
            "imageName": IMAGE,
            "bootstrap": {"initdb": {"database": "app", "owner": "app"}},
            "storage": {"size": memory(storage)},
            "resources": {"requests": size, "limits": size},
            "affinity": {"topologyKey": "topology.kubernetes.io/zone"},
        },
        name=name,
        origins={"spec.instances": ("database_instances",), "spec.storage": ("database_storage",)},
    )
    yield from _policies(plan, component, {"cnpg.io/cluster": name})


def _policies(plan: Plan, component: Component, pods: dict[str, str]) -> Iterator[Manifest]:
    name = database_name(component)
    instances: Object = {"podSelector": {"matchLabels": pods}}
    owner: Object = {"podSelector": {"matchLabels": selector(component)}}
    operator = {"namespaceSelector": {"matchLabels": {
        "kubernetes.io/metadata.name": CLOUDNATIVE_PG.namespace}}}  # fmt: skip
    system = {"namespaceSelector": {"matchLabels": {
        "kubernetes.io/metadata.name": "kube-system"}}}  # fmt: skip
    postgres = [{"protocol": "TCP", "port": PORT}]
    between = [*postgres, {"protocol": "TCP", "port": STATUS_PORT}]
    api = [{"protocol": "TCP", "port": 443}, {"protocol": "TCP", "port": 6443}]
    names = [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]
    policy = "networking.k8s.io/v1", "NetworkPolicy"
    yield made(
        plan,
        component,
        *policy,
        {
            "podSelector": {"matchLabels": pods},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [
                {"from": [owner], "ports": postgres},
                {"from": [instances, operator], "ports": between},
            ],
            "egress": [
                {"to": [instances], "ports": between},
                {"to": [system], "ports": names},
                {"ports": api},
            ],
        },
        name=name,
    )
    yield made(
        plan,
        component,
        *policy,
        {
            "podSelector": {"matchLabels": selector(component)},
            "policyTypes": ["Egress"],
            "egress": [{"to": [instances], "ports": postgres}],
        },
        name=f"{slug(component.name)}-to-db",
    )
