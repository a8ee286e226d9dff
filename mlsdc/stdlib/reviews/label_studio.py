"""Label Studio: where people decide the cases that are put to them.

Tasks and decisions lie in a PostgreSQL of its own (CloudNativePG), uploaded files on a volume.
Label Studio reads no stream: cases come in, and decisions go out, through its HTTP API. With
`importer`, an image of yours does that beside it. Port 8080, health on /health.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from mlsdc.compiler.bindings import Binding, BindingField, Port, SecretKey, slug
from mlsdc.compiler.model.operations import Review
from mlsdc.compiler.model.types import Bytes, Cores, Image, Positive, Text
from mlsdc.targets.base import Plan, Prerequisite
from mlsdc.targets.kubernetes.credentials import (
    EXTERNAL_SECRETS,
    credentials,
    credentials_prerequisite,
)
from mlsdc.targets.kubernetes.database import CLOUDNATIVE_PG, database, database_secret
from mlsdc.targets.kubernetes.objects import Manifest, Object, Pods, made, memory, selector
from mlsdc.targets.kubernetes.workload import (
    Container,
    Probe,
    pod_template,
    service,
    service_account,
)
from mlsdc.units import BYTES, Quantity

HTTP = Port("http", 8080, "http")
KEYS = ("username", "password", "token", "secret_key")
DATA = "/label-studio/data"
_DATABASE = "/var/run/database"
_ADMIN = "/var/run/admin"
_VARIABLES = {
    "POSTGRE_HOST": f"{_DATABASE}/host",
    "POSTGRE_PORT": f"{_DATABASE}/port",
    "POSTGRE_NAME": f"{_DATABASE}/dbname",
    "POSTGRE_USER": f"{_DATABASE}/username",
    "POSTGRE_PASSWORD": f"{_DATABASE}/password",
    "LABEL_STUDIO_USERNAME": f"{_ADMIN}/username",
    "LABEL_STUDIO_PASSWORD": f"{_ADMIN}/password",
    "LABEL_STUDIO_USER_TOKEN": f"{_ADMIN}/token",
    "SECRET_KEY": f"{_ADMIN}/secret_key",
}


class LabelStudio(Review):
    """Cases for human reviewers in Label Studio.

    Without an `importer` nothing brings the cases in: that is a service or a job of yours, which
    finds the address and the token in this component's binding.

    Example:

        review cases: label_studio {
          reviewers  = 60
          throughput = 6/m
          deadline   = 4h
        }
    """

    system = "label_studio"
    summary = "human review"
    requires: ClassVar[tuple[Any, ...]] = (CLOUDNATIVE_PG, EXTERNAL_SECRETS)

    image: Image = "heartexlabs/label-studio:1.23.0"
    """The server."""
    importer: Image | None = None
    """An image of yours that moves cases in and decisions out, run beside the server."""
    host: Text | None = None
    """The address reviewers use, where something in front of it has one."""
    cpu: Cores = 1.0
    """Cores of the server."""
    memory: Bytes = Quantity(2 * 2.0**30, BYTES)
    """Memory of the server."""
    storage: Bytes = Quantity(10 * 2.0**30, BYTES)
    """Volume for uploaded files."""
    database_instances: Positive = 2
    """PostgreSQL instances: one primary, the others replicas."""
    database_storage: Bytes = Quantity(20 * 2.0**30, BYTES)
    """Disk of one PostgreSQL instance."""

    def binding(self, plan: Plan) -> Binding:
        """Its API, and a token for it."""
        return Binding(
            (
                BindingField("url", self._url(plan), type="url"),
                BindingField("token", secret=SecretKey(self._admin, "token")),
            )
        )

    def pods(self, plan: Plan) -> Pods:
        """Its one pod."""
        return Pods(selector(self), (HTTP,))

    def prerequisites(self, plan: Plan) -> Iterator[Prerequisite]:
        """The first user, its API token, and the key that signs sessions."""
        why = "the first user with its API token, and the key that signs sessions"
        yield credentials_prerequisite(plan, self, self._admin, KEYS, why)

    def kubernetes(self, plan: Plan) -> Iterator[Manifest]:
        """The server with its volume, and its database."""
        yield service_account(plan, self)
        yield from credentials(plan, self, self._admin, KEYS)
        volume = {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": memory(self.storage.value)}},
        }
        yield made(plan, self, "v1", "PersistentVolumeClaim", volume, name=self._volume,
                   origins={"spec.resources": ("storage",)})  # fmt: skip
        yield made(
            plan,
            self,
            "apps/v1",
            "Deployment",
            {
                "replicas": 1,
                "selector": {"matchLabels": selector(self)},
                # The volume can be held by one pod only.
                "strategy": {"type": "Recreate"},
                "template": self._template(plan),
            },
        )
        yield service(plan, self, (HTTP,))
        yield from database(plan, self, self.database_instances, self.database_storage.value)

    @property
    def _admin(self) -> str:
        return f"{slug(self.name)}-admin"

    @property
    def _volume(self) -> str:
        return f"{slug(self.name)}-files"

    def _url(self, plan: Plan) -> str:
        return f"http://{slug(self.name)}.{plan.namespace}.svc:{HTTP.number}"

    def _template(self, plan: Plan) -> Object:
        template = pod_template(plan, self, self._server(plan))
        if self.importer is None:
            return template
        beside = Container(
            image=self.importer,
            ports=(),
            cores=0.5,
            memory=2.0**29,
            variables={
                "LABEL_STUDIO_URL": f"http://localhost:{HTTP.number}",
                "LABEL_STUDIO_TOKEN_FILE": f"{_ADMIN}/token",
                **({"SAMPLED_FRACTION": f"{self.fraction:g}"} if self.fraction else {}),
            },
            secrets=((self._admin, _ADMIN),),
        )
        body: Object = pod_template(plan, self, beside)["spec"]["containers"][0]
        body["name"] = f"{slug(self.name)}-importer"
        template["spec"]["containers"].append(body)
        return template

    def _server(self, plan: Plan) -> Container:
        # Label Studio takes passwords from variables only: the shell fills them from the files.
        read = [f'export {name}="$(cat {path})"' for name, path in sorted(_VARIABLES.items())]
        start = "exec ./deploy/docker-entrypoint.sh label-studio"
        return Container(
            image=self.image,
            ports=(HTTP,),
            cores=self.cpu,
            memory=self.memory.value,
            live=Probe("/health", HTTP.name),
            ready=Probe("/health", HTTP.name),
            command=("/bin/bash", "-ec"),
            args=("\n".join([*read, start]),),
            variables={
                "DJANGO_DB": "default",
                "HOME": "/tmp",
                "JSON_LOG": "1",
                "LABEL_STUDIO_BASE_DATA_DIR": DATA,
                "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
                "LABEL_STUDIO_HOST": self.host or self._url(plan),
                "LABEL_STUDIO_PORT": str(HTTP.number),
            },
            writable=("/tmp", "/opt/heartex/instance-data"),
            start_seconds=300,
            secrets=((database_secret(self), _DATABASE), (self._admin, _ADMIN)),
            claims=((self._volume, DATA),),
        )
