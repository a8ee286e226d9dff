"""Redis: a key-value store in memory.

Facts: a read of one key takes well under a millisecond on an unloaded node; expiry is per key, and
an evicted or expired key reads as absent. Kubernetes: the OT Redis operator,
`redis.redis.opstreelabs.in/v1beta2`; a cluster of shards from three nodes on, replication below.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from mlsdc.compiler.bindings import Binding, BindingField, Port, SecretKey, slug
from mlsdc.compiler.capacity.provisions import Need, Unsized
from mlsdc.compiler.model.capability import Capability
from mlsdc.compiler.model.component import ServiceTime
from mlsdc.compiler.model.data import OnlineStore
from mlsdc.compiler.model.limits import StoreLimits
from mlsdc.compiler.model.types import Bytes, Cores, Count, Image
from mlsdc.targets.base import Obstacle, Plan, Prerequisite, Requirement
from mlsdc.targets.kubernetes.credentials import (
    EXTERNAL_SECRETS,
    credentials,
    credentials_prerequisite,
)
from mlsdc.targets.kubernetes.objects import Manifest, Object, Pods, cpu, made, memory, selector
from mlsdc.units import show_bytes

if TYPE_CHECKING:
    from mlsdc.targets.pulumi.resources import Published, Statement

REDIS = Port("redis", 6379)
METRICS = Port("metrics", 9121, "http")
DEFAULT_MEMORY = 4 * 2.0**30
"""Bytes of one node where the design is silent."""
USED_MEMORY = 0.75
"""Share of a node's memory that keys may take: a quarter is left to the copy that Redis forks to
write its files."""
ENTRY_BYTES, CELL_BYTES = 85.0, 15.0
"""What a key, and each field of its hash, take beyond themselves (Redis FAQ, memory footprint: a
million keys with small strings take 85 MB, with hashes of five fields 160 MB)."""
KEY_READS = 100_000.0
"""Reads per second of one key, all of them answered by one thread of one node (Redis documentation,
benchmark: 100,000 requests per second and more on one instance, without pipelining)."""
API = "redis.redis.opstreelabs.in/v1beta2"
USER = 1000
"""The user of the operator's images."""
FEWEST_SHARDS = 3
"""A Redis cluster elects by majority of its masters."""
OPERATOR = Requirement(
    name="redis-operator",
    versions=">=0.24,<1",
    kinds=(f"{API} RedisCluster", f"{API} RedisReplication"),
    chart="redis-operator",
    repository="https://ot-container-kit.github.io/helm-charts",
    chart_version="0.24.0",
    namespace="redis-operator",
)


