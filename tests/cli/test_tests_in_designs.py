"""`mlsdc test`: what passes, what fails, and how it is told."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from mlsdc.cli.app import run
from tests.compiler.test_scenarios import BASE

PASSING = 'test "calm" {\n  given peak = 1/s\n  expect nothing\n  assert ask.p99 <= 50ms\n}\n'
FAILING = 'test "slow" {\n  given score { latency { p50 = 9ms  p99 = 60ms  at = 100/s } }\n'
FAILING += "  expect no LAT002\n  assert ask.p99 <= 45ms\n}\n"


@pytest.fixture
def design(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "design.mlsd"


def test_a_test_passes(design: Path, capsys: pytest.CaptureFixture[str]) -> None:
    design.write_text(BASE + PASSING)
    assert run(["test", "design.mlsd"]) == 0
    assert capsys.readouterr().out == "pass  calm\n\n1 test: 1 pass, 0 fail\n"


def test_a_failure_shows_what_was_found_instead(
    design: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    design.write_text(BASE + PASSING + FAILING)
    assert run(["test", "design.mlsd"]) == 1
    told = capsys.readouterr().out
    assert "FAIL  slow" in told
    assert "TST001] no LAT002 (path-over-budget) was expected; found: LAT002 ask: p99 is" in told
    assert "ask.p99 is `60ms` (duration)" in told
    assert told.endswith("2 tests: 1 pass, 1 fail\n")


def test_circumstances_of_one_test_are_not_those_of_the_next(design: Path) -> None:
    design.write_text(
        BASE + FAILING.replace("no LAT002", "LAT002").replace("45ms", "90ms") + PASSING
    )
    assert run(["test", "design.mlsd"]) == 0


def test_tests_are_chosen_by_name(design: Path) -> None:
    design.write_text(BASE + PASSING + FAILING)
    assert run(["test", "design.mlsd", "-k", "cal"]) == 0
    assert run(["test", "design.mlsd", "-k", "slo"]) == 1


@pytest.mark.parametrize(
    ("text", "options", "told"),
    [
        (BASE, [], "there are no tests in these files"),
        (BASE + PASSING, ["-k", "clam"], 'did you mean "calm"?'),
        (BASE + PASSING, ["-o", "sarif"], "tests are not told as sarif"),
    ],
)
def test_nothing_to_run(
    design: Path, text: str, options: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    design.write_text(text)
    assert run(["test", "design.mlsd", *options]) == 2
    assert told in capsys.readouterr().err


def test_a_broken_design_is_told_first(design: Path, capsys: pytest.CaptureFixture[str]) -> None:
    design.write_text(BASE.replace("p50 = 8ms", "p50 = 8GiB") + PASSING)
    assert run(["test", "design.mlsd"]) == 1
    told = capsys.readouterr().out
    assert "TYP002" in told
    assert "calm" not in told


def test_json(design: Path, capsys: pytest.CaptureFixture[str]) -> None:
    design.write_text(BASE + PASSING + FAILING)
    run(["test", "design.mlsd", "-o", "json"])
    document = json.loads(capsys.readouterr().out)
    assert document["summary"] == {"passed": 1, "failed": 1}
    calm, slow = document["tests"]
    assert (calm["name"], calm["passed"], calm["failures"]) == ("calm", True, [])
    assert [failure["code"] for failure in slow["failures"]] == ["TST001", "TYP011"]
    assert slow["place"]["start"]["line"] > calm["place"]["start"]["line"]


def test_junit(design: Path, tmp_path: Path) -> None:
    design.write_text(BASE + PASSING + FAILING)
    assert run(["test", "design.mlsd", "-o", "junit=tests.xml"]) == 1
    suite = ElementTree.parse(tmp_path / "tests.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert [case.get("name") for case in suite] == ["calm", "slow"]
    assert suite[1].find("failure") is not None


def test_an_allowed_finding_is_not_there(design: Path) -> None:
    budget = '  # mlsdc: allow(path-over-budget) because "known"\n  budget { p99 <= 50ms }'
    text = BASE.replace("  budget { p99 <= 50ms }", budget)
    design.write_text(text + FAILING.replace("  assert ask.p99 <= 45ms\n", ""))
    assert run(["test", "design.mlsd"]) == 0
