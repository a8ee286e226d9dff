"""Feast: the registry of feature views, and the server that reads them online.

Facts: one read of about 50 features from Redis takes the Python server 2.5 ms at the median and
8 ms at p99, the Go server up to 3.9 ms at p99 (50 to 250 features), the Java server 1.3 ms at p99
(250 features); source: Feast's published benchmarks. Kubernetes: the Feast operator,
`feast.dev/v1`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal

from mlsdc.compiler.bindings import Binding, BindingField, Port, slug, variable
from mlsdc.compiler.model.capability import Capability
from mlsdc.compiler.model.component import ServiceTime
from mlsdc.compiler.model.data import FeatureStore, Lake
from mlsdc.compiler.model.types import Bytes, Cores, Image, Period, Positive, Text
from mlsdc.targets.base import Obstacle, Plan, Requirement
from mlsdc.targets.kubernetes.objects import Manifest, Object, Pods, cpu, made, memory
from mlsdc.targets.kubernetes.workload import NOBODY, Container, environment
from mlsdc.units import BYTES, Quantity

ONLINE = Port("online", 6566, "http")
REGISTRY = Port("registry", 6570, "grpc")
METRICS = Port("metrics", 8000, "http")
SERVICE_PORT = 80
"""The operator's Services listen here and lead to the ports above."""
OPERATOR = Requirement(
    name="feast-operator",
    versions=">=0.59,<1",
    kinds=("feast.dev/v1 FeatureStore",),
    chart="feast-operator",
    repository="https://feast-helm-charts.storage.googleapis.com",
    chart_version="0.66.0",
    namespace="feast-operator-system",
)
SERVICE_TIMES: Mapping[str, ServiceTime] = {
    "python": ServiceTime({0.5: 0.0025, 0.99: 0.008}, "default",
                          "Feast benchmarks: Python server, Redis, one row of 50 features: "
                          "p99 7 to 8 ms; p50 2.5 ms assumed"),
    "go": ServiceTime({0.99: 0.0039}, "default",
                      "Feast benchmarks: Go server, 50 to 250 features: p99 1.8 to 3.9 ms"),
    "java": ServiceTime({0.99: 0.0013}, "default",
                        "Feast benchmarks: Java server, Redis, 250 features: p99 1.3 ms"),
}  # fmt: skip
"""By server; one quantile alone stands for a constant."""


