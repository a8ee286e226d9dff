"""Writing: only mlsdc's own files change, and only where they differ."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlsdc.targets.files import MANIFEST, FileSet, PathClash, UnsafePath, manifest
from mlsdc.targets.outcome import Difference, Kind, WouldOverwrite, WriteFailed, WriteReport
from mlsdc.targets.write import compare, write
from tests.targets.output_tree import FIRST, INPUTS, differences, file_set, put, times, tree


@pytest.fixture
def umask_077() -> Iterator[None]:
    before = os.umask(0o077)
    yield
    os.umask(before)


def test_a_first_run_writes_everything(tmp_path: Path) -> None:
    root = tmp_path / "new" / "out"
    report = put(FIRST, root)
    assert tree(root) == FIRST
    assert report == WriteReport(written=tuple(sorted([*FIRST, MANIFEST])))
    assert (root / MANIFEST).read_bytes() == manifest(file_set(FIRST), INPUTS, "1")
    assert differences(FIRST, root) == []


def test_the_installed_version_goes_into_the_manifest(tmp_path: Path) -> None:
    from importlib.metadata import version

    write(FileSet(), tmp_path, inputs={})
    assert json.loads((tmp_path / MANIFEST).read_bytes())["mlsdc_version"] == version("mlsdc")


def test_a_second_run_touches_nothing(root: Path) -> None:
    before = times(root)
    assert put(FIRST, root) == WriteReport(unchanged=tuple(sorted([*FIRST, MANIFEST])))
    assert times(root) == before


def test_only_what_differs_is_written_and_only_what_is_obsolete_deleted(root: Path) -> None:
    before = times(root)
    report = put({"prod/a.yaml": "a1", "dev/d.yaml": "d2", "x/y/z.yaml": "z"}, root)
    assert report.written == ("dev/d.yaml", MANIFEST, "x/y/z.yaml")
    assert report.unchanged == ("prod/a.yaml",)
    assert report.deleted == ("prod/b/c.yaml",)
    assert tree(root) == {"dev/d.yaml": "d2", "prod/a.yaml": "a1", "x/y/z.yaml": "z"}
    assert times(root)[root / "prod/a.yaml"] == before[root / "prod/a.yaml"]
    assert not (root / "prod/b").exists(), "the folder that was left empty must go"


def test_more_files_than_are_flushed_one_by_one(tmp_path: Path) -> None:
    many = {f"n{number}/x": str(number) for number in range(200)}
    assert len(put(many, tmp_path).written) == 201
    assert tree(tmp_path) == many
    assert len(put({}, tmp_path).deleted) == 200
    assert tree(tmp_path) == {}


def test_files_become_folders_and_folders_files(root: Path) -> None:
    turned = {"prod": "p", "dev/d.yaml/e": "e"}
    put(turned, root)
    assert tree(root) == turned
    put(FIRST, root)
    assert tree(root) == FIRST


def test_a_file_renamed_in_case_only(tmp_path: Path) -> None:
    put({"Team/A.yaml": "a", "b": "b"}, tmp_path)
    report = put({"team/a.yaml": "a", "b": "b"}, tmp_path)
    assert report.deleted == ("Team/A.yaml",)
    assert "team/a.yaml" in report.written
    assert tree(tmp_path) == {"team/a.yaml": "a", "b": "b"}


def test_modes_do_not_depend_on_the_umask(tmp_path: Path, umask_077: None) -> None:
    put(FIRST, tmp_path / "new/out")
    for path in [tmp_path / "new", *(tmp_path / "new").rglob("*")]:
        expected = 0o755 if path.is_dir() else 0o644
        assert stat.S_IMODE(path.stat().st_mode) == expected, path


def test_a_set_group_bit_is_inherited(tmp_path: Path) -> None:
    root = tmp_path / "out"
    root.mkdir()
    root.chmod(0o2775)
    put(FIRST, root)
    assert stat.S_IMODE((root / "prod").stat().st_mode) == 0o2755
    assert stat.S_IMODE(root.stat().st_mode) == 0o2775, "an existing folder keeps its mode"


# What people wrote


def test_a_file_that_mlsdc_did_not_write_stops_everything(root: Path) -> None:
    (root / "new.yaml").write_text("mine")
    (root / "dev/d.yaml").write_text("edited")
    before, old = times(root), tree(root)
    wanted = {**FIRST, "new.yaml": "n", "dev/d.yaml": "d2", "prod/a.yaml": "a2"}
    with pytest.raises(WouldOverwrite, match="--force replace them") as caught:
        put(wanted, root)
    assert [(each.path, each.reason, each.forcible) for each in caught.value.obstacles] == [
        ("dev/d.yaml", "was edited by hand", True),
        ("new.yaml", "was not written by mlsdc", True),
    ]
    assert "dev/d.yaml was edited by hand" in str(caught.value)
    assert tree(root) == old
    assert times(root) == before
    report = put(wanted, root, force=True)
    assert report.written == ("dev/d.yaml", MANIFEST, "new.yaml", "prod/a.yaml")
    assert tree(root) == wanted


def test_an_edit_that_the_design_caught_up_with_is_no_obstacle(root: Path) -> None:
    (root / "dev/d.yaml").write_text("d2")
    assert put({**FIRST, "dev/d.yaml": "d2"}, root).written == (MANIFEST,)


@pytest.mark.parametrize("force", [False, True])
def test_an_edited_obsolete_file_is_kept_and_then_forgotten(root: Path, force: bool) -> None:
    (root / "prod/b/c.yaml").write_text("edited")
    rest = {"prod/a.yaml": "a1"}
    report = put(rest, root, force=force)
    assert report.kept == ("prod/b/c.yaml",)
    assert report.deleted == ("dev/d.yaml",)
    assert tree(root) == {"prod/a.yaml": "a1", "prod/b/c.yaml": "edited"}
    assert put(rest, root).kept == ()
    assert differences(rest, root) == []


def test_files_beside_are_left_alone(root: Path) -> None:
    (root / "prod/b/notes.md").write_text("mine")
    (root / "empty").mkdir()
    put({}, root)
    assert tree(root) == {"prod/b/notes.md": "mine", "empty": "/"}


def test_an_obsolete_file_that_something_else_replaced_is_gone_not_kept(root: Path) -> None:
    (root / "dev/d.yaml").unlink()
    (root / "dev/d.yaml").mkdir()
    (root / "dev/d.yaml/mine").write_text("mine")
    (root / "prod/b/c.yaml").unlink()
    (root / "prod/b").rmdir()
    (root / "prod/b").write_text("mine")
    found = differences({"prod/a.yaml": "a1"}, root)
    assert [each.path for each in found] == [MANIFEST]
    assert put({"prod/a.yaml": "a1"}, root).kept == ()
    assert tree(root) == {"dev/d.yaml/mine": "mine", "prod/a.yaml": "a1", "prod/b": "mine"}


def test_a_folder_that_is_still_needed_is_not_made_anew(root: Path) -> None:
    (root / "prod/b").chmod(0o775)
    put({"prod/b/new.yaml": "n"}, root)
    assert stat.S_IMODE((root / "prod/b").stat().st_mode) == 0o775


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_with_a_persons_file_is_never_replaced(root: Path, force: bool) -> None:
    (root / "prod/b/notes.md").write_text("mine")
    with pytest.raises(WouldOverwrite, match="prod is a folder") as caught:
        put({"prod": "p"}, root, force=force)
    assert not caught.value.obstacles[0].forcible
    assert tree(root) == {**FIRST, "prod/b/notes.md": "mine"}


@pytest.mark.parametrize("force", [False, True])
def test_a_persons_file_is_never_replaced_by_a_folder(root: Path, force: bool) -> None:
    (root / "new").write_text("mine")
    with pytest.raises(WouldOverwrite, match="new is a file where a folder is needed"):
        put({"new/x": "x"}, root, force=force)
    assert tree(root) == {**FIRST, "new": "mine"}


def test_a_pipe_is_neither_read_nor_replaced(root: Path) -> None:
    os.mkfifo(root / "pipe")
    with pytest.raises(WouldOverwrite, match="pipe is a device, pipe or socket"):
        put({**FIRST, "pipe": "x"}, root, force=True)


NAMES = ["a", "b", "a/a", "a/b", "b/a", "b/a/b", "a/b/a"]
DESIGNS = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["1", "2"]), max_size=4)
STEPS = st.lists(
    st.one_of(DESIGNS, st.tuples(st.sampled_from(NAMES), st.sampled_from(["1", "mine"]))),
    max_size=6,
)


@settings(deadline=None, max_examples=150)
@given(steps=STEPS)
def test_whatever_the_history_a_persons_files_survive(
    steps: list[dict[str, str] | tuple[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("out")
    mine: dict[str, str] = {}
    for step in steps:
        if isinstance(step, tuple):
            path, text = step
            folders = [root / folder for folder in Path(path).parents]
            if not (root / path).is_dir() and not any(each.is_file() for each in folders):
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text)
                mine[path] = text
            continue
        before = tree(root)
        try:
            put(step, root)
        except PathClash:
            continue
        except WouldOverwrite:
            assert tree(root) == before
            continue
        after = {path: text for path, text in tree(root).items() if text != "/"}
        # A person who writes what mlsdc writes cannot be told from it.
        edits = {path: text for path, text in mine.items() if text == "mine"}
        assert edits.items() <= after.items()
        assert step.items() <= after.items()
        assert after.keys() <= step.keys() | mine.keys()
        assert put(step, root).written == ()
        assert differences(step, root) == []


# Comparing


def test_compare_tells_the_kinds_apart_and_writes_nothing(root: Path) -> None:
    (root / "prod/a.yaml").write_text("edited")
    (root / "foreign.yaml").write_text("mine")
    (root / "other").mkdir()
    wanted = {
        "prod/a.yaml": "a1",
        "dev/d.yaml": "d2",
        "new.yaml": "n",
        "foreign.yaml": "f",
        "other": "o",
    }
    before = times(root)
    assert differences(wanted, root) == [
        Difference("dev/d.yaml", Kind.DIFFERENT, "is from an earlier run"),
        Difference("foreign.yaml", Kind.DIFFERENT, "was not written by mlsdc"),
        Difference(MANIFEST, Kind.DIFFERENT, "belongs to other inputs or another version of mlsdc"),
        Difference("new.yaml", Kind.MISSING, "is missing"),
        Difference("other", Kind.DIFFERENT, "is a folder"),
        Difference("prod/a.yaml", Kind.EDITED, "was edited by hand"),
        Difference(
            "prod/b/c.yaml",
            Kind.UNEXPECTED,
            "is generated no more, and is from an earlier run",
        ),
    ]
    assert times(root) == before


def test_compare_sees_changed_inputs_only_when_it_is_given_them(root: Path) -> None:
    assert compare(file_set(FIRST), root) == []
    (found,) = compare(file_set(FIRST), root, inputs={"design.mlsd": b""}, version="1")
    assert (found.path, found.kind) == (MANIFEST, Kind.DIFFERENT)
    (root / MANIFEST).unlink()
    missing = Difference(MANIFEST, Kind.MISSING, "is missing")
    assert compare(file_set(FIRST), root) == [missing]
    assert differences(FIRST, root) == [missing]


def test_compare_with_no_folder_creates_none(tmp_path: Path) -> None:
    found = differences(FIRST, tmp_path / "out")
    assert {each.path: each.kind for each in found} == dict.fromkeys(
        [*FIRST, MANIFEST], Kind.MISSING
    )
    assert not (tmp_path / "out").exists()


# Refusals of the system


def test_a_file_where_the_output_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(WriteFailed, match="it is not a folder"):
        put(FIRST, tmp_path / "out")
    assert (tmp_path / "out").read_text() == "mine"


def test_an_absolute_input_name_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(UnsafePath):
        write(FileSet(), tmp_path / "out", inputs={"/home/me/design.mlsd": b""}, version="1")
    assert not (tmp_path / "out").exists()
