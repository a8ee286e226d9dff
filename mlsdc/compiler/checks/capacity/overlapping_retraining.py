"""CAP016"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.trainings import Trainings
from mlsdc.compiler.checks.typed import duration_at_least
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Unknown
from mlsdc.compiler.model.learning import Training
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import show, show_duration

TELLING = ("runtime", "evaluation", "step_time", "examples", "steps", "gpus")
"""The fields that the time of a run follows from."""


@check(
    "CAP016",
    "overlapping-retraining",
    Severity.WARNING,
    source="Kubernetes documentation, CronJob: concurrencyPolicy; Breck et al., The ML Test Score "
    "(2017)",
)
def overlapping_retraining(design: Design, trainings: Trainings) -> Iterator[Finding]:
    """A retraining is not done, evaluation included, when the next one is due.

    Why: the next run is skipped or runs beside the first, for the same machines. The model is older
    than its schedule says, and nobody is told.

    Bad:

        training nightly {
          every      = 1d
          runtime    = 20h
          evaluation = 5h
        }

    Good:

        training nightly {
          every      = 1d
          runtime    = 20h
          evaluation = 3h
        }
    """
    for training in design.of(Training):
        if training.every is None or training.existing is not None:
            continue
        time = trainings.of[training.name].time
        stated = [name for name in TELLING if design.wrote(training, name)]
        if isinstance(time, Unknown):
            if any(name not in ("evaluation", "gpus") for name in stated):
                yield Finding(
                    design.place(training, "every"),
                    f"whether a run of `{training.name}` is done before the next is not known",
                    subject=training.name,
                    missing=time.missing,
                )
        elif time.value > training.every.value * (1 + 1e-9):
            whole = " with its evaluation" if training.evaluation is not None else ""
            yield Finding(
                design.place(training, "every"),
                f"a run of `{training.name}` takes {show_duration(time.value)}{whole}, the next "
                f"starts after {show(training.every)}",
                subject=training.name,
                labels=tuple(Label(design.place(training, n), "what a run takes") for n in stated),
                arithmetic=time.because,
                help=f"every = {duration_at_least(time.value)}, or a shorter run",
            )
