"""REL018"""

from collections.abc import Iterator

from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.graph import dataset_origins
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.data import Lake
from mlsdc.compiler.model.features import Dataset
from mlsdc.compiler.model.learning import Model, Training
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity

VERSIONED = ("iceberg", "delta", "hudi")
"""Table formats that keep earlier states of a table."""


@check(
    "REL018",
    "unrepeatable-training",
    Severity.WARNING,
    source="Breck et al., The ML Test Score (2017), Infra 1: training is reproducible",
)
def unrepeatable_training(design: Design) -> Iterator[Finding]:
    """The training of a production model cannot be run again as it was.

    Why: to explain a model, or to find what broke it, it has to be trained again from the same rows
    by the same code. Files that are overwritten, and code that no image holds, are gone.

    Bad:

        system shop { tier = production }
        lake raw { format = parquet }
        dataset history { spine = raw }
        training nightly { image = "registry.example.com/shop/train:1.0.0" }
        model ranker { dataset = history  training = nightly }

    Good:

        system shop { tier = production }
        lake raw { format = iceberg }
        dataset history { spine = raw }
        training nightly { image = "registry.example.com/shop/train:1.0.0" }
        model ranker { dataset = history  training = nightly }
    """
    yield from of_production(design, _unrepeatable(design))


def _unrepeatable(design: Design) -> Iterator[Finding]:
    models: dict[str, list[Model]] = {}
    for model in design.of(Model):
        training = design.get(model.training, Training)
        dataset = design.get(model.dataset, Dataset)
        if training is None or dataset is None:
            continue
        models.setdefault(dataset.name, []).append(model)
        if training.image is None:
            yield Finding(
                design.place(training),
                f"no image holds the code that trained `{model.name}`",
                subject=training.name,
                labels=(Label(design.place(model, "training"), "what is trained by it"),),
                help='image = "registry.example.com/train:1.0.0"',
            )
    for name, trained in models.items():
        dataset = design.get(name, Dataset)
        if dataset is not None:
            yield from _forgotten(design, dataset, trained)


def _forgotten(design: Design, dataset: Dataset, models: list[Model]) -> Iterator[Finding]:
    overwritten = [] if dataset.snapshot else list(_overwritten(design, dataset))
    if overwritten:
        trained = ", ".join(f"`{one.name}`" for one in models)
        names = ", ".join(f"`{one.name}`" for one in overwritten)
        yield Finding(
            design.place(dataset),
            f"the rows that trained {trained} are not kept: {names} "
            f"{'holds' if len(overwritten) == 1 else 'hold'} no earlier state of a table",
            subject=dataset.name,
            labels=tuple(Label(design.place(one, "format"), "where") for one in overwritten),
            help=f"format = iceberg in {names}, or "
            f'snapshot = "{overwritten[0].name}@2025-01-31" in `{dataset.name}`',
        )


def _overwritten(design: Design, dataset: Dataset) -> Iterator[Component]:
    """What the rows are read from that forgets them; an existing store may keep versions."""
    for name in dataset_origins(design, dataset):
        origin = design.components[name]
        if isinstance(origin, Lake) and origin.existing is None and origin.format not in VERSIONED:
            yield origin
