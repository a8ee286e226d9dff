"""CAP015"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.trainings import Run, Trainings
from mlsdc.compiler.checks.typed import duration_at_least
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Unknown
from mlsdc.compiler.model.learning import Training
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import show, show_duration, show_percent

FAR = 1.5
"""An interval is far from the best one where it wastes this many times as much: where it is 2.6
times too long or too short."""
NOTICED = 0.01
"""The share of the time that has to be lost by it before it is spoken of."""


@check(
    "CAP015",
    "wasteful-checkpoints",
    Severity.WARNING,
    source="Young, A First Order Approximation to the Optimum Checkpoint Interval (1974); Daly, A "
    "Higher Order Estimate of the Optimum Checkpoint Interval (2006)",
)
def wasteful_checkpoints(design: Design, trainings: Trainings) -> Iterator[Finding]:
    """A training on machines that are taken away saves never, or at the wrong interval.

    Why: what was computed since the last checkpoint is computed again. Saving too rarely loses
    hours at each interruption, saving too often stands still more than it computes; the least is
    lost at an interval of sqrt(2 x save time x time between interruptions).

    Bad:

        lake states { retention = 30d }
        training tune {
          nodes         = 8
          purchase      = spot
          interruptions = 1/d
          checkpoint    = states
          save_time     = 2m
          save_every    = 6h
        }

    Good:

        lake states { retention = 30d }
        training tune {
          nodes         = 8
          purchase      = spot
          interruptions = 1/d
          checkpoint    = states
          save_time     = 2m
          save_every    = 30m
        }
    """
    for training in design.of(Training):
        if training.existing is not None:
            continue
        taken_away = (training.purchase or design.environment.purchase) == "spot"
        if taken_away and training.checkpoint is None:
            yield _never(design, training)
        elif training.save_every is not None or taken_away:
            yield from _judge(design, training, trainings.of[training.name])


def _never(design: Design, training: Training) -> Finding:
    environment = f"environment {design.environment.name}"
    own = design.wrote(training, "purchase")
    return Finding(
        design.place(training, "purchase") if own else design.place(environment, "purchase"),
        f"`{training.name}` runs on nodes that may be taken away, and saves nothing",
        subject=training.name,
        labels=(Label(design.place(training), "what starts again from nothing"),),
        help="checkpoint = a lake",
    )


def _judge(design: Design, training: Training, run: Run) -> Iterator[Finding]:
    missing = [] if training.save_every is not None else [f"{training.name}.save_every"]
    best, every = run.interval, training.save_every
    if isinstance(best, Unknown):
        missing += best.missing
    if missing or every is None or not isinstance(best, Figure):
        yield Finding(
            design.place(training, "save_every"),
            f"whether `{training.name}` saves as often as is best is not known",
            subject=training.name,
            missing=tuple(missing),
        )
        return
    lost, least = run.wasted(every.value), run.wasted(best.value) if best.value else 0.0
    if lost is None or least is None:
        return
    if lost > FAR * least * (1 + 1e-9) and lost - least > NOTICED:
        wrong = "rarely" if every.value > best.value else "often"
        yield Finding(
            design.place(training, "save_every"),
            f"`{training.name}` saves too {wrong}: every {show(every)} loses {_share(lost)} of the "
            f"time, every {show_duration(best.value)} {_share(least)}",
            subject=training.name,
            labels=(
                Label(design.place(training, "interruptions"), "how often it is interrupted"),
                Label(design.place(training, "save_time"), "what saving takes"),
            ),
            arithmetic=best.because,
            help=f"save_every = {duration_at_least(best.value)}",
        )


def _share(lost: float) -> str:
    return "all" if lost >= 1 else show_percent(round(lost, 3))
