"""Imports of files: what is read, what is refused, wherever the command is typed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from mlsdc.cli.app import run

STREAM = "stream {name}: kafka {{ rate = 1/s  retention = 1d }}\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    (root / ".git").mkdir(parents=True)
    (root / "designs").mkdir()
    monkeypatch.chdir(root)
    return root


def write(path: Path, *lines: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")
    return path


def stream(name: str) -> str:
    return STREAM.format(name=name)


def found(design: str, capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str]]:
    """The code of each finding, and the file it points into."""
    run(["check", design, "-o", "json"])
    document = json.loads(capsys.readouterr().out)
    return [(d["code"], d["place"]["file"]) for d in document["diagnostics"]]


def test_declarations_of_an_imported_file_join_the_design(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project / "designs/a.mlsd", 'import "./lib/b.mlsd"', "lake l: s3 { from = events }")
    write(project / "designs/lib/b.mlsd", 'import "../../shared/c.mlsd"')
    write(project / "shared/c.mlsd", stream("events"))
    assert found("designs/a.mlsd", capsys) == []
    assert run(["show", "designs/a.mlsd"]) == 0
    assert "events" in capsys.readouterr().out


def test_findings_point_into_the_imported_file(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project / "designs/a.mlsd", 'import "./b.mlsd"')
    write(project / "designs/b.mlsd", "stream s: kafka { rate = 3ms }")
    assert found("designs/a.mlsd", capsys) == [("TYP002", "designs/b.mlsd")]


def test_a_file_is_read_once(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project / "a.mlsd", 'import "./b.mlsd"', 'import "./c.mlsd"')
    write(project / "b.mlsd", 'import "./d.mlsd"')
    write(project / "c.mlsd", 'import "./sub/../d.mlsd"')
    write(project / "d.mlsd", stream("events"))
    assert found("a.mlsd", capsys) == []
    assert run(["check", "a.mlsd", "d.mlsd"]) == 0


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_circle_is_shown_as_a_chain(
    project: Path, length: int, capsys: pytest.CaptureFixture[str]
) -> None:
    for at in range(length):
        write(project / f"f{at}.mlsd", f'import "./f{(at + 1) % length}.mlsd"', stream(f"s{at}"))
    run(["check", "f0.mlsd", "-o", "json"])
    (only,) = json.loads(capsys.readouterr().out)["diagnostics"]
    chain = " -> ".join(f"f{at % length}.mlsd" for at in range(length + 1))
    assert (only["code"], chain in only["message"]) == ("SYN041", True)


def test_one_name_in_two_files(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project / "a.mlsd", 'import "./b.mlsd"', stream("events"))
    write(project / "b.mlsd", stream("events"))
    run(["check", "a.mlsd", "-o", "json"])
    (only,) = json.loads(capsys.readouterr().out)["diagnostics"]
    places = {only["place"]["file"], only["labels"][0]["place"]["file"]}
    assert (only["code"], places) == ("SYN021", {"a.mlsd", "b.mlsd"})


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        ('import "./absent.mlsd"', "SYN040", "there is no file"),
        ('import "./nowhere/a.mlsd"', "SYN040", "there is no file"),
        ('import "./lib"', "SYN040", "is a folder"),
        ('import "./latin.mlsd"', "SYN040", "is not UTF-8 text"),
        ('import "./nul.mlsd"', "SYN040", "NUL byte"),
        ('import "./pipe.mlsd"', "SYN040", "is not a file"),
        ('import "std:nothing"', "SYN040", "no module"),
        ('import "/etc/passwd"', "SYN042", "not a path below the project"),
        ('import "~/a.mlsd"', "SYN042", "not a path below the project"),
        ('import "C:/a.mlsd"', "SYN042", "not a path below the project"),
        ('import "https://example.com/a.mlsd"', "SYN042", "not a path below the project"),
        ('import "..\\\\a.mlsd"', "SYN042", "not a path below the project"),
        ('import "../../outside.mlsd"', "SYN042", "lies outside the project"),
        ('import "./link.mlsd"', "SYN042", "a link that leads out of the project"),
        ('import "./linked/outside.mlsd"', "SYN042", "a link that leads out of the project"),
        ("import features", "SYN026", "names one file"),
        ('import "a.mlsd" "b.mlsd"', "SYN026", "names one file"),
        ('import "${x}.mlsd"', "SYN026", "names one file"),
        ('import ""', "SYN026", "names one file"),
    ],
)
def test_what_cannot_be_imported(
    project: Path, line: str, code: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    here = project / "designs"
    (here / "lib").mkdir()
    (here / "latin.mlsd").write_bytes(b"# caf\xe9\n")
    (here / "nul.mlsd").write_bytes(b"# \0\n")
    os.mkfifo(here / "pipe.mlsd")
    write(project.parent / "outside.mlsd", stream("events"))
    (here / "link.mlsd").symlink_to(project.parent / "outside.mlsd")
    (here / "linked").symlink_to(project.parent)
    write(here / "a.mlsd", line)
    run(["check", "designs/a.mlsd", "-o", "json"])
    (only,) = json.loads(capsys.readouterr().out)["diagnostics"]
    assert (only["code"], told in only["message"]) == (code, True), only["message"]
    assert str(project.parent) not in json.dumps(only)


def test_the_folder_behind_a_link_is_named(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project.parent / "outside.mlsd", stream("events"))
    (project / "designs/link.mlsd").symlink_to(project.parent / "outside.mlsd")
    write(project / "designs/a.mlsd", 'import "./link.mlsd"')
    run(["check", "designs/a.mlsd", "-o", "json"])
    (only,) = json.loads(capsys.readouterr().out)["diagnostics"]
    assert 'folders = [".."]' in only["help"]


def test_a_link_inside_the_project_is_followed(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project / "shared/real.mlsd", stream("events"))
    (project / "designs/link.mlsd").symlink_to("../shared/real.mlsd")
    write(project / "designs/a.mlsd", 'import "./link.mlsd"', 'import "../shared/real.mlsd"')
    assert found("designs/a.mlsd", capsys) == []


def test_without_a_project_only_the_folder_of_the_design_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "beside.mlsd", stream("events"))
    write(tmp_path / "inner/a.mlsd", 'import "../beside.mlsd"')
    monkeypatch.chdir(tmp_path)
    assert found("inner/a.mlsd", capsys) == [("SYN042", "inner/a.mlsd")]


def test_yaml_imports_and_is_imported(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project / "a.mlsd.yaml", "statements:", '  - import: "./b.mlsd"')
    write(project / "b.mlsd", 'import "./c.mlsd.yaml"', "lake l: s3 { from = events }")
    write(project / "c.mlsd.yaml", "components:", "  events: {role: stream, system: kafka,",
          "    rate: 1/s, retention: 1d}")  # fmt: skip
    assert found("a.mlsd.yaml", capsys) == []


def test_output_does_not_depend_on_the_working_folder(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project / "designs/a.mlsd", 'import "../shared/b.mlsd"', 'import "std:features"')
    write(project / "shared/b.mlsd", stream("events"))
    for folder, design in ((project, "designs/a.mlsd"), (project / "designs", "a.mlsd")):
        monkeypatch.chdir(folder)
        assert run(["compile", design, "-O", str(project / f"out{len(design)}")]) == 0
    trees = [
        {p.relative_to(out): p.read_bytes() for p in out.rglob("*") if p.is_file()}
        for out in sorted(project.glob("out*"))
    ]
    assert len(trees) == 2
    assert trees[0] == trees[1]
    manifest = json.loads(trees[0][Path("mlsdc.manifest.json")])
    assert {"a.mlsd", "../shared/b.mlsd", "std:features"} <= set(
        map(str, json.dumps(manifest).split('"'))
    )


def test_too_many_files(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [f'import "./f{at}.mlsd"' for at in range(1001)]
    for at in range(1001):
        write(project / f"f{at}.mlsd", f"let unused_{at} = 1")
    write(project / "a.mlsd", *lines)
    codes = [code for code, _ in found("a.mlsd", capsys)]
    assert codes.count("SYN046") == 1


@pytest.mark.parametrize(
    "format", ["text", "json", "sarif", "github", "gitlab", "junit", "markdown"]
)
def test_every_format_can_tell_of_a_module(
    project: Path, format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = ['import "std:features"', "use streaming_store(events = absent) as store"]
    write(project / "a.mlsd", *lines)
    assert run(["check", "a.mlsd", "-o", format]) == 1
    assert "std:" not in capsys.readouterr().out or format in ("text", "json", "junit", "markdown")
