"""Decide what to do about an output folder: wanted files, claims and a view of it in, a plan out.

No I/O: the disk is seen through `Folder`. Laws: what no claim covers is never overwritten or
deleted without consent; a link is never looked behind; everything is decided before anything moves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from mlsdc.targets.files import MANIFEST, BadManifest, Fingerprint, folded, read_manifest
from mlsdc.targets.outcome import Difference, Kind, Obstacle, WriteReport


class Sort(StrEnum):
    """What can stand at a path, in words."""

    ABSENT = "is missing"
    FILE = "is a file where a folder is needed"
    FOLDER = "is a folder"
    LINK = "is a symbolic link"
    SPECIAL = "is a device, pipe or socket"


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands at a path. `fingerprint` is known for a file of a size that was asked about.

    `mark` changes whenever someone touches the file.
    """

    sort: Sort
    fingerprint: Fingerprint | None = None
    mark: tuple[int, ...] = ()


class Folder(Protocol):
    """A folder on the disk; paths are relative to it, and it never follows a link at the end."""

    def entry(self, path: str, sizes: Collection[int] = ()) -> Entry:
        """What stands there; a file of one of these sizes comes with its fingerprint."""
        ...

    def below(self, path: str) -> Iterator[tuple[str, Entry]]:
        """Everything inside a folder, at every depth."""
        ...


class State(StrEnum):
    """How a path compares with what mlsdc wants there and what it ever wrote there."""

    ABSENT = "is missing"
    SAME = "is as wanted"
    OURS = "is from an earlier run"
    EDITED = "was edited by hand"
    FOREIGN = "was not written by mlsdc"
    BLOCKED = "cannot be reached"


@dataclass(frozen=True, slots=True)
class _Seen:
    """What stands at a path; `at` is the path itself, or the ancestor that blocks it."""

    state: State
    at: str
    entry: Entry
    reason: str

    @property
    def is_gone(self) -> bool:
        """Whether nothing of an old file is left: also where a folder stands in its place, or a
        file in that of its folder."""
        blocked = self.state is State.BLOCKED and self.entry.sort in (Sort.FILE, Sort.FOLDER)
        return self.state is State.ABSENT or blocked


@dataclass
class Claims:
    """The contents that mlsdc gave to each file, by word of its manifest and journal.

    Whoever can write these two could make mlsdc delete or replace a file whose content he knows,
    inside the output folder and outside `.git`: no more than he can do by himself.
    """

    known: dict[str, frozenset[Fingerprint]] = field(
        default_factory=dict[str, frozenset[Fingerprint]]
    )
    doubts: list[Obstacle] = field(default_factory=list[Obstacle])
    notes: list[str] = field(default_factory=list[str])

    def read(self, name: str, data: bytes) -> None:
        """Add the claims of a manifest or journal; one that cannot be believed adds a doubt."""
        try:
            claimed = read_manifest(data)
        except BadManifest as error:
            self.notes.append(f"{name} was ignored, and nothing deleted on its word: {error}.")
            if name == MANIFEST:
                self.doubts.append(Obstacle(name, f"cannot be trusted: {error}", forcible=True))
            return
        for path, contents in claimed.items():
            self.known[path] = self.of(path) | contents

    def of(self, path: str) -> frozenset[Fingerprint]:
        """The contents claimed for one file; none for a file that is not mlsdc's."""
        return self.known.get(path, frozenset())


@dataclass
class Plan:
    """Everything a run will do, in order: delete, remove folders, write."""

    claims: Claims
    obstacles: list[Obstacle] = field(default_factory=list[Obstacle])
    deletes: dict[str, Entry] = field(default_factory=dict[str, Entry])
    folders: list[str] = field(default_factory=list[str])
    """To be removed where empty, deepest first."""
    writes: dict[str, Entry] = field(default_factory=dict[str, Entry])
    """What stands there now, for each file to be written; the manifest comes last."""
    unchanged: list[str] = field(default_factory=list[str])
    kept: list[str] = field(default_factory=list[str])

    def report(self) -> WriteReport:
        """The plan as a thing done."""
        return WriteReport(
            written=tuple(sorted(self.writes)),
            unchanged=tuple(sorted(self.unchanged)),
            deleted=tuple(sorted(self.deletes)),
            kept=tuple(sorted(self.kept)),
            notes=tuple(self.claims.notes),
        )


