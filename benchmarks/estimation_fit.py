"""What the compared half of the cases says about each default.

    python -m benchmarks.estimation_fit FILE...

For every default that an estimate of the compared half rests on: the values, from half to twice its
own, with which all those cases are within their tolerances, and the geometric middle of them.
Cases of the other half are not read.
"""

from __future__ import annotations

import dataclasses
import math
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.estimation import halves, load, run_case
from mlsdc.compiler.estimates import defaults
from mlsdc.compiler.estimates.result import Default

STEPS = 60


def main(paths: Sequence[str]) -> int:
    """Print a line for each default."""
    cases = load(paths)
    compared = halves([run_case(case) for case in cases])["compared"]
    blind = [c for c in cases if c.get("kind") == "blind" and c.get("id") in compared]
    print(f"{'default':<26}{'value':>8}{'cases':>7}{'from':>8}{'to':>8}{'middle':>8}")
    for name, default in vars(defaults).items():
        if isinstance(default, Default):
            _tell(name, default, blind)
    return 0


def _tell(name: str, default: Default, cases: Sequence[Mapping[str, Any]]) -> None:
    def passed(value: float) -> list[bool]:
        setattr(defaults, name, dataclasses.replace(default, value=value))
        return [run_case(case).outcome == "pass" for case in moved]

    try:
        setattr(defaults, name, dataclasses.replace(default, value=default.value * 1.01))
        shifted = [run_case(case).ratio for case in cases]
        setattr(defaults, name, default)
        moved = [c for c, r in zip(cases, shifted, strict=True) if r != run_case(c).ratio]
        grid = [default.value * 2 ** (step / STEPS) for step in range(-STEPS, STEPS + 1)]
        good = [value for value in grid if moved and all(passed(value))]
    finally:
        setattr(defaults, name, default)
    if moved:
        ends = (good[0], good[-1]) if good else (math.nan, math.nan)
        middle = math.sqrt(ends[0] * ends[1])
        figures = (default.value, *ends, middle)
        value, low, high, centre = (f"{figure:8.3g}" for figure in figures)
        print(f"{name:<26}{value}{len(moved):>7}{low}{high}{centre}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
