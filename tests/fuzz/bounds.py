"""Any bytes as an input of `mlsdc check`, in a process of its own with bounded resources.

The bounds are on CPU time and memory of the whole process, start included: wall-clock time says
more about the machine's neighbours than about the program. This file is also what runs there.
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import process_time

PROMISED = 2.0
"""CPU seconds of any answer on the machine that `REFERENCE` was measured on."""
REFERENCE = 0.1
"""CPU seconds that `_work` takes there: two cores of a server of 2023, nothing else running."""
MEBIBYTES = 200
_STOP = 20
"""CPU seconds after which the system ends the process, whatever it does."""


@dataclass(frozen=True)
class Ran:
    """How one run ended and what it used."""

    status: int
    said: str
    cpu: float
    mebibytes: float


def check(folder: Path, name: str, content: bytes) -> Ran:
    """Write a file and check it as a user would."""
    folder.joinpath(name).write_bytes(content)
    used = folder / "used.json"
    here = Path(__file__)
    process = subprocess.run(
        [sys.executable, str(here), str(used), "check", name],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(here.parents[2])},
        check=False,
    )
    said = process.stdout.decode("utf-8", "replace")
    assert used.exists(), f"ended by the system with {process.returncode}: {said[-500:]}"
    cpu, mebibytes = json.loads(used.read_text())
    return Ran(process.returncode, said, cpu, mebibytes)


@cache
def cpu_seconds() -> float:
    """What is allowed here: what is promised, with as much more as this machine is slower.

    Twice that, because a neighbour's programs take turns in the same caches.
    """
    return 2.0 * PROMISED * max(1.0, min(_work() for _ in range(3)) / REFERENCE)


def _work() -> float:
    """CPU seconds of reading two hundred thousand words with the interpreter's own means."""
    began = process_time()
    seen: dict[str, int] = {}
    for at, match in enumerate(re.finditer(r"\w+|\S", "rate = 3/s\n" * 40_000)):
        seen[match.group()] = seen.get(match.group(), 0) + at
    assert len(seen) == 5
    return process_time() - began


def _run(used: str, arguments: list[str]) -> None:
    """The command, and what it used."""
    resource.setrlimit(resource.RLIMIT_CPU, (_STOP, _STOP))
    sys.argv = ["mlsdc", *arguments]
    from mlsdc.cli.app import main

    try:
        main()
    finally:
        spent = resource.getrusage(resource.RUSAGE_SELF)
        Path(used).write_text(json.dumps([spent.ru_utime + spent.ru_stime, _peak()]))


def _peak() -> float:
    """The most memory that this program held, in MiB.

    `ru_maxrss` counts the parent's memory before the program began, too, so Linux's own figure is
    read where there is one.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    scale = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale / 2**20


if __name__ == "__main__":
    _run(sys.argv[1], sys.argv[2:])
