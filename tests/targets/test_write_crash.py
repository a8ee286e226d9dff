"""Power cuts, kills, full disks and rivals: each file is old or new, and the next run repairs."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mlsdc.targets.files import MANIFEST
from mlsdc.targets.outcome import WouldOverwrite, WriteFailed
from mlsdc.targets.write import JOURNAL, STAGING, write
from tests.targets.output_tree import INPUTS, differences, file_set, put, tree

pytestmark = pytest.mark.filterwarnings(
    "ignore:This process.*is multi-threaded:DeprecationWarning"  # under pytest-xdist; we fork
)

OLD = {
    "same": "same",
    "changed.yaml": "old " * 9,
    "gone/deep/x": "old",
    "turned": "a file, later a folder",
    "other/x": "its folder is later a file",
}
NEW = {
    "same": "same",
    "changed.yaml": "new",
    "turned/x": "new",
    "other": "new",
    "fresh/deep/y": "new " * 9,
}
THIRD = {"changed.yaml": "third", "gone/deep": "third", "turned": "third", "fresh/z": "third"}
CALLS = ["open", "write", "fsync", "sync", "chmod", "mkdir", "rename", "replace", "unlink", "rmdir"]


@contextmanager
def every_call(act: Callable[[str, Callable[..., Any], tuple[Any, ...]], Any]) -> Iterator[None]:
    """Pass every call of `os` that may change the disk through `act(name, real, arguments)`."""
    with pytest.MonkeyPatch.context() as patch:
        for name in CALLS:
            real = getattr(os, name)
            patch.setattr(os, name, lambda *args, _n=name, _r=real, **_: act(_n, _r, args))
        yield


def start(work: Callable[[], object]) -> int:
    """Run `work` in a process of its own, which this returns."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as error:
            os.write(2, f"{error!r}\n".encode())
            os._exit(1)
        os._exit(0)
    return child


