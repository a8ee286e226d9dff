"""The verdict of a real API server on manifests.

In: manifests and a running server. Out: the refusals, in the server's own words.
Law: every object is sent, in a strict server-side dry run; a refusal is never an exception.

A server with no controllers accepts a workload whose pods it would refuse (PodSecurity guards
pods only), so each pod template is sent as a Pod too.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.conformance.api_client import APPLY, JSON, YAML, Answer, ApiClient
from tests.conformance.custom_resources import CrdCollection, Kind, LoadedCrds
from tests.conformance.manifests import Manifest, Refusal, read_folder

STRICT = "fieldManager=mlsdc&fieldValidation=Strict"
DRY = f"{STRICT}&dryRun=All"
# What other objects of the same set refer to at admission: created for the time of a judgement.
PREREQUISITES = ("Namespace", "PriorityClass", "RuntimeClass")
POD_TEMPLATES = {
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "DaemonSet": ("spec", "template"),
    "Deployment": ("spec", "template"),
    "Job": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
}


@dataclass
class Verdict:
    """What came of one set of manifests.

    ``unknown`` are those of the refusals whose kind neither the server nor the collection of
    CRDs knows.
    """

    judged: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    warnings: list[Refusal] = field(default_factory=list)
    unknown: list[Refusal] = field(default_factory=list)

    def report(self) -> str:
        return "\n".join(map(str, self.refusals))


@dataclass(frozen=True)
class Resource:
    """Where the server keeps the objects of a kind."""

    plural: str
    namespaced: bool


class Judge:
    """Sends manifests to one server, teaching it the kinds they need first."""

    def __init__(self, client: ApiClient, crds: CrdCollection) -> None:
        self._client = client
        self.crds = LoadedCrds(client, crds)
        self._resources: dict[Kind, Resource] = {}

    def server_version(self) -> str:
        return str(self._client.get("/version").body.get("gitVersion"))

    def folder(self, folder: Path) -> Verdict:
        """The verdict on every object of every YAML file under ``folder``."""
        manifests, unreadable = read_folder(folder)
        verdict = self.manifests(manifests)
        verdict.refusals = unreadable + verdict.refusals
        return verdict

    def manifests(self, manifests: list[Manifest]) -> Verdict:
        """The verdict on one set that is deployed together.

        Its namespaces, priority classes and runtime classes exist for that time, and are
        removed again, so that no set profits from what another one forgot.
        """
        verdict = Verdict()
        self.crds.require(_kind(m) for m in manifests if "." in m.group)
        created: list[str] = []
        try:
            for wanted in PREREQUISITES:
                for manifest in manifests:
                    if manifest.kind == wanted:
                        created += self._create(manifest)
            for manifest in manifests:
                self._judge(manifest, verdict)
        finally:
            for path in reversed(created):
                self._remove(path)
        return verdict

    def _judge(self, manifest: Manifest, verdict: Verdict) -> None:
        verdict.judged += 1
        resource = self._resource(_kind(manifest))
        if resource is None:
            why = f"the server knows no {manifest.api_version} {manifest.kind}"
            verdict.unknown.append(manifest.refused(why))
            verdict.refusals.append(verdict.unknown[-1])
            return
        answer = self._send(manifest, resource, DRY)
        self._note(manifest, answer, verdict)
        if answer.accepted:
            self._judge_pods(manifest, verdict)

    def _judge_pods(self, manifest: Manifest, verdict: Verdict) -> None:
        pod = _pod(manifest)
        if pod is not None:
            path = f"/api/v1/namespaces/{_namespace(manifest)}/pods?{DRY}"
            answer = self._client.send("POST", path, json.dumps(pod, default=str), JSON)
            self._note(manifest, answer, verdict, "its pods: ")

    def _note(self, manifest: Manifest, answer: Answer, verdict: Verdict, prefix: str = "") -> None:
        if not answer.accepted:
            verdict.refusals.append(manifest.refused(prefix + answer.message))
        verdict.warnings += [manifest.refused(prefix + text) for text in answer.warnings]

    def _create(self, manifest: Manifest) -> list[str]:
        """Create for real; what is refused here is refused in the dry run too, and told there."""
        resource = self._resource(_kind(manifest))
        if resource is None or not manifest.name:
            return []
        answer = self._send(manifest, resource, f"{STRICT}&force=true")
        return [_path(manifest, resource)] if answer.accepted else []

    def _remove(self, path: str) -> None:
        deleted = self._client.send("DELETE", path).accepted
        if deleted and path.startswith("/api/v1/namespaces/"):
            # Without a namespace controller the finalizer is ours to lift.
            name = path.rpartition("/")[2]
            body = {
                "apiVersion": "v1",
                "kind": "Namespace",
                "metadata": {"name": name},
                "spec": {"finalizers": []},
            }
            self._client.send("PUT", f"{path}/finalize", json.dumps(body), JSON)

    def _send(self, manifest: Manifest, resource: Resource, query: str) -> Answer:
        path = _path(manifest, resource)
        if manifest.name:
            return self._client.send("PATCH", f"{path}?{query}", manifest.text, APPLY)
        # Only a create can make up a name from generateName.
        return self._client.send("POST", f"{path}?{query}", manifest.text, YAML)

    def _resource(self, kind: Kind) -> Resource | None:
        if kind not in self._resources:
            base = f"/apis/{kind.api_version}" if kind.group else f"/api/{kind.version}"
            for entry in self._client.get(base).body.get("resources") or []:
                if entry["kind"] == kind.name and "/" not in entry["name"]:
                    self._resources[kind] = Resource(entry["name"], entry["namespaced"])
        return self._resources.get(kind)


def _kind(manifest: Manifest) -> Kind:
    return Kind(manifest.group, manifest.version, manifest.kind)


def _namespace(manifest: Manifest) -> str:
    """What kubectl does with an object that names none."""
    return quote(manifest.namespace or "default", safe="")


def _path(manifest: Manifest, resource: Resource) -> str:
    base = "/apis/" if manifest.group else "/api/"
    space = f"/namespaces/{_namespace(manifest)}" if resource.namespaced else ""
    name = f"/{quote(manifest.name, safe='')}" if manifest.name else ""
    return f"{base}{manifest.api_version}{space}/{resource.plural}{name}"


def _pod(manifest: Manifest) -> dict[str, Any] | None:
    """A Pod as the workload's controller would create it, or None where it has no template."""
    keys = POD_TEMPLATES.get(manifest.kind)
    if keys is None or manifest.group not in ("apps", "batch"):
        return None
    template: Any = manifest.body
    for key in keys:
        template = template.get(key) if isinstance(template, dict) else None
    if not isinstance(template, dict):
        return None
    metadata = template.get("metadata")
    metadata = dict(metadata) if isinstance(metadata, dict) else {}
    prefix = re.sub(r"[^a-z0-9-]", "-", manifest.name.lower())[:40] or "pod"
    metadata["generateName"] = f"{prefix}-"
    spec = template.get("spec")
    if isinstance(spec, dict):
        spec = {**spec, "volumes": [*(spec.get("volumes") or []), *_claimed_volumes(manifest)]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def _claimed_volumes(manifest: Manifest) -> list[dict[str, Any]]:
    """The volumes that the StatefulSet controller adds for each claim template."""
    spec = manifest.body.get("spec")
    claims = spec.get("volumeClaimTemplates") if isinstance(spec, dict) else None
    names = [str(c["metadata"]["name"]) for c in claims or [] if _has_name(c)]
    return [{"name": n, "persistentVolumeClaim": {"claimName": f"{n}-0"}} for n in names]


def _has_name(claim: Any) -> bool:
    metadata = claim.get("metadata") if isinstance(claim, dict) else None
    return isinstance(metadata, dict) and bool(metadata.get("name"))
