"""Kubernetes objects as data, with what every object of a design has in common.

Objects are plain mappings in the order they are printed. Labels follow the recommended
`app.kubernetes.io` set; selectors use only the two that never change.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mlsdc.compiler.bindings import Port, slug
from mlsdc.compiler.model.component import Component
from mlsdc.targets.base import Plan

Object = dict[str, Any]


@dataclass(frozen=True)
class Manifest:
    """One object, the component it belongs to, and the fields whose values came from the design."""

    component: str
    content: Object
    origins: tuple[tuple[str, tuple[str | int, ...]], ...] = ()
    """(field path in the object, field path in the component)"""
    patched: tuple[tuple[str, str], ...] = ()
    """(field path in the object, the patch that set it)"""

    @property
    def identity(self) -> tuple[str, str, str]:
        """What the API server tells objects apart by."""
        metadata = self.content["metadata"]
        return self.content["apiVersion"], self.content["kind"], metadata["name"]


@dataclass(frozen=True)
class Pods:
    """How the pods of a component are found, and where they listen."""

    selector: dict[str, str]
    ports: tuple[Port, ...] = ()
    metrics: Port | None = None
    """Where Prometheus scrapes, when it is not one of the ports."""
    metrics_path: str = "/metrics"
    peers: bool = False
    """Whether the pods talk to each other: brokers, replicas, job and task managers."""
    api_server: bool = False
    """Whether the pods talk to the Kubernetes API."""
    outside: tuple[Port, ...] = field(default=())
    """Ports outside the cluster the pods reach: cloud services, identity providers."""
    public: bool = False
    """Whether clients outside the namespace reach it."""
    operator: str = ""
    """The namespace of an operator that talks to the pods on their ports."""
    agent: dict[str, str] = field(default_factory=dict[str, str])
    """The labels of other pods that follow the component's own edges in its place: a connector
    that fills a lake. Empty where its pods do so themselves."""


def labels(plan: Plan, component: Component) -> dict[str, str]:
    """The labels of everything a component owns."""
    return {
        **selector(component),
        "app.kubernetes.io/component": component.role.replace("_", "-"),
        "app.kubernetes.io/part-of": slug(plan.design.system.name),
        "app.kubernetes.io/managed-by": "mlsdc",
    }


def selector(component: Component) -> dict[str, str]:
    """The labels that select a component's pods."""
    return {
        "app.kubernetes.io/name": slug(component.system or component.role),
        "app.kubernetes.io/instance": slug(component.name),
    }


def metadata(
    plan: Plan,
    component: Component,
    name: str | None = None,
    *,
    extra_labels: dict[str, str] | None = None,
    annotations: dict[str, str] | None = None,
) -> Object:
    """The metadata of an object in the environment's namespace."""
    owner = component.owner or plan.design.system.owner
    notes = {**({"mlsdc.dev/owner": owner} if owner else {}), **(annotations or {})}
    return {
        "name": name or slug(component.name),
        "namespace": plan.namespace,
        "labels": {**labels(plan, component), **(extra_labels or {})},
        **({"annotations": notes} if notes else {}),
    }


def made(
    plan: Plan,
    component: Component,
    api_version: str,
    kind: str,
    spec: Object | None = None,
    *,
    name: str | None = None,
    extra_labels: dict[str, str] | None = None,
    annotations: dict[str, str] | None = None,
    origins: dict[str, tuple[str | int, ...]] | None = None,
    **fields: Any,
) -> Manifest:
    """An object of a component."""
    content: Object = {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": metadata(
            plan, component, name, extra_labels=extra_labels, annotations=annotations
        ),
        **fields,
        **({"spec": spec} if spec is not None else {}),
    }
    return Manifest(component.name, content, tuple((origins or {}).items()))


def cpu(cores: float) -> str:
    """CPU as a canonical quantity: `2`, `500m`."""
    return str(int(cores)) if cores == int(cores) else f"{round(cores * 1000)}m"


def memory(size: float) -> str:
    """Memory as a canonical quantity, rounded up to whole mebibytes: `4Gi`, `600Mi`."""
    mebibytes = -(-int(size) // 2**20)
    return f"{mebibytes // 1024}Gi" if mebibytes % 1024 == 0 else f"{mebibytes}Mi"
