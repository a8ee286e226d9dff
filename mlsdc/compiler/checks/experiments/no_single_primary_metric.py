"""EXP002"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.experiments import Experiments
from mlsdc.compiler.checks.tests_of_traffic import deciding, variants
from mlsdc.compiler.design import Design
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "EXP002",
    "no-single-primary-metric",
    Severity.ERROR,
    source="Kohavi, Tang and Xu, Trustworthy Online Controlled Experiments (2020), chapters 6 and "
    "17; Holm 1979",
)
def no_single_primary_metric(design: Design, experiments: Experiments) -> Iterator[Finding]:
    """The experiment does not say by which metric it is decided, or several decide uncorrected.

    Why: with several metrics and no correction one of them wins by chance sooner or later, and with
    none the winner is chosen after the results are seen.

    Bad:

        endpoint old { }
        endpoint new { }
        experiment ranking {
          control   = old
          treatment = new
          metric    = click_rate { baseline = 0.1  minimum_effect = 5% }
          also      = [orders, revenue]
        }

    Good:

        endpoint old { }
        endpoint new { }
        experiment ranking {
          control   = old
          treatment = new
          metric    = click_rate { baseline = 0.1  minimum_effect = 5% }
          also      = [orders, revenue]
          correction = holm
        }
    """
    for one in deciding(design):
        tests = experiments.of[one.name].deciding
        if one.metric is None:
            yield Finding(
                design.place(one),
                f"`{one.name}` has no metric that decides it",
                subject=one.name,
                labels=variants(design, one),
                help="metric = click_rate { baseline = 0.1  minimum_effect = 5% }",
            )
        elif one.also and one.correction in (None, "none"):
            share = one.significance / tests
            yield Finding(
                design.place(one, "also"),
                f"{1 + len(one.also)} metrics decide `{one.name}`, and their p-values are not "
                "corrected",
                subject=one.name,
                labels=(Label(design.place(one, "metric"), "the first of them"),),
                arithmetic=(
                    f"{one.significance:g} / {tests} tests = {share:.3g} for each of them",
                ),
                help="correction = holm",
            )
