"""EXP015"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.experiments import Experiments
from mlsdc.compiler.checks.tests_of_traffic import deciding
from mlsdc.compiler.design import Design
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "EXP015",
    "unlinked-offline-metric",
    Severity.WARNING,
    source="Breck et al., The ML Test Score (2017), Model 2: offline and online metrics correlate",
)
def unlinked_offline_metric(design: Design, experiments: Experiments) -> Iterator[Finding]:
    """An offline metric gates the launch, and nothing links it to the online metric that decides.

    Why: a gate on a number that does not move with what is wanted lets harmful models through and
    keeps good ones out; the link is tested with past launches.

    Bad:

        model ranker { gate = ndcg { at_least = 0.4 } }
        endpoint old { }
        endpoint new { model = ranker }
        experiment ranking {
          control   = old
          treatment = new
          metric    = click_rate { baseline = 0.1  minimum_effect = 5% }
        }

    Good:

        model ranker { gate = ndcg { at_least = 0.4  moves = click_rate } }
        endpoint old { }
        endpoint new { model = ranker }
        experiment ranking {
          control   = old
          treatment = new
          metric    = click_rate { baseline = 0.1  minimum_effect = 5% }
        }
    """
    for one in deciding(design, "ab", "interleaving", "bandit"):
        if one.metric is None:
            continue  # EXP002
        for model in experiments.of[one.name].models:
            gate = model.gate
            if gate is None or gate.moves in (one.metric.name, *one.also):
                continue
            link = f"to `{gate.moves}`" if gate.moves else "to no online metric"
            yield Finding(
                design.place(model, "gate"),
                f"`{model.name}` is gated by {gate.metric}, which is linked {link}; `{one.name}` "
                f"is decided by {one.metric.name}",
                subject=model.name,
                labels=(Label(design.place(one, "metric"), "what decides"),),
                help=f"moves = {one.metric.name} in the `gate` of `{model.name}`; once past "
                "launches show it",
            )
