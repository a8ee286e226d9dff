"""The formats for programs: valid, complete, and safe against what a design can hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsdc.cli.exits import Exit
from mlsdc.cli.formats import FORMATS, render
from mlsdc.cli.report import Report
from mlsdc.cli.repository import fingerprints, repository_path
from mlsdc.cli.terminal import Style
from mlsdc.compiler.schedule import Verdicts
from mlsdc.diagnostics import (
    NOWHERE,
    Confidence,
    Diagnostic,
    Edit,
    Fix,
    Label,
    Rule,
    Severity,
    Source,
    Span,
)
from tests.cli.conftest import SLOW, UNDECIDED, WARNED, Ended

Design = Callable[..., str]
Mlsdc = Callable[..., Ended]

SCHEMA = json.loads(files("mlsdc.cli.formats").joinpath("report.schema.json").read_text("utf-8"))
TEXT = "a = 1 b = 2\nc = 3\n"
RULE = Rule("SYN011", "needless-separator", "A comma between statements")
NASTY = 'x%y\r\n::error::z "<&>]]>` | * \x00\x1b\u202e\ud83d{0} [a](1)'


def everything() -> Report:
    """A report with each thing a finding can have, and findings in each odd place."""
    span, far = Span("d.mlsd", 0, 5), Span("d.mlsd", 12, 17)
    fix = Fix("remove it", (Edit(span, ""), Edit(far, "d")), Confidence.SAFE)
    findings = [
        RULE.at(span, NASTY, subject=NASTY, labels=[Label(far, NASTY), Label(NOWHERE, "")],
                arithmetic=[NASTY], help=NASTY, fix=fix),
        RULE.at(span, "twice", subject="x"),
        RULE.at(far, "twice again", subject="x", severity=Severity.WARNING),
        RULE.at(Span("d.mlsd", 6, 14), "over two lines"),
        RULE.at(Span("gone,odd:name.mlsd", 0, 0), "unreadable"),
        RULE.at(Span("<command line>", 6, 9), "a wrong option"),
        RULE.at(NOWHERE, "in no file"),
        RULE.at(span, "cannot tell", severity=Severity.NOTE, missing=["x.latency"]),
    ]  # fmt: skip
    sources = {
        "d.mlsd": Source("d.mlsd", TEXT),
        "<command line>": Source("<command line>", "--set a=1"),
    }
    names = {"d.mlsd": "app/d.mlsd", "gone,odd:name.mlsd": "app/gone,odd:name.mlsd"}
    verdicts = {"dev": Verdicts([], 3, 1, 0), "prod": Verdicts([], 4, 0, 0)}
    return Report(findings, sources, names, verdicts, exit=Exit.FINDINGS)


def rendered(format: str, report: Report | None = None) -> str:
    return render(format, report or everything(), Style())


@pytest.mark.parametrize("format", FORMATS)
def test_a_rendering_is_whole_lines_in_utf_8_the_same_each_time(format: str) -> None:
    text = rendered(format)
    assert text.endswith("\n")
    assert text == rendered(format)
    text.encode()


@pytest.mark.parametrize("format", FORMATS)
def test_no_control_character_is_printed(format: str) -> None:
    assert all(c.isprintable() or c == "\n" for c in rendered(format))


# JSON -------------------------------------------------------------------------------------------


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_json_matches_its_schema() -> None:
    document = json.loads(rendered("json"))
    jsonschema.validate(document, SCHEMA)
    first = document["diagnostics"][0]
    assert first["message"] == NASTY
    assert first["place"] == {
        "file": "app/d.mlsd",
        "start": {"line": 1, "column": 1},
        "end": {"line": 1, "column": 6},
    }
    assert first["fix"]["confidence"] == "safe"
    assert first["fix"]["edits"][1]["place"]["start"] == {"line": 2, "column": 1}
    assert document["diagnostics"][6]["place"] is None
    assert document["summary"] == {
        "errors": 6,
        "warnings": 1,
        "notes": 1,
        "environments": [
            {"name": "dev", "checks": 4, "passed": 3, "failed": 1, "undecided": 0},
            {"name": "prod", "checks": 4, "passed": 4, "failed": 0, "undecided": 0},
        ],
    }


@pytest.mark.parametrize("text", [SLOW, UNDECIDED, WARNED, "endpoint {", "", b"\xff"])
def test_json_of_real_designs_matches_its_schema(
    mlsdc: Mlsdc, design: Design, text: str | bytes
) -> None:
    ended = mlsdc("check", design(text), "-o", "json")
    document = json.loads(ended.out)
    jsonschema.validate(document, SCHEMA)
    assert document["exit_code"] == ended.code
    assert document["files"] == ["design.mlsd"]
    assert document["diagnostics"]


# SARIF ------------------------------------------------------------------------------------------


def sarif(report: Report | None = None) -> dict[str, Any]:
    document = json.loads(rendered("sarif", report))
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    return run


def test_every_sarif_result_has_a_rule_a_region_and_a_fingerprint_of_its_own() -> None:
    run = sarif()
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted({rule["id"] for rule in rules})
    assert len(run["results"]) == 8
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        (location,) = result["locations"]
        check_location(location)
        for related in result.get("relatedLocations", []):
            check_location(related)
            assert related["message"]["text"]
    marks = [result["partialFingerprints"]["mlsdcFinding/v1"] for result in run["results"]]
    assert len(set(marks)) == len(marks)


def check_location(location: dict[str, Any]) -> None:
    physical = location["physicalLocation"]
    uri = physical["artifactLocation"]["uri"]
    assert uri.isascii()
    assert not uri.startswith(("/", ".."))
    assert ":" not in uri
    region = physical["region"]
    assert 1 <= region["startLine"] <= region["endLine"]
    assert region["startColumn"] >= 1
    if region["startLine"] == region["endLine"]:
        assert region["endColumn"] >= region["startColumn"]


def test_sarif_tells_undecided_from_failed() -> None:
    *failed, undecided = sarif()["results"]
    assert (undecided["kind"], undecided["level"]) == ("open", "none")
    assert {result["kind"] for result in failed} == {"fail"}
    assert {result["level"] for result in failed} == {"error", "warning"}


def test_sarif_rules_carry_their_page() -> None:
    found = Rule("LAT002", "path-over-budget", "t").at(Span("d.mlsd", 0, 1), "m")
    (rule,) = sarif(Report([found], names={"d.mlsd": "d.mlsd"}))["tool"]["driver"]["rules"]
    assert rule["name"] == "PathOverBudget"
    assert rule["shortDescription"]["text"] == "A request is slower than its budget."
    assert "Why: " in rule["help"]["markdown"]
    assert "    request rank" in rule["help"]["markdown"]


def test_sarif_fixes_name_their_file_and_region() -> None:
    (fix,) = sarif()["results"][0]["fixes"]
    (change,) = fix["artifactChanges"]
    assert change["artifactLocation"]["uri"] == "app/d.mlsd"
    assert [r["deletedRegion"]["startLine"] for r in change["replacements"]] == [1, 2]


@pytest.mark.parametrize(
    ("end", "told"), [(Exit.CLEAN, True), (Exit.FINDINGS, True), (Exit.FAULT, False)]
)
def test_sarif_says_whether_the_run_can_be_believed(end: Exit, told: bool) -> None:
    (ended,) = sarif(Report([], exit=end))["invocations"]
    assert ended == {"executionSuccessful": told, "exitCode": int(end)}


def test_paths_are_relative_to_the_repository(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert repository_path("./a/d.mlsd", {}) == "a/d.mlsd"
    assert repository_path(f"{here}/a/d.mlsd", {}) == "a/d.mlsd"
    assert repository_path("<stdin>", {}) == "stdin"
    (here / "a").mkdir()
    monkeypatch.chdir(here / "a")
    assert repository_path("d.mlsd", {"GITHUB_WORKSPACE": str(here)}) == "a/d.mlsd"
    assert repository_path("d.mlsd", {"CI_PROJECT_DIR": "/elsewhere"}) == "d.mlsd"
    assert repository_path("../d.mlsd", {}) == "../d.mlsd"


# Fingerprints -----------------------------------------------------------------------------------


def test_fingerprints_survive_moved_lines_and_changed_numbers() -> None:
    def marks(text: str, message: str) -> list[str]:
        start = text.index("c")
        found = RULE.at(Span("d.mlsd", start, start + 1), message, subject="c")
        report = Report([found], {"d.mlsd": Source("d.mlsd", text)}, {"d.mlsd": "d.mlsd"})
        return fingerprints(report)

    assert marks(TEXT, "63ms of 50ms") == marks("\n\n" + TEXT, "64ms of 50ms")


@given(st.lists(st.sampled_from(["a", "b", ""]), max_size=12))
def test_fingerprints_are_unique(subjects: list[str]) -> None:
    found = [RULE.at(Span("d.mlsd", 0, 1), "m", subject=subject) for subject in subjects]
    marks = fingerprints(Report(found, names={"d.mlsd": "d.mlsd"}))
    assert len(set(marks)) == len(marks)


# Code hosts -------------------------------------------------------------------------------------


def test_github_commands() -> None:
    first, *_, summary = rendered("github").splitlines()
    assert first.startswith(
        "::error file=app/d.mlsd,line=1,col=1,endLine=1,endColumn=6,"
        "title=SYN011 needless-separator::x%25y"
    )
    assert "%0Aarithmetic: x%25y" in first
    assert summary.endswith("6 errors, 1 warning, 1 note")


def test_github_commands_cannot_be_forged_or_broken() -> None:
    lines = rendered("github").splitlines()
    assert len(lines) == 9
    assert all(line.startswith(("::error file=", "::warning file=", "::notice file="))
               for line in lines[:-1])  # fmt: skip
    assert "file=app/gone%2Codd%3Aname.mlsd,line=1," in lines[4]


def test_github_gives_columns_on_one_line_only() -> None:
    over_two_lines = rendered("github").splitlines()[3]
    assert "line=1,endLine=2,title" in over_two_lines
    assert "col=" not in over_two_lines


def test_gitlab_findings() -> None:
    found = json.loads(rendered("gitlab"))
    assert len(found) == 8
    assert len({finding["fingerprint"] for finding in found}) == 8
    for finding in found:
        assert finding.keys() == {"description", "check_name", "fingerprint", "severity",
                                  "location"}  # fmt: skip
        assert finding["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert finding["location"]["lines"]["begin"] >= 1
    assert found[5]["location"]["path"] == "app/d.mlsd"


def test_junit_has_a_case_for_each_check_in_each_environment() -> None:
    codes = {"LAT002": Severity.ERROR, "CAP001": Severity.NOTE}
    found = [
        Diagnostic(code, "slug", severity, "x", NASTY, Span("d.mlsd", 0, 1),
                   missing=("x.y",) if severity is Severity.NOTE else (), environments=("prod",))
        for code, severity in codes.items()
    ]  # fmt: skip
    verdicts = {"dev": Verdicts([], 2, 0, 0), "prod": Verdicts([], 0, 1, 1)}
    names = {"d.mlsd": "d.mlsd"}
    root = ElementTree.fromstring(rendered("junit", Report(found, names=names, verdicts=verdicts)))
    design, dev, prod = root
    assert [suite.get("name") for suite in root] == ["design", "dev", "prod"]
    assert design[0].find("failure") is None
    assert dev.get("failures") == dev.get("skipped") == "0"
    assert (prod.get("failures"), prod.get("skipped")) == ("1", "1")
    cases = {case.get("name", "")[:6]: case for case in prod}
    assert cases["LAT002"].find("failure") is not None
    assert cases["CAP001"].find("skipped").get("message") == "undecided: needs x.y"  # type: ignore[union-attr]


def test_junit_reports_an_unreadable_design_as_a_failure(mlsdc: Mlsdc, here: Path) -> None:
    root = ElementTree.fromstring(mlsdc("check", "gone.mlsd", "-o", "junit").out.encode())
    assert [suite.get("failures") for suite in root] == ["1"]


def test_markdown_shows_the_worst_first_and_escapes_text() -> None:
    text = rendered("markdown")
    assert text.startswith("### mlsdc\n\n4 checks of what could be understood · dev: 3 pass")
    assert text.index("❌ **error") < text.index("⚠️ **warning") < text.index("ℹ️ **note")
    headline = next(line for line in text.splitlines() if "x%y" in line)
    assert "\\<\\&\\>" in headline
    assert "\\[a\\]\\(1\\)" in headline
