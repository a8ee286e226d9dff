"""Envoy Gateway: the edge of the design, by the Gateway API and Envoy Gateway's own policies.

Runs in gateway namespace mode (a setting of the chart): the proxies of a Gateway run in the
Gateway's own namespace, named after it and labelled `gateway.envoyproxy.io/owning-gateway-name`,
so network policies of this namespace hold for them. Listener ports below 1024 are moved up by
10000 in the pod. Source: Envoy Gateway documentation, "Gateway Namespace Mode".
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.bindings import Binding, BindingField, Port, slug
from mlsdc.compiler.model.component import Component, ServiceTime
from mlsdc.compiler.model.serving import Gateway
from mlsdc.compiler.model.types import Bytes, Cores, Text
from mlsdc.targets.base import Obstacle, Plan, Prerequisite, Requirement
from mlsdc.targets.kubernetes.credentials import (
    EXTERNAL_SECRETS,
    credentials,
    credentials_prerequisite,
)
from mlsdc.targets.kubernetes.experiment import (
    Split,
    callers,
    direct,
    http_port,
    splits,
    unrouted,
)
from mlsdc.targets.kubernetes.network import pods_of
from mlsdc.targets.kubernetes.objects import Manifest, Object, Pods, cpu, made, memory
from mlsdc.targets.kubernetes.routes import GATEWAY_API, allowed, allowed_to, route, timeout_of
from mlsdc.units import BYTES, Quantity

POLICIES = "gateway.envoyproxy.io/v1alpha1"
OWNER_LABEL = "gateway.envoyproxy.io/owning-gateway-name"
METRICS = Port("metrics", 19001, "http")
INTERNAL = Port("http", 8080, "http")
XDS_PORT = 18000
ROUTE_TIMEOUT = 15.0
"""Seconds; the edge table's default for calls of a gateway."""
ENVOY_GATEWAY = Requirement(
    name="envoy-gateway",
    versions=">=1.7,<2",
    kinds=(
        f"{GATEWAY_API} Gateway",
        f"{GATEWAY_API} HTTPRoute",
        *(f"{POLICIES} {kind}" for kind in ("BackendTrafficPolicy", "ClientTrafficPolicy",
                                            "EnvoyProxy", "SecurityPolicy")),
    ),
    chart="gateway-helm",
    repository="oci://docker.io/envoyproxy",
    chart_version="v1.9.0",
    namespace="envoy-gateway-system",
    settings=(("config.envoyGateway.provider.kubernetes.deploy.type", "GatewayNamespace"),),
)  # fmt: skip
CERT_MANAGER = Requirement(
    name="cert-manager",
    versions=">=1.17,<2",
    kinds=("cert-manager.io/v1 Certificate",),
    chart="cert-manager",
    repository="oci://quay.io/jetstack/charts",
    chart_version="v1.19.4",
    namespace="cert-manager",
    settings=(("crds.enabled", "true"),),
)


