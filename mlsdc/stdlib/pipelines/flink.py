"""Flink: streaming jobs in application mode, and batch jobs on a schedule.

Facts: a job with `delivery = exactly_once` shows its results when a checkpoint completes, so
`checkpoint_every` is part of the age of what it writes (Flink documentation, "Fault tolerance
guarantees of data sources and sinks"). Kubernetes: the Flink operator 1.15,
`flink.apache.org/v1beta1`; a job with `every` is a CronJob of its own image.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from mlsdc.compiler.bindings import Binding, Port, SecretKey, slug
from mlsdc.compiler.model.capability import Capability
from mlsdc.compiler.model.data import Lake, Pipeline
from mlsdc.compiler.model.part import refers
from mlsdc.compiler.model.types import Bytes, Cores, Count, Period, Positive, Text
from mlsdc.targets.base import Obstacle, Plan, Requirement
from mlsdc.targets.kubernetes.objects import Manifest, Object, Pods, made, selector
from mlsdc.targets.kubernetes.schedule import cron, nearest_periods
from mlsdc.targets.kubernetes.workload import Container, pod_template, service_account
from mlsdc.units import BYTES, DURATION, Quantity, show_duration

REST = Port("rest", 8081, "http")
METRICS = Port("metrics", 9249, "http")
USER = 9999
"""The user of Flink's images."""
MANAGER_CORES = 1.0
OPERATOR = Requirement(
    name="flink-kubernetes-operator",
    versions=">=1.13,<2",
    kinds=("flink.apache.org/v1beta1 FlinkDeployment",),
    chart="flink-kubernetes-operator",
    repository="https://downloads.apache.org/flink/flink-kubernetes-operator-1.15.0/",
    chart_version="1.15.0",
    namespace="flink",
)
RULES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("", "pods", ("get", "list", "watch", "create", "delete")),
    ("", "configmaps", ("get", "list", "watch", "create", "update", "patch", "delete")),
    ("apps", "deployments", ("get", "delete")),
    ("apps", "deployments/finalizers", ("update",)),
)
"""What a job manager does in its own namespace: it starts and stops its task managers, elects its
leader and keeps the pointers to its state in ConfigMaps, and removes itself when the job ends."""


