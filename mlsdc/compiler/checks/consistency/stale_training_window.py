"""TSC031"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.decisions import Decisions
from mlsdc.compiler.checks.typed import duration_at_least
from mlsdc.compiler.consistency.age import Age, Stage
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.features import Dataset
from mlsdc.compiler.model.learning import Model, Training
from mlsdc.compiler.model.operations import Monitor
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import Quantity, show, show_duration

ROUNDING = 1 + 1e-9


@check(
    "TSC031",
    "stale-training-window",
    Severity.WARNING,
    source="Breck et al., The ML Test Score (2017), Model 4: the effect of model staleness is "
    "known; Zinkevich, Rules of Machine Learning, rule 8",
)
def stale_training_window(design: Design, decisions: Decisions) -> Iterator[Finding]:
    """A model grows older in serving than the design allows.

    Why: just before it is replaced, a model knows nothing of the time since its newest row: the
    rows' age, the period of the training, its run and the release add up. A window that ends on a
    fixed day, or a training that nothing starts, grows older without end.

    Bad:

        dataset rows { window = 90d  cutoff = 7d }
        training weekly { every = 7d  runtime = 6h }
        model ranker { dataset = rows  training = weekly  max_staleness = 14d  rollout = 1d }

    Good:

        dataset rows { window = 90d  cutoff = 7d }
        training weekly { every = 5d  runtime = 6h }
        model ranker { dataset = rows  training = weekly  max_staleness = 14d  rollout = 1d }
    """
    for model in design.of(Model):
        dataset = design.get(model.dataset, Dataset)
        training = design.get(model.training, Training)
        if dataset is not None and dataset.until is not None and training is not None:
            yield from _fixed(design, dataset, dataset.until, training)
        elif model.max_staleness is not None:
            yield from _judge(design, decisions, model, dataset, training)


def _fixed(design: Design, dataset: Dataset, until: str, training: Training) -> Iterator[Finding]:
    if training.every is not None:
        yield Finding(
            design.place(dataset, "until"),
            f"`{training.name}` runs every {show(training.every)} on rows that always end on "
            f"{until}",
            subject=dataset.name,
            labels=(Label(design.place(training, "every"), "each run sees the same rows"),),
            help="cutoff = 1d, or whatever the label needs",
        )


def _judge(
    design: Design,
    decisions: Decisions,
    model: Model,
    dataset: Dataset | None,
    training: Training | None,
) -> Iterator[Finding]:
    if training is not None and training.every is None and not _started(design, decisions, model):
        yield Finding(
            design.place(model, "max_staleness"),
            f"`{model.name}` may grow {_show(model.max_staleness)} old, and nothing trains it "
            "again",
            subject=model.name,
            labels=(Label(design.place(training), "has no schedule"),),
            help="every = 1d, or a monitor with then = retrain",
        )
        return
    age = _age(model, dataset, training)
    limit = model.max_staleness.value if model.max_staleness is not None else 0.0
    if age.seconds > limit * ROUNDING:
        yield _stale(design, model, dataset, training, age)
    elif age.missing:
        yield Finding(
            design.place(model, "max_staleness"),
            f"`{model.name}` may grow {_show(model.max_staleness)} old; how old it gets is not "
            f"known: {age.words}",
            subject=model.name,
            missing=age.missing,
        )


def _age(model: Model, dataset: Dataset | None, training: Training | None) -> Age:
    """How old its newest row is just before it is replaced."""
    rows = dataset.name if dataset is not None else model.dataset
    job = training.name if training is not None else model.training
    stated = {
        (f"{rows}.cutoff" if rows else f"{model.name}.dataset", "old rows"):
            dataset.cutoff if dataset else None,
        (f"{job}.every" if job else f"{model.name}.training", "period"):
            training.every if training else None,
        (f"{job}.runtime" if job else f"{model.name}.training", "run"):
            training.runtime if training else None,
        (f"{model.name}.rollout", "rollout"): model.rollout,
    }  # fmt: skip
    stages = tuple(Stage(name, one.value) for (_, name), one in stated.items() if one is not None)
    missing = dict.fromkeys(field for (field, _), one in stated.items() if one is None)
    return Age(tuple(stage for stage in stages if stage.seconds), tuple(missing))


def _started(design: Design, decisions: Decisions, model: Model) -> bool:
    """Whether drift starts its training."""
    served = {one.name for one in decisions.serving.get(model.name, ())} | {model.name}
    return any(
        one.drift is not None and one.drift.then == "retrain" and served & set(one.watches)
        for one in design.of(Monitor)
    )


def _stale(
    design: Design, model: Model, dataset: Dataset | None, training: Training | None, age: Age
) -> Finding:
    least = "at least " if age.missing else ""
    places = [(training, "every", "replaced this often"), (dataset, "cutoff", "its newest row")]
    return Finding(
        design.place(model, "max_staleness"),
        f"`{model.name}` may grow {_show(model.max_staleness)} old, and is {least}"
        f"{show_duration(age.seconds)} old before it is replaced",
        subject=model.name,
        labels=tuple(
            Label(design.place(one, field), words)
            for one, field, words in places
            if one is not None
        ),
        arithmetic=(f"{show_duration(age.seconds)} = {age.words}",),
        help=f"max_staleness = {duration_at_least(age.seconds)}, or train more often, or cut off "
        "fewer rows",
    )


def _show(value: Quantity | None) -> str:
    return show(value) if value is not None else ""
