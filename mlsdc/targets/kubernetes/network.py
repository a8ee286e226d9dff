"""Edges in, network policies out: default deny, then both halves of every edge, and DNS.

What no edge asks for is closed. Removing an edge from the design removes both of its halves.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

from mlsdc.compiler.bindings import Port, slug
from mlsdc.compiler.model.component import Component
from mlsdc.targets.base import Plan
from mlsdc.targets.kubernetes.objects import Manifest, Object, Pods, made

MONITORING_NAMESPACE = "monitoring"
VPC_RANGE = "10.0.0.0/8"
"""Where managed services of the cloud listen; the Pulumi program's network lies inside it."""
IDENTITY_AGENTS: dict[str, Object] = {
    "aws": {
        "to": [{"ipBlock": {"cidr": "169.254.170.23/32"}}],
        "ports": [{"protocol": "TCP", "port": 80}],
    }
}
"""Where pods get their identity in a cloud (EKS User Guide, "EKS Pod Identity considerations")."""


def pods_of(plan: Plan, name: str) -> Pods | None:
    """How a component's pods are found, where it runs in the cluster."""
    component = plan.design.components.get(name)
    if component is None or plan.where(component) != "cluster":
        return None
    find: Any = getattr(component, "pods", None)
    return find(plan) if find is not None else None


def network_policies(plan: Plan) -> Iterator[Manifest]:
    """The policies of one environment."""
    owner = plan.design.system
    spec: Object = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    yield made(plan, owner, "networking.k8s.io/v1", "NetworkPolicy", spec, name="default-deny")
    for sharing in _sharing(plan):
        component, pods = sharing[0]
        yield _policy(plan, component, [c for c, _ in sharing], pods)
    for component in plan.placed("cluster"):
        pods = pods_of(plan, component.name)
        if pods is not None and pods.agent:
            yield _agent_policy(plan, component, pods)
    for component in plan.placed("cloud"):
        if plan.carried(component):
            yield _client_policy(plan, component)


def _sharing(plan: Plan) -> list[list[tuple[Component, Pods]]]:
    """Components by the pods they run in: those of one cluster share its pods and their policy."""
    found: dict[tuple[tuple[str, str], ...], list[tuple[Component, Pods]]] = {}
    for component in plan.placed("cluster"):
        pods = pods_of(plan, component.name)
        if pods is not None:
            key = tuple(sorted(pods.selector.items()))
            found.setdefault(key, []).append((component, pods))
    return list(found.values())


def _policy(plan: Plan, component: Component, sharing: list[Component], pods: Pods) -> Manifest:
    ingress = [rule for c in sharing for rule in _ingress(plan, c, pods)]
    own = [c for c in sharing if not _agent(plan, c)]
    egress = [_dns(), *(rule for c in own for rule in _egress(plan, c))]
    for agent in [_agent(plan, c) for c in sharing]:
        if agent:
            source = {"podSelector": {"matchLabels": agent}}
            ingress.append({"from": [source], "ports": _ports(pods.ports)})
    if pods.operator:
        namespace = {"kubernetes.io/metadata.name": pods.operator}
        source = {"namespaceSelector": {"matchLabels": namespace}}
        ingress.append({"from": [source], "ports": _ports(pods.ports)})
    if pods.peers:
        peer = {"podSelector": {"matchLabels": pods.selector}}
        ingress.append({"from": [peer]})
        egress.append({"to": [peer]})
    if pods.public:
        ingress.append({"ports": _ports(pods.ports)})
    if pods.api_server:
        egress.append(
            {"ports": [{"protocol": "TCP", "port": 443}, {"protocol": "TCP", "port": 6443}]}
        )
    if pods.outside and not pods.agent:
        egress.append({"ports": _ports(pods.outside)})
    spec: Object = {
        "podSelector": {"matchLabels": pods.selector},
        "policyTypes": ["Ingress", "Egress"],
        **({"ingress": _unique(ingress)} if ingress else {}),
        "egress": _unique(egress),
    }
    return made(plan, component, "networking.k8s.io/v1", "NetworkPolicy", spec)


def _agent(plan: Plan, component: Component) -> dict[str, str]:
    pods = pods_of(plan, component.name)
    return pods.agent if pods is not None else {}


def _agent_policy(plan: Plan, component: Component, pods: Pods) -> Manifest:
    """What follows a component's edges in its place reaches their targets, and the component."""
    peer = {"podSelector": {"matchLabels": pods.agent}}
    itself = {"to": [{"podSelector": {"matchLabels": pods.selector}}], "ports": _ports(pods.ports)}
    outside = [{"ports": _ports(pods.outside)}] if pods.outside else []
    spec: Object = {
        "podSelector": {"matchLabels": pods.agent},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [{"from": [peer]}],
        "egress": _unique([_dns(), *_egress(plan, component), itself, {"to": [peer]}, *outside]),
    }
    return made(
        plan, component, "networking.k8s.io/v1", "NetworkPolicy", spec,
        name=f"{slug(component.name)}-agent",
    )  # fmt: skip


