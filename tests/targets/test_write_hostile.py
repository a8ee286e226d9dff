"""Folders laid out to deceive: links that lead out, manifests that lie."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

import pytest

from mlsdc.targets.files import MANIFEST
from mlsdc.targets.outcome import WouldOverwrite
from mlsdc.targets.write import JOURNAL, STAGING
from tests.targets.output_tree import FIRST, differences, put, tree


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder that no run may touch."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "c.yaml").write_text("c1")
    return folder


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("link", ["prod", "prod/a.yaml", "new", "prod/b", "new/deep"])
def test_no_link_is_followed(root: Path, outside: Path, link: str, force: bool) -> None:
    if (root / link).is_dir():
        (root / link).rename(root / "aside")
    (root / link).unlink(missing_ok=True)
    (root / link).parent.mkdir(exist_ok=True)
    (root / link).symlink_to(outside)
    before = tree(root)
    wanted = {**FIRST, "prod/a.yaml": "a2", "prod/b/c.yaml": "c2", "new/deep/c.yaml": "n"}
    with pytest.raises(WouldOverwrite, match=f"{link} is a symbolic link") as caught:
        put(wanted, root, force=force)
    assert "Move links" in str(caught.value)
    assert tree(root) == before
    assert tree(outside) == {"c.yaml": "c1"}
    assert link in {each.path for each in differences(wanted, root)} | {
        each.reason.split()[3] for each in differences(wanted, root) if "reached" in each.reason
    }


def test_a_dangling_link_is_not_written_through(root: Path, tmp_path: Path) -> None:
    (root / "new").symlink_to(tmp_path / "target")
    with pytest.raises(WouldOverwrite):
        put({**FIRST, "new": "x"}, root, force=True)
    assert not (tmp_path / "target").exists()


def test_nothing_is_deleted_behind_a_link(root: Path, outside: Path) -> None:
    (root / "prod/b/c.yaml").unlink()
    (root / "prod/b").rmdir()
    (root / "prod/b").symlink_to(outside)
    report = put({"prod/a.yaml": "a1"}, root)
    assert report.kept == ("prod/b/c.yaml",)
    assert tree(outside) == {"c.yaml": "c1"}
    (outside / "c.yaml").unlink()
    put({}, root)
    assert outside.is_dir(), "an empty folder behind a link is not removed either"


@pytest.mark.parametrize("name", [MANIFEST, JOURNAL, STAGING])
def test_working_files_that_are_links_are_refused(root: Path, outside: Path, name: str) -> None:
    (root / name).unlink(missing_ok=True)
    (root / name).symlink_to(outside)
    with pytest.raises(WouldOverwrite, match=f"{name} is a symbolic link"):
        put({**FIRST, "x": "x"}, root, force=True)
    assert tree(outside) == {"c.yaml": "c1"}


@pytest.mark.parametrize("name", ["folder", "0-" + "0" * 64, "evil\x1b[2J"])
def test_links_among_the_staged_files_are_refused(root: Path, outside: Path, name: str) -> None:
    (root / STAGING).mkdir()
    (root / STAGING / name).symlink_to(outside)
    outside.chmod(0o700)
    with pytest.raises(WouldOverwrite, match="was not written by mlsdc") as caught:
        put({**FIRST, "x/y": "x"}, root, force=True)
    assert "\x1b" not in str(caught.value)
    assert stat.S_IMODE(outside.stat().st_mode) == 0o700
    assert tree(outside) == {"c.yaml": "c1"}


def test_the_output_folder_itself_may_be_a_link(tmp_path: Path, outside: Path) -> None:
    (tmp_path / "link").symlink_to(outside)
    put({"a": "1"}, tmp_path / "link")
    assert tree(outside) == {"a": "1", "c.yaml": "c1"}
    assert (tmp_path / "link").is_symlink()


# Manifests


FORGED = {
    "broken": b'{"files": ',
    "empty": b"",
    "merge conflict": b"<<<<<<< HEAD\n",
    "escaping": b'{"schema_version": 1, "files": {"../victim": {"sha256": "%s", "size": 6}}}'
    % hashlib.sha256(b"victim").hexdigest().encode(),
    "newer": b'{"schema_version": 99, "files": {}}',
}


@pytest.mark.parametrize("data", FORGED.values(), ids=FORGED)
def test_a_manifest_that_cannot_be_trusted(root: Path, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "victim").write_text("victim")
    (root / MANIFEST).write_bytes(data)
    old = tree(root)
    with pytest.raises(WouldOverwrite, match=f"{MANIFEST} cannot be trusted: it") as caught:
        put({"prod/a.yaml": "a2"}, root)
    assert [each.path for each in caught.value.obstacles] == [MANIFEST, "prod/a.yaml"]
    assert tree(root) == old
    assert (root / MANIFEST).read_bytes() == data
    assert MANIFEST in {each.path for each in differences(FIRST, root)}
    report = put({"prod/a.yaml": "a2"}, root, force=True)
    assert report.deleted == ()
    assert "nothing deleted on its word" in report.notes[0]
    assert tree(root) == {**FIRST, "prod/a.yaml": "a2"}
    assert (tmp_path / "victim").read_text() == "victim"


def test_a_huge_manifest_is_reported_and_not_swallowed(root: Path) -> None:
    with (root / MANIFEST).open("ab") as file:
        file.truncate(100 * 2**20)
    with pytest.raises(WouldOverwrite, match="larger than 64 MiB"):
        put(FIRST, root)


def test_a_lost_manifest_makes_every_other_content_a_persons(root: Path) -> None:
    (root / MANIFEST).unlink()
    with pytest.raises(WouldOverwrite, match=r"prod/a\.yaml was not written by mlsdc"):
        put({**FIRST, "prod/a.yaml": "a2"}, root)
    assert put(FIRST, root).written == (MANIFEST,)


def test_a_forged_journal_is_ignored_with_a_note(root: Path) -> None:
    (root / JOURNAL).write_bytes(b"{")
    (root / "dev/d.yaml").write_text("edited")
    with pytest.raises(WouldOverwrite):
        put({**FIRST, "dev/d.yaml": "d2"}, root)
    report = put({**FIRST, "dev/d.yaml": "d2"}, root, force=True)
    assert [note.split()[0] for note in report.notes] == [JOURNAL]
    assert not (root / JOURNAL).exists()
