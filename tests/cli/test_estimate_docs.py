"""The commands that docs/estimate.md shows print what it shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Ended

PAGE = (Path(__file__).parents[2] / "docs" / "estimate.md").read_text("utf-8")
SHOWN = re.findall(r"```console\n\$ mlsdc (.*?)\n(.*?)\n```", PAGE, re.S)


@pytest.mark.parametrize(("command", "printed"), SHOWN, ids=[command for command, _ in SHOWN])
def test_shown_commands(mlsdc: Callable[..., Ended], command: str, printed: str) -> None:
    ended = mlsdc(*command.split())
    assert (ended.out + ended.err).rstrip() == printed


def test_the_page_shows_commands() -> None:
    assert len(SHOWN) >= 6
