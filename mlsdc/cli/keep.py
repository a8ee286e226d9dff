"""A partial compile must not throw away what it was not asked for.

New files, the output folder and the scope of the run in; the same files, joined by those of earlier
runs that lie outside the scope, out. Law: only files that an earlier manifest names, and whose
content it vouches for, are taken in.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, cast

from mlsdc.targets.files import (
    MANIFEST,
    MAX_MANIFEST_BYTES,
    BadManifest,
    FileSet,
    Fingerprint,
    GeneratedFile,
    Origin,
    read_manifest,
)


@dataclass(frozen=True)
class Scope:
    """What a run generates, of what could be generated: folders `<environment>/<target>`."""

    environments: Collection[str]
    targets: Collection[str]
    declared: Collection[str]
    """All environments of the design."""
    known: Collection[str]
    """All targets there are."""

    def spares(self, path: str) -> bool:
        """Whether a file of an earlier run is none of this run's business."""
        environment, _, rest = path.partition("/")
        target = rest.partition("/")[0]
        if environment not in self.environments:
            return environment in self.declared
        return target not in self.targets and target in self.known

    @property
    def partial(self) -> bool:
        """Whether anything can lie outside."""
        whole = set(self.environments) >= set(self.declared)
        return not (whole and set(self.targets) >= set(self.known))


def keep_others(files: FileSet, root: str, scope: Scope) -> FileSet:
    """The files, and those on the disk that the scope spares."""
    if not scope.partial:
        return files
    kept = FileSet(files.values())
    for file in _earlier(root, scope):
        if file.path not in kept:
            kept.add(file)
    return kept


def _earlier(root: str, scope: Scope) -> Iterator[GeneratedFile]:
    data = _read(os.path.join(root, MANIFEST), MAX_MANIFEST_BYTES)
    if data is None:
        return
    try:
        claims = read_manifest(data)
    except BadManifest:
        return  # the writer will say so
    places = cast("dict[str, Any]", json.loads(data)).get("source_map", {})
    for path in sorted(claims):
        if not scope.spares(path):
            continue
        size = max(claim.size for claim in claims[path])
        content = _read(os.path.join(root, *path.split("/")), size)
        if content is not None and Fingerprint.of(content) in claims[path]:
            yield GeneratedFile(path, content, tuple(_origins(places, path)))


def _read(path: str, limit: int) -> bytes | None:
    """A plain file of at most this size; links are not followed."""
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return None
        with open(path, "rb") as file:
            content = file.read(limit + 1)
    except OSError:
        return None
    return content if len(content) <= limit else None


def _origins(places: object, path: str) -> Iterator[Origin]:
    """The source map of one file; what does not look like one is left out."""
    table = cast("dict[str, object]", places).get(path) if isinstance(places, dict) else None
    if not isinstance(table, dict):
        return
    for field, place in cast("dict[str, object]", table).items():
        file, line, column = (*str(place).rsplit(":", 2), "", "")[:3]
        if file and line.isdecimal() and column.isdecimal():
            yield Origin(field, file, int(line), int(column))
