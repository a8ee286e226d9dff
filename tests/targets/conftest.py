"""Folders that the tests of writing start from."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.targets.output_tree import FIRST, put


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An output folder that holds `FIRST`, dated long ago."""
    put(FIRST, tmp_path / "out")
    for path in [tmp_path / "out", *(tmp_path / "out").rglob("*")]:
        os.utime(path, (1, 1))
    return tmp_path / "out"
