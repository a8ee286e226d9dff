"""Edges in, roles out: one IAM role for each component that uses a resource of the cloud.

A role is taken by one service account of one namespace of one cluster, and allows what its edges
ask for. Law: exact actions only, on named resources only; without an edge there is no right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from mlsdc.compiler.bindings import slug
from mlsdc.compiler.graph import Edge
from mlsdc.targets.base import Plan
from mlsdc.targets.pulumi.cloud import (
    CLUSTER_ARN,
    CLUSTER_NAME,
    NAMESPACE,
    Access,
    Right,
    allowed,
    key,
    tags,
    trust,
)
from mlsdc.targets.pulumi.resources import Concat, Json, Module, Ref, Resource, Statement, Value

WITHOUT_RESOURCES: frozenset[str] = frozenset()
"""Actions for which AWS knows no resource, and whose statement may name all; none is in use."""


class TooWide(ValueError):  # noqa: N818 - named for what happened
    """A right that would allow more than an edge asks for."""


def identity(plan: Plan) -> Module:
    """The module `identity`."""
    statements = [
        one for name, access in accesses(plan).items() for one in _role(plan, name, access)
    ]
    summary = "Who may do what: one role for each component, from the edges of the design."
    return Module("identity", summary, tuple(statements))


def accesses(plan: Plan) -> dict[str, list[Access]]:
    """What each component may do in the cloud, by its name; components without rights are absent.

    Raises:
        TooWide: a system's rights hold a wildcard action, or a resource that names everything.
    """
    found: dict[str, list[Access]] = {}
    named = [c for c in plan.placed("existing") if "arn" in (c.existing or {})]
    for component in sorted([*plan.placed("cloud"), *named], key=lambda c: c.name):
        grant: Any = getattr(component, "aws_rights", None)
        if grant is None:
            continue
        for edge in plan.clients(component):
            rights: tuple[Right, ...] = (*grant(plan, edge), *_landing(plan, edge))
            for right in rights:
                refuse_wide(right)
            if rights:
                found.setdefault(edge.source, []).append(Access(edge, rights))
    return {name: found[name] for name in sorted(found)}


def _landing(plan: Plan, edge: Edge) -> tuple[Right, ...]:
    """What a store of the cloud needs in itself in order to keep what it takes over an edge."""
    source = plan.design.components[edge.source]
    land: Any = getattr(source, "aws_landing", None)
    if land is None or plan.where(source) != "cloud":
        return ()
    return tuple(land(plan))


def refuse_wide(right: Right) -> None:
    """Raise `TooWide` where a right would allow more than one named thing."""
    for action in right.actions:
        if "*" in action or "?" in action:
            raise TooWide(f"the action {action} is a wildcard")
    bound_to_nothing = not set(right.actions) <= WITHOUT_RESOURCES
    for resource in right.resources:
        parts = resource.parts if isinstance(resource, Concat) else (resource,)
        if bound_to_nothing and (len(parts) == 1 and isinstance(parts[0], str) and "*" in parts[0]):
            raise TooWide(f"{', '.join(right.actions)} on {parts[0]}")


def _role(plan: Plan, name: str, access: list[Access]) -> Iterator[Statement]:
    component = plan.design.components[name]
    who: dict[str, Value] = {
        "aws:RequestTag/eks-cluster-arn": CLUSTER_ARN,
        "aws:RequestTag/kubernetes-namespace": NAMESPACE,
        "aws:RequestTag/kubernetes-service-account": slug(name),
    }
    role = key(name, "role")
    yield Resource(
        role,
        "aws.iam.Role",
        slug(name),
        {
            "assume_role_policy": Json(trust("pods.eks", Condition={"StringEquals": who})),
            "tags": tags(component),
        },
        name,
    )
    yield Resource(
        key(name, "rights"),
        "aws.iam.RolePolicy",
        slug(name),
        {"role": Ref(role).at("name"), "policy": Json(_document(access))},
        name,
    )
    yield Resource(
        key(name, "identity"),
        "aws.eks.PodIdentityAssociation",
        slug(name),
        {
            "cluster_name": CLUSTER_NAME,
            "namespace": NAMESPACE,
            "service_account": slug(name),
            "role_arn": Ref(role).at("arn"),
            "tags": tags(component),
        },
        name,
    )


def _document(access: list[Access]) -> dict[str, Value]:
    """One statement for each right, named after the edge that asks for it."""
    seen: list[Right] = []
    statements: list[Value] = []
    for one in access:
        for right in one.rights:
            if right in seen:
                continue
            seen.append(right)
            words = re.findall(r"[A-Za-z0-9]+", f"{one.edge.verb} {one.edge.target}")
            sid = "".join(word[0].upper() + word[1:] for word in words)
            statements.append({"Sid": f"{sid}{len(statements) + 1}", **allowed(right)})
    return {"Version": "2012-10-17", "Statement": statements}
