"""Kubeflow Trainer: the jobs that fit a model.

On one node the schedule is a CronJob that runs the training image, and no operator is needed. On
several nodes, or with a distributed strategy, a TrainingRuntime says how a run looks, and a
CronWorkflow of Argo Workflows creates a TrainJob at each tick. Kubeflow Trainer 2.3.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, ClassVar

from mlsdc.compiler.bindings import slug
from mlsdc.compiler.model.learning import Model, Training
from mlsdc.compiler.model.types import Bytes
from mlsdc.targets.base import Obstacle, Plan, Requirement
from mlsdc.targets.kubernetes.objects import Manifest, Object, Pods, cpu, made, memory, selector
from mlsdc.targets.kubernetes.schedule import cron, nearest_periods
from mlsdc.targets.kubernetes.workload import NOBODY, Container, pod_template, service_account
from mlsdc.units import show_duration

TRAINER = Requirement(
    name="kubeflow-trainer",
    versions=">=2.1,<3",
    kinds=("trainer.kubeflow.org/v1alpha1 TrainingRuntime",),
    chart="kubeflow-trainer",
    repository="oci://ghcr.io/kubeflow/charts",
    chart_version="2.3.0",
    namespace="kubeflow-system",
)
ARGO_WORKFLOWS = Requirement(
    name="argo-workflows",
    versions=">=3.7,<5",
    kinds=("argoproj.io/v1alpha1 CronWorkflow",),
    chart="argo-workflows",
    repository="https://argoproj.github.io/argo-helm",
    chart_version="1.0.18",
    namespace="argo",
)
DEFAULT_CORES = 4.0
DEFAULT_MEMORY = 16 * 2.0**30
NEVER = "0 0 1 1 *"
"""What a suspended schedule says; it is never acted on."""
KEPT = 7 * 86400
"""Seconds that a finished run stays to be looked at."""
STEP = "trainer.kubeflow.org/trainjob-ancestor-step"


class Kubeflow(Training):
    """A training job; scheduled where `every` is given, else suspended until somebody starts it.

    Each attempt may take twice `runtime`. The image gets `MODELS`, `MLFLOW_TRACKING_URI` where its
    runs are tracked, and what its edges hand over.

    Example:

        training nightly: kubeflow {
          every   = 1d
          runtime = 2h
          cpu     = 16
          memory  = 64GiB
          image   = "registry.example.com/fraud/train:4.1.0"
        }
    """

    system = "kubeflow"
    summary = "training jobs"
    requires: ClassVar[tuple[Any, ...]] = (TRAINER, ARGO_WORKFLOWS)

    scratch: Bytes | None = None
    """Disk for data and checkpoints during a run; 10 GiB where absent."""

    @property
    def distributed(self) -> bool:
        """Whether a run is more than one pod."""
        return self.strategy != "single" or self.nodes > 1

    def pods(self, plan: Plan) -> Pods:
        """The pods of its runs; those of one run talk to each other."""
        return Pods(selector(self), peers=self.distributed)

    def obstacles(self, plan: Plan) -> Iterator[Obstacle]:
        """A job without an image, or with a period that no schedule keeps."""
        if self.image is None:
            line = f'image = "registry.example.com/{slug(plan.design.system.name)}/train:1.0.0"'
            yield Obstacle(self.name, "image", "it has no `image` to run", line)
        if self.every is not None and cron(self.every.value, self.name) is None:
            near = [show_duration(period) for period in nearest_periods(self.every.value)]
            why = f"no cron schedule runs every {show_duration(self.every.value)}"
            yield Obstacle(self.name, "every", why, f"every = {near[-1] if near else '1d'}")

    def kubernetes(self, plan: Plan) -> Iterator[Manifest]:
        """The schedule with all that a run needs."""
        if self.image is None:
            return
        yield service_account(plan, self)
        if self.distributed:
            yield self._runtime(plan, self.image)
            yield from self._launcher(plan)
            yield self._workflow(plan)
        else:
            yield self._cron_job(plan, self.image)

    def _schedule(self) -> tuple[str, bool]:
        """The cron line, and whether it is suspended."""
        line = cron(self.every.value, self.name) if self.every else None
        return line or NEVER, line is None

    def _deadline(self) -> dict[str, int]:
        """Twice the runtime for the first attempt and each retry."""
        if self.runtime is None or self.runtime.value <= 0:
            return {}
        attempts = 1 + (0 if self.distributed else self.retries)
        return {"activeDeadlineSeconds": round(2 * self.runtime.value * attempts)}

    def _container(self, plan: Plan, image: str) -> Container:
        size = self.memory.value if self.memory else DEFAULT_MEMORY
        models = [slug(m.name) for m in plan.design.of(Model) if m.training == self.name]
        tracking = plan.bindings[self.tracking].fields if self.tracking in plan.bindings else ()
        found = [f.value for f in tracking if f.name == "tracking_uri" and f.value is not None]
        address = {"MLFLOW_TRACKING_URI": found[0]} if found else {}
        return Container(
            image=image,
            ports=(),
            cores=self.cpu or DEFAULT_CORES,
            memory=size,
            variables={
                "HOME": "/tmp",
                **({"MODELS": ",".join(models)} if models else {}),
                **address,
            },
            gpus=self.gpus.count if self.gpus else 0,
            # Data loaders and collectives pass batches through shared memory.
            shared_memory=size / 4 if self.gpus else 0,
        )

    def _template(self, plan: Plan, image: str) -> Object:
        template = pod_template(plan, self, self._container(plan, image), restart="Never")
        room = memory(self.scratch.value if self.scratch else 10 * 2.0**30)
        for volume in template["spec"]["volumes"]:
            if volume["name"].startswith("scratch-"):
                volume["emptyDir"]["sizeLimit"] = room
        for container in template["spec"]["containers"]:
            for kind in ("requests", "limits"):
                container["resources"][kind]["ephemeral-storage"] = room
        return template

    def _cron_job(self, plan: Plan, image: str) -> Manifest:
        line, suspended = self._schedule()
        return made(
            plan,
            self,
            "batch/v1",
            "CronJob",
            {
                "schedule": line,
                "timeZone": "Etc/UTC",
                "suspend": suspended,
                "concurrencyPolicy": "Forbid",
                "startingDeadlineSeconds": 3600,
                "successfulJobsHistoryLimit": 3,
                "failedJobsHistoryLimit": 3,
                "jobTemplate": {
                    "spec": {
                        "backoffLimit": self.retries,
                        **self._deadline(),
                        "ttlSecondsAfterFinished": KEPT,
                        "template": self._template(plan, image),
                    }
                },
            },
            origins={
                "spec.schedule": ("every",),
                "spec.jobTemplate.spec.activeDeadlineSeconds": ("runtime",),
                "spec.jobTemplate.spec.backoffLimit": ("retries",),
            },
        )

    def _runtime(self, plan: Plan, image: str) -> Manifest:
        mpi = self.strategy == "horovod"
        policy: Object = {"torch": {}}
        if mpi:
            policy = {"mpi": {"mpiImplementation": "OpenMPI", "runLauncherAsNode": True,
                              "numProcPerNode": self._processes(),
                              "sshAuthMountPath": "/home/mpiuser/.ssh"}}  # fmt: skip
        jobs = [self._replicated(plan, image, "launcher", STEP)] if mpi else []
        jobs.append(self._replicated(plan, image, "node", "" if mpi else STEP))
        return made(
            plan,
            self,
            "trainer.kubeflow.org/v1alpha1",
            "TrainingRuntime",
            {
                "mlPolicy": {"numNodes": self.nodes, **policy},
                "template": {
                    "spec": {
                        "failurePolicy": {"maxRestarts": self.retries},
                        **({"network": {"publishNotReadyAddresses": True}} if mpi else {}),
                        "replicatedJobs": jobs,
                    }
                },
            },
            origins={"spec.mlPolicy.numNodes": ("nodes",)},
        )

    def _processes(self) -> int:
        return self.gpus.count if self.gpus else 1

    def _replicated(self, plan: Plan, image: str, name: str, step: str) -> Object:
        template = self._template(plan, image)
        # The trainer finds its container by this name.
        template["spec"]["containers"][0]["name"] = "node"
        if name == "node" and not step:
            template["spec"]["containers"][0]["command"] = ["/usr/sbin/sshd", "-De"]
        labels = {"metadata": {"labels": {step: "trainer"}}} if step else {}
        return {"name": name, "template": {**labels, "spec": {"template": template}}}

    def _train_job(self, plan: Plan) -> Object:
        gpus = {"nvidia.com/gpu": str(self.gpus.count)} if self.gpus else {}
        size = {"cpu": cpu(self.cpu or DEFAULT_CORES),
                "memory": memory(self.memory.value if self.memory else DEFAULT_MEMORY),
                **gpus}  # fmt: skip
        return {
            "apiVersion": "trainer.kubeflow.org/v1alpha1",
            "kind": "TrainJob",
            "metadata": {"generateName": f"{slug(self.name)}-", "namespace": plan.namespace},
            "spec": {
                **self._deadline(),
                "runtimeRef": {
                    "apiGroup": "trainer.kubeflow.org",
                    "kind": "TrainingRuntime",
                    "name": slug(self.name),
                },
                "trainer": {
                    "numNodes": self.nodes,
                    "numProcPerNode": self._processes(),
                    "resourcesPerNode": {"requests": size, "limits": size},
                },
            },
        }

    def _launcher_name(self) -> str:
        return f"{slug(self.name)}-launcher"

    def _launcher(self, plan: Plan) -> Iterator[Manifest]:
        """The identity that creates runs: exactly that, and telling Argo how it went."""
        name = self._launcher_name()
        yield made(plan, self, "v1", "ServiceAccount", name=name)
        trains = {"apiGroups": ["trainer.kubeflow.org"], "resources": ["trainjobs"],
                  "verbs": ["create", "get"]}  # fmt: skip
        tells = {"apiGroups": ["argoproj.io"], "resources": ["workflowtaskresults"],
                 "verbs": ["create", "patch"]}  # fmt: skip
        rights = "rbac.authorization.k8s.io"
        yield made(plan, self, f"{rights}/v1", "Role", name=name, rules=[trains, tells])
        subject = {"kind": "ServiceAccount", "name": name, "namespace": plan.namespace}
        yield made(plan, self, f"{rights}/v1", "RoleBinding", name=name,
                   roleRef={"apiGroup": rights, "kind": "Role", "name": name},
                   subjects=[subject])  # fmt: skip
        system = {"namespaceSelector": {"matchLabels": {
            "kubernetes.io/metadata.name": "kube-system"}}}  # fmt: skip
        names = [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]
        api = [{"protocol": "TCP", "port": 443}, {"protocol": "TCP", "port": 6443}]
        yield made(
            plan, self, "networking.k8s.io/v1", "NetworkPolicy",
            {
                "podSelector": {"matchLabels": {"mlsdc.dev/launcher": name}},
                "policyTypes": ["Ingress", "Egress"],
                "egress": [{"to": [system], "ports": names}, {"ports": api}],
            },
            name=name,
        )  # fmt: skip

    def _workflow(self, plan: Plan) -> Manifest:
        line, suspended = self._schedule()
        name = self._launcher_name()
        hardened = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
        patch = {"containers": [{"name": "main", "securityContext": hardened}]}
        create = {"action": "create", "manifest": json.dumps(self._train_job(plan), indent=2)}
        return made(
            plan,
            self,
            "argoproj.io/v1alpha1",
            "CronWorkflow",
            {
                "schedules": [line],
                "timezone": "Etc/UTC",
                "suspend": suspended,
                "concurrencyPolicy": "Forbid",
                "startingDeadlineSeconds": 3600,
                "workflowSpec": {
                    "entrypoint": "train",
                    "serviceAccountName": name,
                    "podMetadata": {"labels": {"mlsdc.dev/launcher": name}},
                    "securityContext": {
                        "runAsNonRoot": True,
                        "runAsUser": NOBODY,
                        "seccompProfile": {"type": "RuntimeDefault"},
                    },
                    "podSpecPatch": json.dumps(patch),
                    "ttlStrategy": {"secondsAfterCompletion": KEPT},
                    "templates": [{"name": "train", "resource": create}],
                },
            },
            origins={"spec.schedules": ("every",)},
        )
