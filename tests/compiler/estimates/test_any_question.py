"""Whatever is asked, there is an answer or a reason, and no figure outside of its range."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlsdc.compiler.estimates.answer import answers
from mlsdc.compiler.estimates.fields import Field, Kind, fields
from mlsdc.compiler.estimates.kinds import KINDS, questions
from mlsdc.compiler.estimates.refusal import Missing, Refusal
from mlsdc.compiler.estimates.working import Value
from mlsdc.stdlib.hardware_tables import standard_hardware

POSITIVE = st.floats(1e-9, 1e18) | st.sampled_from([1.0, 2.0, 0.5, 1e300, 5e-324])
SIZES = st.integers(1, 64).map(float)
TEXTS = {
    "model": ["llama-3-8b", "M/M/c", "M/G/1", "M/M/1/5", "nothing"],
    "gpu": ["h100", "t4", "nothing"], "technique": ["caching", "nothing"],
    "method": ["pooled", "holm", "pocock", "nothing"], "strategy": ["fsdp", "ddp", "nothing"],
    "statistic": ["psi", "ks critical", "kl", "nothing"], "instance": ["p5.48xlarge", "nothing"],
    "layer_params_formula": ["12h^2+13h", "h*h"],
}  # fmt: skip


def values(row: Field) -> st.SearchStrategy[Value]:
    """Values that reading an input of this field can give."""
    numbers = st.lists(st.floats(0, 1e6), min_size=1, max_size=5).map(tuple)
    return {
        Kind.WHOLE: st.integers(1, 50).map(float) | st.sampled_from([1e4, 1e9]),
        Kind.AMOUNT: st.integers(0, 4).map(float) | POSITIVE,
        Kind.MONEY: st.floats(0, 1e6),
        Kind.SHARE: st.floats(0, 1),
        Kind.FLAG: st.booleans(),
        Kind.TEXT: st.sampled_from(TEXTS.get(row.name, row.words or ("nothing",))),
        Kind.NUMBERS: numbers,
        Kind.TABLE: st.lists(numbers, min_size=1, max_size=3).map(tuple),
        Kind.POINTS: st.dictionaries(
            st.integers(1, 64).map(float), st.floats(1e-6, 10), min_size=1
        ),
    }.get(row.kind, POSITIVE)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_an_answer_or_a_reason(kind: str, data: st.DataObject) -> None:
    asked, known = questions(kind), fields()
    names = data.draw(st.lists(st.sampled_from(asked.inputs), min_size=1, max_size=9, unique=True))
    inputs = {name: data.draw(values(known[name]), label=name) for name in names}
    try:
        found = answers(asked.methods, inputs, standard_hardware())
    except (Missing, Refusal):
        return
    for one in found.estimates:
        assert math.isfinite(one.value)
        assert one.low <= one.value <= one.high
        assert one.used <= inputs.keys()
        assert one.steps
        assert one.exact == (one.low == one.high) or one.assumed
