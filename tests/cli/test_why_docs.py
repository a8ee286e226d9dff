"""docs/why.md shows what `mlsdc why` prints."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Ended

PAGE = (Path(__file__).parents[2] / "docs/why.md").read_text("utf-8")


def test_the_example_is_what_is_printed(
    mlsdc: Callable[..., Ended], design: Callable[..., str]
) -> None:
    text = re.findall(r"^```mlsd design\n(.*?)^```$", PAGE, re.S | re.M)[0]
    shown = re.findall(r"^```console\n\$ mlsdc why score.replicas\n(.*?)^```$", PAGE, re.S | re.M)[
        0
    ]
    design(text)
    assert mlsdc("why", "score.replicas").out == shown
    assert "  needs score.availability" in mlsdc("why", "rank.availability").out
