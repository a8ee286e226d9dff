"""The CustomResourceDefinitions that some manifests need, loaded into a server.

In: folders of CRD files named ``<kind-lower>.<group>.yaml``, and the kinds wanted.
Out: a server that serves those kinds. Law: only what is wanted is loaded, because a server
with every known operator takes most of a minute and 3 GB.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.conformance.api_client import JSON, ApiClient

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
ESTABLISHED_SECONDS = 60
# Operators that cannot share a cluster with another one here: they define the same kinds.
# MPIJob exists twice as well (training-operator v1, mpi-operator v2beta1); there the version
# that a manifest asks for decides which of the two is loaded.
LEFT_OUT = frozenset({"gateway-api-experimental", "gateway-api-inference-extension-legacy"})
LAST_CHOICE = frozenset({"mpi-operator"})


class CrdRefused(Exception):
    """The server did not take a CRD of the collection: a fault of the collection."""


@dataclass(frozen=True, order=True)
class Kind:
    """A kind as a manifest names it; the group is empty for the core of Kubernetes."""

    group: str
    version: str
    name: str

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version


class CrdCollection:
    """CRD files below ``folders``; the earlier folder wins."""

    def __init__(self, *folders: Path) -> None:
        self._files: dict[str, list[Path]] = {}
        for folder in folders:
            paths = [p for p in folder.rglob("*.yaml") if p.parent.name not in LEFT_OUT]
            for path in sorted(paths, key=lambda p: (p.parent.name in LAST_CHOICE, p)):
                self._files.setdefault(path.stem, []).append(path)

    def __len__(self) -> int:
        return sum(len(paths) for paths in self._files.values())

    def everything(self) -> Iterator[dict[str, Any]]:
        """One CRD for each name, for loading the whole collection at once."""
        return (_read(paths[0]) for _, paths in sorted(self._files.items()))

    def find(self, kind: Kind) -> dict[str, Any] | None:
        """The CRD of ``kind``: the one that knows its version, else the first, else None."""
        paths = self._files.get(f"{kind.name.lower()}.{kind.group}", [])
        known = [_read(path) for path in paths]
        exact = [crd for crd in known if kind.version in _versions(crd)]
        return (exact or known or [None])[0]


class LoadedCrds:
    """What one server has been taught, and how long that took."""

    def __init__(self, client: ApiClient, collection: CrdCollection) -> None:
        self._client, self._collection = client, collection
        self._asked: set[Kind] = set()
        self.names: list[str] = []
        self.seconds = 0.0

    def require(self, kinds: Iterable[Kind]) -> None:
        """Load the CRDs of ``kinds`` that are not there; a kind without one is passed over.

        Raises CrdRefused where the server does not take one.
        """
        new = sorted(set(kinds) - self._asked)
        self._asked.update(new)
        # Read one by one: the server digests a CRD while the next one is being parsed.
        self.load(crd for crd in map(self._collection.find, new) if crd is not None)

    def load(self, crds: Iterable[dict[str, Any]]) -> None:
        """Create ``crds`` and wait until the server serves every version of each."""
        began = time.monotonic()
        created: list[str] = []
        for crd in crds:
            name = str(crd["metadata"]["name"])
            if name not in self.names:
                answer = self._client.send("POST", CRDS, json.dumps(_without_prose(crd)), JSON)
                if not answer.accepted:
                    raise CrdRefused(f"{name}: {answer.message}")
                self.names.append(name)
                created.append(name)
        for name in created:
            self._wait_until_served(name)
        self.seconds += time.monotonic() - began

    def _wait_until_served(self, name: str) -> None:
        deadline = time.monotonic() + ESTABLISHED_SECONDS
        while time.monotonic() < deadline:
            crd = self._client.get(f"{CRDS}/{name}").body
            conditions = (crd.get("status") or {}).get("conditions") or []
            states = {str(c["type"]): c for c in conditions}
            refused = states.get("NamesAccepted", {})
            if refused.get("status") == "False":
                raise CrdRefused(f"{name}: {refused.get('message')}")
            if states.get("Established", {}).get("status") == "True" and self._served(crd):
                return
            time.sleep(0.05)
        raise CrdRefused(f"{name}: not served after {ESTABLISHED_SECONDS} s")

    def _served(self, crd: dict[str, Any]) -> bool:
        """Established comes a moment before discovery and the handlers of a version."""
        spec = crd["spec"]
        for version in (v["name"] for v in spec["versions"] if v.get("served")):
            answer = self._client.get(f"/apis/{spec['group']}/{version}")
            names = {r.get("name") for r in answer.body.get("resources") or []}
            if spec["names"]["plural"] not in names:
                return False
        return True


def _read(path: Path) -> dict[str, Any]:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def _without_prose(node: Any) -> Any:
    """``node`` less its descriptions: half of the text, and nothing that validation reads."""
    if isinstance(node, dict):
        return {
            key: value if key in ("default", "enum", "example") else _without_prose(value)
            for key, value in node.items()
            if not (key == "description" and isinstance(value, str))
        }
    return [_without_prose(item) for item in node] if isinstance(node, list) else node


def _versions(crd: dict[str, Any]) -> set[str]:
    return {str(v["name"]) for v in crd["spec"]["versions"] if v.get("served")}
