"""MON013"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.monitoring import Monitoring
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.operations import Monitor
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "MON013",
    "ungated-retraining",
    Severity.WARNING,
    source="Sculley et al., Hidden Technical Debt in Machine Learning Systems (2015): feedback"
    " loops",
)
def ungated_retraining(design: Design, monitoring: Monitoring) -> Iterator[Finding]:
    """Drift starts a retraining that no gate judges, or that may start over and over.

    Why: bad input looks like drift: the model learns the fault, is served without a question, and
    makes the next window drift too.

    Bad:

        dataset history { }
        model ranker { dataset = history  gate = recall { at_least = 0.8 } }
        endpoint rank { model = ranker }
        lake served { existing { } }
        monitor health {
          watches = rank
          drift   = psi { critical = 0.2  then = retrain }
        }

    Good:

        dataset history { }
        model ranker { dataset = history  gate = recall { at_least = 0.8 } }
        endpoint rank { model = ranker }
        lake served { existing { } }
        monitor health {
          watches = rank
          drift   = psi { critical = 0.2  then = retrain  cooldown = 1d }
        }
    """
    for monitor in design.of(Monitor):
        drift = monitor.drift
        if drift is None or drift.then != "retrain":
            continue
        place = design.place(monitor, "drift", "then")
        models = monitoring.of[monitor.name].models
        for model in models:
            if model.gate is None:
                yield Finding(
                    place,
                    f"drift retrains `{model.name}`, and no gate judges what comes out",
                    subject=monitor.name,
                    labels=(Label(design.place(model), "has no gate"),),
                    help=f"gate = recall {{ at_least = 0.8 }} in `{model.name}`",
                )
        if drift.cooldown is None:
            yield Finding(
                place,
                f"`{monitor.name}` may start one retraining after the other",
                subject=monitor.name,
                labels=tuple(Label(design.place(model), "what is retrained") for model in models),
                help="cooldown = 1d",
            )
