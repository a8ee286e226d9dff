"""The one place that writes files: a `FileSet` and an output folder in, a `WriteReport` out.

Laws: after a crash at any point each file holds its old or its new bytes and the next run repairs
the rest; nothing that mlsdc did not write is overwritten or deleted; no link is followed.

How. All contents go to `.mlsdc.staging/` inside the output folder (the same file system), then
`.mlsdc.journal` names every content that mlsdc has given or is about to give to each file. Only
then are obsolete files removed and staged files renamed into place, the manifest last; the journal
goes at the end. A run that finds a journal can tell an interrupted run's files from a person's.

One run at a time: the kernel's lock on the folder itself (`flock`) ends with its process, so there
is no lock file and no stale lock. Where the kernel offers none (Windows, some network file
systems) two runs at once may undo each other, but leave whole files, and the next run settles it.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
import sys
import time
from collections.abc import Collection, Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from mlsdc.targets.files import (
    MANIFEST,
    MAX_MANIFEST_BYTES,
    FileSet,
    Fingerprint,
    journal,
    manifest,
    shown,
)
from mlsdc.targets.outcome import (
    Difference,
    Kind,
    Obstacle,
    WouldOverwrite,
    WriteFailed,
    WriteReport,
)
from mlsdc.targets.reconcile import Claims, Entry, Plan, Sort, State, differences, make_plan

__all__ = ["Difference", "Kind", "WouldOverwrite", "WriteFailed", "WriteReport", "compare", "write"]

JOURNAL = ".mlsdc.journal"
STAGING = ".mlsdc.staging"
_STAGED_FOLDER = f"{STAGING}/folder"
_STAGED_FILE = re.compile(re.escape(STAGING) + r"/\d+-[0-9a-f]{64}")
_FEW_FILES = 64
"""Up to here each file is flushed to the disk by itself; beyond, one flush of all is faster."""
_NOT_EMPTY = (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT, errno.EBUSY)
_NO_LOCKS = (errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)


def write(
    files: FileSet,
    root: Path,
    *,
    inputs: Mapping[str, bytes],
    version: str | None = None,
    force: bool = False,
    patience: float = 10.0,
) -> WriteReport:
    """Make the folder `root` hold exactly these files of mlsdc's, and the manifest.

    Files already right are not touched. Files of the last manifest that are generated no more are
    deleted if still as mlsdc left them, else kept. `force` replaces files that a person wrote or
    edited, never links, folders or special files. `version` is that of mlsdc, by default the
    installed one; `patience` is how many seconds to wait for another run in the same folder.
    Raises `WouldOverwrite`, `WriteFailed`, and what `manifest` raises.
    """
    content = {path: file.content for path, file in files.items()}
    content[MANIFEST] = manifest(files, inputs, version or _installed_version())
    disk = _Disk(os.path.realpath(root))
    created: list[str] = []
    try:
        with _failing(str(root)):
            _create_root(disk.root, created)
            with _alone(disk.root, patience):
                return _write(content, disk, force)
    finally:
        # A root made in vain goes again; one with content refuses to.
        for folder in reversed(created):
            with suppress(OSError):
                os.rmdir(folder)


def compare(
    files: FileSet,
    root: Path,
    *,
    inputs: Mapping[str, bytes] | None = None,
    version: str | None = None,
) -> list[Difference]:
    """How the folder differs from what `write` would leave there, in path order; writes nothing.

    Without `inputs` the manifest need only be there and readable; its content is not compared.
    Raises `WriteFailed` where the folder cannot be read.
    """
    wanted = {path: Fingerprint.of(file.content) for path, file in files.items()}
    if inputs is not None:
        content = manifest(files, inputs, version or _installed_version())
        wanted[MANIFEST] = Fingerprint.of(content)
    disk = _Disk(os.path.realpath(root))
    with _failing(str(root), "read"):
        found = list(differences(wanted, _read_claims(disk), disk))
        if inputs is None and disk.entry(MANIFEST).sort is Sort.ABSENT:
            found.append(Difference(MANIFEST, Kind.MISSING, Sort.ABSENT.value))
    return sorted(found)


def _installed_version() -> str:
    from importlib.metadata import version

    return version("mlsdc")


@dataclass(frozen=True, slots=True)
class _Disk:
    """Reads below one folder; paths are relative to it. The `Folder` of `reconcile`."""

    root: str

    def at(self, path: str) -> str:
        return os.path.join(self.root, *path.split("/"))

    def entry(self, path: str, sizes: Collection[int] = ()) -> Entry:
        try:
            info = os.lstat(self.at(path))
        except (FileNotFoundError, NotADirectoryError):
            return Entry(Sort.ABSENT)
        except OSError as error:
            raise WriteFailed(path, error.strerror or str(error), "read") from error
        sort = _SORTS.get(stat.S_IFMT(info.st_mode), Sort.SPECIAL)
        # Junctions on Windows: folders by their mode, links by their effect.
        if getattr(info, "st_reparse_tag", 0) == _JUNCTION:
            sort = Sort.LINK
        mark = (info.st_dev, info.st_ino, info.st_mode, info.st_size, info.st_mtime_ns)
        content = None
        if sort is Sort.FILE and info.st_size in sizes:
            with self.open(path) as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            content = Fingerprint(digest, info.st_size)
        return Entry(sort, content, mark)

    def below(self, path: str) -> Iterator[tuple[str, Entry]]:
        pending = [path]
        while pending:
            folder = pending.pop()
            for name in sorted(os.listdir(self.at(folder))):
                inner = f"{folder}/{name}"
                entry = self.entry(inner)
                yield inner, entry
                if entry.sort is Sort.FOLDER:
                    pending.append(inner)

    @contextmanager
    def open(self, path: str) -> Generator[BufferedReader]:
        flags = os.O_RDONLY | _flags("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY")
        with _failing(path, "read"), os.fdopen(os.open(self.at(path), flags), "rb") as file:
            yield file


_JUNCTION = 0xA0000003
_SORTS = {stat.S_IFREG: Sort.FILE, stat.S_IFDIR: Sort.FOLDER, stat.S_IFLNK: Sort.LINK}


def _read_claims(disk: _Disk) -> Claims:
    """What the manifest and an interrupted run's journal say; neither is trusted (see `Claims`)."""
    claims = Claims()
    for name in (MANIFEST, JOURNAL):
        sort = disk.entry(name).sort
        if sort is Sort.FILE:
            with disk.open(name) as file:
                claims.read(name, file.read(MAX_MANIFEST_BYTES + 1))
        elif sort is not Sort.ABSENT:
            claims.doubts.append(Obstacle(name, sort.value, forcible=False))
    return claims


