"""REL009"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.decisions import Decisions
from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "REL009",
    "ungated-release",
    Severity.ERROR,
    source="Breck et al., The ML Test Score (2017), Infra 4: model quality is validated before "
    "serving; Zinkevich, Rules of Machine Learning, rule 9",
)
def ungated_release(design: Design, decisions: Decisions) -> Iterator[Finding]:
    """What training makes is served whatever it is worth.

    Why: a retraining on broken data ends like any other, with a model. Without a gate that compares
    it with a threshold or with the model in use, the next thing it meets is production.

    Bad:

        model ranker { gate = recall { slices = [country] } }
        endpoint rank { model = ranker }

    Good:

        model ranker { gate = recall { at_least = 0.8  slices = [country] } }
        endpoint rank { model = ranker }
    """
    for name, endpoints in decisions.serving.items():
        model = design.get(name, Model)
        if model is None or model.existing is not None:
            continue
        served = tuple(Label(design.place(one, "model"), "serves it") for one in endpoints)
        gate = model.gate
        if gate is None:
            yield from of_production(design, _ungated(design, model, served))
        elif gate.at_least is None and gate.at_most is None and gate.baseline is None:
            yield Finding(
                design.place(model, "gate"),
                f"the gate of `{model.name}` compares {gate.metric} with nothing",
                subject=model.name,
                labels=served,
                help=f"gate = {gate.metric} {{ at_least = 0.8 }}",
            )


def _ungated(design: Design, model: Model, served: tuple[Label, ...]) -> Iterator[Finding]:
    before = "the training" if model.training or model.dataset else "a new version"
    yield Finding(
        design.place(model),
        f"no gate stands between {before} of `{model.name}` and its requests",
        subject=model.name,
        labels=served,
        help="gate = groundedness { at_least = 0.9 }"
        if model.architecture is not None and model.embedding is None
        else "gate = recall { at_least = 0.8 }",
    )
