"""A plan in, the files of a kustomization out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from mlsdc.compiler.bindings import Handover, binding_config_map, slug
from mlsdc.targets.base import Plan, Prerequisite, Requirement
from mlsdc.targets.files import FileSet, Origin
from mlsdc.targets.kubernetes.network import network_policies
from mlsdc.targets.kubernetes.objects import Manifest
from mlsdc.targets.kubernetes.printer import to_yaml

POD_SECURITY = "pod-security.kubernetes.io"


def assemble(plan: Plan) -> FileSet:
    """Every object of the environment, its kustomization, and what must be there before."""
    files = FileSet()
    names: list[str] = ["namespace.yaml"]
    files.add_text("namespace.yaml", to_yaml(_namespace(plan)))
    written: dict[tuple[str, str, str], Manifest] = {}
    for manifest in manifests(plan):
        same = written.setdefault(manifest.identity, manifest)
        if same is not manifest:
            if same.content != manifest.content:
                raise ValueError(f"two different objects are called {manifest.identity}")
            continue
        path = _path(manifest)
        names.append(path)
        files.add_text(path, to_yaml(manifest.content), _origins(plan, manifest))
    files.add_text("kustomization.yaml", to_yaml(_kustomization(plan, sorted(names))))
    files.add_text("bindings.json", _bindings(plan))
    emitted = {f"{version} {kind}" for version, kind, _ in written}
    files.add_text("prerequisites.json", _prerequisites(plan, emitted))
    return files


def manifests(plan: Plan) -> list[Manifest]:
    """The objects of all components and the network policies of their edges, patches applied."""
    from mlsdc.targets.kubernetes.patched import apply_patches

    return apply_patches(plan, list(unpatched(plan)), pod_security(plan))


def unpatched(plan: Plan) -> Iterator[Manifest]:
    """The same as the systems' realisations yield them."""
    for component in plan.placed("cluster"):
        realise: Any = getattr(component, "kubernetes")  # noqa: B009 - a seam of stdlib classes
        yield from realise(plan)
    for component in plan.placed("cloud"):
        if plan.carried(component):
            carry: Any = getattr(component, "kubernetes_client")  # noqa: B009 - likewise
            yield from carry(plan)
    yield from network_policies(plan)


def _namespace(plan: Plan) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": plan.namespace,
            "labels": {
                "app.kubernetes.io/part-of": slug(plan.design.system.name),
                "app.kubernetes.io/managed-by": "mlsdc",
                f"{POD_SECURITY}/enforce": pod_security(plan),
                f"{POD_SECURITY}/enforce-version": "v1.34",
                f"{POD_SECURITY}/warn": "restricted",
            },
        },
    }


def pod_security(plan: Plan) -> str:
    """`restricted`, unless an operator of the environment makes pods that it would refuse."""
    levels = {getattr(c, "pod_security", "restricted") for c in plan.placed("cluster")}
    return "baseline" if "baseline" in levels else "restricted"


def _path(manifest: Manifest) -> str:
    kind, name = manifest.content["kind"].lower(), manifest.content["metadata"]["name"]
    folder = slug(manifest.component)
    return f"{folder}/{kind}.yaml" if name == folder else f"{folder}/{kind}-{name}.yaml"


def _origins(plan: Plan, manifest: Manifest) -> list[Origin]:
    found: list[Origin] = []
    for field, path in (("", ()), *manifest.origins):
        if manifest.component not in plan.design.components:
            continue
        span = plan.design.place(manifest.component, *path)
        source = plan.sources.get(span.file)
        if source is not None:
            position = source.position(span.start)
            found.append(Origin(field, span.file, position.line, position.column))
    for field, patch in manifest.patched:
        span = plan.design.place(patch, "path")
        source = plan.sources.get(span.file)
        if source is not None:
            position = source.position(span.start)
            found.append(Origin(field, span.file, position.line, position.column))
    return found


def _kustomization(plan: Plan, names: list[str]) -> dict[str, Any]:
    return {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "namespace": plan.namespace,
        "resources": names,
    }


def _bindings(plan: Plan) -> str:
    rows = [
        {
            "from": component.name,
            "to": given.edge.target,
            "verb": given.edge.verb,
            "field": given.field.name,
            "variable": given.variable,
            "carrier": "file" if given.field.secret else "environment",
            "phase": given.field.phase,
            "sensitivity": given.field.sensitivity,
            **_kept(given),
        }
        for component in plan.acting
        for given in plan.handed_to(component)
    ]
    return json.dumps({"schema_version": 1, "bindings": rows}, indent=2) + "\n"


def _kept(given: Handover) -> dict[str, Any]:
    """The object of the cluster that holds a value which is no secret."""
    kept = given.field.kept
    if kept is not None:
        return {kept.kind: kept.name, "key": kept.key}
    provided = given.field.phase == "provision"
    return {"config_map": binding_config_map(given.edge.target)} if provided else {}


def requirements(plan: Plan, emitted: set[str] | None = None) -> list[Requirement]:
    """The operators that the environment's objects need, by name.

    `emitted` are the kinds written (`kafka.strimzi.io/v1 Kafka`); an operator none of whose kinds
    is among them is not needed here. Absent, they are those of all the plan's manifests.
    """
    if emitted is None:
        made = [manifest.content for manifest in manifests(plan)]
        emitted = {f"{content['apiVersion']} {content['kind']}" for content in made}
    found: dict[str, Requirement] = {}
    for component in plan.acting:
        for need in getattr(component, "requires", ()):
            if need.kinds and emitted.isdisjoint(need.kinds):
                continue
            first = found.setdefault(need.name, need)
            kinds = tuple(sorted(emitted & {*first.kinds, *need.kinds}))
            settings = tuple(sorted({*first.settings, *need.settings}))
            found[need.name] = replace(need, kinds=kinds, settings=settings)
    return [found[name] for name in sorted(found)]


def _prerequisites(plan: Plan, emitted: set[str]) -> str:
    rows = [
        {
            "operator": need.name,
            "versions": need.versions,
            "kinds": list(need.kinds),
            "chart": need.chart,
            "repository": need.repository,
            "chart_version": need.chart_version,
            "namespace": need.namespace,
            **({"settings": dict(need.settings)} if need.settings else {}),
        }
        for need in requirements(plan, emitted)
    ]
    objects = [
        {
            "component": need.component,
            "kind": need.kind,
            "name": need.name,
            **({"keys": list(need.keys)} if need.keys else {}),
            "reason": need.reason,
        }
        for need in prerequisites(plan)
    ]
    content = {"schema_version": 1, "kubernetes": ">=1.33", "operators": rows, "objects": objects}
    return json.dumps(content, indent=2) + "\n"


def prerequisites(plan: Plan) -> list[Prerequisite]:
    """The objects that the environment relies on and does not make, in order of component."""
    found: list[Prerequisite] = []
    for component in plan.placed("cluster"):
        tell: Any = getattr(component, "prerequisites", None)
        found += tell(plan) if tell is not None else ()
    return found
