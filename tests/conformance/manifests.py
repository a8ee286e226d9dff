"""Manifest files, cut into the objects that a cluster would be sent.

In: a folder of YAML files. Out: one Manifest an object, its text as it stands in the file.
Law: nothing is left out in silence; what is not a Kubernetes object is a Refusal.

The text is kept, because the server reads YAML in its own way: parsing it here would hide
duplicate keys and numbers written in ways that only one of the two parsers understands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

# Read by client-side tools and never sent to a cluster.
CLIENT_SIDE_GROUPS = frozenset({"kustomize.config.k8s.io", "skaffold", "kind.x-k8s.io"})
BOUNDARY = re.compile(r"^---(?=\s|$)", re.MULTILINE)


@dataclass(frozen=True)
class Refusal:
    """One object that a cluster would not take; ``document`` counts from 1 in its file."""

    file: str
    document: int
    kind: str
    name: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.document} {self.kind}/{self.name}: {self.message}"


@dataclass(frozen=True)
class Manifest:
    """One object of a file; ``name`` is empty where only ``generateName`` is given."""

    file: str
    document: int
    api_version: str
    kind: str
    name: str
    namespace: str
    text: str
    body: dict[str, Any]

    @property
    def group(self) -> str:
        return self.api_version.rpartition("/")[0]

    @property
    def version(self) -> str:
        return self.api_version.rpartition("/")[2]

    def refused(self, message: str) -> Refusal:
        return Refusal(self.file, self.document, self.kind, self.name or "?", message)


def read_folder(folder: Path) -> tuple[list[Manifest], list[Refusal]]:
    """Every object under ``folder``, files in order of their path, and what is not one."""
    manifests: list[Manifest] = []
    refusals: list[Refusal] = []
    paths = sorted(p for p in folder.rglob("*") if p.suffix in (".yaml", ".yml") and p.is_file())
    used = {named for path in paths for named in _named_by_kustomization(path)}
    for path in paths:
        if path.resolve() not in used:
            name = path.relative_to(folder).as_posix()
            found, bad = read_text(name, path.read_text(encoding="utf-8"))
            manifests += found
            refusals += bad
    return manifests, refusals


def read_text(file: str, text: str) -> tuple[list[Manifest], list[Refusal]]:
    """The objects of one file's text, and its documents that are not objects."""
    manifests: list[Manifest] = []
    refusals: list[Refusal] = []
    number = 0
    for part in BOUNDARY.split(text):
        try:
            value = yaml.load(part, Loader=yaml.CSafeLoader)
        except yaml.YAMLError as error:
            number += 1
            refusals.append(Refusal(file, number, "?", "?", f"not YAML: {error}"))
            continue
        if value is None:
            continue
        number += 1
        for body, own_text in _objects(value, part):
            manifest = _manifest(file, number, body, own_text)
            if manifest is None:
                why = "not a Kubernetes object: apiVersion and kind must be strings"
                refusals.append(Refusal(file, number, "?", "?", why))
            elif manifest.group not in CLIENT_SIDE_GROUPS:
                manifests.append(manifest)
    return manifests, refusals


def _objects(value: Any, text: str) -> Iterator[tuple[Any, str]]:
    """The object itself, or the items of a ``v1`` List, which no server takes as one."""
    if isinstance(value, dict) and (value.get("apiVersion"), value.get("kind")) == ("v1", "List"):
        for item in value.get("items") or []:
            yield item, json.dumps(item, default=str)
    else:
        yield value, text


def _manifest(file: str, number: int, body: Any, text: str) -> Manifest | None:
    if not isinstance(body, dict):
        return None
    api_version, kind = body.get("apiVersion"), body.get("kind")
    if not (isinstance(api_version, str) and isinstance(kind, str)):
        return None
    metadata = body.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    name, namespace = (str(metadata.get(key) or "") for key in ("name", "namespace"))
    return Manifest(file, number, api_version, kind, name, namespace, text, body)


def _named_by_kustomization(path: Path) -> Iterator[Path]:
    """Files that kustomize reads as patches or as data: no objects by themselves."""
    if path.name not in ("kustomization.yaml", "kustomization.yml"):
        return
    try:
        value = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return  # reported when the file itself is read
    value = value if isinstance(value, dict) else {}
    generators = _mappings(value, "configMapGenerator") + _mappings(value, "secretGenerator")
    named = [
        *(patch.get("path") for patch in _mappings(value, "patches")),
        *(replacement.get("path") for replacement in _mappings(value, "replacements")),
        *(str(f).rpartition("=")[2] for g in generators for f in g.get("files") or []),
    ]
    for source in named:
        if isinstance(source, str):
            yield (path.parent / source).resolve()


def _mappings(value: dict[str, Any], key: str) -> list[dict[str, Any]]:
    entries = value.get(key)
    entries = entries if isinstance(entries, list) else []
    return [entry for entry in entries if isinstance(entry, dict)]
