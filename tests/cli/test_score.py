"""`mlsdc score`: the ML Test Score as far as a design can be read for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.conftest import SOUND, Ended
from tests.compiler.test_score import WHOLE

Design = Callable[..., str]
Mlsdc = Callable[..., Ended]


def test_the_table(mlsdc: Mlsdc, design: Design) -> None:
    ended = mlsdc("score", design(WHOLE))
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0].startswith("ML Test Score, design-readable (default): ")
    assert lines[1].startswith("the least of Data ")
    assert lines[2] == "mechanism present, as the design states it; not that a test passed"
    assert ended.out.count(" readable, of 7 tests") == 4
    assert "found: models: keeps 3 versions of ranker" in ended.out
    assert "checks: REL006 pass" in ended.out
    assert "lacks: ranker: nothing tunes it" in ended.out
    assert "wants: a `tuning` of the model" in ended.out
    rest = ended.out.replace(lines[2], "")
    assert "test passed" not in rest
    assert "passed" not in rest


def test_environments_that_score_the_same_are_told_once(mlsdc: Mlsdc, design: Design) -> None:
    out = mlsdc("score", design()).out
    assert out.count("ML Test Score, design-readable (dev, prod): 0") == 1
    assert "(dev):" in mlsdc("score", design(), "--env", "dev").out
    apart = SOUND.replace("environment dev {", "model m { }\nenvironment dev { score { model = m }")
    out = mlsdc("score", design(apart)).out
    assert "design-readable (dev): " in out
    assert "design-readable (prod): " in out


def test_json(mlsdc: Mlsdc, design: Design) -> None:
    document: Any = json.loads(mlsdc("score", design(WHOLE), "--format", "json").out)
    assert document["schema_version"] == 1
    assert "not that a test passed" in document["label"]
    environment = document["environments"][0]
    sections = {each["name"]: each["points"] for each in environment["sections"]}
    assert document["score"] == environment["score"] == min(sections.values())
    tests = {each["id"]: each for each in environment["tests"]}
    assert len(tests) == 28
    assert tests["Infra7"] == {
        "id": "Infra7",
        "section": "Infra",
        "title": "a model can be rolled back",
        "points": 1.0,
        "readable": 1.0,
        "reach": "decided",
        "verdict": "mechanism present and coherent",
        "found": [
            {
                "component": "models",
                "text": "keeps 3 versions of ranker",
                "place": {"file": "design.mlsd", "line": 22, "column": 26},
            }
        ],
        "lacking": [],
        "wanted": "a `registry` that keeps 2 versions or more",
        "checks": [{"code": "REL006", "outcome": "pass", "failing": [], "undecided": []}],
    }


def test_a_least_score_can_be_asked_for(mlsdc: Mlsdc, design: Design) -> None:
    name = design(WHOLE)
    assert mlsdc("score", name, "--fail-under", "1").code == 0
    ended = mlsdc("score", name, "--fail-under", "3.5")
    assert ended.code == 1
    assert ended.err == "mlsdc: the score 3 is under 3.5\n"
    for beyond in ("4", "-1", "nan"):
        refused = mlsdc("score", name, "--fail-under", beyond)
        assert (refused.code, refused.out) == (2, "")
        assert "a design can be read for 0 to 3.5" in refused.err


def test_a_policy_is_read(mlsdc: Mlsdc, design: Design) -> None:
    text = WHOLE.replace("sex: string  protected", "sex: string")
    design('[policy]\nunsuppressible = ["SEC005"]\n', "mlsdc.toml")
    assert "the policy makes SEC005 unsuppressible" in mlsdc("score", design(text)).out


@pytest.mark.parametrize("text", ["", "endpoint score { latency { p50 = 8GiB } }", "} {", "?"])
def test_what_cannot_be_understood_has_no_score(mlsdc: Mlsdc, design: Design, text: str) -> None:
    ended = mlsdc("score", design(text))
    assert (ended.code, ended.out) == (1, "")
    assert "design.mlsd:1" in ended.err


def test_missing_files_and_environments(mlsdc: Mlsdc, design: Design) -> None:
    assert mlsdc("score", "absent.mlsd").code == 2
    assert mlsdc("score", design(), "--env", "prd").code == 2
    assert mlsdc("score").code == 2


def test_a_check_that_is_not_there_yet_is_explained(mlsdc: Mlsdc) -> None:
    from mlsdc.compiler.undecided_checks import UNDECIDED

    for one in UNDECIDED[:1]:
        ended = mlsdc("explain", one.code.lower())
        assert ended.code == 0
        assert ended.out == f"{one.code} {one.title}\n\nNo check decides this yet: {one.reason}.\n"
