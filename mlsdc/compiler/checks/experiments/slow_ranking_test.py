"""EXP010"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.experiments import Experiments
from mlsdc.compiler.checks.tests_of_traffic import deciding
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Unknown
from mlsdc.compiler.model.operations import Experiment
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import digits

LONG_DAYS = 28
"""Four weeks: longer ones are rare, for cookies are lost and seasons change meanwhile."""


@check(
    "EXP010",
    "slow-ranking-test",
    Severity.WARNING,
    source="Chapelle, Joachims, Radlinski and Yue, Large-Scale Validation and Analysis of "
    "Interleaved Search Evaluation (2012)",
)
def slow_ranking_test(design: Design, experiments: Experiments) -> Iterator[Finding]:
    """A ranking is compared by an A/B test that takes months, and is not interleaved first.

    Why: an interleaved list shows both rankings to the same user and needs 10 to 100 times fewer of
    them to tell which is preferred; the A/B test is then run for the winner only, for the size of
    the effect.

    Bad:

        endpoint old { }
        endpoint new { }
        experiment ranking {
          control   = old
          treatment = new
          surface   = list
          share     = 50%
          units     = 3000/d
          metric    = click_rate { baseline = 0.1  minimum_effect = 3% }
        }

    Good:

        endpoint old { }
        endpoint new { }
        experiment ranking {
          control   = old
          treatment = new
          surface   = list
          share     = 50%
          units     = 3000/d
          metric    = click_rate { baseline = 0.1  minimum_effect = 10% }
        }
    """
    interleaved = {one.control for one in deciding(design, "interleaving")}
    for one in deciding(design, "ab"):
        if one.surface != "list" or one.control in interleaved:
            continue
        days = experiments.of[one.name].days
        if isinstance(days, Unknown):
            yield Finding(
                design.place(one),
                f"how long the A/B test `{one.name}` of a ranking takes is not known",
                subject=one.name,
                missing=days.missing,
            )
        elif days.value > LONG_DAYS:
            yield Finding(
                design.place(one, "surface"),
                f"the A/B test `{one.name}` of a ranking takes {digits(days.value)} days, and no "
                "interleaving comes first",
                subject=one.name,
                labels=(Label(design.place(one, "metric"), "the effect to detect"),),
                arithmetic=days.because,
                help=_preference(one),
            )


def _preference(one: Experiment) -> str:
    """The same variants in one list; a preference shows in days."""
    stated = {
        "kind": "interleaving",
        "control": one.control,
        "treatment": one.treatment,
        "request": one.request,
        "surface": "list",
    }
    fields = "  ".join(f"{key} = {value}" for key, value in stated.items() if value)
    return f"experiment {one.name}_preference {{ {fields} }}"
