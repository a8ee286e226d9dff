"""`-o FORMAT[=FILE]`: where reports go, and what is refused before anything happens."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import SLOW, SOUND, Ended

Design = Callable[..., str]
Mlsdc = Callable[..., Ended]


def test_several_formats_in_one_run(mlsdc: Mlsdc, design: Design, here: Path) -> None:
    ended = mlsdc(
        "check", design(SLOW), "-o", "sarif=x.sarif", "-o", "text", "-o", "json=deep/er/x.json"
    )
    assert ended.code == 1
    assert "error[LAT002]" in ended.out
    assert json.loads((here / "x.sarif").read_text())["version"] == "2.1.0"
    assert json.loads((here / "deep/er/x.json").read_text())["exit_code"] == 1
    assert sorted(os.listdir(here)) == ["deep", "design.mlsd", "x.sarif"]


def test_a_run_that_prints_no_report_prints_the_summary(mlsdc: Mlsdc, design: Design) -> None:
    ended = mlsdc("check", design(), "-o", "json=x.json")
    assert ended.out == ""
    assert ended.err.endswith("0 errors, 0 warnings\n")


def test_a_report_replaces_an_older_one_and_keeps_its_mode(
    mlsdc: Mlsdc, design: Design, here: Path
) -> None:
    report = here / "x.json"
    report.write_text("old")
    report.chmod(0o640)
    assert mlsdc("check", design(), "-o", "json=x.json").code == 0
    assert json.loads(report.read_text())["exit_code"] == 0
    assert stat.S_IMODE(report.stat().st_mode) == 0o640


def test_a_new_report_has_the_mode_of_any_new_file(
    mlsdc: Mlsdc, design: Design, here: Path
) -> None:
    (here / "plain").touch()
    mlsdc("check", design(), "-o", "json=x.json")
    assert (here / "x.json").stat().st_mode == (here / "plain").stat().st_mode


def test_a_link_stays_a_link(mlsdc: Mlsdc, design: Design, here: Path) -> None:
    (here / "real.json").write_text("old")
    (here / "x.json").symlink_to("real.json")
    mlsdc("check", design(), "-o", "json=x.json")
    assert (here / "x.json").is_symlink()
    assert json.loads((here / "real.json").read_text())["exit_code"] == 0


def test_a_device_is_written_to_and_stays(mlsdc: Mlsdc, design: Design) -> None:
    if not os.path.exists(os.devnull) or os.name == "nt":
        pytest.skip("no device file on this system")
    assert mlsdc("check", design(), "-o", f"json={os.devnull}").code == 0
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["-o", "jsn"], "there is no format 'jsn'; did you mean json?"),
        (["-o", "xyz"], "there is no format 'xyz'; formats: text, json, sarif, github"),
        (["-o", "json="], "-o json= names no file"),
        (["-o", "json", "-o", "sarif"], "-o json and -o sarif cannot both go to standard output"),
        (["-o", "json=x", "-o", "sarif=./x"], "two -o options name the same file"),
        (["-o", "json=folder"], "-o folder: this is a folder, a file is needed"),
        (["-o", "json=design.mlsd"], "this is the design itself, and would be overwritten"),
        (["-o", "json=link.mlsd"], "this is the design itself, and would be overwritten"),
        (["-o", "json=design.mlsd/x"], "-o design.mlsd/x: design.mlsd is not a folder"),
        (["--bogus"], "no such option: --bogus"),
        (["--fail-on", "fatal"], "'fatal' is not one of"),
        (["--set"], "requires an argument"),
    ],
)
def test_options_that_cannot_be_followed(
    mlsdc: Mlsdc, design: Design, here: Path, options: list[str], message: str
) -> None:
    name = design()
    (here / "folder").mkdir()
    (here / "link.mlsd").symlink_to(name)
    ended = mlsdc("check", name, *options)
    assert ended.code == 2
    assert ended.out == ""
    assert ended.err.startswith("mlsdc: error: ")
    assert ended.err.count("\n") == 1
    assert message in ended.err
    assert (here / name).read_text() == SOUND


def test_a_report_that_cannot_be_written(
    mlsdc: Mlsdc, design: Design, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mlsdc.cli.outputs.os.replace", full)
    ended = mlsdc("check", design(), "-o", "json=x.json")
    assert ended.code == 2
    assert ended.err == "mlsdc: error: -o x.json: No space left on device\n"
    assert os.listdir(here) == ["design.mlsd"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["chekc"], "no such command 'chekc'"),
        (["check"], "missing argument 'DESIGN...'"),
        (["explain"], "missing argument 'TOPIC'"),
        (["graph", "x", "--format", "png"], "'png' is not one of"),
    ],
)
def test_usage_errors_are_one_line(mlsdc: Mlsdc, arguments: list[str], message: str) -> None:
    ended = mlsdc(*arguments)
    assert ended.code == 2
    assert ended.err.count("\n") == 1
    assert message in ended.err


def test_no_command_shows_the_commands(mlsdc: Mlsdc) -> None:
    ended = mlsdc()
    assert ended.code == 2
    for command in ("check", "compile", "graph", "explain"):
        assert command in ended.out


def test_help_is_no_mistake(mlsdc: Mlsdc) -> None:
    assert mlsdc("--help").code == 0
    assert mlsdc("check", "-h").code == 0
