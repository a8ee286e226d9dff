"""The examples' expected files: `python -m tests.golden` writes them, `--check` compares.

The goldens are what `mlsdc compile` writes for each example, run in the example's own folder.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from mlsdc.cli.app import main

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/design.mlsd"))


def run(arguments: list[str]) -> int:
    """Compile every example; the worst exit code."""
    worst = 0
    for example in EXAMPLES:
        os.chdir(example)
        print(f"examples/{example.name}")
        try:
            main(["compile", "design.mlsd", "-O", "expected", *arguments])
        except SystemExit as stop:
            worst = max(worst, int(stop.code or 0))
    return worst


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
