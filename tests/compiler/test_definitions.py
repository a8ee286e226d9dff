"""Functions in definitions of features: the word of another tool is told the one of mlsdc."""

from __future__ import annotations

import pytest

from mlsdc.compiler.functions import AGGREGATIONS, ELSEWHERE, ROW_FUNCTIONS
from tests.compiler.checking import only

VIEW = """
stream payments {{ rate = 1/s  event {{ amount: float64  at: timestamp event_time }} }}
pipeline job {{ reads = payments }}
features spend {{ computed = job  total: float64 = {call} over 1h }}
"""


@pytest.mark.parametrize(("theirs", "ours"), ELSEWHERE.items())
def test_words_of_other_tools(theirs: str, ours: str) -> None:
    assert theirs not in {**AGGREGATIONS, **ROW_FUNCTIONS}
    assert ours in {**AGGREGATIONS, **ROW_FUNCTIONS}
    found = only(VIEW.format(call=f"{theirs.upper()}(amount)"), "TYP006")

    assert found.help == f"did you mean `{ours}`?"


def test_a_word_of_no_tool() -> None:
    found = only(VIEW.format(call="wobble(amount)"), "TYP006")

    assert found.help.startswith("aggregations: count, sum, mean")
