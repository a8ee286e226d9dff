"""Numbers that the README states are those of the program."""

from __future__ import annotations

import re
from pathlib import Path

from mlsdc.compiler.schedule import standard_checks

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


def test_the_number_of_checks() -> None:
    stated = re.findall(r"(\d+) checks", README)

    assert stated
    assert {int(n) for n in stated} == {len(standard_checks())}
