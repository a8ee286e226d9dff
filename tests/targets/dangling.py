"""Kubernetes objects in, the names in them that nothing answers to out (REL020).

Pods come from templates in the objects, or from an operator that gives them labels by the
name of its resource; both kinds are known here by heart, apart from the code that emits them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

Object = dict[str, Any]

OPERATORS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "FlinkDeployment": ("app", {"type": "flink-native-kubernetes"}),
    "Cluster": ("cnpg.io/cluster", {}),
    "Kafka": ("strimzi.io/cluster", {"strimzi.io/kind": "Kafka"}),
    "KafkaConnect": ("strimzi.io/cluster", {"strimzi.io/kind": "KafkaConnect"}),
    "Gateway": ("gateway.envoyproxy.io/owning-gateway-name", {}),
    "RedisCluster": ("app.kubernetes.io/instance", {"app.kubernetes.io/name": "redis"}),
    "RedisReplication": ("app.kubernetes.io/instance", {"app.kubernetes.io/name": "redis"}),
    "FeatureStore": ("feast.dev/name", {}),
}
"""The label by which an operator names the pods it makes of a resource, and the other ones."""


def templates(node: Any) -> Iterator[Object]:
    """Every pod template inside an object."""
    if isinstance(node, dict):
        body = cast(Object, node)
        template: Any = body.get("template")
        if isinstance(template, dict) and "containers" in (body["template"].get("spec") or {}):
            yield body["template"]
        for below in body.values():
            yield from templates(below)
    elif isinstance(node, list):
        for below in cast(list[Any], node):
            yield from templates(below)


def dangling(objects: list[Object]) -> list[str]:
    """What is selected, routed to, scaled or opened, and is not there."""
    pods: list[tuple[Object, Object]] = [
        (template["metadata"].get("labels") or {}, template["spec"])
        for one in objects
        for template in templates(one)
    ]
    made = [_operated(o) for o in objects if o["kind"] in OPERATORS]
    names = {(o["kind"], o["metadata"]["name"]): o for o in objects}
    found: list[str] = []
    for one in objects:
        where = f"{one['kind']} {one['metadata']['name']}"
        selector = _selector(one)
        chosen = [spec for labels, spec in pods if selector and _matches(selector, labels)]
        operated = any(_matches(selector, labels) for labels in made)
        if selector and not chosen and not operated:
            found.append(f"{where} selects nothing by {selector}")
        if chosen:
            ports: set[str] = {
                port.get("name")
                for spec in chosen
                for container in spec["containers"]
                for port in container.get("ports", [])
            }
            found += [f"{where} leads to no port `{p}`" for p in _named_ports(one) - ports]
        found += [
            f"{where} names {kind} {name}, which is not there"
            for kind, name in _named(one)
            if (kind, name) not in names
        ]
    return found


def _operated(one: Object) -> Object:
    key, others = OPERATORS[one["kind"]]
    return {key: one["metadata"]["name"], **others}


def _matches(selector: Object, labels: Object) -> bool:
    return all(labels.get(key) == value for key, value in selector.items())


def _selector(one: Object) -> Object:
    spec: Object = one.get("spec") or {}
    if one["kind"] == "Service":
        return spec.get("selector") or {}
    if one["kind"] in ("PodDisruptionBudget", "PodMonitor", "ServiceMonitor", "Deployment",
                       "StatefulSet"):  # fmt: skip
        return spec["selector"].get("matchLabels") or {}
    if one["kind"] == "NetworkPolicy":
        return spec["podSelector"].get("matchLabels") or {}
    return {}


def _named_ports(one: Object) -> set[str]:
    spec: Object = one.get("spec") or {}
    ports: list[Any] = []
    if one["kind"] == "Service":
        ports = [p.get("targetPort") for p in spec.get("ports", [])]
    elif one["kind"] == "PodMonitor":
        ports = [e.get("port") for e in spec.get("podMetricsEndpoints", [])]
    return {port for port in ports if isinstance(port, str)}


def _named(one: Object) -> Iterator[tuple[str, str]]:
    """Objects that another one names."""
    spec: Object = one.get("spec") or {}
    if one["kind"] == "HorizontalPodAutoscaler":
        yield spec["scaleTargetRef"]["kind"], spec["scaleTargetRef"]["name"]
    if one["kind"] == "HTTPRoute":
        for rule in spec.get("rules", []):
            for to in rule.get("backendRefs", []):
                yield to.get("kind", "Service"), to["name"]
        for parent in spec.get("parentRefs", []):
            yield parent.get("kind", "Gateway"), parent["name"]
    if one["kind"] == "RoleBinding":
        yield one["roleRef"]["kind"], one["roleRef"]["name"]
    for template in templates(one):
        account = template["spec"].get("serviceAccountName")
        if account:
            yield "ServiceAccount", account
        for volume in template["spec"].get("volumes", []):
            if "configMap" in volume and not volume["configMap"].get("optional"):
                yield "ConfigMap", volume["configMap"]["name"]
