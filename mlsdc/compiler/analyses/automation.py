"""A design in, how far its models come into service by themselves out.

Level 0 is by hand; at level 1 a pipeline trains, judges and hands over models without anybody's
help; at level 2 the pipelines themselves are built, tested and released by a system for that.
Source: Google Cloud, MLOps: continuous delivery and automation pipelines in machine learning.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mlsdc.compiler.analyses.decisions import Decisions
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Pipeline
from mlsdc.compiler.model.learning import Model, Training
from mlsdc.compiler.model.operations import Experiment, Monitor
from mlsdc.compiler.schedule import analysis

STAGES = ("shadow", "canary", "ab", "interleaving", "bandit")


@dataclass(frozen=True)
class Missing:
    """What a level needs and the design does not have, and the component that lacks it."""

    component: str
    what: str
    help: str


@dataclass(frozen=True)
class Automation:
    """What each level needs that is missing: level 1 and level 2."""

    lacks: dict[int, tuple[Missing, ...]] = field(default_factory=dict[int, "tuple[Missing, ...]"])

    @property
    def level(self) -> int:
        """The level that is reached."""
        return 0 if self.lacks.get(1) else 1 if self.lacks.get(2) else 2


@analysis
def automation(design: Design, decisions: Decisions) -> Automation:
    """Look at every model that is served."""
    if not decisions.serving:
        return Automation()
    monitors: dict[str, list[Monitor]] = {}
    for monitor in design.of(Monitor):
        for name in monitor.watches:
            monitors.setdefault(name, []).append(monitor)
    stages = [one for one in design.of(Experiment) if one.kind in STAGES]
    staged = {name for one in stages for name in (one.control, one.treatment) if name}
    first: list[Missing] = []
    second = list(_second(design))
    for name, endpoints in decisions.serving.items():
        model = design.get(name, Model)
        if model is None or model.existing is not None:
            continue
        served = [one.name for one in endpoints]
        watching = [one for known in (*served, name) for one in monitors.get(known, ())]
        first += _first(design, model, watching)
        if staged.isdisjoint(served):
            stage = "experiment e { kind = canary }"
            second.append(Missing(name, "no stage before all traffic", stage))
    return Automation({1: tuple(first), 2: tuple(second)})


def _first(design: Design, model: Model, monitors: list[Monitor]) -> Iterator[Missing]:
    training = design.get(model.training, Training)
    drifting = any(one.drift is not None and one.drift.then == "retrain" for one in monitors)
    if training is None:
        yield Missing(model.name, "no training", "training = nightly")
    elif training.every is None and not drifting:
        yield Missing(training.name, "nothing that starts its training", "every = 1d")
    if model.gate is None:
        yield Missing(model.name, "no gate", "gate = recall { at_least = 0.8 }")
    if model.registry is None:
        yield Missing(model.name, "no registry", "registry = models")
    if not monitors:
        yield Missing(model.name, "no monitor", "monitor health { watches = ... }")


def _second(design: Design) -> Iterator[Missing]:
    if design.system.delivery is None:
        yield Missing("system", "no system that delivers its pipelines", 'delivery = "github"')
    for job in [*design.of(Training), *design.of(Pipeline)]:
        if job.image is None and job.existing is None:
            yield Missing(job.name, "no image that is built and tested", 'image = "..."')