class Redis(OnlineStore):
    """An online store in memory, kept on disk as well.

    Three nodes or more are the shards of a cluster, each with `followers` copies; one or two nodes
    are a replication, where every node holds all keys.

    Example:

        online_store features_online: redis {
          nodes  = 3
          memory = 16GiB
          keys   = 40_000_000
        }
    """

    system = "redis"
    summary = "key-value store in memory"
    requires: ClassVar = (OPERATOR, EXTERNAL_SECRETS)
    cloud_ports: ClassVar = (REDIS,)
    capabilities: ClassVar[Mapping[str, Capability]] = {
        "expiry": Capability(
            True,
            "Redis documentation, EXPIRE",
            limits="a key expires as a whole, whichever of its fields was written last",
        ),
        "max_age": Capability(
            False,
            "Redis documentation, HGET: a read does not look at the age of a value",
            limits="a read returns a value of any age",
            instead="rejects_stale = true",
        ),
        "transactions": Capability(
            False,
            "Flink documentation, fault tolerance guarantees of sinks: no Redis sink takes part in "
            "checkpoints",
            limits="each write is visible at once; writing the same value again changes nothing",
        ),
    }

    mode: Literal["cluster", "replication"] | None = None
    """Shards, or copies; a cluster from three nodes on where absent."""
    followers: Count = 1
    """Copies of each shard of a cluster; each takes over when its shard fails."""
    cpu: Cores = 2.0
    """Cores of one node; Redis answers from one thread, persistence uses another."""
    storage: Bytes | None = None
    """Disk of one node; twice its memory where absent, for the rewrite of the append-only file."""
    image: Image = "quay.io/opstree/redis:v7.0.15"
    """The image of the nodes, built for the operator."""
    exporter_image: Image = "quay.io/opstree/redis-exporter:v1.44.0"
    """The image that tells Prometheus how a node is."""

    def service_time(self) -> ServiceTime:
        """Time of one read of a few keys, from the client."""
        return ServiceTime({0.5: 0.0003, 0.99: 0.001}, "default",
                           "assumption: one round trip inside one zone, 0.3 ms p50, 1 ms p99; "
                           "Feast's guide gives a typical p50 below 1 ms")  # fmt: skip

    def limits(self) -> StoreLimits:
        """The memory of its shards, each key counted once; copies have memory of their own."""
        holding = self.nodes if self.sharded else 1
        each = self._bytes()
        nodes = "1 node, every other a copy of it" if holding == 1 else f"{holding} nodes"
        why = (f"{nodes} x {show_bytes(each)} x {USED_MEMORY * 100:g}% = "
               f"{show_bytes(holding * each * USED_MEMORY)}")  # fmt: skip
        return StoreLimits(
            "Redis FAQ, memory footprint; redis.conf, maxmemory",
            memory=holding * each * USED_MEMORY,
            node=each,
            because=(why,),
            entry=ENTRY_BYTES,
            cell=CELL_BYTES,
            key_reads=KEY_READS,
        )

    @property
    def sharded(self) -> bool:
        """Whether the nodes are shards of a cluster rather than copies."""
        return self.mode == "cluster" or (self.mode is None and self.nodes >= FEWEST_SHARDS)

    def binding(self, plan: Plan) -> Binding:
        """Where the store listens, how its keys are laid out, and the password."""
        port = BindingField("port", str(REDIS.number), type="port")
        modes = ("cluster", "replication")
        mode = BindingField("mode", modes[0] if self.sharded else modes[1], choices=modes)
        if plan.where(self) == "cloud":
            tls = BindingField("tls", "true", type="truth")
            return Binding((BindingField("host", type="host"), port, mode, tls, self._password))
        role = "leader" if self.sharded else "master"
        address = f"{slug(self.name)}-{role}.{plan.namespace}.svc"
        host = BindingField("host", address, type="host")
        tls = BindingField("tls", "false", type="truth")
        return Binding((host, port, mode, tls, self._password))

    @property
    def _password(self) -> BindingField:
        return BindingField("password", secret=SecretKey(self._secret, "password"))

    def pods(self, plan: Plan) -> Pods:
        """Its nodes; the operator copies the object's labels to them and joins them itself."""
        return Pods(selector(self), (REDIS,), METRICS, peers=True, operator=OPERATOR.namespace)

    @property
    def _secret(self) -> str:
        return f"{slug(self.name)}-redis"

    def prerequisites(self, plan: Plan) -> Iterator[Prerequisite]:
        """The password: in the secret store, or as a Secret."""
        reason = "the password of the store's clients"
        yield credentials_prerequisite(plan, self, self._secret, ("password",), reason)

    def obstacles(self, plan: Plan) -> Iterator[Obstacle]:
        """A cluster of fewer than three masters cannot elect."""
        if self.mode == "cluster" and self.nodes < FEWEST_SHARDS:
            yield Obstacle(
                self.name,
                "nodes",
                f"a cluster elects by majority and needs {FEWEST_SHARDS} masters, "
                f"this has {self.nodes}",
                f"nodes = {FEWEST_SHARDS}",
            )

    def kubernetes(self, plan: Plan) -> Iterator[Manifest]:
        """A RedisCluster or RedisReplication with disks, password, metrics and hardened pods."""
        yield from credentials(plan, self, self._secret, ("password",))
        spec: Object = {
            "clusterSize": self.nodes,
            **({"clusterVersion": "v7", "persistenceEnabled": True} if self.sharded else {}),
            "podSecurityContext": {
                "runAsNonRoot": True,
                "runAsUser": USER,
                "runAsGroup": USER,
                "fsGroup": USER,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "kubernetesConfig": self._configuration(),
            "redisExporter": self._exporter(),
            "storage": {
                "volumeClaimTemplate": {"spec": _claim(self._disk())},
                **({"nodeConfVolume": True, "nodeConfVolumeClaimTemplate":
                    {"spec": _claim("1Gi")}} if self.sharded else {}),
            },
        }  # fmt: skip
        if self.sharded:
            spec["redisLeader"] = {**self._node(), "replicas": self.nodes}
            spec["redisFollower"] = {**self._node(), "replicas": self.nodes * self.followers}
        else:
            spec.update(self._node())
        kind = "RedisCluster" if self.sharded else "RedisReplication"
        yield made(plan, self, API, kind, spec, origins={"spec.clusterSize": ("nodes",)})

    def aws(self, plan: Plan) -> Iterator[Statement | Published]:
        """A replication group of Amazon ElastiCache, its password, and where it listens."""
        from mlsdc.targets.pulumi.redis import Nodes, managed_store

        copies = self.followers if self.sharded else 0
        wanted = Nodes(self.nodes, copies, self._bytes(), self.sharded, self._secret)
        yield from managed_store(plan, self, wanted)

    def aws_obstacles(self, plan: Plan) -> Iterator[Obstacle]:
        """A node beyond what ElastiCache sells."""
        from mlsdc.targets.pulumi.redis import largest_node, node

        if node(self._bytes()) is None:
            asked = f"{self._bytes() / 2**30:g} GiB"
            why = f"ElastiCache has nodes up to {largest_node():g} GiB, {asked} are asked for"
            yield Obstacle(self.name, "memory", why, "spread the keys: nodes = 6, memory = 200GiB")

    def asks(self, plan: Plan) -> Iterator[tuple[int, float, float]]:
        """The pods that the operator makes: shards and their copies, or copies alone."""
        count = self.nodes * (1 + self.followers) if self.sharded else self.nodes
        yield count, self.cpu, self._bytes()

    def aws_needs(self, plan: Plan) -> Iterator[Need | Unsized]:
        """The nodes of ElastiCache: shards with their copies, or copies alone."""
        from mlsdc.targets.pulumi.redis import node

        machine = node(self._bytes())
        if machine is None:
            yield Unsized(self.name, "nodes", (f"{self.name}.memory",))
            return
        count = self.nodes * (1 + self.followers) if self.sharded else self.nodes
        copies = f" shards x {1 + self.followers} copies" if self.sharded else " nodes"
        said = f"{self.name}: {self.nodes}{copies} = {count} x {machine.name}"
        yield Need(self.name, "nodes", machine.name, count, count, (said,))

    def _bytes(self) -> float:
        return self.memory.value if self.memory else DEFAULT_MEMORY

    def _disk(self) -> str:
        size = self.storage.value if self.storage else 2 * self._bytes()
        return memory(math.ceil(size / 2**30) * 2**30)

    def _configuration(self) -> Object:
        size = memory(self._bytes())
        return {
            "image": self.image,
            "imagePullPolicy": "IfNotPresent",
            "redisSecret": {"name": self._secret, "key": "password"},
            "resources": {
                "requests": {"cpu": cpu(self.cpu), "memory": size},
                "limits": {"cpu": cpu(self.cpu), "memory": size},
            },
            "updateStrategy": {"type": "RollingUpdate"},
            "persistentVolumeClaimRetentionPolicy": {
                "whenDeleted": "Retain",
                "whenScaled": "Retain",
            },
        }

    def _exporter(self) -> Object:
        size = {"cpu": "100m", "memory": "128Mi"}
        return {
            "enabled": True,
            "image": self.exporter_image,
            "imagePullPolicy": "IfNotPresent",
            "port": METRICS.number,
            "resources": {"requests": size, "limits": size},
            "securityContext": _hardened(),
        }

    def _node(self) -> Object:
        config = {"maxMemoryPercentOfLimit": round(USED_MEMORY * 100)}
        return {
            "redisConfig": config,
            "securityContext": _hardened(),
            "pdb": {"enabled": True, "maxUnavailable": 1},
            "topologySpreadConstraints": [
                {
                    "maxSkew": 1,
                    "topologyKey": key,
                    "whenUnsatisfiable": "ScheduleAnyway",
                    "labelSelector": {"matchLabels": selector(self)},
                }
                for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
            ],
            "terminationGracePeriodSeconds": 60,
        }


def _hardened() -> Object:
    return {
        "allowPrivilegeEscalation": False,
        "runAsNonRoot": True,
        "capabilities": {"drop": ["ALL"]},
    }


def _claim(size: str) -> Object:
    return {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}
