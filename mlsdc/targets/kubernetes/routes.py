"""Endpoints in, Gateway API routes and the network policies of their traffic out.

A route takes the path `/<endpoint>` and hands on what follows it. Policies add both halves of
what a route lets through and the design's edges do not say: mirrors, and internal detours.
"""

from __future__ import annotations

from collections.abc import Iterator

from mlsdc.compiler.bindings import slug
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.request import Call, Request, Step
from mlsdc.targets.base import Plan
from mlsdc.targets.kubernetes.experiment import Split, backends
from mlsdc.targets.kubernetes.network import pods_of
from mlsdc.targets.kubernetes.objects import Manifest, Object, made

GATEWAY_API = "gateway.networking.k8s.io/v1"


def calls_to(steps: tuple[Step, ...], target: str) -> Iterator[Call]:
    """Every call of one target in a request, nested ones included."""
    for step in steps:
        if isinstance(step, Call) and step.target == target:
            yield step
        yield from calls_to(getattr(step, "steps", ()), target)


def timeout_of(plan: Plan, endpoint: str, default: float) -> float:
    """Seconds a caller waits for an endpoint: the longest that a call states, or the default."""
    stated = [
        call.timeout.value
        for request in plan.design.of(Request)
        for call in calls_to(request.steps, endpoint)
        if call.timeout is not None
    ]
    return max(stated, default=default)


def route(
    plan: Plan, owner: Component, gateway: str, endpoint: str, seconds: float,
    split: Split | None, host: str | None = None, name: str | None = None,
) -> Manifest:  # fmt: skip
    """The route of one endpoint."""
    path = f"/{slug(endpoint)}"
    rewrite = {"type": "URLRewrite",
               "urlRewrite": {"path": {"type": "ReplacePrefixMatch",
                                       "replacePrefixMatch": "/"}}}  # fmt: skip
    to, mirrors = backends(plan, endpoint, split)
    spec: Object = {
        "parentRefs": [{"name": gateway}],
        **({"hostnames": [host]} if host else {}),
        "rules": [
            {
                "matches": [{"path": {"type": "PathPrefix", "value": path}}],
                "filters": [rewrite, *mirrors],
                "timeouts": {"request": f"{max(1, round(seconds * 1000))}ms"},
                "backendRefs": to,
            }
        ],
    }
    return made(plan, owner, GATEWAY_API, "HTTPRoute", spec, name=name or slug(endpoint))


def allowed(
    plan: Plan, owner: Component, name: str, source: dict[str, str], target: dict[str, str],
    ports: tuple[int, ...],
) -> Iterator[Manifest]:  # fmt: skip
    """Both halves of one permission: the source may send, the target may receive."""
    to = [{"protocol": "TCP", "port": port} for port in ports]
    sender, receiver = ({"podSelector": {"matchLabels": pods}} for pods in (source, target))
    policy = "networking.k8s.io/v1", "NetworkPolicy"
    egress = {**sender, "policyTypes": ["Egress"], "egress": [{"to": [receiver], "ports": to}]}
    ingress = {**receiver, "policyTypes": ["Ingress"],
               "ingress": [{"from": [sender], "ports": to}]}  # fmt: skip
    yield made(plan, owner, *policy, egress, name=f"{name}-send")
    yield made(plan, owner, *policy, ingress, name=f"{name}-receive")


def allowed_to(
    plan: Plan, owner: Component, source: dict[str, str], label: str, endpoint: str
) -> Iterator[Manifest]:
    """Permission for some pods to call an endpoint's ports."""
    pods = pods_of(plan, endpoint)
    if pods is not None:
        ports = tuple(port.number for port in pods.ports if port.protocol == "http")
        name = f"{label}-to-{slug(endpoint)}"
        yield from allowed(plan, owner, name, source, pods.selector, ports)
