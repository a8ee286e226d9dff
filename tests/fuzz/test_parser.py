"""Any text whatever gives a tree and complaints that lie within it."""

from __future__ import annotations

import random
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from mlsdc.diagnostics import Source
from mlsdc.dsl.parse import parse
from mlsdc.pipeline import check
from mlsdc.stdlib.find import standard_catalog

FRAUD = (Path(__file__).parents[2] / "examples/fraud/design.mlsd").read_text("utf-8")
PIECES = ["{", "}", "[", "]", "(", ")", ":", "=", "==", "<=", ",", ".", "+", "-", "*", "/", "\n",
          '"', '"""', "'", "#", ";", "!", "stream", "a", "b", "kafka", "20ms", "3", "%", "true",
          "and", "not", "call", "param", "let", "8 x h100", " ", "\t", "@", "é", "1/s",
          "environment", "request", "features", "x", "over", "\\"]  # fmt: skip


def _judge(text: str) -> None:
    tree, said = parse(text, "d.mlsd")
    for diagnostic in said:
        assert diagnostic.code.startswith("SYN")
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)
        assert diagnostic.message.strip()
        assert "\n" not in diagnostic.message
    for statement in tree.statements:
        assert 0 <= statement.span.start <= statement.span.end <= len(text)


@settings(max_examples=400, deadline=None)
@given(st.text())
def test_any_text(text: str) -> None:
    """Unicode at random."""
    _judge(text)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_any_tokens(pieces: list[str]) -> None:
    """The language's own pieces in any order, with and without spaces."""
    _judge(" ".join(pieces))
    _judge("".join(pieces))


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_a_mutilated_design_is_understood_as_far_as_it_goes(seed: int) -> None:
    """Damage the example anywhere: the whole check answers, and never with a fault of its own."""
    chance = random.Random(seed)
    text = FRAUD
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(text))
        length = chance.choice([0, 1, 5, 40])
        text = text[:at] + chance.choice(PIECES) + text[at + length :]

    outcome = check([Source("d.mlsd", text)], standard_catalog())

    assert [d.message for d in outcome.diagnostics if d.code == "INT001"] == []
