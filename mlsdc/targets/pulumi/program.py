"""A plan in, the modules of its program out.

The foundation (providers, network, cluster) comes first, then the cloud components by role, then
who may use them, the operators, and what is told to the manifests. Law: logical names are unique
within a type, as Pulumi demands and its mocks do not check.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from mlsdc.compiler.bindings import slug
from mlsdc.targets.base import Plan
from mlsdc.targets.pulumi.cloud import AWS_PROVIDER, CLUSTER_PROVIDER, REGION
from mlsdc.targets.pulumi.cluster import cluster
from mlsdc.targets.pulumi.existing import STACK, read
from mlsdc.targets.pulumi.identity import identity
from mlsdc.targets.pulumi.names import tag_value
from mlsdc.targets.pulumi.network import network
from mlsdc.targets.pulumi.operators import operators
from mlsdc.targets.pulumi.patched import apply_patches
from mlsdc.targets.pulumi.publication import publication, unpublished
from mlsdc.targets.pulumi.resources import (
    Args,
    Lookup,
    Module,
    Published,
    Resource,
    Setting,
    Statement,
    Value,
)

EXISTING = "existing"
"""The module of what is there already; no role is called so."""


@dataclass(frozen=True)
class Program:
    """The modules of a program in the order in which they run."""

    modules: tuple[Module, ...]

    @property
    def resources(self) -> list[Resource]:
        """Every resource, in order."""
        return [s for m in self.modules for s in m.statements if isinstance(s, Resource)]


@dataclass(frozen=True)
class Realised:
    """What the cloud components of a plan consist of."""

    statements: dict[str, list[Statement]]
    """By role."""
    published: list[Published]


def realised(plan: Plan) -> Realised:
    """Every cloud component's resources and published fields, by its own realisation.

    What the program reads of existing components comes first, under `existing`.
    """
    statements: dict[str, list[Statement]] = {}
    published: list[Published] = []
    for one in read(plan):
        if isinstance(one, Published):
            published.append(one)
        else:
            statements.setdefault(EXISTING, []).append(one)
    for component in plan.placed("cloud"):
        realise: Any = getattr(component, "aws")  # noqa: B009 - a seam of stdlib classes
        for one in realise(plan):
            if isinstance(one, Published):
                published.append(one)
            else:
                statements.setdefault(component.role, []).append(one)
    return Realised(statements, published)


def program(plan: Plan) -> Program:
    """The whole program, patches applied."""
    return Program(apply_patches(plan, unpatched(plan)))


def unpatched(plan: Plan) -> tuple[Module, ...]:
    """Its modules as the systems' realisations make them."""
    parts = realised(plan)
    own = plan.design.environment.platform.cluster is None
    there = tuple(parts.statements.pop(EXISTING, ()))
    components = [
        Module(_plural(role), f"{_plural(role).replace('_', ' ').capitalize()} of the design.",
               tuple(parts.statements[role]))
        for role in sorted(parts.statements)
    ]  # fmt: skip
    modules = [
        _providers(plan),
        *([network(plan)] if own else []),
        cluster(plan),
        Module(EXISTING, "What is there already, and what the program reads of it.", there),
        *components,
        identity(plan),
        operators(plan),
        publication(plan, parts.published),
    ]
    return tuple(_with_providers(module) for module in modules if module.statements)


def _plural(role: str) -> str:
    return f"{role[:-1]}ies" if role.endswith("y") else f"{role}s"


def _providers(plan: Plan) -> Module:
    system = plan.design.system
    tags: dict[str, Value] = {
        "system": tag_value(system.name),
        "environment": tag_value(plan.environment),
        **({"owner": tag_value(system.owner)} if system.owner else {}),
        "managed-by": "mlsdc",
    }
    account = plan.design.environment.platform.account
    default = Args("aws.ProviderDefaultTagsArgs", {"tags": tags})
    provider: dict[str, Value] = {
        "region": REGION,
        **({"allowed_account_ids": [account]} if account else {}),
        "default_tags": default,
    }
    statements: tuple[Statement, ...] = (
        Setting("region", "aws", "region"),
        Resource("aws_provider", "aws.Provider", "aws", provider),
        Lookup("partition", "aws.get_partition_output"),
        Lookup("account", "aws.get_caller_identity_output"),
    )
    return Module(
        "providers", "The account, the region, and the tags of every resource.", statements
    )


def _with_providers(module: Module) -> Module:
    return replace(module, statements=tuple(_with_provider(s) for s in module.statements))


def _with_provider(statement: Statement) -> Statement:
    if isinstance(statement, Lookup):
        options = Args("pulumi.InvokeOutputOptions", {"provider": AWS_PROVIDER})
        return replace(statement, args={**statement.args, "opts": options})
    if not isinstance(statement, Resource) or statement.type.endswith(".Provider"):
        return statement
    if statement.type == STACK:
        return statement
    provider = CLUSTER_PROVIDER if statement.type.startswith("k8s.") else AWS_PROVIDER
    return replace(statement, options=replace(statement.options, provider=provider))


def faults(plan: Plan) -> list[tuple[str, str]]:
    """What is wrong with a program: (component, what), components by name."""
    found: list[tuple[str, str]] = []
    for component, field in unpublished(plan, realised(plan).published):
        found.append((component, f"nothing publishes the field `{field}` of `{component}`"))
    if found:
        return found
    seen: dict[tuple[str, str], Resource] = {}
    for resource in program(plan).resources:
        first = seen.setdefault((resource.type, resource.name), resource)
        if first is not resource:
            owner = resource.component or first.component or plan.design.system.name
            other = first.component or "the cluster itself"
            found.append(
                (owner, f"two {resource.type} are called `{slug(resource.name)}`: of `{owner}` "
                 f"and of `{other}`")
            )  # fmt: skip
    return found
