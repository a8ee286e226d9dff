"""REL006"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.decisions import Decisions
from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.learning import Model, Registry
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "REL006",
    "no-rollback",
    Severity.ERROR,
    source="Breck et al., The ML Test Score (2017), Infra 7: models can be quickly and safely "
    "rolled back",
)
def no_rollback(design: Design, decisions: Decisions) -> Iterator[Finding]:
    """A served model has no earlier version to go back to.

    Why: when a new version turns out to be wrong in production, the quickest cure is the one that
    worked yesterday. With one version kept it has been overwritten.

    Bad:

        registry models { keep = 1 }
        model ranker { registry = models }
        endpoint rank { model = ranker }

    Good:

        registry models { keep = 2 }
        model ranker { registry = models }
        endpoint rank { model = ranker }
    """
    for name, endpoints in decisions.serving.items():
        model = design.get(name, Model)
        registry = design.get(model.registry, Registry) if model else None
        if model is None:
            continue
        served = tuple(Label(design.place(one, "model"), "serves it") for one in endpoints)
        if registry is None:
            yield from of_production(design, _unkept(design, model, served))
        elif registry.existing is None and registry.keep < 2:
            yield Finding(
                design.place(registry, "keep"),
                f"`{registry.name}` keeps {registry.keep} version: no earlier one of "
                f"`{model.name}` can be put back",
                subject=registry.name,
                labels=(Label(design.place(model), "what is kept"), *served),
                help="keep = 2",
            )


def _unkept(design: Design, model: Model, served: tuple[Label, ...]) -> Iterator[Finding]:
    if model.existing is None and model.revision is None:  # a hub keeps every revision
        yield Finding(
            design.place(model),
            f"`{model.name}` is kept in no registry: no earlier version can be put back",
            subject=model.name,
            labels=served,
            help=_kept(design),
        )


def _kept(design: Design) -> str:
    """The registry there is, or one to declare."""
    known = next(iter(design.of(Registry)), None)
    if known is not None:
        return f"registry = {known.name}"
    return f"registry = models, and {design.proposed('registry', 'models')}"
