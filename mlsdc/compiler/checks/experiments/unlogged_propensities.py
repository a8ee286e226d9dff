"""EXP014"""

from collections.abc import Iterator

from mlsdc.compiler.checks.tests_of_traffic import deciding
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Stream
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity

PROPENSITY = "propensity"


@check(
    "EXP014",
    "unlogged-propensities",
    Severity.WARNING,
    source="Bottou et al., Counterfactual Reasoning and Learning Systems (2013); Li et al., "
    "Unbiased Offline Evaluation of Contextual-bandit Algorithms (2011)",
)
def unlogged_propensities(design: Design) -> Iterator[Finding]:
    """A bandit does not log with which probability it chose.

    Why: without the propensity of each choice its data cannot be weighted: no other policy can ever
    be evaluated on it, and a model trained on it learns what the bandit preferred.

    Bad:

        stream choices { rate = 50/s  event { user_id: string  variant: string } }
        endpoint old { }
        endpoint new { }
        experiment ranking {
          control   = old
          treatment = new
          kind      = bandit
          exposures = choices
        }

    Good:

        stream choices {
          rate = 50/s
          event { user_id: string  variant: string  propensity: float64 }
        }
        endpoint old { }
        endpoint new { }
        experiment ranking {
          control   = old
          treatment = new
          kind      = bandit
          exposures = choices
        }
    """
    for one in deciding(design, "bandit"):
        log = design.get(one.exposures, Stream)
        if one.exposures is not None and (log is None or log.event is None):
            yield Finding(
                design.place(one, "exposures"),
                f"what `{one.exposures}` holds of a choice is not stated",
                subject=one.name,
                missing=(f"{one.exposures}.event",),
            )
        elif log is None or log.event is None or PROPENSITY not in log.event.columns:
            where = f"`{log.name}`" if log else f"`{one.name}`"
            yield Finding(
                design.place(one, "exposures"),
                f"{where} does not log with which probability a variant was chosen",
                subject=one.name,
                labels=(Label(design.place(one, "kind"), "chooses by chance"),),
                help=f"{PROPENSITY}: float64 in the `event` of `{log.name}`"
                if log
                else f"exposures = <stream> with {PROPENSITY}: float64 in its `event`",
            )
