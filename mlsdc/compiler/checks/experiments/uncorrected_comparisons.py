"""EXP003"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.experiments import Experiments
from mlsdc.compiler.checks.tests_of_traffic import deciding, variants
from mlsdc.compiler.design import Design
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Severity
from mlsdc.units import show_percent


@check(
    "EXP003",
    "uncorrected-comparisons",
    Severity.WARNING,
    source="Kohavi, Tang and Xu, Trustworthy Online Controlled Experiments (2020), chapter 17; "
    "Benjamini and Hochberg 1995",
)
def uncorrected_comparisons(design: Design, experiments: Experiments) -> Iterator[Finding]:
    """Many comparisons are read, and their p-values are not corrected for their number.

    Why: each comparison is one more chance of a false alarm; with twenty of them at 5% one is
    expected where nothing changed, and it is the one that gets told.

    Bad:

        endpoint old { }
        endpoint new { }
        experiment ranking {
          control   = old
          treatment = new
          metric    = click_rate { baseline = 0.1  minimum_effect = 5% }
          segments  = [mobile, desktop, new_users]
        }

    Good:

        endpoint old { }
        endpoint new { }
        experiment ranking {
          control   = old
          treatment = new
          metric    = click_rate { baseline = 0.1  minimum_effect = 5% }
          segments  = [mobile, desktop, new_users]
          correction = benjamini_hochberg
        }
    """
    for one in deciding(design):
        found = experiments.of[one.name]
        if found.comparisons <= 1 or one.correction not in (None, "none"):
            continue
        metrics = 1 + len(one.also)
        place = "segments" if one.segments else "variants" if one.variants > 2 else "also"
        yield Finding(
            design.place(one, place),
            f"{found.comparisons} comparisons at {one.significance:g} each give a false alarm in "
            f"{show_percent(found.family_error)} of experiments without any effect",
            subject=one.name,
            labels=variants(design, one),
            arithmetic=(
                f"{found.treatments} treatments x {metrics} metrics x "
                f"{1 + len(one.segments)} groups = {found.comparisons} comparisons",
                f"1 - (1 - {one.significance:g})^{found.comparisons} = {found.family_error:.3g}",
            ),
            help="correction = benjamini_hochberg",
        )
