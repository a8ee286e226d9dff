"""One layout for every design; comments stay with what they speak of."""

from __future__ import annotations

import pytest

from mlsdc.dsl.format import format as format_design
from mlsdc.dsl.parse import parse


def formatted(text: str) -> str:
    """The canonical layout of a text."""
    tree, said = parse(text, "d.mlsd")
    assert said == []
    return format_design(tree, text)


def test_the_example_is_in_canonical_layout(fraud: str) -> None:
    """What the project shows is what its formatter writes."""
    assert formatted(fraud) == fraud


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("stream  s:kafka{rate=3/s}", "stream s: kafka { rate = 3/s }\n"),
        ("a_let = 1", None),
        ("let x=1+2*3", "let x = 1 + 2 * 3\n"),
        ("let x=(1+2)*3", "let x = (1 + 2) * 3\n"),
        ("let a = 1\n\n\n\nlet b = 2\n", "let a = 1\n\nlet b = 2\n"),
        ("# head\nlet a = 1   # tail\n", "# head\nlet a = 1  # tail\n"),
        ("request r {\n    call a    timeout 3ms\n}", "request r {\n  call a  timeout 3ms\n}\n"),
    ],
)
def test_layout(text: str, canonical: str | None) -> None:
    """Spaces, alignment, blank lines and comments."""
    result = formatted(text)

    if canonical is not None:
        assert result == canonical
    assert formatted(result) == result
