"""MON012"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.monitoring import Monitoring
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "MON012",
    "unmonitored-slices",
    Severity.WARNING,
    source="Breck et al., The ML Test Score (2017), Model 6 and 7: quality on important data "
    "slices",
)
def unmonitored_slices(design: Design, monitoring: Monitoring) -> Iterator[Finding]:
    """Slices that gate the model are not told apart once it serves.

    Why: a model that is good on average can fail one country or one device; what was worth a gate
    before the launch is worth a look after it.

    Bad:

        dataset history { }
        model ranker { dataset = history  gate = recall { at_least = 0.8  slices = [country] } }
        endpoint rank { model = ranker }
        lake served { existing { } }
        monitor health { watches = rank  reference = history  logs = served }

    Good:

        dataset history { }
        model ranker { dataset = history  gate = recall { at_least = 0.8  slices = [country] } }
        endpoint rank { model = ranker }
        lake served { existing { } }
        monitor health { watches = rank  reference = history  logs = served  slices = [country] }
    """
    for name, monitors in monitoring.watching.items():
        model = design.get(name, Model)
        if model is None or model.gate is None:
            continue
        seen = {column for monitor in monitors for column in monitor.slices}
        lacking = [column for column in model.gate.slices if column not in seen]
        if lacking:
            first = monitors[0]
            yield Finding(
                design.place(first, "slices"),
                f"`{first.name}` does not tell `{model.name}` apart by {', '.join(lacking)}",
                subject=first.name,
                labels=(Label(design.place(model, "gate"), "what gates it"),),
                help=f"slices = [{', '.join((*first.slices, *lacking))}]",
            )
