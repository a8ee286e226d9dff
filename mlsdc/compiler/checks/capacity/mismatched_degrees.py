"""CAP020"""

from collections.abc import Iterator

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.learning import Training
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity

SPREAD = ("ddp", "fsdp", "horovod", "deepspeed", "megatron")
"""Strategies that need more than one process to mean anything."""


@check(
    "CAP020",
    "mismatched-degrees",
    Severity.WARNING,
    source="Kubeflow Trainer, admission rules of TrainJob; Katib, parallelTrialCount and "
    "maxTrialCount; Megatron-LM, world size",
)
def mismatched_degrees(design: Design) -> Iterator[Finding]:
    """A training's processes are not as many as its degrees of parallelism ask for.

    Why: a run has one process on each accelerator of each node. Tensor, pipeline and data parallel
    degrees multiply to exactly that number; with another the launcher refuses, or waits for ranks
    that never come, with the accelerators paid for meanwhile.

    Bad:

        training tune {
          strategy = megatron
          nodes    = 2
          gpus     = 8 x h100
          tensor   = 8
          pipeline = 3
        }

    Good:

        training tune {
          strategy = megatron
          nodes    = 2
          gpus     = 8 x h100
          tensor   = 8
          pipeline = 2
        }
    """
    for training in design.of(Training):
        if training.existing is None:
            yield from _degrees(design, training)
            yield from _strategy(design, training)
            yield from _trials(design, training)


def _degrees(design: Design, training: Training) -> Iterator[Finding]:
    """world = tensor x pipeline x data."""
    from mlsdc.compiler.capacity.training_inputs import world

    have, group = world(training), training.tensor * training.pipeline
    data = training.data
    stated = [n for n in ("tensor", "pipeline", "data") if design.wrote(training, n)]
    if not stated or (have % group == 0 if data is None else have == group * data):
        return
    product = " x ".join(str(getattr(training, name)) for name in stated)
    count = training.gpus.count if training.gpus else 1
    wants = "is no multiple of" if data is None else "is not"
    words = " x ".join(stated)
    yield Finding(
        design.place(training, stated[0]),
        f"`{training.name}` has {have} processes, which {wants} {words} = {group * (data or 1)}",
        subject=training.name,
        labels=tuple(_machines(design, training)),
        arithmetic=(
            f"{training.nodes} nodes x {count} processes = {have}",
            f"{words} = {product} = {group * (data or 1)}"
            if len(stated) > 1
            else f"{words} = {product}",
        ),
        help=_remedy(have, group, data),
    )


def _remedy(have: int, group: int, data: int | None) -> str:
    if data is not None and have % group == 0:
        return f"data = {have // group}"
    return f"nodes x gpus = {-(-have // group) * group}, or degrees whose product divides {have}"


def _machines(design: Design, training: Training) -> Iterator[Label]:
    stated = [name for name in ("nodes", "gpus") if design.wrote(training, name)]
    for name in stated:
        yield Label(design.place(training, name), "the processes")
    if not stated:
        yield Label(design.place(training), "one process")


def _strategy(design: Design, training: Training) -> Iterator[Finding]:
    from mlsdc.compiler.capacity.training_inputs import world

    strategy = ("strategy",) if design.wrote(training, "strategy") else ()
    if training.strategy == "single" and training.nodes > 1:
        yield Finding(
            design.place(training, "nodes"),
            f"`{training.name}` trains on one node by its strategy, and has {training.nodes}",
            subject=training.name,
            labels=(Label(design.place(training, *strategy), "one node"),),
            help="strategy = ddp, or nodes = 1",
        )
    elif training.strategy in SPREAD and world(training) == 1:
        yield Finding(
            design.place(training, "strategy"),
            f"`{training.name}` spreads by {training.strategy} over 1 process",
            subject=training.name,
            labels=tuple(_machines(design, training)),
            help="strategy = single, or more nodes or accelerators",
        )


def _trials(design: Design, training: Training) -> Iterator[Finding]:
    tuning = training.tuning
    if tuning is not None and tuning.parallel > tuning.trials:
        yield Finding(
            design.place(training, "tuning", "parallel"),
            f"`{training.name}` tries {tuning.parallel} at a time, of {tuning.trials} trials",
            subject=training.name,
            labels=(Label(design.place(training, "tuning", "trials"), "all of them"),),
            help=f"parallel = {tuning.trials}",
        )
