"""`mlsdc check`: verdicts, exit codes and environments."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import SLOW, SOUND, UNDECIDED, WARNED, Ended

Design = Callable[..., str]
Mlsdc = Callable[..., Ended]


def test_a_sound_design_is_clean(mlsdc: Mlsdc, design: Design) -> None:
    ended = mlsdc("check", design())
    assert ended.code == 0
    assert ended.err == ""
    assert ended.out.endswith("0 fail, 0 undecided · 0 errors, 0 warnings\n")


def test_an_error_fails_the_run_and_points_at_its_line(mlsdc: Mlsdc, design: Design) -> None:
    ended = mlsdc("check", design(SLOW))
    assert ended.code == 1
    assert (
        "design.mlsd:10:12: error[LAT002] rank: p99 is 30ms, 10ms over its 20ms budget" in ended.out
    )
    assert "10 |   budget { p99 <= 20ms }" in ended.out
    assert "= see: mlsdc explain LAT002" in ended.out
    assert ended.last.endswith("1 error, 0 warnings")


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        (SLOW, [], 1),
        (SLOW, ["--fail-on", "error"], 1),
        (WARNED, [], 0),
        (WARNED, ["--fail-on", "warning"], 1),
        (UNDECIDED, [], 0),
        (UNDECIDED, ["--fail-on", "warning"], 0),
        (UNDECIDED, ["--fail-on", "note"], 1),
        (UNDECIDED, ["--require-evidence"], 1),
        (SOUND, ["--require-evidence", "--fail-on", "note"], 0),
    ],
)
def test_what_fails_a_run(
    mlsdc: Mlsdc, design: Design, text: str, options: list[str], code: int
) -> None:
    assert mlsdc("check", design(text), *options).code == code


def test_an_undecided_check_names_what_it_lacks(mlsdc: Mlsdc, design: Design) -> None:
    name = design(UNDECIDED)
    told = mlsdc("check", name)
    assert "note[LAT002]" in told.out
    assert "= undecided: needs other.latency" in told.out
    strict = mlsdc("check", name, "--require-evidence")
    assert "error[LAT002]" in strict.out
    assert "= undecided: needs other.latency" in strict.out


@pytest.mark.parametrize("text", [SOUND, SLOW, WARNED, UNDECIDED, ""])
def test_a_check_without_options_is_that_with_the_default_ones(
    mlsdc: Mlsdc, design: Design, text: str
) -> None:
    name = design(text)
    assert mlsdc("check", name) == mlsdc("check", name, "--fail-on", "error", "-o", "text")


def test_one_environment_or_all(mlsdc: Mlsdc, design: Design) -> None:
    tight = (
        SOUND.replace("200/s", "200/s  # peak")
        .replace("at = 100/s }", "at = 100/s }\n  replicas = 2")
        .replace("peak: rate = 200/s", "peak: rate = 900/s")
    )
    name = design(tight)
    everywhere = mlsdc("check", name)
    assert everywhere.code == 1
    assert "= environments: prod" in everywhere.out
    assert "dev: " in everywhere.last
    assert mlsdc("check", name, "--env", "dev").code == 0
    prod = mlsdc("check", name, "--env", "prod")
    assert prod.code == 1
    assert "= environments" not in prod.out


def test_several_files_are_one_design(mlsdc: Mlsdc, design: Design) -> None:
    first, rest = SOUND.split("request", 1)
    names = [design(first, "a.mlsd"), design("request" + rest, "b.mlsd")]
    assert mlsdc("check", *names).code == 0
    alone = mlsdc("check", names[1])
    assert alone.code == 1
    assert "b.mlsd:2:10: error[" in alone.out


def test_a_file_named_twice_is_read_once(mlsdc: Mlsdc, design: Design, here: Path) -> None:
    name = design()
    assert mlsdc("check", name, f"./{name}", str(here / name)).code == 0


def test_standard_input(
    mlsdc: Mlsdc, design: Design, monkeypatch: pytest.MonkeyPatch, here: Path
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SLOW.encode())))
    ended = mlsdc("check", "-")
    assert ended.code == 1
    assert "<stdin>:10:12: error[LAT002]" in ended.out


def test_files_are_named_as_they_were_typed(mlsdc: Mlsdc, design: Design, here: Path) -> None:
    design(SLOW, "apps/shop/design.mlsd")
    for typed in (
        "apps/shop/design.mlsd",
        "./apps/shop/design.mlsd",
        f"{here}/apps/shop/design.mlsd",
    ):
        assert f"{typed}:10:12: error" in mlsdc("check", typed).out


def test_a_byte_order_mark_shifts_no_column(mlsdc: Mlsdc, design: Design) -> None:
    ended = mlsdc("check", design(b"\xef\xbb\xbflet x = 1\n"))
    assert "design.mlsd:1:5: warning[SYN028]" in ended.out


@pytest.mark.parametrize("format", ["sarif", "json", "github", "gitlab", "junit", "markdown"])
def test_every_format_ends_with_the_same_exit_code(
    mlsdc: Mlsdc, design: Design, format: str
) -> None:
    name = design(SLOW)
    assert mlsdc("check", name, "-o", format).code == 1
    assert mlsdc("check", design(), "-o", format).code == 0
