"""Objects in, the same objects after the design's patches out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mlsdc.compiler.model.patch import Patch
from mlsdc.diagnostics import Diagnostic
from mlsdc.targets.base import Plan
from mlsdc.targets.kubernetes.objects import Manifest, Object
from mlsdc.targets.kubernetes.pod_rules import pod_faults
from mlsdc.targets.kubernetes.strict import faults
from mlsdc.targets.patches import Manner, Patched, Subject, field_path, patched

NUMBERS = {
    "replicas": "replicas", "minReplicas": "replicas", "maxReplicas": "replicas",
    "clusterSize": "nodes", "parallelism": "parallelism", "partitions": "partitions",
    "cpu": "cpu", "memory": "memory", "storage": "storage", "size": "storage",
    "nvidia.com/gpu": "gpus", "retention.ms": "retention", "retention": "retention",
    "sizeLimit": "", "ephemeral-storage": "", "instances": "", "numReplicas": "nodes",
    "min.insync.replicas": "minimum_in_sync",
}  # fmt: skip
"""Keys whose values mlsdc computes, and the field of a component that says the same."""


def apply_patches(plan: Plan, manifests: Sequence[Manifest], level: str) -> list[Manifest]:
    """The objects as they are written; `level` is the pod security of their namespace."""
    if not plan.design.of(Patch):
        return list(manifests)
    done = _patched(plan, manifests, level)
    return [_manifest(one, s) for one, s in zip(manifests, done.subjects, strict=True)]


def findings(plan: Plan) -> list[Diagnostic]:
    """What is to be said of the patches of Kubernetes objects."""
    from mlsdc.targets.kubernetes.assemble import pod_security, unpatched

    return _patched(plan, list(unpatched(plan)), pod_security(plan)).findings


def _patched(plan: Plan, manifests: Sequence[Manifest], level: str) -> Patched:
    def judged(content: Object) -> Iterator[str]:
        yield from faults(content)
        yield from pod_faults(content, level)

    return patched(plan, [_subject(m) for m in manifests], Manner("kubernetes", judged, NUMBERS))


def _subject(manifest: Manifest) -> Subject:
    version, kind, name = manifest.identity
    short = f"{kind}/{name}"
    return Subject(
        (short, f"{version}/{short}"), manifest.component, manifest.content, manifest.origins
    )


def _manifest(manifest: Manifest, subject: Subject) -> Manifest:
    if not subject.patched and subject.document is manifest.content:
        return manifest
    traces = [(field_path(parts), name) for parts, name in subject.patched]
    covered = [place for place, _ in traces]
    kept = tuple(
        (place, path)
        for place, path in manifest.origins
        if not any(place == one or place.startswith(f"{one}.") for one in covered)
    )
    told = {place: name for place, name in traces if name}
    return replace(manifest, content=subject.document, origins=kept, patched=tuple(told.items()))
