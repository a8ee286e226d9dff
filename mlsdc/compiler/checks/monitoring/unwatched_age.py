"""MON009"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.monitoring import Monitoring
from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "MON009",
    "unwatched-age",
    Severity.WARNING,
    source="Breck et al., The ML Test Score (2017), Monitor 4: models are not too stale",
)
def unwatched_age(design: Design, monitoring: Monitoring) -> Iterator[Finding]:
    """A production model grows old, and nothing watches its age.

    Why: a training that fails every night leaves the last model in place: nothing breaks, and it
    gets worse by the week.

    Bad:

        system shop { tier = production }
        dataset history { }
        model ranker { dataset = history }
        endpoint rank { model = ranker }
        lake served { existing { } }
        monitor health { watches = rank  reference = history  logs = served }

    Good:

        system shop { tier = production }
        dataset history { }
        model ranker { dataset = history }
        endpoint rank { model = ranker }
        lake served { existing { } }
        monitor health { watches = rank  reference = history  logs = served  staleness = [model] }
    """
    yield from of_production(design, _unwatched(design, monitoring))


def _unwatched(design: Design, monitoring: Monitoring) -> Iterator[Finding]:
    for endpoint in design.of(Endpoint):
        model = design.get(endpoint.model, Model)
        if model is None:
            continue
        names = (endpoint.name, model.name)
        monitors = [one for name in names for one in monitoring.watching.get(name, ())]
        if not monitors or any("model" in one.staleness for one in monitors):
            continue  # without a monitor at all: MON001
        yield Finding(
            design.place(monitors[0]),
            f"nothing watches how old `{model.name}` gets",
            subject=monitors[0].name,
            labels=(Label(design.place(model), "the model"),),
            help="staleness = [model]",
        )
