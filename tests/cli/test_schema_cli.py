"""`mlsdc schema`: the JSON Schema on standard output or in a file."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Ended, environment

Mlsdc = Callable[..., Ended]


def test_it_is_json_on_standard_output(mlsdc: Mlsdc) -> None:
    ended = mlsdc("schema")
    assert (ended.code, ended.err) == (0, "")
    assert json.loads(ended.out)["title"] == "mlsdc design"
    assert ended.out.startswith('{\n  "$schema"')


def test_compact_is_the_same_on_one_line(mlsdc: Mlsdc) -> None:
    compact = mlsdc("schema", "--compact").out
    assert compact.count("\n") == 1
    assert json.loads(compact) == json.loads(mlsdc("schema").out)


def test_it_goes_into_a_file(mlsdc: Mlsdc, here: Path) -> None:
    ended = mlsdc("schema", "-O", "schemas/design.json")
    assert (ended.code, ended.out) == (0, "")
    assert (here / "schemas" / "design.json").read_text("utf-8") == mlsdc("schema").out


@pytest.mark.parametrize("path", ["", "folder"])
def test_a_path_that_cannot_be_written(mlsdc: Mlsdc, here: Path, path: str) -> None:
    (here / "folder").mkdir()
    ended = mlsdc("schema", "-O", path)
    assert (ended.code, ended.out) == (2, "")
    assert "mlsdc: error: -O" in ended.err


def test_hash_order_changes_nothing(here: Path) -> None:
    command = [sys.executable, "-m", "mlsdc", "schema", "--compact"]
    first, second = (
        subprocess.run(command, capture_output=True, check=True,
                       env=environment(PYTHONHASHSEED=seed)).stdout
        for seed in ("1", "2")
    )  # fmt: skip
    assert first == second
