"""The name of a Secret in, what fills it out: the platform's secret store, or a prerequisite.

No manifest ever holds a secret value. Where the platform names a store, External Secrets copies
each key from `<namespace>/<secret>`; otherwise the Secret is listed among the prerequisites.
"""

from __future__ import annotations

from collections.abc import Iterator

from mlsdc.compiler.model.component import Component
from mlsdc.targets.base import Plan, Prerequisite, Requirement
from mlsdc.targets.kubernetes.objects import Manifest, made

EXTERNAL_SECRETS = Requirement(
    name="external-secrets",
    versions=">=1,<3",
    kinds=("external-secrets.io/v1 ExternalSecret",),
    chart="external-secrets",
    repository="https://charts.external-secrets.io",
    chart_version="2.9.0",
    namespace="external-secrets",
)


def credentials(
    plan: Plan, component: Component, secret: str, keys: tuple[str, ...]
) -> Iterator[Manifest]:
    """The ExternalSecret that fills a Secret; nothing where the platform names no store."""
    store = plan.design.environment.platform.secrets
    if store is None:
        return
    path = f"{plan.namespace}/{secret}"
    yield made(
        plan,
        component,
        "external-secrets.io/v1",
        "ExternalSecret",
        {
            "refreshInterval": "1h",
            "secretStoreRef": {"name": store, "kind": "ClusterSecretStore"},
            "target": {"name": secret, "creationPolicy": "Owner"},
            "data": [
                {"secretKey": key, "remoteRef": {"key": path, "property": key}} for key in keys
            ],
        },
        name=secret,
    )


def credentials_prerequisite(
    plan: Plan, component: Component, secret: str, keys: tuple[str, ...], reason: str
) -> Prerequisite:
    """What has to be there for that Secret: the store with its entry, or the Secret itself."""
    store = plan.design.environment.platform.secrets
    if store is None:
        return Prerequisite(component.name, "v1 Secret", secret, reason, keys)
    kind = "external-secrets.io/v1 ClusterSecretStore"
    why = f"{reason}; read from its entry {plan.namespace}/{secret}"
    return Prerequisite(component.name, kind, store, why, keys)
