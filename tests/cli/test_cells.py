"""Nothing a file holds acts on the terminal; columns are counted as the terminal counts them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsdc.cli.cells import lay_out, safe, width


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\x1b[31mb", "a␛[31mb"),
        ("a\nb\r", "a␊b␍"),
        ("bell\x07 del\x7f", "bell␇ del␡"),
        ("c1 \x9b31m", "c1 <U+009B>31m"),
        ("right\u202eto left", "right<U+202E>to left"),
        ("zero\u200bwidth", "zero<U+200B>width"),
        ("line\u2028end", "line<U+2028>end"),
        ("tab\there", "tab here"),
        ("grüße 世界", "grüße 世界"),
        ("half \ud83d", "half <U+D83D>"),
    ],
)
def test_safe_shows_what_a_terminal_would_act_upon(text: str, shown: str) -> None:
    assert safe(text) == shown


@given(st.text())
def test_safe_text_is_printable(text: str) -> None:
    assert safe(text).isprintable()
    assert safe(safe(text)) == safe(text)


@given(st.text())
def test_laid_out_text_is_printable_and_as_wide_as_its_columns_say(text: str) -> None:
    cells = lay_out(text)
    assert cells.text.isprintable()
    assert len(cells.starts) == len(text) + 1
    assert cells.starts == sorted(cells.starts)
    assert cells.starts[-1] == width(cells.text)


@pytest.mark.parametrize(
    ("line", "at", "column"),
    [("\tx", 1, 4), ("ab\tx", 3, 4), ("世x", 1, 2), ("e\u0301x", 2, 1), ("\x1bx", 1, 1)],
)
def test_columns_behind_tabs_wide_and_combining_characters(line: str, at: int, column: int) -> None:
    assert lay_out(line).starts[at] == column


def test_a_combining_mark_takes_no_room() -> None:
    assert width(unicodedata.normalize("NFD", "é")) == 1
