"""Questions of the open cases' families in other words, units and inputs.

The expected values are arithmetic, closed forms or scipy; none comes from the calculator.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.estimation import main, run_case
from mlsdc.compiler.estimates.fields import fields
from mlsdc.stdlib.hardware_tables import standard_hardware

CASES = json.loads((Path(__file__).parent / "unseen_questions.json").read_text("utf-8"))
IDS = [f"{at}-{case['family']}" for at, case in enumerate(CASES)]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_other_words_give_the_same(case: dict[str, Any]) -> None:
    result = run_case({**case, "id": "x", "kind": "exact"})
    assert result.outcome == "pass", result.said


GOOD: dict[str, Any] = {
    "id": "m",
    "family": "memory",
    "kind": "formula",
    "inputs": {"params": "7B", "dtype": "fp16"},
    "expected": {"value": 14, "unit": "GB"},
    "tolerance": {"rel": 0.01},
}


def test_the_good_case_passes() -> None:
    assert run_case(GOOD).outcome == "pass"
    assert run_case({**GOOD, "expected": {"value": 15, "unit": "GB"}}).outcome == "fail"


@pytest.mark.parametrize(
    "change",
    [
        {"family": "astrology"}, {"family": None}, {"family": ["memory"]},
        {"inputs": None}, {"inputs": {}}, {"inputs": []}, {"inputs": "7B"}, {"inputs": {"a": 1}},
        {"inputs": {"params": "many", "dtype": "fp16"}},
        {"inputs": {"params": -7, "dtype": "fp16"}},
        {"inputs": {"params": float("nan"), "dtype": "fp16"}},
        {"inputs": {"params": 10**400, "dtype": "fp16"}},
        {"inputs": {"params": "7B", "dtype": "fp17"}}, {"inputs": {"params": {"a": {"b": 1}}}},
        {"inputs": {"params": "7B", "dtype": ["fp16"]}}, {"inputs": {"dtype": "fp16"}},
        {"expected": None}, {"expected": {}}, {"expected": {"value": 14}},
        {"expected": {"value": None, "unit": "GB"}}, {"expected": {"value": "14", "unit": "GB"}},
        {"expected": {"value": 14, "unit": "furlongs"}}, {"expected": {"value": 14, "unit": 3}},
        {"expected": {"value": [1, 2, 3], "unit": "GB"}}, {"expected": 14},
        {"tolerance": None}, {"tolerance": {}}, {"tolerance": {"roughly": 1}}, {"tolerance": 0.1},
        {"tolerance": {"rel": "close"}},
    ],
    ids=repr,
)  # fmt: skip
def test_what_cannot_be_answered_is_named(change: dict[str, Any]) -> None:
    result = run_case({**GOOD, **change})
    assert result.outcome == "unsupported"
    assert result.said


@pytest.mark.parametrize("absent", list(GOOD))
def test_a_missing_key_is_named(absent: str) -> None:
    case = {key: value for key, value in GOOD.items() if key != absent}
    expected = "pass" if absent in ("id", "kind") else "unsupported"
    assert run_case(case).outcome == expected


def test_further_keys_change_nothing() -> None:
    more = {**GOOD, "also": {"x": 1}, "note": "n", "basis": None, "source": 3, "verified": "?"}
    assert run_case(more).outcome == "pass"
    noted = {**GOOD, "inputs": {**GOOD["inputs"], "colour": "red", "comment": [1]}}
    result = run_case(noted)
    assert result.outcome == "pass"
    assert "not used: colour, comment" in result.said


def test_ids_and_sources_choose_nothing() -> None:
    for name in ("mem-bloom-weights", "train-llama3-8b", ""):
        renamed = {**GOOD, "id": name, "source": name, "basis": name}
        assert run_case(renamed).said == run_case(GOOD).said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "Expecting"),
        ("[1]", "no list of cases"),
        ("3", "no list of cases"),
        ("", "Expecting"),
        ('{"cases": 3}', "no list of cases"),
    ],
)
def test_malformed_files(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "cases.json"
    path.write_text(text, "utf-8")
    with pytest.raises(SystemExit, match=says):
        main([str(path)])


def test_the_last_line_and_the_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cases.json"
    wrong = {**GOOD, "expected": {"value": 15, "unit": "GB"}}
    strange = {**GOOD, "family": "astrology"}
    path.write_text(json.dumps([GOOD, wrong, strange]), "utf-8")
    assert main([str(path)]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 1 failed, 1 unsupported"
    path.write_text(json.dumps({"cases": [GOOD, strange]}), "utf-8")
    assert main([str(path)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 0 failed, 1 unsupported"
    path.write_text("[]", "utf-8")
    assert main([str(path)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "0 passed, 0 failed, 0 unsupported"


def test_no_name_means_two_inputs() -> None:
    meant: dict[str, str] = {}
    for row in fields().values():
        for name in (row.name, *row.aliases, *(row.scaled or {})):
            assert meant.setdefault(name, row.name) == row.name, name


def test_every_accelerator_is_found_by_its_name() -> None:
    hardware = standard_hardware()
    for row in hardware.accelerators:
        assert hardware.accelerator(row.name) is row
        assert hardware.accelerator(row.name.upper()) is row


def test_a_small_share_too_large_is_no_percentage() -> None:
    def power(alpha: float) -> str:
        case = {
            "family": "abtest",
            "inputs": {"baseline": 0.2, "mde_abs": 0.05, "alpha": alpha, "power": 0.8},
            "expected": {"value": 1094, "unit": "per variant"},
            "tolerance": {"rel": 0.01},
        }
        return run_case(case).outcome

    assert power(5) == power(0.05) == "pass"
    assert power(1.5) == "unsupported"
