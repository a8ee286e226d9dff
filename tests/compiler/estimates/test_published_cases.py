"""The calculator against published figures, and the judge of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import estimation
from benchmarks.estimation import Result, halves, load, run_case
from benchmarks.estimation_tolerance import Unjudgeable, judge
from mlsdc.compiler.estimates.result import Estimate

CASES = Path(__file__).parents[4] / "shared" / "estimation-cases"
FILES = sorted(str(path) for path in CASES.glob("*.json"))
needs_cases = pytest.mark.skipif(not FILES, reason=f"no published cases in {CASES}")


@pytest.fixture(scope="module")
def results() -> list[Result]:
    return [run_case(case) for case in load(FILES)]


@needs_cases
@pytest.mark.parametrize("kind", ["exact", "formula", "table", "range"])
def test_arithmetic_agrees(results: list[Result], kind: str) -> None:
    these = [result for result in results if result.kind == kind]
    assert these
    assert [(r.name, r.said) for r in these if r.outcome != "pass"] == []


@needs_cases
def test_four_of_five_held_out_estimates_are_within_their_tolerance(
    results: list[Result],
) -> None:
    held_out = halves(results)["held out"]
    blind = [r for r in results if r.kind == "blind" and r.name in held_out]
    passed = sum(r.outcome == "pass" for r in blind)
    assert len(blind) >= 20
    assert passed >= 0.8 * len(blind), [(r.name, r.said) for r in blind if r.outcome != "pass"]


@needs_cases
def test_ids_and_sources_decide_nothing(results: list[Result]) -> None:
    cases = [{**case, "id": f"case {n}", "source": "?"} for n, case in enumerate(load(FILES))]
    renamed = [run_case(case) for case in cases]
    assert [(r.outcome, r.said) for r in renamed] == [(r.outcome, r.said) for r in results]


@needs_cases
def test_the_expected_value_decides_nothing(results: list[Result]) -> None:
    for case, result in zip(load(FILES), results, strict=True):
        if result.ratio is None:
            continue
        expected = {**case["expected"], "value": case["expected"]["value"] * 7}
        changed = run_case({**case, "expected": expected})
        assert changed.said.split(",")[0] == result.said.split(",")[0]


MEASURED = Path(__file__).parents[3] / "benchmarks" / "cases" / "h100.json"


def test_one_accelerator_measured() -> None:
    """Nineteen figures of one H100; no default was made from them."""
    found = [run_case(case) for case in load([str(MEASURED)])]
    missed = [r.name for r in found if r.outcome != "pass"]

    assert len(found) == 19
    assert missed == ["decode-3B-1"]  # small matrices: kernels' own time is not in the model


def estimate(value: float, low: float = 0.0, high: float = 0.0) -> Estimate:
    return Estimate("x", "x", value, low or value, high or value, "", "")


@pytest.mark.parametrize(
    ("tolerance", "value", "passed"),
    [
        ({"rel": 0.1}, 109, True), ({"rel": 0.1}, 111, False), ({"rel": 0.1}, 89, False),
        ({"abs": 5}, 105, True), ({"abs": 0}, 101, False), ({"factor": 1.5}, 67, True),
        ({"factor": 1.5}, 66, False), ({"factor": 1.5}, 149, True), ({"range": [90, 95]}, 92, True),
        ({"range": [90, 95]}, 96, False), ({"rel": 0.001, "abs": 5}, 104, True),
        ({"at_least": 90}, 91, True), ({"max": 90}, 91, False),
        ({"rel": 0.5, "range": [0, 1]}, 100, False),
    ],
)  # fmt: skip
def test_tolerances(tolerance: dict[str, Any], value: float, passed: bool) -> None:
    assert judge(estimate(value), 1.0, {"value": 100}, tolerance).passed is passed


def test_bounds_must_cover() -> None:
    wide = estimate(80, 60, 120)
    assert judge(wide, 1.0, {"value": 100}, {"upper_bound_must_cover": True}).passed
    assert judge(wide, 1.0, {"value": 100}, {"upper_bound_must_cover": 119}).passed
    assert not judge(wide, 1.0, {"value": 100}, {"upper_bound_must_cover": 121}).passed
    assert judge(wide, 0.001, {"value": 100_000}, {"upper_bound_must_cover": True}).passed


def test_ranges_are_expected_too() -> None:
    assert judge(estimate(3), 1.0, {"value": [2, 4]}, {}).passed
    assert not judge(estimate(5), 1.0, {"low": 2, "high": 4}, {}).passed


@pytest.mark.parametrize("tolerance", [{}, {"vibes": 1}])
def test_a_tolerance_nobody_knows_is_named(tolerance: dict[str, Any]) -> None:
    with pytest.raises(Unjudgeable):
        judge(estimate(1), 1.0, {"value": 1}, tolerance)


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ({}, "no estimator for the family"),
        ({"family": "weather"}, "no estimator for the family 'weather'"),
        ({"family": "cost"}, "cannot be read"),
        ({"family": "cost", "inputs": {}, "expected": {"value": 1, "unit": "USD"}}, "needs "),
        ({"family": "training", "inputs": {"params": "many", "tokens": 1e9},
          "expected": {"value": 1, "unit": "FLOP"}, "tolerance": {"rel": 1}}, "params"),
        ({"family": "training", "inputs": {"params": 1e9, "tokens": 1e9},
          "expected": {"value": 1, "unit": "FLOP"}, "tolerance": {"vibes": 1}}, "vibes"),
        ({"family": "training", "inputs": {"params": 1e9, "tokens": 1e9},
          "expected": {"value": 1, "unit": "bananas"}, "tolerance": {"rel": 1}}, "unit"),
    ],
)  # fmt: skip
def test_what_is_not_supported_says_why(case: dict[str, Any], reason: str) -> None:
    result = run_case(case)
    assert result.outcome == "unsupported"
    assert reason in result.said


def test_the_command_counts_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = {"id": "a", "family": "cost", "kind": "exact", "inputs": {"gpu_hours": 2,
            "usd_per_gpu_hour": 3}, "expected": {"value": 6, "unit": "USD"},
            "tolerance": {"rel": 0.01}}  # fmt: skip
    path = tmp_path / "cases.json"
    path.write_text(json.dumps([good]), "utf-8")
    assert estimation.main([str(path)]) == 0
    bad = {**good, "expected": {"value": 7, "unit": "USD"}}
    path.write_text(json.dumps([good, bad, {"id": "c"}]), "utf-8")
    assert estimation.main([str(path), "--halves"]) == 1
    assert capsys.readouterr().out.endswith("1 passed, 1 failed, 1 unsupported\n")
    assert estimation.main([]) == 2