class Flink(Pipeline):
    """A Flink job: streaming, or with `every` a batch job on a schedule.

    A streaming job's image holds the jar and Flink's S3 file system plugin; a batch job's image
    runs one pass and exits.

    Example:

        stream payments: kafka { rate = 8000/s  event_size = 600B  retention = 7d }
        lake state: s3 { retention = 30d }
        online_store features_online: redis { memory = 4GiB }

        pipeline activity: flink {
          reads       = payments
          writes      = features_online
          checkpoints = state
          parallelism = 8
          watermark   = 2s
          slide       = 1s
          image       = "registry.example.com/fraud/card-activity:2.3.0"
        }
    """

    system = "flink"
    summary = "stream processing"
    requires: ClassVar = (OPERATOR,)
    capabilities: ClassVar[Mapping[str, Capability]] = {
        "exactly_once": Capability(
            True,
            "Flink documentation, fault tolerance guarantees of data sources and sinks",
            requires="checkpoints",
            limits="rows become visible when a checkpoint completes",
            instead="checkpoints = ...",
        )
    }

    checkpoints: Annotated[Text | None, refers("lake", verb="checkpoints")] = None
    """The lake that keeps the state of a streaming job; a job without would forget everything."""
    checkpoint_every: Period = Quantity(60.0, DURATION)
    """How often a streaming job saves its state."""
    slots: Positive = 2
    """Parallel tasks in one task manager."""
    task_cpu: Cores = 2.0
    """Cores of one task manager, or of one run of a batch job."""
    task_memory: Bytes = Quantity(4 * 2.0**30, BYTES)
    """Memory of one task manager, or of one run of a batch job."""
    manager_memory: Bytes = Quantity(2 * 2.0**30, BYTES)
    """Memory of the job manager."""
    jar: Text = "local:///opt/flink/usrlib/job.jar"
    """Where the job's jar lies in the image."""
    entry_class: Text | None = None
    """The class with the job's `main`; the jar's own where absent."""
    version: Literal["v1_20", "v2_0", "v2_1", "v2_2"] = "v2_2"
    """The Flink version of the image."""
    retries: Count = 2
    """How often a failed run of a batch job is tried again before the next is due."""

    def binding(self, plan: Plan) -> Binding:
        """Nothing: a job is called by nobody."""
        return Binding()

    def pods(self, plan: Plan) -> Pods:
        """The job and task managers, by the labels Flink gives them; or the runs of a batch job."""
        if self.every is not None:
            return Pods(selector(self))
        found = {"app": slug(self.name), "type": "flink-native-kubernetes"}
        return Pods(found, (REST,), METRICS, peers=True, api_server=True,
                    operator=OPERATOR.namespace)  # fmt: skip

    def obstacles(self, plan: Plan) -> Iterator[Obstacle]:
        """What a job cannot run without."""
        if self.image is None:
            yield Obstacle(
                self.name,
                "image",
                "the job is an image of your own",
                'image = "registry.example.com/team/job:1.0.0"',
            )
        if self.every is not None:
            yield from self._unschedulable()
        elif self.checkpoints is None:
            lakes = [lake.name for lake in plan.design.of(Lake)]
            example = lakes[0] if lakes else "state"
            yield Obstacle(
                self.name,
                "checkpoints",
                "a streaming job keeps its state in a lake, to survive a restart",
                f"checkpoints = {example}",
            )
        elif self._state(plan) is None:
            yield Obstacle(
                self.name,
                "checkpoints",
                f"the bucket of `{self.checkpoints}` has no name before it is "
                "provisioned, and Flink reads the name from its configuration",
                f'{self.checkpoints} {{ bucket = "..." }}, or platform {{ account = "..." }}',
            )

    def _unschedulable(self) -> Iterator[Obstacle]:
        period = self.every.value if self.every else 0.0
        if cron(period, self.name) is None:
            near = [show_duration(p) for p in nearest_periods(period)]
            yield Obstacle(
                self.name,
                "every",
                f"no cron schedule runs every {show_duration(period)} evenly; "
                f"the nearest that does: {' or '.join(near)}",
                f"every = {near[0]}",
            )
        elif self.starts is not None and cron(period, self.name, self.starts.value) is None:
            yield Obstacle(
                self.name,
                "starts",
                f"{show_duration(self.starts.value)} is no whole minute of {show_duration(period)}",
                "starts = 2h",
            )
        if self.after:
            yield Obstacle(
                self.name,
                "after",
                "a CronJob starts by the clock, and not when another job has ended",
                "starts = 4h, when the other has ended",
            )

    def kubernetes(self, plan: Plan) -> Iterator[Manifest]:
        """A FlinkDeployment with the rights it needs, or a CronJob."""
        yield service_account(plan, self)
        if self.every is not None:
            yield from self._batch(plan)
            return
        yield from self._rights(plan)
        yield made(
            plan,
            self,
            "flink.apache.org/v1beta1",
            "FlinkDeployment",
            {
                "image": self.image,
                "imagePullPolicy": "IfNotPresent",
                "flinkVersion": self.version,
                "mode": "native",
                "serviceAccount": slug(self.name),
                "flinkConfiguration": self._configuration(plan),
                "podTemplate": self._pod(plan),
                "jobManager": {
                    "replicas": 1,
                    "resource": {"cpu": MANAGER_CORES, "memory": _mebibytes(self.manager_memory)},
                },
                "taskManager": {
                    "resource": {"cpu": self.task_cpu, "memory": _mebibytes(self.task_memory)},
                },
                "job": {
                    "jarURI": self.jar,
                    **({"entryClass": self.entry_class} if self.entry_class else {}),
                    "parallelism": self.parallelism,
                    "state": "running",
                    "upgradeMode": "last-state" if self._state(plan) else "stateless",
                },
            },
            origins={
                "spec.job.parallelism": ("parallelism",),
                "spec.image": ("image",),
            },
        )

    def asks(self, plan: Plan) -> Iterator[tuple[int, float, float]]:
        """The pods that the operator makes of a streaming job: a manager, and tasks by slots."""
        yield 1, MANAGER_CORES, self.manager_memory.value
        yield math.ceil(self.parallelism / self.slots), self.task_cpu, self.task_memory.value

    def _state(self, plan: Plan) -> str | None:
        """Where state is kept, where the address is known when the job is written."""
        return _field(plan, self.checkpoints, "uri")

    def _configuration(self, plan: Plan) -> Object:
        state = self._state(plan)
        mode = "EXACTLY_ONCE" if self.delivery == "exactly_once" else "AT_LEAST_ONCE"
        found = {
            "taskmanager.numberOfTaskSlots": str(self.slots),
            "kubernetes.rest-service.exposed.type": "ClusterIP",
            "metrics.reporters": "prometheus",
            "metrics.reporter.prometheus.factory.class": "org.apache.flink.metrics.prometheus."
            "PrometheusReporterFactory",
            "metrics.reporter.prometheus.port": str(METRICS.number),
        }
        if state is None:
            return found
        folder = f"{state}/flink/{slug(self.name)}"
        found |= {
            "state.backend.type": "rocksdb",
            "execution.checkpointing.interval": f"{round(self.checkpoint_every.value * 1000)} ms",
            "execution.checkpointing.mode": mode,
            "execution.checkpointing.incremental": "true",
            "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
            "execution.checkpointing.dir": f"{folder}/checkpoints",
            "execution.checkpointing.savepoint-dir": f"{folder}/savepoints",
            "high-availability.type": "kubernetes",
            "high-availability.storageDir": f"{folder}/ha",
        }
        endpoint = _field(plan, self.checkpoints, "endpoint")
        if endpoint is not None:
            found |= {"s3.endpoint": endpoint, "s3.path.style.access": "true"}
        return found

    def _pod(self, plan: Plan) -> Object:
        """The hardened pod, as far as the operator leaves it to the template."""
        ports = (METRICS,)
        writable = ("/tmp", "/opt/flink/log")
        template = pod_template(
            plan, self, Container(self.image or "", ports, 1, 1, writable=writable)
        )
        spec = template["spec"]
        security = {**spec["securityContext"], "runAsUser": USER, "runAsGroup": USER,
                    "fsGroup": USER}  # fmt: skip
        main = spec["containers"][0]
        keys = {"env": [*main.get("env", []), *self._keys(plan)]}
        dropped = ("image", "imagePullPolicy", "resources")
        kept = {key: value for key, value in main.items() if key not in dropped}
        container = {**kept, "name": "flink-main-container", **keys}
        return {
            "metadata": template["metadata"],
            "spec": {
                **spec,
                # The job manager starts task managers and elects its leader.
                "automountServiceAccountToken": True,
                "securityContext": security,
                "containers": [container],
            },
        }

    def _keys(self, plan: Plan) -> list[Object]:
        """The keys of the lake that holds the state; Flink takes them from the environment only."""
        if self.checkpoints is None:
            return []
        given = {h.field.name: h.field.secret for h in plan.handed_to(self)
                 if h.edge.target == self.checkpoints}  # fmt: skip
        names = (("AWS_ACCESS_KEY_ID", "access_key"), ("AWS_SECRET_ACCESS_KEY", "secret_key"))
        return [_from_secret(name, secret) for name, key in names if (secret := given.get(key))]

    def _rights(self, plan: Plan) -> Iterator[Manifest]:
        api = "rbac.authorization.k8s.io"
        rules = [
            {"apiGroups": [group], "resources": [resource], "verbs": list(verbs)}
            for group, resource, verbs in RULES
        ]
        name = slug(self.name)
        yield made(plan, self, f"{api}/v1", "Role", rules=rules)
        yield made(
            plan,
            self,
            f"{api}/v1",
            "RoleBinding",
            roleRef={"apiGroup": api, "kind": "Role", "name": name},
            subjects=[{"kind": "ServiceAccount", "name": name, "namespace": plan.namespace}],
        )

    def _batch(self, plan: Plan) -> Iterator[Manifest]:
        period = self.every.value if self.every else 0.0
        schedule = cron(period, self.name, self.starts.value if self.starts else None)
        if schedule is None:
            return
        size = self.task_memory.value
        container = Container(self.image or "", (), self.task_cpu, size)
        run: dict[str, Any] = {
            "backoffLimit": self.retries,
            "activeDeadlineSeconds": self._deadline(period),
            "template": pod_template(plan, self, container, restart="Never"),
        }
        yield made(
            plan,
            self,
            "batch/v1",
            "CronJob",
            {
                "schedule": schedule,
                "timeZone": "Etc/UTC",
                "concurrencyPolicy": (self.overlap or "forbid").capitalize(),
                "startingDeadlineSeconds": max(60, min(3600, round(period / 2))),
                "successfulJobsHistoryLimit": 3,
                "failedJobsHistoryLimit": 3,
                "jobTemplate": {"spec": run},
            },
            origins={
                "spec.schedule": ("every",),
                "spec.concurrencyPolicy": ("overlap",),
                "spec.jobTemplate": ("image",),
            },
        )

    def _deadline(self, period: float) -> int:
        """Seconds for a run with its retries; no longer than until the next is due.

        A job that says what happens then may take longer.
        """
        if self.runtime is None:
            return round(period)
        needed = 2 * self.runtime.value * (1 + self.retries)
        return max(60, round(needed if self.overlap else min(period, needed)))


def _field(plan: Plan, target: str | None, name: str) -> str | None:
    binding = plan.bindings.get(target or "", Binding())
    return next((f.value for f in binding.fields if f.name == name), None)


def _from_secret(name: str, secret: SecretKey) -> Object:
    reference = {"name": secret.secret, "key": secret.key}
    return {"name": name, "valueFrom": {"secretKeyRef": reference}}


def _mebibytes(size: Quantity) -> str:
    """Memory as the Flink operator reads it: `4096m`."""
    return f"{int(size.value // 2**20)}m"
