"""REL007"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.decisions import Decisions
from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.operations import Experiment
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "REL007",
    "unstaged-rollout",
    Severity.WARNING,
    source="Breck et al., The ML Test Score (2017), Infra 6: models are canaried before they enter "
    "production",
)
def unstaged_rollout(design: Design, decisions: Decisions) -> Iterator[Finding]:
    """A new version of a model answers all requests at once.

    Why: offline tests do not see what production does to a model. A shadow, a canary or an A/B test
    lets it fail on copies, or on a few.

    Bad:

        system shop { tier = production }
        model ranker { }
        endpoint rank { model = ranker }
        endpoint next { model = ranker }
        request search {
          rate = 10/s
          call rank
        }

    Good:

        system shop { tier = production }
        model ranker { }
        endpoint rank { model = ranker }
        endpoint next { model = ranker }
        experiment stage { kind = shadow  control = rank  treatment = next }
        request search {
          rate = 10/s
          call rank
        }
    """
    yield from of_production(design, _unstaged(design, decisions))


def _unstaged(design: Design, decisions: Decisions) -> Iterator[Finding]:
    staged = {one.control for one in design.of(Experiment)}
    staged |= {one.treatment for one in design.of(Experiment)}
    called = {one.name for d in decisions.of.values() for one in d.endpoints}
    idle = [one for one in design.of(Endpoint) if one.name not in called | staged]
    told: set[str] = set()
    for decision in decisions.of.values():
        for endpoint in decision.endpoints:
            if endpoint.name in staged or endpoint.model in staged or endpoint.name in told:
                continue
            told.add(endpoint.name)
            yield Finding(
                design.place(endpoint, "model"),
                f"a new version of `{endpoint.model}` answers all requests to `{endpoint.name}` at "
                "once",
                subject=endpoint.name,
                labels=(Label(design.place(decision.request), "whose requests it answers"),),
                help=f"experiment {endpoint.name}_stage {{ kind = shadow  "
                f"control = {endpoint.name}  treatment = {_next(endpoint, idle)}  "
                "share = 10% }",
            )


def _next(endpoint: Endpoint, idle: list[Endpoint]) -> str:
    """An endpoint that waits for it, by its model or its name; else the model's next version."""
    alike = (
        one.name
        for one in idle
        if one.model == endpoint.model or one.name.startswith(f"{endpoint.name}_")
    )
    return next(alike, endpoint.model or "")