class Feast(FeatureStore):
    """A Feast feature store with its online server.

    Example:

        lake history_lake: s3 { format = parquet }
        online_store features_online: redis { nodes = 3  memory = 16GiB }

        feature_store features: feast {
          online  = features_online
          offline = history_lake
        }
    """

    system = "feast"
    summary = "feature registry and online server"
    requires: ClassVar = (OPERATOR,)
    pod_security: ClassVar[str] = "baseline"
    """The operator gives its containers no security settings, which `restricted` demands."""
    capabilities: ClassVar[Mapping[str, Capability]] = {
        "lookback": Capability(
            True, "Feast documentation, point-in-time joins: a view's ttl bounds the join"
        ),
        "max_age": Capability(
            False,
            "feast-dev/feast issues 1802 (2021, will not be fixed) and 6821 (0.66.0, open in "
            "2026-09)",
            limits="online reads return a value of any age as present",
            instead="rejects_stale = true",
        ),
        "expiry": Capability(
            True,
            "Feast documentation, Redis online store: key_ttl_seconds (pull request 2341, 2022)",
            requires="key_ttl",
            since="0.19",
            limits="a key holds all views of its entity, and what one of them writes keeps the "
            "values of the others",
            instead="key_ttl = ...",
        ),
        "point_in_time": Capability(
            True, "Feast documentation: get_historical_features joins as of each row's time"
        ),
        "join_delay": Capability(
            False,
            "Feast documentation, point-in-time joins: only the spine's event time and ttl count",
            limits="the join takes the times of the spine as they are",
            instead="delays_joins = true in the training, or availability = created_time",
        ),
        "created_time": Capability(
            True,
            "feast-dev/feast issue 6615 and pull request 6617 (2026): filter_by_created_timestamp",
            since="0.66",
        ),
    }

    server: Literal["python", "go", "java"] = "python"
    """The server that answers online reads; the operator runs the Python one."""
    replicas: Positive | None = None
    """Replicas of the server; two where the registry lies in object storage, else one."""
    cpu: Cores = 2.0
    """Cores of one server."""
    memory: Bytes = Quantity(2 * 2.0**30, BYTES)
    """Memory of one server."""
    workers: Positive = 2
    """Processes of one server."""
    key_ttl: Period | None = None
    """When Redis deletes an entity's key; never where absent."""
    repository: Text | None = None
    """The git repository with the feature definitions; an empty one is made where absent."""
    revision: Text | None = None
    """The branch, tag or commit of that repository."""
    image: Image = "quay.io/feastdev/feature-server:0.66.0"
    """The image of the server and the registry."""

    def runs_version(self) -> str | None:
        """The tag of the server's image."""
        return self.image.rpartition(":")[2] if "@" not in self.image else None

    def service_time(self) -> ServiceTime:
        """Time of one online read, the online store's included."""
        return SERVICE_TIMES[self.server]

    def project(self, plan: Plan) -> str:
        """Feast's name for the whole: letters, digits and underscores."""
        return re.sub(r"[^A-Za-z0-9_]", "_", plan.design.system.name)

    def binding(self, plan: Plan) -> Binding:
        """The online server, the registry and the project."""
        name, here = f"feast-{slug(self.name)}", f".{plan.namespace}.svc:{SERVICE_PORT}"
        return Binding(
            (
                BindingField("url", f"http://{name}-online{here}", type="url"),
                BindingField("registry", f"{name}-registry{here}", type="addresses"),
                BindingField("project", self.project(plan)),
            )
        )

    def pods(self, plan: Plan) -> Pods:
        """The operator's pods: the online server and the registry in one."""
        outside = (Port("https", 443, "tls"),) if self.repository else ()
        return Pods(
            {"feast.dev/name": slug(self.name)}, (ONLINE, REGISTRY), METRICS, outside=outside
        )

    def obstacles(self, plan: Plan) -> Iterator[Obstacle]:
        """What the operator cannot run."""
        online = plan.design.components.get(self.online or "")
        if online is None:
            yield Obstacle(
                self.name,
                "online",
                "the server reads from an online store",
                "online = <online_store>",
            )
        elif online.system not in ("redis", None):
            yield Obstacle(
                self.name,
                "online",
                f"only redis is wired to it, `{online.name}` is {online.system}",
                f"online_store {online.name}: redis {{ ... }}",
            )
        if self.server != "python":
            yield Obstacle(
                self.name,
                "server",
                f"the operator runs the Python server, not the {self.server} one",
                "server = python",
            )
        if (self.replicas or 1) > 1 and self._registry_path(plan) is None:
            yield Obstacle(
                self.name,
                "replicas",
                f"{self.replicas} replicas share a registry in object storage, "
                "whose bucket has to have a name",
                "offline = <lake>, or replicas = 1",
            )

    def kubernetes(self, plan: Plan) -> Iterator[Manifest]:
        """The FeatureStore, and how it reaches its online store; passwords stay where they are."""
        name = f"{slug(self.name)}-online-store"
        yield made(plan, self, "v1", "Secret", name=name, type="Opaque",
                   stringData={"redis": self._connection(plan)})  # fmt: skip
        path = self._registry_path(plan)
        replicas = self.replicas or (2 if path else 1)
        size = {"cpu": cpu(self.cpu), "memory": memory(self.memory.value)}
        container: Object = {
            "image": self.image,
            "imagePullPolicy": "IfNotPresent",
            "env": self._environment(plan),
            "resources": {"requests": size, "limits": size},
        }
        small = {"cpu": "500m", "memory": "512Mi"}
        store = {"type": "redis", "secretRef": {"name": name}}
        services: Object = {
            "onlineStore": {
                "persistence": {"store": store},
                "server": {
                    **container,
                    "metrics": True,
                    "workerConfigs": {"workers": self.workers, "registryTTLSeconds": 60},
                },
            },
            "registry": {
                "local": {
                    "persistence": {"file": _registry(path)},
                    "server": {
                        **container,
                        "grpc": True,
                        "resources": {"requests": small, "limits": small},
                    },
                }
            },
            "deploymentStrategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0},
            }
            if path
            else {"type": "Recreate"},
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": NOBODY,
                "runAsGroup": 0,
                "fsGroup": NOBODY,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
        }
        if replicas > 1:
            services["podDisruptionBudgets"] = {"maxUnavailable": 1}
        yield made(
            plan,
            self,
            "feast.dev/v1",
            "FeatureStore",
            {
                "feastProject": self.project(plan),
                "replicas": replicas,
                "feastProjectDir": self._definitions(),
                "authz": {"noAuth": True},
                "services": services,
            },
            origins={"spec.services.onlineStore": ("online",), "spec.replicas": ("replicas",)},
        )

    def _definitions(self) -> Object:
        if self.repository is None:
            return {"init": {"minimal": True}}
        reference = {"ref": self.revision} if self.revision else {}
        return {"git": {"url": self.repository, **reference}}

    def _registry_path(self, plan: Plan) -> str | None:
        lake = plan.design.get(self.offline, Lake)
        fields = plan.bindings[lake.name].fields if lake is not None else ()
        uri = next((f.value for f in fields if f.name == "uri"), None)
        return f"{uri}/feast/{slug(self.name)}/registry.db" if uri else None

    def _connection(self, plan: Plan) -> str:
        """Feast's settings for Redis. Feast fills in the variables; no secret is written here."""
        online = self.online or ""
        fields = {f.name: f for f in plan.bindings.get(online, Binding()).fields}
        address = f"${{{variable(online, 'host')}}}:${{{variable(online, 'port')}}}"
        tls = ",ssl=True" if "tls" in fields and fields["tls"].value == "true" else ""
        password = f",password=${{{variable(online, 'password')}}}" if "password" in fields else ""
        sharded = "mode" in fields and fields["mode"].value == "cluster"
        lines = [
            f"redis_type: {'redis_cluster' if sharded else 'redis'}",
            f'connection_string: "{address}{tls}{password}"',
        ]
        if self.key_ttl is not None:
            lines.append(f"key_ttl_seconds: {round(self.key_ttl.value)}")
        return "\n".join(lines) + "\n"

    def _environment(self, plan: Plan) -> list[Object]:
        """What its edges hand over; the server takes secrets from variables, not from files."""
        given = environment(plan, self, Container(self.image, (), 1, 1))
        plain = [v for v in given if not str(v["name"]).endswith("_FILE")]
        names = {(self.online, "password"): variable(self.online or "", "password"),
                 (self.offline, "access_key"): "AWS_ACCESS_KEY_ID",
                 (self.offline, "secret_key"): "AWS_SECRET_ACCESS_KEY"}  # fmt: skip
        secrets: list[Object] = []
        for handed in plan.handed_to(self):
            name = names.get((handed.edge.target, handed.field.name))
            secret = handed.field.secret
            if name is not None and secret is not None:
                reference = {"name": secret.secret, "key": secret.key}
                secrets.append({"name": name, "valueFrom": {"secretKeyRef": reference}})
        lake = plan.bindings.get(self.offline or "", Binding()).fields
        endpoint = next((f.value for f in lake if f.name == "endpoint"), None)
        address = [{"name": "FEAST_S3_ENDPOINT_URL", "value": endpoint}] if endpoint else []
        return [*plain, *secrets, *address]


def _registry(path: str | None) -> Object:
    if path is not None:
        return {"path": path, "cache_ttl_seconds": 60, "cache_mode": "thread"}
    create = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "5Gi"}}}
    return {"path": "registry.db", "pvc": {"create": create, "mountPath": "/data/registry"}}
