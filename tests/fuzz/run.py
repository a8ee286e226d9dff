"""Runs the coverage-guided fuzzer for a bounded time: `python -m tests.fuzz.run --seconds 60`.

It starts from the corpus of damaged designs. Exit status 0: nothing was found, or atheris is not
installed (it says so); 1: a find, whose input is printed and kept in `.cache/fuzz/`.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
from pathlib import Path

from tests.fuzz.soup import CORPUS, FRAUD, YAML

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".cache" / "fuzz"
LARGEST = 4096
"""Bytes of one input; larger files are the matter of test_bounds.py."""
_INPUT_SECONDS = 20
_MEBIBYTES = 1024
"""Of the fuzzer with its coverage tables, which are no part of the program."""


def main(seconds: int) -> int:
    """Fuzz, and say how it went."""
    if importlib.util.find_spec("atheris") is None:
        print("atheris is not installed here (pip install 'mlsdc[fuzz]'): nothing was fuzzed")
        return 0
    seeds = _seeds(FOLDER / "seeds")
    found = FOLDER / "found"
    found.mkdir(parents=True, exist_ok=True)
    before = set(found.iterdir())
    ended = subprocess.run(
        [
            sys.executable, "-m", "tests.fuzz.atheris_check", str(FOLDER / "corpus"), str(seeds),
            f"-max_total_time={seconds}", f"-max_len={LARGEST}", f"-timeout={_INPUT_SECONDS}",
            f"-rss_limit_mb={_MEBIBYTES}", f"-artifact_prefix={found}/", "-print_final_stats=1",
            "-verbosity=0",
        ],
        cwd=ROOT, check=False,
    )  # fmt: skip
    for path in sorted(set(found.iterdir()) - before):
        print(f"{path.relative_to(ROOT)}: {path.read_bytes()!r}")
    return 1 if ended.returncode else 0


def _seeds(folder: Path) -> Path:
    """Good and damaged designs as inputs; the byte before each chooses the notation."""
    folder.mkdir(parents=True, exist_ok=True)
    FOLDER.joinpath("corpus").mkdir(exist_ok=True)
    folder.joinpath("fraud").write_bytes(b"\x00" + FRAUD.encode()[:LARGEST])
    folder.joinpath("fraud.yaml").write_bytes(b"\xff" + YAML.encode()[:LARGEST])
    for path in sorted(CORPUS.iterdir()):
        notation = b"\xff" if path.suffix == ".yaml" else b"\x00"
        folder.joinpath(path.name).write_bytes(notation + path.read_bytes()[:LARGEST])
    return folder


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    sys.exit(main(parser.parse_args().seconds))
