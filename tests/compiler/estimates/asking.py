"""Ask the calculator one thing."""

from __future__ import annotations

from mlsdc.compiler.estimates.answer import answers
from mlsdc.compiler.estimates.kinds import questions
from mlsdc.compiler.estimates.read_inputs import read_inputs
from mlsdc.compiler.estimates.result import Estimate
from mlsdc.stdlib.hardware_tables import standard_hardware


def ask(kind: str, **given: object) -> dict[str, Estimate]:
    """Every figure that follows, by its quantity."""
    inputs = read_inputs(given).inputs
    found = answers(questions(kind).methods, inputs, standard_hardware())
    return {one.quantity: one for one in found.estimates}


def value(kind: str, quantity: str, **given: object) -> float:
    """One figure in base units."""
    return ask(kind, **given)[quantity].value
