"""MLflow: experiment tracking and the model registry, in one server.

Metadata lies in a PostgreSQL of its own (CloudNativePG), artifacts in the lake; clients reach the
artifacts through the server, so only the server holds rights on the lake. Image: the official
`-full` one, which has the PostgreSQL and object-storage drivers. Port 5000 (MLflow's default).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from mlsdc.compiler.bindings import Binding, BindingField, Port, slug, variable
from mlsdc.compiler.model.learning import Registry, Tracking
from mlsdc.compiler.model.types import Bytes, Cores, Image, Positive
from mlsdc.targets.base import Plan
from mlsdc.targets.kubernetes.database import CLOUDNATIVE_PG, database, database_secret
from mlsdc.targets.kubernetes.objects import Manifest, Pods, selector
from mlsdc.targets.kubernetes.workload import Container, Probe, application
from mlsdc.units import BYTES, Quantity

IMAGE = "ghcr.io/mlflow/mlflow:v3.10.1-full"
HTTP = Port("http", 5000, "http")
_STORE = "/var/run/database"
_EPHEMERAL = "/tmp"


def _binding(component: Registry | Tracking, plan: Plan) -> Binding:
    url = f"http://{slug(component.name)}.{plan.namespace}.svc:{HTTP.number}"
    return Binding((BindingField("tracking_uri", url, type="url"),))


def _artifacts(component: Registry | Tracking) -> str:
    """Where artifacts go: a shell expression, since the lake's address may come later."""
    if component.artifacts is None:
        return f"{_EPHEMERAL}/artifacts"
    return f"${variable(component.artifacts, 'uri')}/mlflow"


_CLIENT = {"endpoint": "MLFLOW_S3_ENDPOINT_URL", "region": "AWS_DEFAULT_REGION",
           "access_key": "AWS_ACCESS_KEY_ID", "secret_key": "AWS_SECRET_ACCESS_KEY"}  # fmt: skip
"""A lake's binding field to the variable in which the S3 client looks for it."""


def _store(component: Registry | Tracking, plan: Plan) -> list[str]:
    """The shell lines that hand the lake's address and keys to MLflow's S3 client."""
    lines: list[str] = []
    for given in plan.handed_to(component):
        name = _CLIENT.get(given.field.name)
        if given.edge.target == component.artifacts and name is not None:
            value = f'$(cat "${given.variable}")' if given.field.secret else f"${given.variable}"
            lines.append(f'export {name}="{value}"')
    return lines


def _hosts(component: Registry | Tracking, plan: Plan) -> str:
    """The names that clients may use; MLflow refuses others, against DNS rebinding."""
    name = slug(component.name)
    hosts = [name, f"{name}.{plan.namespace}", f"{name}.{plan.namespace}.svc",
             f"{name}.{plan.namespace}.svc.cluster.local"]  # fmt: skip
    return ",".join([*hosts, *(f"{host}:{HTTP.number}" for host in hosts)])


def _container(component: MLflow | MLflowTracking, plan: Plan) -> Container:
    serve = (
        f"exec mlflow server --host 0.0.0.0 --port {HTTP.number}"
        f' --workers 2 --serve-artifacts --artifacts-destination "{_artifacts(component)}"'
        f" --expose-prometheus {_EPHEMERAL}/metrics"
    )
    # The address with its password stays out of the pod's definition: the shell reads the file.
    read = f'export MLFLOW_BACKEND_STORE_URI="$(cat {_STORE}/uri)"'
    return Container(
        image=component.image,
        ports=(HTTP,),
        cores=component.cpu,
        memory=component.memory.value,
        live=Probe("/health", HTTP.name),
        ready=Probe("/health", HTTP.name),
        command=("/bin/sh", "-ec"),
        args=(
            "\n".join([f"mkdir -p {_EPHEMERAL}/metrics", read, *_store(component, plan), serve]),
        ),
        variables={"HOME": _EPHEMERAL, "MLFLOW_SERVER_ALLOWED_HOSTS": _hosts(component, plan)},
        start_seconds=120,
        secrets=((database_secret(component), _STORE),),
    )


def _objects(component: MLflow | MLflowTracking, plan: Plan) -> Iterator[Manifest]:
    yield from application(plan, component, _container(component, plan), component.replicas)
    yield from database(
        plan, component, component.database_instances, component.database_storage.value
    )


class MLflow(Registry):
    """Model versions and their lineage in MLflow; the same server records experiments.

    Example:

        registry models: mlflow {
          keep = 5
        }
    """

    system = "mlflow"
    summary = "model registry and experiment tracking"
    requires: ClassVar[tuple[Any, ...]] = (CLOUDNATIVE_PG,)

    image: Image = IMAGE
    """MLflow 3 or newer, with the drivers of PostgreSQL and of the artifact store."""
    replicas: Positive = 2
    """Servers; they share the database and the artifact store, and keep nothing themselves."""
    cpu: Cores = 1.0
    """Cores of one server."""
    memory: Bytes = Quantity(2 * 2.0**30, BYTES)
    """Memory of one server."""
    database_instances: Positive = 2
    """PostgreSQL instances: one primary, the others replicas."""
    database_storage: Bytes = Quantity(10 * 2.0**30, BYTES)
    """Disk of one PostgreSQL instance."""

    def binding(self, plan: Plan) -> Binding:
        """What clients set as the tracking URI."""
        return _binding(self, plan)

    def pods(self, plan: Plan) -> Pods:
        """Its servers."""
        return Pods(selector(self), (HTTP,), HTTP)

    def kubernetes(self, plan: Plan) -> Iterator[Manifest]:
        """The servers, and their database."""
        yield from _objects(self, plan)


class MLflowTracking(Tracking):
    """Experiments recorded in MLflow: parameters, metrics and artifacts of each run.

    Example:

        tracking runs: mlflow {
          replicas = 1
        }
    """

    system = "mlflow"
    summary = "experiment tracking"
    requires: ClassVar[tuple[Any, ...]] = (CLOUDNATIVE_PG,)

    image: Image = IMAGE
    """MLflow 3 or newer, with the drivers of PostgreSQL and of the artifact store."""
    replicas: Positive = 2
    """Servers; they share the database and the artifact store, and keep nothing themselves."""
    cpu: Cores = 1.0
    """Cores of one server."""
    memory: Bytes = Quantity(2 * 2.0**30, BYTES)
    """Memory of one server."""
    database_instances: Positive = 2
    """PostgreSQL instances: one primary, the others replicas."""
    database_storage: Bytes = Quantity(10 * 2.0**30, BYTES)
    """Disk of one PostgreSQL instance."""

    def binding(self, plan: Plan) -> Binding:
        """What clients set as the tracking URI."""
        return _binding(self, plan)

    def pods(self, plan: Plan) -> Pods:
        """Its servers."""
        return Pods(selector(self), (HTTP,), HTTP)

    def kubernetes(self, plan: Plan) -> Iterator[Manifest]:
        """The servers, and their database."""
        yield from _objects(self, plan)
