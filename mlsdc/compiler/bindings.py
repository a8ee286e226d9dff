"""What one component has to know to talk to another.

Each system publishes a binding record; the edge decides who receives it. Plain fields become
environment variables, every secret becomes a file, and a field known only after provisioning is
published by the Pulumi program in a ConfigMap under a fixed name. Nothing else is handed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from mlsdc.compiler import rules
from mlsdc.compiler.design import Design
from mlsdc.compiler.graph import Edge
from mlsdc.diagnostics import Diagnostic, Label

Sensitivity = Literal["plain", "secret"]
FieldType = Literal["text", "host", "port", "truth", "url", "addresses"]
"""What a binding field holds; `addresses` are `host:port`, separated by commas."""
Phase = Literal["compile", "provision"]


@dataclass(frozen=True)
class SecretKey:
    """A key of a Secret that exists in the cluster, by whatever makes it.

    `{client}` in the Secret's name stands for the client's own name, where each gets its own.
    """

    secret: str
    key: str


@dataclass(frozen=True)
class KeptIn:
    """A key of an object of the cluster that holds a value which is no secret."""

    kind: Literal["secret", "config_map"]
    name: str
    key: str


@dataclass(frozen=True)
class BindingField:
    """One thing a client has to know.

    A compile-time field has its `value`; a secret names the Secret and key that hold it; `kept`
    names an object of the cluster that somebody else fills; a field of the provision phase has none
    of them, and is read from the target's binding ConfigMap.
    """

    name: str
    value: str | None = None
    secret: SecretKey | None = None
    unit: str = ""
    type: FieldType = "text"
    choices: tuple[str, ...] = ()
    """The words it may be; empty where it is free."""
    kept: KeptIn | None = None

    @property
    def sensitivity(self) -> Sensitivity:
        """Secrets are handed over as files only."""
        return "secret" if self.secret is not None else "plain"

    @property
    def phase(self) -> Phase:
        """When the value is known."""
        known = self.value is not None or self.secret is not None or self.kept is not None
        return "compile" if known else "provision"


@dataclass(frozen=True)
class Port:
    """Where something listens."""

    name: str
    number: int
    protocol: Literal["http", "grpc", "tcp", "tls"] = "tcp"


@dataclass(frozen=True)
class Binding:
    """The record a system publishes."""

    fields: tuple[BindingField, ...] = ()


@dataclass(frozen=True)
class Handover:
    """One field handed to one client over one edge."""

    edge: Edge
    field: BindingField
    variable: str
    """The environment variable: the value itself, or for a secret the path of its file."""

    @property
    def file(self) -> str:
        """Where a secret is mounted."""
        return f"/var/run/bindings/{slug(self.edge.target)}/{self.field.name}"


def slug(name: str) -> str:
    """A component's name as Kubernetes and DNS want it: `features_online` is `features-online`.

    Names are at most 40 characters, so that suffixes fit into DNS labels; longer ones are cut and
    told apart by a digest.
    """
    text = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "x"
    if not text[0].isalpha():
        text = f"x-{text}"
    if len(text) <= 40:
        return text
    from hashlib import sha256

    return f"{text[:33].rstrip('-')}-{sha256(name.encode()).hexdigest()[:6]}"


def variable(*parts: str) -> str:
    """An environment variable's name: `FEATURES_ONLINE_HOST`."""
    return re.sub(r"[^A-Z0-9]+", "_", "_".join(parts).upper()).strip("_")


def binding_config_map(target: str) -> str:
    """The fixed name under which fields of the provision phase are published."""
    return f"{slug(target)}-binding"


def handovers(edges: list[Edge], bindings: dict[str, Binding]) -> list[Handover]:
    """Everything one component is handed over its outgoing edges, in the order of names."""
    found: dict[str, Handover] = {}
    for edge in edges:
        if edge.rule.access == "observe":
            continue
        for field in bindings.get(edge.target, Binding()).fields:
            name = variable(edge.target, field.name, *(["file"] if field.secret else []))
            found.setdefault(name, Handover(edge, _for_client(field, edge), name))
    return [found[name] for name in sorted(found)]


def _for_client(field: BindingField, edge: Edge) -> BindingField:
    if field.secret is None or "{client}" not in field.secret.secret:
        return field
    own = SecretKey(field.secret.secret.format(client=slug(edge.source)), field.secret.key)
    return replace(field, secret=own)


def clashes(design: Design, edges: list[Edge], bindings: dict[str, Binding]) -> list[Diagnostic]:
    """Two targets whose fields would reach one client under one name."""
    owner: dict[str, Edge] = {}
    said: list[Diagnostic] = []
    for edge in edges:
        for field in bindings.get(edge.target, Binding()).fields:
            name = variable(edge.target, field.name, *(["file"] if field.secret else []))
            first = owner.setdefault(name, edge)
            if first.target != edge.target:
                said.append(
                    rules.BINDING_CLASH.at(
                        edge.because[0],
                        f"`{edge.source}` would receive {name} from both `{first.target}` and "
                        f"`{edge.target}`",
                        subject=edge.source,
                        labels=[Label(first.because[0], f"`{first.target}` hands it over here")],
                        help=f"rename `{edge.target}`",
                    )
                )
    return said
