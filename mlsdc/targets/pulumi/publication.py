"""Published fields in, ConfigMaps and exports out: how the manifests learn what was provisioned.

Law: keys exported = keys published = fields of the provision phase that some edge hands over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mlsdc.compiler.bindings import binding_config_map, slug
from mlsdc.targets.base import Plan
from mlsdc.targets.pulumi.cloud import NAMESPACE, key, metadata
from mlsdc.targets.pulumi.resources import (
    Export,
    Module,
    Named,
    Published,
    Ref,
    Resource,
    Statement,
    Value,
)

Field = tuple[str, str]
"""(component, field)"""


def wanted(plan: Plan) -> list[Field]:
    """The fields that edges hand over and that are known only after provisioning."""
    found = {
        (given.edge.target, given.field.name)
        for component in plan.acting
        for given in plan.handed_to(component)
        if given.field.phase == "provision"
    }
    return sorted(found)


def unpublished(plan: Plan, published: list[Published]) -> list[Field]:
    """Wanted fields for which the program has no value."""
    values = {(one.component, one.field) for one in published}
    return [field for field in wanted(plan) if field not in values]


def publication(plan: Plan, published: list[Published]) -> Module:
    """The module `bindings`."""
    values = {(one.component, one.field): one.value for one in published}
    by_component: dict[str, dict[str, Value]] = {}
    for component, field in wanted(plan):
        by_component.setdefault(component, {})[field] = values[component, field]
    statements = [s for name in by_component for s in _published(plan, name, by_component[name])]
    summary = "What the manifests are told of the cloud, and the stack's exports."
    return Module("bindings", summary, tuple(statements))


def _published(plan: Plan, component: str, values: Mapping[str, Value]) -> Iterator[Statement]:
    name = binding_config_map(component)
    for field, value in values.items():
        yield Named(key(component, field), value)
    data = {field: Ref(key(component, field)) for field in values}
    labels = {"app.kubernetes.io/instance": slug(component),
              "app.kubernetes.io/part-of": slug(plan.design.system.name)}  # fmt: skip
    yield Resource(
        key(component, "binding"),
        "k8s.core.v1.ConfigMap",
        name,
        {"metadata": metadata(name, NAMESPACE, **labels), "data": data},
        component,
    )
    for field in values:
        yield Export(f"{name}.{field}", Ref(key(component, field)))