def make_plan(wanted: Mapping[str, Fingerprint], claims: Claims, folder: Folder) -> Plan:
    """How to bring the folder from what it holds to the wanted files, the manifest among them."""
    plan = Plan(claims, obstacles=[*claims.doubts])
    view = _View(folder)
    obsolete = sorted(claims.known.keys() - wanted.keys())
    for path in obsolete:
        seen = view.look(path, None, claims.of(path))
        if seen.state is State.OURS:
            view.doomed[path] = seen.entry
        elif not seen.is_gone:
            plan.kept.append(path)
    plan.deletes = view.doomed
    needed = {above for path in wanted for above in _ancestors(path)}
    left = {above for path in obsolete for above in _ancestors(path)} - needed
    plan.folders = [path for path in left if not view.block(path)]
    # A file renamed only by case is one file on macOS: its old name's claims hold for the new.
    former = {folded(path): path for path in view.doomed}
    for path in sorted(wanted, key=lambda path: (path == MANIFEST, path)):
        alias = former.get(folded(path), "")
        known = claims.of(path) | claims.of(alias)
        seen = view.look(path, wanted[path], known)
        if seen.state is State.SAME and not alias:
            plan.unchanged.append(path)
            continue
        plan.writes[path] = seen.entry
        emptied = view.emptied(path) if seen.entry.sort is Sort.FOLDER else None
        if emptied is not None:
            plan.folders += emptied
        elif seen.state is State.BLOCKED:
            plan.obstacles.append(Obstacle(seen.at, seen.entry.sort.value, forcible=False))
        elif seen.state in (State.EDITED, State.FOREIGN) and path != MANIFEST:
            plan.obstacles.append(Obstacle(path, seen.reason, forcible=True))
    plan.folders.sort(reverse=True)
    return plan


def differences(
    wanted: Mapping[str, Fingerprint], claims: Claims, folder: Folder
) -> Iterator[Difference]:
    """How the folder differs from the wanted files, in no order."""
    view = _View(folder)
    for doubt in claims.doubts:
        yield Difference(doubt.path, Kind.DIFFERENT, doubt.reason)
    for path in (wanted.keys() | claims.known.keys()) - {doubt.path for doubt in claims.doubts}:
        seen = view.look(path, wanted.get(path), claims.of(path))
        if path in wanted:
            if path == MANIFEST and seen.state is State.FOREIGN:
                reason = "belongs to other inputs or another version of mlsdc"
                yield Difference(path, Kind.DIFFERENT, reason)
            elif seen.state is not State.SAME:
                yield Difference(path, _KINDS.get(seen.state, Kind.DIFFERENT), seen.reason)
        elif not seen.is_gone:
            reason = f"is generated no more, and {seen.reason}"
            yield Difference(path, Kind.UNEXPECTED, reason)


_KINDS = {State.ABSENT: Kind.MISSING, State.EDITED: Kind.EDITED}


@dataclass
class _View:
    """A folder as it will be once the doomed files are gone; looks behind no link."""

    folder: Folder
    doomed: dict[str, Entry] = field(default_factory=dict[str, Entry])
    _blocks: dict[str, _Seen | None] = field(default_factory=dict[str, "_Seen | None"])

    def look(self, path: str, new: Fingerprint | None, known: frozenset[Fingerprint]) -> _Seen:
        """Compare a path with the content it shall have and those that mlsdc ever gave it."""
        above = path.rpartition("/")[0]
        if block := self.block(above):
            reason = f"cannot be reached: {block.at} {block.reason}"
            return _Seen(State.BLOCKED, block.at, block.entry, reason)
        candidates = known | {new} if new else known
        entry = self.folder.entry(path, {each.size for each in candidates})
        if entry.sort is Sort.ABSENT:
            state = State.ABSENT
        elif entry.sort is not Sort.FILE:
            return _Seen(State.BLOCKED, path, entry, entry.sort.value)
        elif entry.fingerprint in candidates:
            state = State.SAME if entry.fingerprint == new else State.OURS
        else:
            state = State.EDITED if known else State.FOREIGN
        return _Seen(state, path, entry, state.value)

    def block(self, path: str) -> _Seen | None:
        """What keeps a path from being a folder, nearest the root; None where nothing does."""
        if path and path not in self._blocks:
            above = self.block(path.rpartition("/")[0])
            self._blocks[path] = above or self._block_at(path)
        return self._blocks.get(path)

    def _block_at(self, path: str) -> _Seen | None:
        entry = self.folder.entry(path)
        if entry.sort in (Sort.ABSENT, Sort.FOLDER) or path in self.doomed:
            return None
        return _Seen(State.BLOCKED, path, entry, entry.sort.value)

    def emptied(self, path: str) -> list[str] | None:
        """The folders at and below a path, if the deletions leave no file among them."""
        inside = dict(self.folder.below(path))
        folders = [each for each, entry in inside.items() if entry.sort is Sort.FOLDER]
        if inside.keys() - self.doomed.keys() - set(folders):
            return None
        return [path, *folders]


def _ancestors(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path
