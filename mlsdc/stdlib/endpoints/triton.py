"""Triton: NVIDIA's inference server, run from a Deployment.

The model repository is read from object storage at start; `config.pbtxt` of each model lies beside
its versions there. Ports: 8000 HTTP, 8001 gRPC, 8002 metrics (Triton's defaults).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from mlsdc.compiler.bindings import Binding, BindingField, Port, slug, variable
from mlsdc.compiler.model.learning import Model, Registry
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.model.types import Image
from mlsdc.targets.base import Plan
from mlsdc.targets.kubernetes.objects import Manifest, Pods, selector
from mlsdc.targets.kubernetes.workload import Container, Probe, application

HTTP = Port("http", 8000, "http")
GRPC = Port("grpc", 8001, "grpc")
METRICS = Port("metrics", 8002, "http")


class Triton(Endpoint):
    """A model served by Triton.

    Example:

        endpoint score: triton {
          latency  { p50 = 4ms  p99 = 12ms  at = 400/s }
          batching { size = 8  delay = 2ms }
        }
    """

    system = "triton"
    summary = "inference server"
    requires: ClassVar[tuple[Any, ...]] = ()

    image: Image = "nvcr.io/nvidia/tritonserver:25.08-py3"
    """The server's image; a build of your own where the model needs another backend."""

    def binding(self, plan: Plan) -> Binding:
        """Its addresses and the model's name."""
        host = f"{slug(self.name)}.{plan.namespace}.svc"
        return Binding(
            (
                BindingField("url", f"http://{host}:{HTTP.number}", type="url"),
                BindingField("grpc", f"{host}:{GRPC.number}", type="addresses"),
                BindingField("model", slug(self.model or self.name)),
            )
        )

    def pods(self, plan: Plan) -> Pods:
        """Its pods, found by the recommended labels."""
        return Pods(selector(self), (HTTP, GRPC), METRICS)

    def kubernetes(self, plan: Plan) -> Iterator[Manifest]:
        """A hardened Deployment with its Service, identity and disruption budget."""
        size = self.memory.value if self.memory else 4 * 2.0**30
        allowed = self.startup or self.cold_start
        start = round(allowed.value) if allowed else 120
        yield from application(
            plan,
            self,
            Container(
                image=self.image,
                ports=(HTTP, GRPC, METRICS),
                cores=self.cpu or 4.0,
                memory=size,
                live=Probe("/v2/health/live", HTTP.name),
                ready=Probe("/v2/health/ready", HTTP.name),
                command=("tritonserver",),
                args=(
                    f"--model-repository={self._repository(plan)}",
                    "--model-control-mode=explicit",
                    f"--load-model={slug(self.model or self.name)}",
                    "--exit-on-error=true",
                    "--allow-metrics=true",
                ),
                variables={"HOME": "/tmp"},
                gpus=self.gpus.count if self.gpus else 0,
                start_seconds=start,
                shared_memory=2.0**28,
            ),
        )

    def _repository(self, plan: Plan) -> str:
        """Where the registry keeps model files, as the edge hands it over."""
        model = plan.design.get(self.model, Model)
        registry = plan.design.get(model.registry, Registry) if model else None
        if registry is not None and registry.artifacts:
            return f"$({variable(registry.artifacts, 'uri')})/triton"
        return "/models"
