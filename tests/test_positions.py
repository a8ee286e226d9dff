"""Lines and columns of a text, against the plainest way to count them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mlsdc.diagnostics import Position, Source

pieces = st.lists(
    st.tuples(st.sampled_from(["\n", "a", "é", "\r\n"]), st.sampled_from([1, 3, 4095, 4096, 9000])),
    max_size=5,
)
texts = pieces.map(lambda found: "".join(sign * count for sign, count in found))


@given(texts, st.data())
def test_a_position_counts_line_ends(text: str, data: st.DataObject) -> None:
    """A line is the line ends before an offset; a column, the characters since the last one."""
    offset = data.draw(st.integers(0, len(text) + 2))
    before = text[:offset]
    wanted = Position(before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
    assert Source("design.mlsd", text).position(offset) == wanted


@given(texts, st.data())
def test_a_line_is_what_stands_between_line_ends(text: str, data: st.DataObject) -> None:
    """Lines count from 1; there is nothing past the last."""
    lines = text.split("\n")
    number = data.draw(st.integers(-1, len(lines) + 2))
    wanted = lines[number - 1].rstrip("\r") if 1 <= number <= len(lines) else ""
    assert Source("design.mlsd", text).line(number) == wanted
