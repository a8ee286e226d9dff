"""container: a service of your own, as an image that speaks HTTP.

The image listens on port 8080, answers /health/live and /health/ready, and exposes Prometheus
metrics on /metrics of the same port. What it needs to know of others arrives as environment
variables and files (see `bindings.json`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar

from mlsdc.compiler.bindings import Binding, BindingField, Port, slug
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.learning import Explainer
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.model.types import Image
from mlsdc.targets.base import Plan
from mlsdc.targets.kubernetes.objects import Manifest, Pods, selector
from mlsdc.targets.kubernetes.workload import Container, Probe, application

HTTP = Port("http", 8080, "http")
DEFAULT_CORES = 1.0
DEFAULT_MEMORY = 2.0**30
DEFAULT_START = 60.0


def _container(
    component: Component, image: str, cores: float, size: float, start: float = DEFAULT_START
) -> Container:
    return Container(
        image=image,
        ports=(HTTP,),
        cores=cores,
        memory=size,
        live=Probe("/health/live", HTTP.name),
        ready=Probe("/health/ready", HTTP.name),
        variables={"PORT": str(HTTP.number), "SERVICE_NAME": slug(component.name)},
        start_seconds=round(start),
    )


def _binding(component: Component, plan: Plan) -> Binding:
    url = f"http://{slug(component.name)}.{plan.namespace}.svc:{HTTP.number}"
    return Binding((BindingField("url", url, type="url"),))


class ContainerEndpoint(Endpoint):
    """A service of your own behind HTTP.

    Example:

        endpoint decide: container {
          image   = "registry.example.com/fraud/decide:3.0.2"
          latency { p50 = 0.8ms  p99 = 3ms  at = 600/s }
        }
    """

    system = "container"
    summary = "your own service"
    requires: ClassVar[tuple[Any, ...]] = ()

    image: Image
    """The image, with a tag or a digest."""

    def binding(self, plan: Plan) -> Binding:
        """Its address."""
        return _binding(self, plan)

    def pods(self, plan: Plan) -> Pods:
        """Its pods, found by the recommended labels."""
        return Pods(selector(self), (HTTP,), HTTP)

    def kubernetes(self, plan: Plan) -> Iterator[Manifest]:
        """A hardened Deployment with its Service, identity and disruption budget."""
        size = self.memory.value if self.memory else DEFAULT_MEMORY
        loading = max(DEFAULT_START, self.cold_start.value if self.cold_start else 0.0)
        start = self.startup.value if self.startup else loading
        made = _container(self, self.image, self.cpu or DEFAULT_CORES, size, start)
        gpus = self.gpus.count if self.gpus else 0
        yield from application(plan, self, replace(made, gpus=gpus))


class ContainerExplainer(Explainer):
    """An explainer of your own behind HTTP.

    Example:

        explainer reasons: container {
          explains = score
          image    = "registry.example.com/fraud/reasons:1.1.0"
        }
    """

    system = "container"
    summary = "your own explainer"
    requires: ClassVar[tuple[Any, ...]] = ()

    image: Image
    """The image, with a tag or a digest."""

    def binding(self, plan: Plan) -> Binding:
        """Its address."""
        return _binding(self, plan)

    def pods(self, plan: Plan) -> Pods:
        """Its pods, found by the recommended labels."""
        return Pods(selector(self), (HTTP,), HTTP)

    def kubernetes(self, plan: Plan) -> Iterator[Manifest]:
        """A hardened Deployment with its Service, identity and disruption budget."""
        made = _container(self, self.image, DEFAULT_CORES, DEFAULT_MEMORY)
        yield from application(plan, self, made, self.replicas)