def finish(child: int) -> int:
    """The exit code of a process, 0 where its work came to its end."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def crash_at(count: int, work: Callable[[], object]) -> bool:
    """Do `work` in a process that is killed at its `count`-th call; whether it came so far."""
    calls = 0

    def act(name: str, real: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        nonlocal calls
        calls += 1
        if calls == count:
            if name == "write":
                real(args[0], bytes(args[1])[: len(args[1]) // 2])
            os._exit(9)
        return real(*args)

    def doomed() -> None:
        with every_call(act):
            work()

    code = finish(start(doomed))
    assert code in (0, 9)
    return code == 9


def visible(root: Path) -> dict[str, str]:
    return {path: text for path, text in tree(root).items() if not path.startswith(".mlsdc.")}


def assert_old_or_new(root: Path, *designs: dict[str, str]) -> None:
    found = visible(root)
    for path in {path for design in designs for path in design}:
        text = found.get(path)
        assert (None if text == "/" else text) in [design.get(path) for design in designs], path
    files = {path for path, text in found.items() if text != "/"}
    assert files <= {path for design in designs for path in design}
    for path in root.rglob("*"):
        if ".mlsdc." not in path.as_posix():
            assert stat.S_IMODE(path.stat().st_mode) == (0o755 if path.is_dir() else 0o644), path


def assert_repaired(root: Path, design: dict[str, str]) -> None:
    """A run without force leaves the folder as if nothing had ever gone wrong."""
    put(design, root)
    assert tree(root) == design
    assert differences(design, root) == []
    assert not (root / JOURNAL).exists()


@pytest.fixture(autouse=True)
def strict_umask(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # A killed process, unlike a power cut, loses nothing that was not flushed: save the time.
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    before = os.umask(0o077)
    yield
    os.umask(before)


def crashed(tmp_path: Path, start: dict[str, str] | None, goal: dict[str, str]) -> Iterator[Path]:
    """An output folder for each call at which a run from `start` to `goal` can be killed."""
    for count in range(1, 1000):
        root = tmp_path / str(count)
        root.mkdir(mode=0o755)
        if start is not None:
            put(start, root)
        if not crash_at(count, lambda root=root: put(goal, root)):
            assert count > 30, "the calls are not intercepted"
            return
        yield root
    pytest.fail("the run never ends")


@pytest.mark.parametrize("repair", [NEW, OLD, THIRD, {}], ids=["new", "old", "third", "empty"])
def test_killed_at_any_call(tmp_path: Path, repair: dict[str, str]) -> None:
    put(OLD, tmp_path / "before")
    old_manifest = (tmp_path / "before" / MANIFEST).read_bytes()
    for root in crashed(tmp_path, OLD, NEW):
        assert_old_or_new(root, OLD, NEW)
        if (root / MANIFEST).read_bytes() != old_manifest:
            assert visible(root) == NEW, "the manifest came before a file that it lists"
        assert_repaired(root, repair)


def test_killed_at_any_call_of_the_first_run(tmp_path: Path) -> None:
    for root in crashed(tmp_path, None, NEW):
        assert_old_or_new(root, {}, NEW)
        assert_repaired(root, OLD)


def test_killed_again_while_repairing(tmp_path: Path) -> None:
    for number, root in enumerate(crashed(tmp_path, OLD, NEW)):
        crash_at(number * 7 % 50 + 1, lambda root=root: put(THIRD, root))
        assert_old_or_new(root, OLD, NEW, THIRD)
        assert_repaired(root, [OLD, NEW, THIRD][number % 3])


def test_what_a_person_edits_after_a_crash_is_still_theirs(tmp_path: Path) -> None:
    for root in crashed(tmp_path, OLD, NEW):
        (root / "changed.yaml").write_text("mine")
        with pytest.raises(WouldOverwrite, match=r"changed\.yaml was edited by hand"):
            put(NEW, root)
        assert (root / "changed.yaml").read_text() == "mine"


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EIO], ids=errno.errorcode.get)
def test_an_error_of_the_system_at_any_call(tmp_path: Path, code: int, lasting: bool) -> None:
    failures = 0
    folders = {"other", "gone", "gone/deep"}
    for count in range(1, 1000):
        root = tmp_path / str(count)
        put(OLD, root)
        calls, failing = 0, ""

        def act(name: str, real: Callable[..., Any], args: tuple[Any, ...]) -> Any:
            nonlocal calls, failing
            calls += 1
            # A full disk stops what grows, not what shrinks.
            lasts = lasting and calls > count and name in ("open", "write", "mkdir", "fsync")  # noqa: B023
            if calls == count or lasts:  # noqa: B023
                failing = failing or name
                raise OSError(code, os.strerror(code))
            return real(*args)

        error = None
        with every_call(act):
            try:
                put(NEW, root)
            except WriteFailed as caught:
                error = caught
        if error:
            failures += 1
            assert error.reason == os.strerror(code)
            known = {*OLD, *NEW, *folders, MANIFEST, JOURNAL, STAGING, str(root)}
            assert error.path in known
            assert str(error).endswith(f"{error.path}: {error.reason}")
            assert not (root / STAGING).exists()
        assert_old_or_new(root, OLD, NEW)
        assert_repaired(root, NEW if count % 2 else THIRD)
        if not failing:
            assert failures > 30, "the errors do not arrive"
            return
    pytest.fail("the run never ends")


def test_a_disk_that_takes_a_part_of_each_write(tmp_path: Path) -> None:
    def act(name: str, real: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        return real(args[0], bytes(args[1])[:3]) if name == "write" else real(*args)

    with every_call(act):
        put(NEW, tmp_path)
    assert tree(tmp_path) == NEW


def test_a_folder_that_may_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(OLD, tmp_path / "out")
    if os.geteuid() == 0:  # to whom modes mean nothing

        def refuse(path: str, mode: int = 0o777) -> None:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)

        monkeypatch.setattr(os, "mkdir", refuse)
    else:
        (tmp_path / "out").chmod(0o555)
    for root in (tmp_path / "out", tmp_path / "out/new"):
        with pytest.raises(WriteFailed, match="Permission denied"):
            put(NEW, root)
    (tmp_path / "out").chmod(0o755)
    assert tree(tmp_path / "out") == OLD


def test_a_root_made_in_vain_goes_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(WriteFailed, match="No space left on device"):
        put(NEW, tmp_path / "new/out")
    assert not (tmp_path / "new").exists()


def test_a_file_saved_while_mlsdc_writes_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(OLD, tmp_path)
    real = os.fsync

    def save_meanwhile(descriptor: int) -> None:
        (tmp_path / "changed.yaml").write_text("saved by an editor")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", save_meanwhile)
    with pytest.raises(WriteFailed, match=r"changed\.yaml: someone changed it meanwhile"):
        put(NEW, tmp_path)
    assert (tmp_path / "changed.yaml").read_text() == "saved by an editor"


# Rivals


def test_a_run_waits_for_another_and_says_so_when_it_takes_too_long(tmp_path: Path) -> None:
    holder = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(holder, fcntl.LOCK_EX)
    with pytest.raises(WriteFailed, match="another run of mlsdc is busy"):
        write(file_set(NEW), tmp_path, inputs=INPUTS, version="1", patience=0.05)
    assert tree(tmp_path) == {}

    def wait_and_write() -> None:
        os.close(holder)
        put(NEW, tmp_path)

    child = start(wait_and_write)
    time.sleep(0.1)
    assert tree(tmp_path) == {}, "the lock is not respected"
    os.close(holder)
    assert finish(child) == 0
    assert tree(tmp_path) == NEW


def test_a_process_that_dies_leaves_no_lock(tmp_path: Path) -> None:
    def die_holding_it() -> None:
        fcntl.flock(os.open(tmp_path, os.O_RDONLY), fcntl.LOCK_EX)
        os._exit(9)

    assert finish(start(die_holding_it)) == 9
    put(NEW, tmp_path)
    assert tree(tmp_path) == NEW


def test_a_file_system_without_locks_is_no_obstacle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", no_locks)
    put(NEW, tmp_path)
    assert tree(tmp_path) == NEW


def test_rivals_take_turns(tmp_path: Path) -> None:
    designs = [OLD, NEW, THIRD, {}]

    def many_runs(first: int) -> None:
        for number in range(12):
            put(designs[(first + number) % 4], tmp_path)

    children = [start(lambda first=first: many_runs(first)) for first in range(3)]
    assert [finish(child) for child in children] == [0] * 3
    final = tree(tmp_path)
    assert final in designs
    assert differences(final, tmp_path) == []
