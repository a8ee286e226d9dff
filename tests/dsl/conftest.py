"""The example that every test of the language may damage."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def fraud() -> str:
    """The text of the fraud example."""
    return Path(__file__).parents[2].joinpath("examples/fraud/design.mlsd").read_text("utf-8")