def _client_policy(plan: Plan, component: Component) -> Manifest:
    """What carries something into a component of the cloud reaches both ends; nobody reaches it."""
    find: Any = getattr(component, "client_pods")  # noqa: B009 - a seam of stdlib classes
    pods: Pods = find(plan)
    outside = [{"ports": _ports(pods.outside)}] if pods.outside else []
    spec: Object = {
        "podSelector": {"matchLabels": pods.selector},
        "policyTypes": ["Ingress", "Egress"],
        "egress": _unique([_dns(), *_egress(plan, component), *outside]),
    }
    return made(plan, component, "networking.k8s.io/v1", "NetworkPolicy", spec)


def _ingress(plan: Plan, component: Component, pods: Pods) -> Iterator[Object]:
    for edge in plan.graph.into(component):
        if edge.rule.access == "observe":
            port = pods.metrics
            if port is not None:
                namespace = {"kubernetes.io/metadata.name": MONITORING_NAMESPACE}
                yield {
                    "from": [{"namespaceSelector": {"matchLabels": namespace}}],
                    "ports": _ports((port,)),
                }
            continue
        source = pods_of(plan, edge.source)
        if source is not None and pods.ports:
            yield {
                "from": [{"podSelector": {"matchLabels": source.agent or source.selector}}],
                "ports": _ports(pods.ports),
            }


def _egress(plan: Plan, component: Component) -> Iterator[Object]:
    for edge in plan.edges_of(component):
        if edge.rule.access == "observe":
            yield from _scraped_outside(plan, edge.target)
            continue
        target = pods_of(plan, edge.target)
        if target is not None and target.ports:
            yield {
                "to": [{"podSelector": {"matchLabels": target.selector}}],
                "ports": _ports(target.ports),
            }
        elif plan.where(edge.target) in ("cloud", "existing"):
            yield from _outside(plan, edge.target)
            yield from _identity(plan, edge.target)


def _scraped_outside(plan: Plan, name: str) -> Iterator[Object]:
    """The metrics of a managed service, for what scrapes them from inside the namespace."""
    port: Port | None = getattr(plan.design.components[name], "cloud_metrics", None)
    if port is not None and plan.where(name) == "cloud":
        yield {"to": [{"ipBlock": {"cidr": VPC_RANGE}}], "ports": _ports((port,))}


def _identity(plan: Plan, name: str) -> Iterator[Object]:
    """The way to one's identity, for clients of what knows them by it."""
    component = plan.design.components[name]
    known = hasattr(type(component), f"{plan.platform}_rights")
    reached = plan.where(name) == "cloud" or "arn" in (component.existing or {})
    if known and reached and plan.platform in IDENTITY_AGENTS:
        yield IDENTITY_AGENTS[plan.platform]


def _outside(plan: Plan, name: str) -> Iterator[Object]:
    component = plan.design.components[name]
    ports: tuple[Port, ...] = getattr(component, "cloud_ports", ())
    if component.existing is not None:
        yield from _existing(plan, component)
    elif ports and getattr(component, "public_service", False):
        yield {"ports": _ports(ports)}
    elif ports:
        yield {"to": [{"ipBlock": {"cidr": VPC_RANGE}}], "ports": _ports(ports)}


def _existing(plan: Plan, component: Component) -> Iterator[Object]:
    """The way to what is there already: as narrow as its literals tell.

    A policy knows no host names, so a name outside the cluster leaves only the ports.
    """
    from mlsdc.targets.existing import hosts_of, literal, ports_of

    ports = [{"protocol": "TCP", "port": number} for number in ports_of(plan, component)]
    if not ports:
        return
    cidr = literal(component, "cidr")
    if cidr is not None:
        yield {"to": [{"ipBlock": {"cidr": cidr}}], "ports": ports}
        return
    peers = [_peer(host) for host in hosts_of(plan, component)]
    known = [peer for peer in peers if peer is not None]
    narrow = bool(known) and len(known) == len(peers)
    yield {"to": _unique(known), "ports": ports} if narrow else {"ports": ports}


def _peer(host: str) -> Object | None:
    """An address, or the namespace of a Service of this cluster; None for any other name."""
    try:
        return {"ipBlock": {"cidr": str(ip_network(host))}}
    except ValueError:
        parts = host.removesuffix(".cluster.local").split(".")
    if len(parts) == 3 and parts[2] == "svc":
        namespace = {"kubernetes.io/metadata.name": parts[1]}
        return {"namespaceSelector": {"matchLabels": namespace}}
    return None


def _ports(ports: tuple[Port, ...]) -> list[Object]:
    return [{"protocol": "TCP", "port": port.number} for port in ports]


def _dns() -> Object:
    namespace = {"kubernetes.io/metadata.name": "kube-system"}
    return {
        "to": [{"namespaceSelector": {"matchLabels": namespace}}],
        "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}],
    }


def _unique(rules: list[Object]) -> list[Object]:
    found: list[Object] = []
    for rule in rules:
        if rule not in found:
            found.append(rule)
    return found
