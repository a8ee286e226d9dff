"""MON001"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.monitoring import Monitoring
from mlsdc.compiler.checks.tiers import PRODUCTION
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.operations import Monitor
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "MON001",
    "unmonitored-model",
    Severity.ERROR,
    source="Breck et al., The ML Test Score (2017), Monitor 3: training and serving features "
    "compute the same values; TensorFlow Data Validation, skew",
)
def unmonitored_model(design: Design, monitoring: Monitoring) -> Iterator[Finding]:
    """A production model that no monitor compares with what it was trained on.

    Why: a model fails silently: it goes on answering when its inputs have moved away from what it
    learned, and the first to notice are its users.

    Bad:

        system shop { tier = production }
        dataset history { }
        model ranker { dataset = history }
        endpoint rank { model = ranker }
        lake served { existing { } }

    Good:

        system shop { tier = production }
        dataset history { }
        model ranker { dataset = history }
        endpoint rank { model = ranker }
        lake served { existing { } }
        monitor health { watches = rank  reference = history  logs = served }
    """
    if design.system.tier in PRODUCTION:
        yield from _unwatched(design, monitoring)
    elif design.system.tier is None:
        for finding in _unwatched(design, monitoring):
            yield Finding(
                finding.at,
                "a model in production is compared with what it learned from; whether this is "
                "production is not stated",
                subject=finding.subject,
                missing=("system.tier",),
            )
            return


def _unwatched(design: Design, monitoring: Monitoring) -> Iterator[Finding]:
    missed = [
        (endpoint, model)
        for endpoint in design.of(Endpoint)
        if (model := design.get(endpoint.model, Model)) is not None
        and not {endpoint.name, model.name} & monitoring.watching.keys()
    ]
    for endpoint, model in missed:
        unseen = (
            f"nothing compares what `{endpoint.name}` sees with what `{model.name}` learned from"
            if model.dataset or model.training
            else f"nothing watches what `{endpoint.name}` is asked and what `{model.name}` answers"
        )
        alike = [one.name for one, learned in missed if learned.dataset == model.dataset]
        yield Finding(
            design.place(endpoint, "model"),
            unseen,
            subject=endpoint.name,
            labels=(Label(design.place(model), "the model"),),
            help=_watched(design, endpoint, model, alike),
        )


def _watched(design: Design, endpoint: Endpoint, model: Model, alike: list[str]) -> str:
    """The monitor that compares with the same rows watches all that answer from them; else one of
    its own."""
    for monitor in design.of(Monitor) if model.dataset else ():
        if monitor.reference == model.dataset:
            watches = ", ".join((*monitor.watches, *alike))
            return f"watches = [{watches}] in `{monitor.name}`"
    stated = {
        "watches": endpoint.name,
        "reference": model.dataset,
        "staleness": "[model]",
        "logs": endpoint.logging.to if endpoint.logging else None,
    }
    fields = "  ".join(f"{key} = {value}" for key, value in stated.items() if value)
    return design.proposed("monitor", f"{endpoint.name}_health", fields)
