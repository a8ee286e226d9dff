"""Which experiments end in a decision, and what their findings point at."""

from __future__ import annotations

from collections.abc import Iterator

from mlsdc.compiler.analyses.experiments import DECIDING
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.operations import Experiment
from mlsdc.diagnostics import Label


def deciding(design: Design, *kinds: str) -> Iterator[Experiment]:
    """Experiments that decide by a metric; of these kinds, where any is given."""
    for one in design.of(Experiment):
        if one.kind in (kinds or DECIDING):
            yield one


def variants(design: Design, one: Experiment) -> tuple[Label, ...]:
    """The control and the treatment, where the design names them."""
    places = {"control": "the control", "treatment": "what it is compared with"}
    return tuple(
        Label(design.place(one, name), words)
        for name, words in places.items()
        if design.wrote(one, name)
    )
