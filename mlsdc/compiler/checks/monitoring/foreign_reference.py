"""MON002"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.monitoring import Monitoring
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.operations import Monitor
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "MON002",
    "foreign-reference",
    Severity.WARNING,
    source="TensorFlow Data Validation, skew and drift: the baseline is the training data; "
    "Breck et al. (2017), Monitor 3",
)
def foreign_reference(design: Design, monitoring: Monitoring) -> Iterator[Finding]:
    """A monitor compares with nothing, or with data that the served model did not learn from.

    Why: a distance to other data says nothing about the model: it alarms on differences the model
    knows, and is silent about those it does not.

    Bad:

        dataset history { }
        dataset sample { }
        model ranker { dataset = history }
        endpoint rank { model = ranker }
        monitor health { watches = rank  reference = sample }

    Good:

        dataset history { }
        dataset sample { }
        model ranker { dataset = history }
        endpoint rank { model = ranker }
        monitor health { watches = rank  reference = history }
    """
    for monitor in design.of(Monitor):
        for model in monitoring.of[monitor.name].models:
            if model.dataset is None:
                yield from _unknown(design, monitor, model)
            elif monitor.reference != model.dataset:
                compared = f"with `{monitor.reference}`" if monitor.reference else "with nothing"
                yield Finding(
                    design.place(monitor, "reference"),
                    f"`{monitor.name}` compares {compared}, but `{model.name}` learned from "
                    f"`{model.dataset}`",
                    subject=monitor.name,
                    labels=(Label(design.place(model, "dataset"), "what it learned from"),),
                    help=f"reference = {model.dataset}",
                )


def _unknown(design: Design, monitor: Monitor, model: Model) -> Iterator[Finding]:
    """What others trained is compared with rows of one's own: nobody here can name theirs."""
    if model.training is not None:
        yield Finding(
            design.place(model),
            f"what `{model.name}` learned from is not stated",
            subject=model.name,
            missing=(f"{model.name}.dataset",),
        )
    elif monitor.reference is None:
        yield Finding(
            design.place(monitor),
            f"what `{monitor.name}` compares the requests to `{model.name}` with is not stated",
            subject=monitor.name,
            missing=(f"{monitor.name}.reference",),
        )
