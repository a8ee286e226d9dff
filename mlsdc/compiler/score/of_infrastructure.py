"""The mechanisms behind the tests of infrastructure."""

from __future__ import annotations

from mlsdc.compiler.graph import dataset_origins
from mlsdc.compiler.model.data import Lake
from mlsdc.compiler.model.features import Dataset
from mlsdc.compiler.model.learning import Registry
from mlsdc.compiler.model.operations import Experiment
from mlsdc.compiler.score.view import Mechanisms, View, has, lacks, listed

VERSIONED = ("iceberg", "delta", "hudi")
FEWEST_VERSIONS = 2


def reproducible(view: View) -> Mechanisms:
    """Infra1: the code and the rows are kept."""
    for model in view.models:
        training, dataset = view.training(model), view.dataset(model)
        if training is None or dataset is None:
            yield lacks(model, "states not both of its training and its dataset")
        elif training.image is None:
            yield lacks(training, "no image holds its code")
        elif not (rows := dataset.snapshot or listed(_versioned(view, dataset))):
            yield lacks(dataset, "its rows are kept by no snapshot and no versioned lake")
        else:
            yield has(training, f"image {training.image}, rows {rows}", "image")


def _versioned(view: View, dataset: Dataset) -> list[str]:
    """The lakes behind a dataset that keep earlier states of their tables."""
    origins = (view.design.get(name, Lake) for name in dataset_origins(view.design, dataset))
    return [one.name for one in origins if one is not None and one.format in VERSIONED]


def unit_tested(view: View) -> Mechanisms:
    """Infra2: tests of the training code."""
    for model in view.models:
        training = view.training(model)
        if training is None or training.tests is None:
            yield lacks(training or model, "names no tests of its code")
        else:
            yield has(training, f"tests {training.tests}", "tests")


def integrated(view: View) -> Mechanisms:
    """Infra3: tests of the whole in the design itself."""
    if view.tests and view.models:
        tests = f"{view.tests} test" + ("s" if view.tests > 1 else "")
        yield has(view.design.system, f"{tests} of the whole design")


def validated(view: View) -> Mechanisms:
    """Infra4: a gate that compares with something."""
    for model in view.models:
        gate = model.gate
        if gate is None:
            yield lacks(model, "no gate stands before serving")
        elif gate.at_least is None and gate.at_most is None and gate.baseline is None:
            yield lacks(model, "its gate compares with nothing", "gate")
        else:
            yield has(model, f"gate {gate.metric}", "gate")


def debuggable(view: View) -> Mechanisms:
    """Infra5: decisions are logged, so that one can be replayed."""
    for decision in view.decisions.of.values():
        names = [one.name for one in decision.logs]
        if names:
            yield has(decision.request, f"logs to {listed(names)}")
        else:
            yield lacks(decision.request, "logs no decision")


def canaried(view: View) -> Mechanisms:
    """Infra6: a new version is tried on part of the traffic."""
    experiments = view.design.of(Experiment)
    tried = {one.control: one for one in experiments} | {one.treatment: one for one in experiments}
    for endpoint in view.endpoints:
        experiment = tried.get(endpoint.name) or tried.get(endpoint.model)
        if experiment is None:
            yield lacks(endpoint, "a new version answers all requests at once")
        else:
            yield has(experiment, f"{experiment.kind} of {endpoint.name}", "kind")


def rolled_back(view: View) -> Mechanisms:
    """Infra7: an earlier version is kept."""
    for model in view.models:
        registry = view.design.get(model.registry, Registry)
        if registry is None:
            yield lacks(model, "is kept in no registry")
        elif registry.existing is None and registry.keep < FEWEST_VERSIONS:
            yield lacks(registry, f"keeps {registry.keep} version", "keep")
        else:
            yield has(registry, f"keeps {registry.keep} versions of {model.name}", "keep")
