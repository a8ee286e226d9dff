"""Whatever is given instead of a design: one clear finding, exit code 2, never a traceback."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlsdc.cli.examine import Question, examine
from mlsdc.cli.exits import Exit
from mlsdc.cli.formats import FORMATS, render
from mlsdc.cli.inputs import LARGEST
from mlsdc.cli.terminal import Style
from tests.cli.conftest import SOUND, Ended

Design = Callable[..., str]
Mlsdc = Callable[..., Ended]


def first(ended: Ended) -> str:
    assert "Traceback" not in ended.out + ended.err
    return ended.out.partition("\n")[0]


def test_a_missing_file(mlsdc: Mlsdc, design: Design) -> None:
    design()
    ended = mlsdc("check", "desing.mlsd")
    assert ended.code == 2
    assert first(ended) == "desing.mlsd: error[USE001] there is no such file"
    assert "= help: did you mean `design.mlsd`?" in ended.out
    assert ended.last == "nothing was checked · 1 error, 0 warnings"


def test_a_missing_folder(mlsdc: Mlsdc, here: Path) -> None:
    ended = mlsdc("check", "no/where.mlsd")
    assert ended.code == 2
    assert "there is no folder `no` either" in ended.out


def test_a_folder(mlsdc: Mlsdc, here: Path) -> None:
    (here / "designs").mkdir()
    ended = mlsdc("check", "designs")
    assert ended.code == 2
    assert first(ended) == "designs: error[USE001] this is a folder"
    assert f"name its files: {os.path.join('designs', '*.mlsd')}" in ended.out


def test_a_file_that_may_not_be_read(
    mlsdc: Mlsdc, design: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = design()

    def refuse(path: str, mode: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("mlsdc.cli.inputs.open", refuse, raising=False)
    ended = mlsdc("check", name)
    assert ended.code == 2
    assert first(ended) == "design.mlsd: error[USE001] permission to read it is denied"


@pytest.mark.parametrize(
    ("content", "place", "message"),
    [
        (b"let x\0 = 1", "1:6", "a NUL byte at offset 5"),
        (b"let x = 1\nlet \xff = 2", "2:5", "the byte 0xff at offset 14"),
        ("let é = 1".encode("latin-1"), "1:5", "the byte 0xe9 at offset 4"),
        ("let x = 1".encode("utf-16"), "1:1", "the byte 0xff at offset 0"),
        (b"\xed\xa0\x80", "1:1", "the byte 0xed at offset 0"),
    ],
)
def test_a_file_that_is_no_text(
    mlsdc: Mlsdc, design: Design, content: bytes, place: str, message: str
) -> None:
    ended = mlsdc("check", design(content))
    assert ended.code == 2
    assert first(ended).startswith(
        f"design.mlsd:{place}: error[SYN010] this is not UTF-8 text: {message}"
    )
    assert "\0" not in ended.out


def test_utf_16_is_named(mlsdc: Mlsdc, design: Design) -> None:
    assert (
        "the file is UTF-16; save it as UTF-8" in mlsdc("check", design("x".encode("utf-16"))).out
    )


def test_a_file_that_is_too_large(mlsdc: Mlsdc, design: Design) -> None:
    ended = mlsdc("check", design(b"#" * (LARGEST + 1)))
    assert ended.code == 2
    assert first(ended) == (
        "design.mlsd: error[SYN009] the file is larger than 8 MiB, the most one file may hold"
    )


def test_no_more_is_read_than_may_be(mlsdc: Mlsdc, here: Path) -> None:
    if not os.path.exists("/dev/zero"):
        pytest.skip("there is no endless file on this system")
    ended = mlsdc("check", "/dev/zero")
    assert ended.code == 2
    assert "larger than 8 MiB" in ended.out


@pytest.mark.parametrize("content", ["", "\n\n", "# only a comment\n", "\ufeff"])
def test_a_file_that_declares_nothing(mlsdc: Mlsdc, design: Design, content: str) -> None:
    ended = mlsdc("check", design(content))
    assert ended.code == 1
    assert first(ended) == "design.mlsd:1:1: error[USE002] nothing is declared in this file"
    assert ended.last == "nothing was checked · 1 error, 0 warnings"


def test_an_empty_file_beside_others_is_a_note(mlsdc: Mlsdc, design: Design) -> None:
    ended = mlsdc("check", design(SOUND), design("", "empty.mlsd"))
    assert ended.code == 0
    assert "empty.mlsd:1:1: note[USE002]" in ended.out


def test_every_bad_file_is_reported_and_no_other_finding(mlsdc: Mlsdc, design: Design) -> None:
    ended = mlsdc("check", design(b"\xff", "a.mlsd"), "b.mlsd", design("nonsense", "c.mlsd"))
    assert ended.code == 2
    assert ended.out.count("error[") == 2


@pytest.mark.parametrize("command", ["compile", "graph"])
def test_other_commands_refuse_bad_files_alike(mlsdc: Mlsdc, here: Path, command: str) -> None:
    ended = mlsdc(command, "missing.mlsd")
    assert ended.code == 2
    assert "error[USE001] there is no such file" in ended.out + ended.err
    assert sorted(os.listdir(here)) == []


def test_a_file_name_cannot_act_on_the_terminal(mlsdc: Mlsdc, here: Path) -> None:
    ended = mlsdc("check", "evil\x1b[31m.mlsd")
    assert ended.code == 2
    assert "\x1b" not in ended.out + ended.err


@given(content=st.binary(max_size=300))
@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_any_bytes_give_a_report_in_every_format(here: Path, content: bytes) -> None:
    path = here / "any.mlsd"
    path.write_bytes(content)
    report = examine(Question([str(path)])).report
    assert report.exit is not Exit.FAULT
    for name in FORMATS:
        assert render(name, report, Style()).endswith("\n")
