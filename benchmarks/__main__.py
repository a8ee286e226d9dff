"""Print a table of the figures that the project promises, as measured on this machine.

    python -m benchmarks [--quick]

Cold figures start a process each; the bare interpreter is measured in turn with each command, and
the difference is what mlsdc adds. In-process figures are the best of several runs, each on a text
never seen before in that process.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.designs import design
from benchmarks.wide_designs import wide

ROOT = Path(__file__).parents[1]
PROGRAM = [sys.executable, "-m", "mlsdc"]


def cold(command: list[str], runs: int) -> tuple[float, float]:
    """Median seconds of a command, and of a bare interpreter measured in turn with it."""
    bare: list[float] = []
    whole: list[float] = []
    for _ in range(runs + 1):
        for arguments, into in (([sys.executable, "-c", "pass"], bare), (command, whole)):
            start = time.perf_counter()
            subprocess.run(arguments, check=False, capture_output=True, cwd=ROOT)
            into.append(time.perf_counter() - start)
    return statistics.median(whole[1:]), statistics.median(bare[1:])


def warm(text: str, runs: int) -> float:
    """Best seconds of a check of a design, in this process."""
    from mlsdc.diagnostics import Severity, Source
    from mlsdc.pipeline import check
    from mlsdc.stdlib.find import standard_catalog

    catalog = standard_catalog()
    best = float("inf")
    for run in range(runs):
        source = Source("bench.mlsd", f"# run {run}\n{text}")
        start = time.perf_counter()
        outcome = check([source], catalog)
        best = min(best, time.perf_counter() - start)
        if outcome.failed:
            errors = (d for d in outcome.diagnostics if d.severity is Severity.ERROR)
            raise SystemExit(f"the measured design has errors: {next(errors)}")
    return best


def main() -> None:
    """Measure and print."""
    runs = 3 if "--quick" in sys.argv else 9
    rows: list[tuple[str, float, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "design.mlsd"
        path.write_text(design(20))
        for name, command, reach in (
            ("mlsdc --version, above a bare start", [*PROGRAM, "--version"], 0.12),
            (
                "mlsdc check, 20 components, above a bare start",
                [*PROGRAM, "check", str(path)],
                0.35,
            ),
        ):
            whole, bare = cold(command, runs)
            rows.append((name, whole - bare, reach))
    warm(design(100), 1)
    times = {n: warm(design(n), 5 if n < 2000 else 2) for n in (100, 500, 1000, 5000)}
    few, many = warm(wide(20), 3), warm(wide(200), 2)
    rows += [
        (f"check in process, {n} components", times[n], reach)
        for n, reach in ((100, 0.06), (1000, 0.6), (5000, 3.5))
    ]
    print(f"{'what':<52}{'measured':>12}{'reach':>12}")
    for name, measured, reach in rows:
        print(f"{name:<52}{measured * 1000:>9.0f} ms{reach * 1000:>9.0f} ms")
    print(f"{'t(5000) / t(500)':<52}{times[5000] / times[500]:>12.1f}{12:>12}")
    print(f"{'check in process, 200 cells of every role':<52}{many * 1000:>9.0f} ms")
    print(f"{'t(200 cells) / t(20 cells)':<52}{many / few:>12.1f}")


if __name__ == "__main__":
    main()