class Envoy(Gateway):
    """A gateway run by Envoy Gateway: TLS, authentication, rate limits, routes, traffic splits.

    Each endpoint it calls is reached under `/<endpoint>`. A shadow is a mirrored share of the
    requests, whose answers are dropped; `canary` and `ab` are weights, drawn anew per request.

    Example:

        gateway edge: envoy {
          host   = "fraud.example.com"
          auth   = jwt
          issuer = "https://login.example.com"
          limit  = 2000/s
        }
    """

    system = "envoy"
    summary = "gateway: TLS, authentication, limits, routes"
    requires: ClassVar[tuple[Any, ...]] = (ENVOY_GATEWAY, CERT_MANAGER, EXTERNAL_SECRETS)

    gateway_class: Text = "envoy"
    """The GatewayClass that Envoy Gateway answers for; it must exist."""
    certificate_issuer: Text = "letsencrypt"
    """The ClusterIssuer of cert-manager that signs for `host`; it must exist."""
    jwks: Text | None = None
    """Where the issuer's keys are; `<issuer>/.well-known/jwks.json` where absent."""
    audiences: tuple[Text, ...] = ()
    """Audiences a JWT may be meant for; any where empty."""
    api_key_header: Text = "x-api-key"
    """The header that carries the key, with `auth = api_key`."""
    rate_limit: Literal["local", "global"] = "local"
    """local: each proxy admits its part of `limit`; global: counted in the Redis of the
    operator's rate limit service, which has to be set up there."""
    cpu: Cores = 1.0
    """Cores of one proxy."""
    memory: Bytes = Quantity(2.0**29, BYTES)
    """Memory of one proxy."""

    def service_time(self) -> ServiceTime:
        """The time the proxy itself adds to a request."""
        return super().service_time() or ServiceTime(
            {0.5: 0.001, 0.99: 0.003}, "default", "assumption: one hop of Envoy, 1 ms p50, 3 ms p99"
        )

    def binding(self, plan: Plan) -> Binding:
        """Its public address, or the one inside the cluster where it has no host."""
        inside = f"http://{slug(self.name)}.{plan.namespace}.svc"
        url = f"https://{self.host}" if self.host else inside
        return Binding((BindingField("url", url, type="url"),))

    def pods(self, plan: Plan) -> Pods:
        """The proxies, which Envoy Gateway runs in the Gateway's namespace."""
        port = Port("https", 10443, "tls") if self.host else Port("http", 10080, "http")
        keys = (Port("https", 443, "tls"),) if self.auth == "jwt" else ()
        return Pods(
            {OWNER_LABEL: slug(self.name)}, (port,), METRICS, metrics_path="/stats/prometheus",
            public=True, outside=keys,
        )  # fmt: skip

    def obstacles(self, plan: Plan) -> Iterator[Obstacle]:
        """Authentication without what it needs, endpoints and experiments no route can reach."""
        if self.auth == "jwt" and self.issuer is None:
            line = 'issuer = "https://login.example.com"'
            yield Obstacle(self.name, "auth", "`auth = jwt` has no `issuer`", line)
        if self.auth == "mtls" and self.host is None:
            line = 'host = "ml.example.com"'
            yield Obstacle(self.name, "auth", "`auth = mtls` needs TLS, so a `host`", line)
        for edge in plan.graph.out(self):
            if edge.verb == "calls" and http_port(plan, edge.target) is None:
                why = f"`{edge.target}` does not speak HTTP in the cluster"
                yield Obstacle(self.name, "", why, f"endpoint {edge.target}: container {{ ... }}")
        yield from unrouted(plan, self)

    def prerequisites(self, plan: Plan) -> Iterator[Prerequisite]:
        """The class, the issuer and the client credentials, which others make."""
        kind = f"{GATEWAY_API} GatewayClass"
        yield Prerequisite(self.name, kind, self.gateway_class, "the class of its Gateway")
        if self.host:
            kind, why = "cert-manager.io/v1 ClusterIssuer", f"signs the certificate of {self.host}"
            yield Prerequisite(self.name, kind, self.certificate_issuer, why)
        for secret, keys, why in self._secrets():
            yield credentials_prerequisite(plan, self, secret, keys, why)

    def _secrets(self) -> Iterator[tuple[str, tuple[str, ...], str]]:
        if self.auth == "mtls":
            yield f"{slug(self.name)}-client-ca", ("ca.crt",), "signs the clients' certificates"
        if self.auth == "api_key":
            yield f"{slug(self.name)}-api-keys", ("client",), "one API key for each client"

    def diverted(self, plan: Plan, client: Component) -> dict[str, Binding]:
        """What a client is handed instead, where an experiment stands in front of a target."""
        found: dict[str, Binding] = {}
        for split in self._internal(plan):
            if client.name in callers(plan, split):
                host = f"{self._internal_name()}.{plan.namespace}.svc"
                url = f"http://{host}:{INTERNAL.number}/{slug(split.control)}"
                kept = [f for f in plan.bindings[split.control].fields
                        if f.name not in ("url", "grpc")]  # fmt: skip
                found[split.control] = Binding((BindingField("url", url), *kept))
        return found

    def kubernetes(self, plan: Plan) -> Iterator[Manifest]:
        """The Gateway with its proxies, routes and policies."""
        name = slug(self.name)
        yield from self._gateway(plan, name, self._listener(), "LoadBalancer")
        if self.host:
            yield self._certificate(plan)
        carried = {s.control: s for s in splits(plan, self) if direct(plan, self, s)}
        for edge in plan.graph.out(self):
            if edge.verb == "calls" and http_port(plan, edge.target) is not None:
                wait = timeout_of(plan, edge.target, edge.rule.timeout or ROUTE_TIMEOUT)
                yield route(
                    plan, self, name, edge.target, wait, carried.get(edge.target), self.host
                )
        for split in carried.values():
            yield from allowed_to(plan, self, {OWNER_LABEL: name}, name, split.treatment)
        for secret, keys, _ in self._secrets():
            yield from credentials(plan, self, secret, keys)
        yield from self._policies(plan, name)
        internal = self._internal(plan)
        if internal:
            yield from self._internal_gateway(plan, internal)

    def _listener(self) -> Object:
        routes = {"namespaces": {"from": "Same"}}
        if self.host is None:
            return {"name": "http", "port": 80, "protocol": "HTTP", "allowedRoutes": routes}
        tls = {"mode": "Terminate", "certificateRefs": [{"name": f"{slug(self.name)}-tls"}]}
        return {"name": "https", "port": 443, "protocol": "HTTPS", "hostname": self.host,
                "tls": tls, "allowedRoutes": routes}  # fmt: skip

    def _gateway(
        self, plan: Plan, name: str, listener: Object, exposure: str
    ) -> Iterator[Manifest]:
        count = self._count(plan)
        size = {"cpu": cpu(self.cpu), "memory": memory(self.memory.value)}
        pods: Object = {OWNER_LABEL: name}
        spread = {"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone",
                  "whenUnsatisfiable": "ScheduleAnyway",
                  "labelSelector": {"matchLabels": pods}}  # fmt: skip
        proxy: Object = {
            "envoyDeployment": {
                "name": name,
                "replicas": count,
                "container": {"resources": {"requests": size, "limits": size}},
                "pod": {"topologySpreadConstraints": [spread]},
            },
            "envoyService": {"name": name, "type": exposure},
            **({"envoyPDB": {"maxUnavailable": 1}} if count > 1 else {}),
        }
        yield made(
            plan,
            self,
            POLICIES,
            "EnvoyProxy",
            {"provider": {"type": "Kubernetes", "kubernetes": proxy}},
            name=name,
            origins={"spec.provider.kubernetes.envoyDeployment.replicas": ("replicas",)},
        )
        reference = {"group": "gateway.envoyproxy.io", "kind": "EnvoyProxy", "name": name}
        yield made(
            plan,
            self,
            GATEWAY_API,
            "Gateway",
            {
                "gatewayClassName": self.gateway_class,
                "infrastructure": {"parametersRef": reference},
                "listeners": [listener],
            },
            name=name,
        )
        namespace = {"kubernetes.io/metadata.name": ENVOY_GATEWAY.namespace}
        control = {
            "to": [{"namespaceSelector": {"matchLabels": namespace}}],
            "ports": [{"protocol": "TCP", "port": XDS_PORT}],
        }
        yield made(
            plan,
            self,
            "networking.k8s.io/v1",
            "NetworkPolicy",
            {"podSelector": {"matchLabels": pods}, "policyTypes": ["Egress"], "egress": [control]},
            name=f"{name}-control-plane",
        )

    def _count(self, plan: Plan) -> int:
        sized = plan.facts.get(Capacity).replicas(self)
        return self.replicas if self.replicas != "auto" else (sized or 2)

    def _certificate(self, plan: Plan) -> Manifest:
        name = f"{slug(self.name)}-tls"
        issuer = {"group": "cert-manager.io", "kind": "ClusterIssuer",
                  "name": self.certificate_issuer}  # fmt: skip
        spec: Object = {"secretName": name, "dnsNames": [self.host], "issuerRef": issuer}
        origins: dict[str, tuple[str | int, ...]] = {"spec.dnsNames": ("host",)}
        return made(plan, self, "cert-manager.io/v1", "Certificate", spec, name=name,
                    origins=origins)  # fmt: skip

    def _policies(self, plan: Plan, name: str) -> Iterator[Manifest]:
        target = {
            "targetRefs": [{"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": name}]
        }
        secured = self._security()
        if secured:
            yield made(plan, self, POLICIES, "SecurityPolicy", {**target, **secured},
                       origins={"spec": ("auth",)})  # fmt: skip
        if self.limit is not None:
            limit = {"type": self.rate_limit.capitalize(), self.rate_limit: self._limit(plan)}
            yield made(plan, self, POLICIES, "BackendTrafficPolicy",
                       {**target, "rateLimit": limit},
                       origins={"spec.rateLimit": ("limit",)})  # fmt: skip
        waiting = {"http": {"requestReceivedTimeout": "10s", "idleTimeout": "300s"}}
        yield made(
            plan, self, POLICIES, "ClientTrafficPolicy",
            {**target, "timeout": waiting, **({"tls": self._tls()} if self.host else {})},
        )  # fmt: skip

    def _tls(self) -> Object:
        if self.auth != "mtls":
            return {"minVersion": "1.2"}
        authority = {"group": "", "kind": "Secret", "name": f"{slug(self.name)}-client-ca"}
        return {"minVersion": "1.2", "clientValidation": {"caCertificateRefs": [authority]}}

    def _security(self) -> Object:
        if self.auth == "jwt" and self.issuer is not None:
            keys = self.jwks or f"{self.issuer.rstrip('/')}/.well-known/jwks.json"
            provider: Object = {
                "name": "issuer",
                "issuer": self.issuer,
                **({"audiences": list(self.audiences)} if self.audiences else {}),
                "remoteJWKS": {"uri": keys},
            }
            return {"jwt": {"providers": [provider]}}
        if self.auth == "api_key":
            secret = {"group": "", "kind": "Secret", "name": f"{slug(self.name)}-api-keys"}
            header = {"headers": [self.api_key_header]}
            return {"apiKeyAuth": {"credentialRefs": [secret], "extractFrom": [header]}}
        return {}

    def _limit(self, plan: Plan) -> Object:
        """The limit in whole requests, in the shortest unit that keeps it exact to one percent."""
        assert self.limit is not None
        rate = self.limit.value / (self._count(plan) if self.rate_limit == "local" else 1)
        units = {"Second": 1, "Minute": 60, "Hour": 3600}
        unit = next((u for u, seconds in units.items() if rate * seconds >= 100), "Hour")
        seconds = units[unit]
        requests = max(1, math.ceil(round(rate * seconds, 6)))
        return {"rules": [{"limit": {"requests": requests, "unit": unit}}]}

    def _internal(self, plan: Plan) -> list[Split]:
        return [s for s in splits(plan, self) if not direct(plan, self, s) and callers(plan, s)]

    def _internal_name(self) -> str:
        return f"{slug(self.name)}-internal"

    def _internal_gateway(self, plan: Plan, internal: list[Split]) -> Iterator[Manifest]:
        """A second gateway for calls between endpoints, with no address outside the cluster."""
        name = self._internal_name()
        listener = {"name": "http", "port": INTERNAL.number, "protocol": "HTTP",
                    "allowedRoutes": {"namespaces": {"from": "Same"}}}  # fmt: skip
        yield from self._gateway(plan, name, listener, "ClusterIP")
        pods = {OWNER_LABEL: name}
        dns = {
            "to": [{"namespaceSelector": {"matchLabels": {
                "kubernetes.io/metadata.name": "kube-system"}}}],
            "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}],
        }  # fmt: skip
        yield made(
            plan, self, "networking.k8s.io/v1", "NetworkPolicy",
            {"podSelector": {"matchLabels": pods}, "policyTypes": ["Ingress", "Egress"],
             "egress": [dns]},
            name=name,
        )  # fmt: skip
        targets: dict[str, None] = {}
        for split in internal:
            wait = timeout_of(plan, split.control, 1.0)
            label = f"{slug(split.experiment.name)}-{slug(split.control)}"
            yield route(plan, self, name, split.control, wait, split, name=label)
            targets.update(dict.fromkeys((split.control, split.treatment)))
        for source in sorted({c for split in internal for c in callers(plan, split)}):
            client = pods_of(plan, source)
            if client is not None:
                label = f"{slug(source)}-to-{name}"
                yield from allowed(plan, self, label, client.selector, pods, (INTERNAL.number,))
        for target in targets:
            yield from allowed_to(plan, self, pods, name, target)
