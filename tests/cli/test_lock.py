"""`mlsdc.lock`: what lies outside the project is what was reviewed, or it is a finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlsdc.cli.app import run
from tests.cli.test_imports import found, stream, write


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    (root / ".git").mkdir(parents=True)
    write(root / "mlsdc.toml", "[imports]", 'folders = ["../platform"]')
    write(tmp_path / "platform/streams.mlsd", stream("events"))
    write(root / "a.mlsd", 'import "../platform/streams.mlsd"', 'import "std:features"')
    monkeypatch.chdir(root)
    return root


def test_what_is_outside_has_to_be_locked(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert found("a.mlsd", capsys) == [("SYN048", "a.mlsd")]
    assert run(["lock", "a.mlsd"]) == 0
    assert "mlsdc.lock: 2 imports from outside the project" in capsys.readouterr().out
    assert found("a.mlsd", capsys) == []
    assert run(["lock", "a.mlsd", "--check"]) == 0


def test_the_file_is_sorted_and_stable(project: Path) -> None:
    run(["lock", "a.mlsd"])
    first = (project / "mlsdc.lock").read_text()
    names = [line for line in first.splitlines() if line.startswith("name")]
    assert names == ['name = "../platform/streams.mlsd"', 'name = "std:features"']
    run(["lock", "a.mlsd"])
    assert (project / "mlsdc.lock").read_text() == first


def test_a_change_outside_is_a_finding(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["lock", "a.mlsd"])
    write(project.parent / "platform/streams.mlsd", stream("events"), stream("more"))
    capsys.readouterr()
    assert run(["check", "a.mlsd"]) == 1
    told = capsys.readouterr().out
    assert "has changed: its digest is" in told
    assert run(["lock", "a.mlsd", "--check"]) == 4


def test_a_module_is_locked_where_there_is_a_lock(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project / "b.mlsd", 'import "std:features"')
    assert found("b.mlsd", capsys) == []
    run(["lock", "a.mlsd"])
    write(project / "b.mlsd", 'import "std:serving"')
    capsys.readouterr()
    assert found("b.mlsd", capsys) == [("SYN048", "b.mlsd")]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("version = 1\n[[import", "it is not TOML"),
        ("version = 2\n", "its version is not 1"),
        ("", "its version is not 1"),
        ('version = 1\n[[import]]\nname = "x"\n', "no digest"),
        ("version = 1\nimport = 3\n", "no digest"),
        ("\0", "it is not TOML"),
    ],
)
def test_a_broken_lock_file(
    project: Path, content: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project / "mlsdc.lock", content)
    assert run(["check", "a.mlsd"]) == 1
    assert told in capsys.readouterr().out
    assert run(["lock", "a.mlsd", "--check"]) == 4
    assert run(["lock", "a.mlsd"]) == 0
    assert run(["check", "a.mlsd"]) == 0


def test_what_is_imported_no_more_is_told(project: Path) -> None:
    run(["lock", "a.mlsd"])
    write(project / "a.mlsd", stream("events"))
    assert run(["lock", "a.mlsd", "--check"]) == 4
    assert run(["check", "a.mlsd"]) == 0


def test_a_folder_that_is_not_opened_cannot_be_locked(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project / "mlsdc.toml", "")
    assert run(["lock", "a.mlsd"]) == 2
    assert "lies outside the project" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    ["[imports]\nfolder = []", "[imports]\nfolders = 3", "imports = 3", "[imports]\nfolders = [3]"],
)
def test_a_wrong_policy_is_told(
    project: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project / "mlsdc.toml", text)
    assert run(["check", "a.mlsd"]) == 2
    assert "POL0" in capsys.readouterr().out


def test_a_folder_where_nothing_can_be_written(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "mlsdc.lock").mkdir()
    assert run(["lock", "a.mlsd"]) == 2
    assert "Traceback" not in capsys.readouterr().err
