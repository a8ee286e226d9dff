"""CAP007"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.trainings import Fit, Trainings
from mlsdc.compiler.capacity.training_inputs import STAGES, stage, world
from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known, Unknown
from mlsdc.compiler.model.learning import Training
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import show_bytes


@check(
    "CAP007",
    "training-does-not-fit",
    Severity.ERROR,
    source="Rajbhandari et al., ZeRO (2020): 16 bytes for each parameter with Adam in mixed "
    "precision; Korthikanti et al. (2022)",
)
def training_does_not_fit(design: Design, trainings: Trainings) -> Iterator[Finding]:
    """The state of a training does not fit in the memory of one device.

    Why: Adam in mixed precision keeps 16 bytes for each parameter, eight times the 16-bit weights,
    before the first activation. A model that serves from one GPU may need eight of them to train,
    and a copy on each of them does not help: the state has to be divided.

    Bad:

        training tune {
          strategy = ddp
          gpus     = 8 x h100
        }
        model ranker {
          training = tune
          architecture { params = 7_000_000_000 }
        }

    Good:

        training tune {
          strategy = fsdp
          gpus     = 8 x h100
        }
        model ranker {
          training = tune
          architecture { params = 7_000_000_000 }
        }
    """
    for training in design.of(Training):
        if training.existing is not None:
            continue
        for fit in trainings.of[training.name].fits:
            yield from _judge(design, training, fit)


def _judge(design: Design, training: Training, fit: Fit) -> Iterator[Finding]:
    if isinstance(fit.device, Figure):
        least = fit.needed if isinstance(fit.needed, Figure) else _least(fit)
        if least is not None and least.value > fit.device.value:
            yield _too_large(design, training, fit, least, fit.device)
            return
        worst = fit.divided[0] if fit.divided and stage(training) is None else fit.needed
        if isinstance(worst, Figure) and worst.value <= fit.device.value:
            return  # whatever is divided
    missing = [m for known in (fit.needed, fit.device) if isinstance(known, Unknown)
               for m in known.missing]  # fmt: skip
    if missing:
        unknown = Finding(
            design.place(training),
            f"whether the training of `{fit.model.name}` fits its devices is not known",
            subject=training.name,
            labels=(Label(design.place(fit.model), "what is trained"),),
            missing=tuple(dict.fromkeys(missing)),
        )
        yield from of_production(design, [unknown])


def _least(fit: Fit) -> Figure | None:
    """What is needed with everything divided, where the design does not say what is."""
    known = fit.divided[-1] if fit.divided else None
    return known if isinstance(known, Figure) else None


def _too_large(
    design: Design, training: Training, fit: Fit, needed: Figure, device: Figure
) -> Finding:
    place = ("gpus",) if training.gpus else ("memory",)
    each = f"each {fit.on}" if world(training) > 1 else f"the {fit.on}"
    return Finding(
        design.place(training, *place),
        f"training `{fit.model.name}` takes {show_bytes(needed.value)} on {each}, which has "
        f"{show_bytes(device.value)}",
        subject=training.name,
        labels=(Label(design.place(fit.model, "architecture"), "what is trained"),),
        arithmetic=(*needed.because, *device.because),
        help=_remedy(training, fit, device),
    )


def _remedy(training: Training, fit: Fit, device: Figure) -> str:
    """The mildest sharding that fits, or more memory."""
    if world(training) > 1:
        for word, level in STAGES.items():
            if _fits(fit.divided[level] if fit.divided else None, device):
                return f"sharding = {word}"
    if training.gpus is None:
        return "more memory, or a smaller model"
    return "more accelerators with sharding = zero3, or larger ones"


def _fits(known: Known | None, device: Figure) -> bool:
    return isinstance(known, Figure) and known.value <= device.value
