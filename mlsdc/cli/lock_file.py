"""`mlsdc.lock`: the digests of what a design imports from outside its project.

Law: what is imported from a folder outside is the text that was reviewed when the lock was written,
or a finding. The file is written in one form, so that its changes are the changes of what it locks.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from mlsdc.compiler.composition_rules import NOT_LOCKED
from mlsdc.diagnostics import Diagnostic, Span

NAME = "mlsdc.lock"
VERSION = 1
_HEAD = (
    "# Written by `mlsdc lock`: what the design imports from outside its project. Review changes.\n"
)
_LARGEST = 2**20


@dataclass(frozen=True)
class Lock:
    """A lock file, read; `fault` says why it could not be, and `exists` whether there is one."""

    entries: Mapping[str, str] = field(default_factory=dict[str, str])
    exists: bool = False
    fault: str = ""

    @classmethod
    def read(cls, root: str) -> Lock:
        """The lock file of a project."""
        try:
            with open(os.path.join(root, NAME), "rb") as file:
                content = file.read(_LARGEST + 1)
        except FileNotFoundError:
            return cls()
        except OSError as error:
            return cls(exists=True, fault=(error.strerror or "it cannot be read").lower())
        return _parse(content)

    def judge(self, name: str, digest: str, place: Span, required: bool) -> Diagnostic | None:
        """What is wrong with an import from outside, if anything is."""
        if self.fault:
            return NOT_LOCKED.at(
                place, f"`{NAME}` is no lock file: {self.fault}", help="mlsdc lock DESIGN"
            )
        locked = self.entries.get(name)
        if locked is None:
            return (
                NOT_LOCKED.at(place, f"`{name}` is not in `{NAME}`", help="mlsdc lock DESIGN")
                if required
                else None
            )
        if locked != digest:
            return NOT_LOCKED.at(
                place,
                f"`{name}` has changed: its digest is {digest[:12]}, `{NAME}` says {locked[:12]}",
                help="review what has changed, then: mlsdc lock DESIGN",
            )
        return None


def lock_text(entries: Mapping[str, str]) -> str:
    """The file that locks these digests."""
    parts = [f'\n[[import]]\nname = "{n}"\nsha256 = "{d}"\n' for n, d in sorted(entries.items())]
    return f"{_HEAD}version = {VERSION}\n" + "".join(parts)


def _parse(content: bytes) -> Lock:
    import tomllib

    if len(content) > _LARGEST:
        return Lock(exists=True, fault="it is larger than a lock file can be")
    try:
        document = tomllib.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        return Lock(exists=True, fault="it is not TOML")
    if document.get("version") != VERSION:
        return Lock(exists=True, fault=f"its version is not {VERSION}")
    listed = document.get("import", [])
    entries = dict(_entries(listed)) if isinstance(listed, list) else {}
    if not isinstance(listed, list) or len(entries) != len(cast("list[Any]", listed)):
        return Lock(exists=True, fault="an entry has no name, no digest, or comes twice")
    return Lock(entries, True)


def _entries(listed: Any) -> Iterator[tuple[str, str]]:
    for one in listed:
        name, digest = (one.get("name"), one.get("sha256")) if isinstance(one, dict) else ("", "")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        if isinstance(name, str) and isinstance(digest, str) and name:
            yield name, digest
