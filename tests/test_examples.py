"""The examples' expected files are what the compiler writes today, on every run."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from mlsdc.cli.find_targets import find_targets
from mlsdc.diagnostics import Source
from mlsdc.dsl.parse import parse
from mlsdc.pipeline import Outcome, check, emit
from mlsdc.stdlib.find import standard_catalog
from mlsdc.targets.files import FileSet

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*/design.mlsd"))
NAMES = [path.parent.name for path in EXAMPLES]


def compiled(text: str) -> tuple[Outcome, FileSet]:
    """Everything a design compiles to, in memory."""
    outcome = check([Source("design.mlsd", text)], standard_catalog())
    files, complaints = emit(outcome, find_targets([]))
    assert not complaints
    return outcome, files


@pytest.mark.parametrize("design", EXAMPLES, ids=NAMES)
def test_expected_files_are_fresh(design: Path) -> None:
    """No file is missing, changed or left over."""
    _, files = compiled(design.read_text())

    expected = design.parent / "expected"
    on_disk = {
        path.relative_to(expected).as_posix(): path.read_bytes()
        for path in expected.rglob("*")
        if path.is_file() and path.name != "mlsdc.manifest.json"
    }
    assert on_disk.keys() == files.keys(), "run `make golden` and explain the change"
    changed = [path for path in files if files[path].content != on_disk[path]]
    assert changed == [], "run `make golden` and explain the change"


@pytest.mark.parametrize("design", EXAMPLES, ids=NAMES)
def test_examples_are_clean(design: Path) -> None:
    """An example has no error and no warning, and every check could decide."""
    outcome, _ = compiled(design.read_text())

    assert [f"{d.code} {d.subject}: {d.message}" for d in outcome.diagnostics] == []


@pytest.mark.parametrize("design", EXAMPLES, ids=NAMES)
def test_declaration_order_changes_no_byte(design: Path) -> None:
    """Components may be declared in any order."""
    text = design.read_text()
    tree, _ = parse(text, "design.mlsd")
    pieces = [text[s.span.start : s.span.end] for s in tree.statements]
    random.Random(7).shuffle(pieces)

    _, files = compiled(text)
    _, shuffled = compiled("\n\n".join(pieces) + "\n")

    assert files.keys() == shuffled.keys()
    assert [p for p in files if files[p].content != shuffled[p].content] == []


@pytest.mark.parametrize("design", EXAMPLES, ids=NAMES)
def test_same_bytes_under_two_hash_seeds(design: Path, tmp_path: Path) -> None:
    """The output does not depend on hash order, on the run, or on where it is written."""
    trees: list[dict[str, bytes]] = []
    for seed in ("1", "4242"):
        out = tmp_path / seed
        subprocess.run(
            [sys.executable, "-m", "mlsdc", "compile", "design.mlsd", "-O", str(out)],
            check=True,
            capture_output=True,
            cwd=design.parent,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        trees.append(
            {p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*") if p.is_file()}
        )

    assert trees[0] == trees[1]
    assert len(trees[0]) > 50
