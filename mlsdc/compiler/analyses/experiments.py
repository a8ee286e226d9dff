"""Experiments in, what they need and what they get out: units, days, comparisons, exclusions."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known, Step, Unknown
from mlsdc.compiler.model.data import Label
from mlsdc.compiler.model.features import Dataset
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.operations import Experiment
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import analysis
from mlsdc.compiler.statistics.multiple_testing import family_error
from mlsdc.units import DAY, NUMBER, digits, show

DECIDING = ("ab", "interleaving")
"""Kinds that end in a decision by a metric; a shadow or a canary ends in none."""
PER_REQUEST = "request"
MOST = 1_000_000
"""Treatments beyond this are counted as so many: no number is worth an overflow."""
MOST_LOOKS = 20
"""More looks than this take longer to integrate than a check may."""


@dataclass(frozen=True)
class Exposure:
    """The numbers of one experiment."""

    required: Known
    """Units of all variants that its power wants."""
    collected: Known
    """Units that enter while it runs."""
    most: Known
    """Units that enter at the most: at the peak of its requests, each a new unit."""
    days: Known
    """Days until the required units are in."""
    treatments: int
    """Variants but the control."""
    comparisons: int
    """Tests that are read: treatments x metrics x groups."""
    deciding: int
    """Tests that decide: treatments x metrics."""
    family_error: float
    """The chance of a false alarm among them, uncorrected."""
    models: tuple[Model, ...]
    """What control and treatment serve."""
    labels: tuple[Label, ...]
    """What those models learn."""


@dataclass(frozen=True)
class Experiments:
    """The numbers of every experiment, by name."""

    of: dict[str, Exposure] = field(default_factory=dict[str, Exposure])


@analysis
def experiments(design: Design) -> Experiments:
    """Size, traffic and comparisons of every experiment."""
    return Experiments({one.name: _exposure(design, one) for one in design.of(Experiment)})


def _exposure(design: Design, one: Experiment) -> Exposure:
    required = _required(one)
    collected = _collected(one)
    treatments = min(max(one.variants, 2) - 1, MOST)
    deciding = treatments * (1 + len(one.also))
    comparisons = deciding * (1 + len(one.segments))
    models = _models(design, one)
    return Exposure(
        required=required,
        collected=collected,
        most=_most(design, one, collected),
        days=_days(one, required),
        treatments=treatments,
        comparisons=comparisons,
        deciding=deciding,
        family_error=family_error(one.significance, comparisons) if one.significance < 1 else 1.0,
        models=models,
        labels=_labels(design, models),
    )


def _required(one: Experiment) -> Known:
    metric, name = one.metric, one.name
    if metric is None:
        return Unknown((f"{name}.metric",))
    stated = {
        f"{name}.metric.baseline": metric.baseline,
        f"{name}.metric.minimum_effect": metric.minimum_effect or None,
        f"{name}.share": one.share,
    }
    missing = tuple(field for field, value in stated.items() if value is None)
    if missing:
        return Unknown(missing)
    assert metric.baseline is not None
    assert metric.minimum_effect is not None
    if metric.deviation is None and not 0 < metric.baseline < 1:
        return Unknown((f"{name}.metric.deviation",))
    from mlsdc.compiler.experiments.estimate import Aim, estimate

    treatments = min(max(one.variants, 2) - 1, MOST)
    share = one.share or 0.0
    looks = one.test.looks if one.test and one.test.plan == "group_sequential" else None
    if looks is not None and looks > MOST_LOOKS:
        return Unknown((f"{name}.test.looks of at most {MOST_LOOKS}",))
    aim = Aim(
        baseline=metric.baseline,
        deviation=metric.deviation,
        relative=metric.minimum_effect,
        alpha=one.significance,
        power=one.power,
        means_method="normal",
        # Every treatment has the same share, so one of them tells for all.
        allocation=(1.0 - treatments * share, share),
        metrics=treatments * (1 + len(one.also)),
        correction="none" if one.correction in (None, "none") else "bonferroni",
        looks=looks or 1,
        spending=one.test.spending if one.test else "obrien_fleming",
    )
    try:
        found = estimate(aim)
        control, treatment = found.size.arms
        total = math.ceil(round(control + treatments * treatment, 6))
    except (ValueError, ArithmeticError):  # shares, an error rate or an effect that cannot be
        return Unknown((f"a possible share, effect and power of {name}",))
    line = f"{digits(math.ceil(treatment))} in each treatment, {digits(total)} in all"
    inputs = [(name, *rest) for rest in (("metric",), ("significance",), ("power",), ("share",))]
    because = [Step(text, *inputs) if at == 0 else text for at, text in enumerate(found.because)]
    return Figure(total, NUMBER, (*(() if treatments == 1 else (line,)), *because))


def _collected(one: Experiment) -> Known:
    stated = {f"{one.name}.units": one.units, f"{one.name}.duration": one.duration}
    missing = tuple(field for field, value in stated.items() if value is None)
    if missing:
        return Unknown(missing)
    assert one.units is not None
    assert one.duration is not None
    entered = one.units.value * one.duration.value
    line = f"{show(one.units)} x {show(one.duration)} = {digits(entered)}"
    inputs = ((one.name, "units"), (one.name, "duration"))
    return Figure(entered, NUMBER, (Step(line, *inputs),))


def _most(design: Design, one: Experiment, collected: Known) -> Known:
    if isinstance(collected, Figure):
        return collected
    request = design.get(one.request, Request)
    if request is None or request.rate is None or one.duration is None:
        return collected
    entered = request.rate.value * one.duration.value
    line = f"{show(request.rate)} at peak x {show(one.duration)} = {digits(entered)} at most"
    return Figure(entered, NUMBER, (Step(line, (request.name, "rate"), (one.name, "duration")),))


def _days(one: Experiment, required: Known) -> Known:
    if isinstance(required, Unknown):
        return required
    if one.units is None or not one.units.value:
        return Unknown((f"{one.name}.units",))
    days = required.value / (one.units.value * DAY)
    line = f"{digits(required.value)} / {show(one.units)} = {digits(days)} d"
    return Figure(days, NUMBER, (*required.because, Step(line, (one.name, "units"))))


def _models(design: Design, one: Experiment) -> tuple[Model, ...]:
    found: dict[str, Model] = {}
    for name in (one.control, one.treatment):
        endpoint = design.get(name, Endpoint)
        model = design.get(endpoint.model if endpoint else name, Model)
        if model is not None:
            found[model.name] = model
    return tuple(found.values())


def _labels(design: Design, models: tuple[Model, ...]) -> tuple[Label, ...]:
    datasets = [design.get(model.dataset, Dataset) for model in models]
    labels = [design.get(one.label, Label) for one in datasets if one is not None]
    return tuple({one.name: one for one in labels if one is not None}.values())
