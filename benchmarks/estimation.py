"""Hold the calculator against published figures.

    python -m benchmarks.estimation FILE... [--halves]

A file holds a list of cases: inputs, an expected value with its unit, and a tolerance. The method
is chosen by the family, the inputs that are there and the words of the unit; ids and sources choose
nothing. `--halves` reports the half that defaults were compared with and the other half apart:
within each family ids are sorted, and every second one, from the first on, is of the first half.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.estimation_tolerance import Unjudgeable, judge
from mlsdc.compiler.estimates.answer import answer
from mlsdc.compiler.estimates.asked import read_unit
from mlsdc.compiler.estimates.kinds import questions
from mlsdc.compiler.estimates.read_inputs import read_inputs
from mlsdc.compiler.estimates.refusal import Missing, Refusal
from mlsdc.compiler.estimates.result import Estimate
from mlsdc.stdlib.hardware_tables import standard_hardware

FAMILIES = {
    "training": "training", "training_time": "training", "train": "training",
    "memory": "memory", "training_memory": "memory", "inference_memory": "memory",
    "serving": "serving", "inference": "serving", "throughput": "serving",
    "queueing": "queue", "queue": "queue", "latency": "queue", "tail": "queue",
    "cost": "cost", "drift": "drift",
    "abtest": "experiment", "experiment": "experiment", "statistics": "experiment",
}  # fmt: skip


@dataclass(frozen=True)
class Result:
    """What became of one case."""

    name: str
    family: str
    kind: str
    outcome: str
    """pass, fail or unsupported."""
    said: str
    ratio: float | None = None
    """Predicted over expected."""


def run_case(case: Mapping[str, Any]) -> Result:
    """Predict and judge one case; whatever is wrong with it is a reason, never a traceback."""
    name, family = str(case.get("id", "?")), str(case.get("family", "?"))
    kind = str(case.get("kind", "?"))
    try:
        found = _predict(case, family)
        expected, unit = case["expected"], str(case["expected"].get("unit", ""))
        factor = read_unit(unit).factor
        verdict = judge(found, factor, expected, case.get("tolerance") or {})
    except (Missing, Refusal, Unjudgeable) as reason:
        return Result(name, family, kind, "unsupported", str(reason))
    except Exception as reason:
        # Whatever stands in a file of cases, it is one case that is not answered.
        return Result(name, family, kind, "unsupported", f"cannot be read: {reason!r}")
    said = f"{found.quantity} {verdict.said} {unit}"
    unread = ", ".join(_not_understood(case, found))
    said += f" (not used: {unread})" if unread else ""
    return Result(name, family, kind, "pass" if verdict.passed else "fail", said, verdict.ratio)


def _predict(case: Mapping[str, Any], family: str) -> Estimate:
    if family not in FAMILIES:
        raise Unjudgeable(f"no estimator for the family {family!r}")
    inputs: Mapping[str, Any] = case["inputs"]
    read = read_inputs(inputs, strict=False)
    if read.refused:
        raise Unjudgeable("; ".join(read.refused.values()))
    words = " ".join(str(inputs.get(name, "")) for name in ("quantity", "statistic"))
    asked = read_unit(str(case["expected"]["unit"]), words)
    methods = questions(FAMILIES[family]).methods
    try:
        return answer(methods, read.inputs, standard_hardware(), asked)
    except Missing as missing:
        reasons = [f"{said}" for said in read.unknown.values()]
        raise Unjudgeable("; ".join([str(missing), *reasons])) from missing


def _not_understood(case: Mapping[str, Any], found: Estimate) -> Iterator[str]:
    """Inputs that the figure does not rest on, as they were given."""
    read = read_inputs(case["inputs"], strict=False)
    yield from read.unknown
    yield from (given for name, given in read.given.items() if name not in found.used)


def halves(results: Sequence[Result]) -> dict[str, set[str]]:
    """Ids of the half that defaults were compared with, and of the other."""
    parts: dict[str, set[str]] = {"compared": set(), "held out": set()}
    for family in {result.family for result in results}:
        ids = sorted(result.name for result in results if result.family == family)
        parts["compared"] |= set(ids[::2])
        parts["held out"] |= set(ids[1::2])
    return parts


def summary(results: Sequence[Result]) -> str:
    """How many of each kind passed, and the middle error of those that are estimates."""
    lines: list[str] = []
    for kind in sorted({result.kind for result in results}):
        these = [result for result in results if result.kind == kind]
        count = Counter(result.outcome for result in these)
        logs = sorted(abs(math.log(r.ratio)) for r in these if r.ratio and r.ratio > 0)
        middle = f", median error factor {math.exp(logs[len(logs) // 2]):.3f}" if logs else ""
        lines.append(f"  {kind:<8} {count['pass']} of {len(these)} passed{middle}")
    return "\n".join(lines)


def load(paths: Sequence[str]) -> list[Mapping[str, Any]]:
    """All cases of the files; a file is a list, or an object with a list `cases`."""
    cases: list[Mapping[str, Any]] = []
    for path in paths:
        try:
            found = json.loads(Path(path).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise SystemExit(f"{path}: {error}") from None
        found = found.get("cases", [found]) if isinstance(found, dict) else found
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise SystemExit(f"{path}: no list of cases")
        cases += found
    return cases


def main(arguments: Sequence[str]) -> int:
    """Print every case and the sums; 1 where one failed."""
    paths = [word for word in arguments if not word.startswith("--")]
    if not paths or set(arguments) - set(paths) - {"--halves"}:
        print("usage: python -m benchmarks.estimation FILE... [--halves]", file=sys.stderr)
        return 2
    results = [run_case(case) for case in load(paths)]
    for result in results:
        print(f"{result.outcome:<12}{result.kind:<8} {result.name:<40} {result.said}")
    print(summary(results))
    if "--halves" in arguments:
        for half, ids in halves(results).items():
            print(f"{half}:")
            print(summary([result for result in results if result.name in ids]))
    count = Counter(result.outcome for result in results)
    print(f"{count['pass']} passed, {count['fail']} failed, {count['unsupported']} unsupported")
    return 1 if count["fail"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
