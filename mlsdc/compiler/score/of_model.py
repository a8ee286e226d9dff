"""The mechanisms behind the tests of model development."""

from __future__ import annotations

from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.score.of_data import protected
from mlsdc.compiler.score.view import Mechanisms, View, has, lacks, listed

NOTEBOOKS = ("jupyter",)
"""Systems that run a notebook."""


def reviewed(view: View) -> Mechanisms:
    """Model1: the code that trains is an image, not a notebook."""
    for model in view.models:
        training = view.training(model)
        if training is None:
            yield lacks(model, "names no training")
        elif training.system in NOTEBOOKS:
            yield lacks(training, "is a notebook")
        elif training.image is None:
            yield lacks(training, "no image holds its code")
        else:
            yield has(training, f"image {training.image}", "image")


def correlates(view: View) -> Mechanisms:
    """Model2: the online metric that moves with the gate's."""
    for model in view.models:
        gate = model.gate
        if gate is None or gate.moves is None:
            yield lacks(model, "links its gate to no online metric")
        else:
            yield has(model, f"{gate.metric} moves {gate.moves}", "gate", "moves")


def tuned(view: View) -> Mechanisms:
    """Model3: something tunes."""
    tunings = [one for one in view.design.components.values() if one.role == "tuning"]
    tuning = {m.target: one for one in tunings for m in view.design.mentions
              if m.source == one.name}  # fmt: skip
    tuners = {one.name for one in tunings}
    for model in view.models:
        named = {m.target for m in view.design.mentions if m.source == model.name} & tuners
        by = tuning.get(model.name) or tuning.get(model.training or "")
        if by is None and named:
            by = view.design.components[min(named)]
        if by is None:
            yield lacks(model, "nothing tunes it")
        else:
            yield has(by, f"tunes {model.name}")


def staleness(view: View) -> Mechanisms:
    """Model4: how old it may grow, and how often it is trained."""
    for model in view.models:
        training = view.training(model)
        every = training.every if training is not None else None
        if model.max_staleness is None:
            yield lacks(model, "does not say how old it may grow")
        elif every is None:
            yield lacks(model, "is retrained on no schedule", "max_staleness")
        else:
            text = f"max_staleness {model.max_staleness}, retrained every {every}"
            yield has(model, text, "max_staleness")


def simpler(view: View) -> Mechanisms:
    """Model5: the gate compares with a baseline."""
    for model in view.models:
        if model.gate is None or model.gate.baseline is None:
            yield lacks(model, "is compared with no baseline")
        else:
            yield has(model, f"baseline {model.gate.baseline}", "gate", "baseline")


def slices(view: View) -> Mechanisms:
    """Model6: slices at the gate and in the monitor."""
    for model in view.models:
        gated = model.gate.slices if model.gate else ()
        watched = set(_watched_slices(view, model))
        both = [name for name in gated if name in watched]
        if both:
            yield has(model, f"slices by {listed(both)}, at the gate and in the monitor", "gate")
        elif gated:
            yield lacks(model, "slices at the gate, and none in a monitor", "gate")
        else:
            yield lacks(model, "its gate tells no slices apart")


def inclusion(view: View) -> Mechanisms:
    """Model7: a protected attribute among the slices."""
    attributes = protected(view.design)
    for model in view.models:
        gated = model.gate.slices if model.gate else ()
        fair = [name for name in gated if name in attributes]
        if fair:
            yield has(model, f"slices by {listed(fair)}", "gate", "slices")
        else:
            yield lacks(model, "no slice is by a protected attribute")


def _watched_slices(view: View, model: Model) -> list[str]:
    endpoints = [one for one in view.endpoints if one.model == model.name]
    return [name for one in endpoints for m in view.monitors(one) for name in m.slices]
