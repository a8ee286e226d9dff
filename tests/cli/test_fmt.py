"""`mlsdc fmt`: one layout, written, checked or shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Ended

Mlsdc = Callable[..., Ended]

UGLY = "stream  s:kafka{rate=3/s}   # a stream\n"
CANONICAL = "stream s: kafka { rate = 3/s }  # a stream\n"


def test_a_file_is_brought_into_layout_once(mlsdc: Mlsdc, here: Path) -> None:
    """The second run changes nothing and says nothing."""
    file = here / "design.mlsd"
    file.write_text(UGLY)

    first = mlsdc("fmt", "design.mlsd")
    second = mlsdc("fmt", "design.mlsd")

    assert file.read_text() == CANONICAL
    assert (first.code, first.err) == (0, "design.mlsd formatted\n")
    assert (second.code, second.err) == (0, "")


def test_check_writes_nothing(mlsdc: Mlsdc, here: Path) -> None:
    """Exit 4 where a file would change, 0 where none would."""
    file = here / "design.mlsd"
    file.write_text(UGLY)

    assert mlsdc("fmt", "design.mlsd", "--check").code == 4
    assert file.read_text() == UGLY
    file.write_text(CANONICAL)
    assert mlsdc("fmt", "design.mlsd", "--check").code == 0


def test_diff_shows_both_lines(mlsdc: Mlsdc, here: Path) -> None:
    """The old line and the new one, and the file untouched."""
    (here / "design.mlsd").write_text(UGLY)

    shown = mlsdc("fmt", "design.mlsd", "--diff").out

    assert f"-{UGLY}" in shown
    assert f"+{CANONICAL}" in shown
    assert (here / "design.mlsd").read_text() == UGLY


def test_a_file_with_mistakes_is_left_alone(mlsdc: Mlsdc, here: Path) -> None:
    """It is told of with its place, and exit 2."""
    file = here / "design.mlsd"
    file.write_text("stream s: kafka { rate = }\n")

    ended = mlsdc("fmt", "design.mlsd")

    assert ended.code == 2
    assert "design.mlsd:1:24: error[SYN002]" in ended.err
    assert file.read_text() == "stream s: kafka { rate = }\n"
