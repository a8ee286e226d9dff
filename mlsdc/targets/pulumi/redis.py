"""Managed Redis (Amazon ElastiCache) as resources: nodes, firewall, password.

Law: content is encrypted at rest and on the wire, every client shows the password, and nothing but
the cluster's pods reaches it. The password is drawn by Secrets Manager once and never printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mlsdc.compiler.bindings import slug
from mlsdc.compiler.model.component import Component
from mlsdc.targets.base import Plan
from mlsdc.targets.pulumi.cloud import (
    NAMESPACE,
    key,
    lasting,
    metadata,
    opened_to_pods,
    private_subnets,
    stateful,
    tags,
)
from mlsdc.targets.pulumi.hardware import GIB, Machine, fitting, machines, release
from mlsdc.targets.pulumi.names import shortened
from mlsdc.targets.pulumi.resources import (
    Args,
    Json,
    Lookup,
    Named,
    Published,
    Ref,
    Resource,
    Sealed,
    Statement,
    Value,
)

PORT = 6379
LONGEST_ID = 40
"""ElastiCache: a replication group's id has at most 40 characters."""
PASSWORD_LENGTH = 48
RESERVED = 25
"""Percent of a node's memory kept for snapshots and replication, as AWS recommends."""
SNAPSHOTS = 7
"""Daily snapshots that are kept."""


@dataclass(frozen=True)
class Nodes:
    """What a store has to be."""

    nodes: int
    """Shards where it is sharded, copies where it is not."""
    copies: int
    """Of each shard."""
    memory: float
    """Bytes of one node."""
    sharded: bool
    secret: str
    """The Secret of the cluster that receives the password."""


def node(memory: float) -> Machine | None:
    """The smallest node with that much memory."""
    return fitting("elasticache", memory=memory)


def largest_node() -> float:
    """GiB of the largest node of the table."""
    return max(machine.memory for machine in machines("elasticache")) / GIB


def managed_store(
    plan: Plan, store: Component, wanted: Nodes
) -> Iterator[Statement | Published]:  # fmt: skip
    """The replication group of a store, its password, and where it listens."""
    machine = node(wanted.memory)
    if machine is None:
        return  # `aws_obstacles` has said so
    name = slug(store.name)
    yield from opened_to_pods(store, store.name, name, (("redis", PORT),))
    yield Resource(
        key(store, "subnets"),
        "aws.elasticache.SubnetGroup",
        name,
        {"subnet_ids": private_subnets(plan, 6), "tags": tags(store)},
        store.name,
    )
    yield Resource(
        key(store, "parameters"),
        "aws.elasticache.ParameterGroup",
        name,
        {"family": "redis7", "parameters": _parameters(wanted), "tags": tags(store)},
        store.name,
    )
    yield from _password(plan, store, wanted.secret)
    yield Resource(
        key(store, "redis"), "aws.elasticache.ReplicationGroup", name,
        {
            "replication_group_id": shortened(f"{plan.namespace}-{store.name}", LONGEST_ID),
            "description": f"{name} of {plan.namespace}",
            "engine": "redis",
            "engine_version": release("elasticache", "engine_version"),
            "node_type": machine.name,
            **_shape(wanted),
            "port": PORT,
            "parameter_group_name": Ref(key(store, "parameters")).at("name"),
            "subnet_group_name": Ref(key(store, "subnets")).at("name"),
            "security_group_ids": [Ref(key(store, "firewall")).at("id")],
            "at_rest_encryption_enabled": True,
            "transit_encryption_enabled": True,
            "transit_encryption_mode": "required",
            "auth_token": Ref(key(store, "password")),
            "auth_token_update_strategy": "ROTATE",
            "snapshot_retention_limit": SNAPSHOTS if lasting(plan) else 1,
            "tags": tags(store),
        },
        store.name,
        stateful(plan, ignore=("auth_token",)),
    )  # fmt: skip
    address = "configuration_endpoint_address" if wanted.sharded else "primary_endpoint_address"
    yield Published(store.name, "host", Ref(key(store, "redis")).at(address))


def _shape(wanted: Nodes) -> Mapping[str, Value]:
    if wanted.sharded:
        spare = wanted.copies > 0
        return {
            "cluster_mode": "enabled",
            "num_node_groups": wanted.nodes,
            "replicas_per_node_group": wanted.copies,
            "automatic_failover_enabled": True,
            "multi_az_enabled": spare,
        }
    spare = wanted.nodes > 1
    return {
        "num_cache_clusters": wanted.nodes,
        "automatic_failover_enabled": spare,
        "multi_az_enabled": spare,
    }


def _parameters(wanted: Nodes) -> Value:
    settings = {"reserved-memory-percent": str(RESERVED)}
    if wanted.sharded:
        settings["cluster-enabled"] = "yes"
    kind = "aws.elasticache.ParameterGroupParameterArgs"
    return [Args(kind, {"name": name, "value": value}) for name, value in settings.items()]


def _password(plan: Plan, store: Component, secret: str) -> Iterator[Statement]:
    """Drawn anew on every run, and used on the first only: later ones ignore the change."""
    yield Lookup(
        key(store, "drawn"),
        "aws.secretsmanager.get_random_password_output",
        {"password_length": PASSWORD_LENGTH, "exclude_punctuation": True},
    )
    password = Ref(key(store, "password"))
    yield Named(password.key, Sealed(Ref(key(store, "drawn")).at("random_password")))
    yield Resource(
        key(store, "secret"),
        "aws.secretsmanager.Secret",
        secret,
        {"description": f"{slug(store.name)}: password of its clients", "tags": tags(store)},
        store.name,
        stateful(plan),
    )
    yield Resource(
        key(store, "secret_value"),
        "aws.secretsmanager.SecretVersion",
        secret,
        {
            "secret_id": Ref(key(store, "secret")).at("id"),
            "secret_string": Json({"password": password}),
        },
        store.name,
        stateful(plan, ignore=("secret_string",)),
    )
    labels = {"app.kubernetes.io/instance": slug(store.name),
              "app.kubernetes.io/part-of": slug(plan.design.system.name)}  # fmt: skip
    yield Resource(
        key(store, "client_secret"),
        "k8s.core.v1.Secret",
        secret,
        {"metadata": metadata(secret, NAMESPACE, **labels), "string_data": {"password": password}},
        store.name,
        stateful(plan, ignore=("data", "string_data")),
    )