def _write(content: Mapping[str, bytes], disk: _Disk, force: bool) -> WriteReport:
    wanted = {path: Fingerprint.of(data) for path, data in content.items()}
    plan = make_plan(wanted, _read_claims(disk), disk)
    plan.obstacles += _foreign_in_staging(disk)
    if obstacles := [each for each in plan.obstacles if not (force and each.forcible)]:
        raise WouldOverwrite(obstacles)
    try:
        if plan.writes or plan.deletes:
            _execute(plan, content, wanted, disk)
    finally:
        with suppress(OSError, WriteFailed):
            _clear_staging(disk)
            os.rmdir(disk.at(STAGING))
    with suppress(OSError):
        os.unlink(disk.at(JOURNAL))
    return plan.report()


def _execute(
    plan: Plan, content: Mapping[str, bytes], wanted: Mapping[str, Fingerprint], disk: _Disk
) -> None:
    """Stage everything, announce it, then move it into place."""
    claimed = dict(plan.claims.known)
    for path in plan.writes.keys() - {MANIFEST}:
        claimed[path] = plan.claims.of(path) | {wanted[path]}
    with _failing(STAGING):
        with suppress(FileExistsError):
            os.mkdir(disk.at(STAGING), 0o700)
        _clear_staging(disk)
    contents = [(JOURNAL, journal(claimed)), *((path, content[path]) for path in plan.writes)]
    staged = _stage(contents, disk)
    with _failing(JOURNAL):
        os.replace(staged.pop(JOURNAL), disk.at(JOURNAL))
    for path, entry in plan.deletes.items():
        with _failing(path):
            _refuse_if_touched(path, entry, disk)
            os.unlink(disk.at(path))
    for folder in plan.folders:
        with _failing(folder):
            _remove_if_empty(disk.at(folder))
    ready = {""}
    for path, source in staged.items():
        with _failing(path):
            _make_folders(path.rpartition("/")[0], ready, disk)
            _refuse_if_touched(path, plan.writes[path], disk)
            os.replace(source, disk.at(path))


