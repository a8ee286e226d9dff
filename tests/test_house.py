"""The house itself: files stay small enough to be read at once."""

from __future__ import annotations

from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "mlsdc"
MOST_LINES = 400
REASON = "Longer than other files because"
LONG = {
    path.relative_to(PACKAGE).as_posix(): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.read_text(encoding="utf-8").count("\n") > MOST_LINES
}


@pytest.mark.parametrize("name", LONG)
def test_a_long_file_says_why(name: str) -> None:
    head = LONG[name].read_text(encoding="utf-8").split('"""')[1]
    assert REASON in head, f"{name} has more than {MOST_LINES} lines and no reason on top"


def test_files_are_counted() -> None:
    """The tables of the parser are long, so that an empty list means a broken search."""
    assert "dsl/tables.py" in LONG