def _stage(contents: Collection[tuple[str, bytes]], disk: _Disk) -> dict[str, str]:
    """Write the contents to the disk, safe from a power cut; where each path's content is.

    The names carry the content's hash: two runs that no lock keeps apart cannot mix contents up.
    """
    staged: dict[str, str] = {}
    flush_each = len(contents) <= _FEW_FILES or not hasattr(os, "sync")
    for number, (path, data) in enumerate(contents):
        staged[path] = disk.at(f"{STAGING}/{number}-{Fingerprint.of(data).sha256}")
        with _failing(path):
            _create(staged[path], data, flush=flush_each)
    if not flush_each:
        os.sync()
    return staged


def _create(path: str, data: bytes, *, flush: bool) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _flags("O_NOFOLLOW", "O_BINARY")
    descriptor = os.open(path, flags, 0o644)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.chmod(path, 0o644)  # whatever the umask took away
        if flush:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _foreign_in_staging(disk: _Disk) -> Iterator[Obstacle]:
    """Whatever stands where a run stages its files, and was put there by no run."""
    sort = disk.entry(STAGING).sort
    if sort is Sort.FOLDER:
        for path, entry in disk.below(STAGING):
            if not _is_staged(path, entry):
                yield Obstacle(shown(path), State.FOREIGN.value, forcible=False)
    elif sort is not Sort.ABSENT:
        yield Obstacle(STAGING, sort.value, forcible=False)


def _is_staged(path: str, entry: Entry) -> bool:
    if path == _STAGED_FOLDER:
        return entry.sort is Sort.FOLDER
    return entry.sort is Sort.FILE and bool(_STAGED_FILE.fullmatch(path))


def _clear_staging(disk: _Disk) -> None:
    """Remove what this run or an interrupted one staged."""
    for path, entry in list(disk.below(STAGING)):
        if _is_staged(path, entry):
            (os.unlink if entry.sort is Sort.FILE else os.rmdir)(disk.at(path))


def _make_folders(path: str, ready: set[str], disk: _Disk) -> None:
    """Create a folder and those above it with mode 0755; each appears with its final mode."""
    if path in ready:
        return
    _make_folders(path.rpartition("/")[0], ready, disk)
    sort = disk.entry(path).sort
    if sort is Sort.ABSENT:
        staged = disk.at(_STAGED_FOLDER)
        os.mkdir(staged)
        _allow_reading(staged)
        os.rename(staged, disk.at(path))
    elif sort is not Sort.FOLDER:
        raise WriteFailed(path, f"it {sort.value}")
    ready.add(path)


def _allow_reading(folder: str) -> None:
    """Mode 0755 whatever the umask; a set-group bit stays as the folder above asked for it."""
    os.chmod(folder, stat.S_IMODE(os.lstat(folder).st_mode) & ~0o777 | 0o755)


def _remove_if_empty(folder: str) -> None:
    try:
        os.rmdir(folder)
    except OSError as error:
        if error.errno not in _NOT_EMPTY:
            raise


def _refuse_if_touched(path: str, planned: Entry, disk: _Disk) -> None:
    """Someone may have saved a file since the plan was made; then it is not ours to replace."""
    now = disk.entry(path)
    if now.sort is not Sort.ABSENT and now.mark != planned.mark:
        raise WriteFailed(path, "someone changed it meanwhile; run again")


def _create_root(root: str, created: list[str]) -> None:
    """Make the output folder and those above it, recording each that was missing."""
    if os.path.isdir(root):
        return
    _create_root(os.path.dirname(root), created)
    try:
        os.mkdir(root)
    except FileExistsError:
        if not os.path.isdir(root):
            raise NotADirectoryError(errno.ENOTDIR, "it is not a folder") from None
        return  # another run was faster
    created.append(root)
    _allow_reading(root)


@contextmanager
def _alone(root: str, patience: float) -> Generator[None]:
    """Hold the kernel's lock on a folder; `WriteFailed` if another process keeps it too long."""
    if sys.platform == "win32":  # no lock there: see the module's docstring
        yield
        return
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        deadline = time.monotonic() + patience
        while not _locked(descriptor):
            if time.monotonic() >= deadline:
                raise WriteFailed(root, "another run of mlsdc is busy in this folder; run again")
            time.sleep(0.02)
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES):
            return False
        if error.errno not in _NO_LOCKS:
            raise
    return True


@contextmanager
def _failing(path: str, deed: str = "write") -> Generator[None]:
    """Turn an error of the operating system into `WriteFailed` with the path it is about."""
    try:
        yield
    except OSError as error:
        raise WriteFailed(path, error.strerror or str(error), deed) from error


def _flags(*names: str) -> int:
    """Open flags that not every operating system has."""
    return sum(getattr(os, name, 0) for name in names)
