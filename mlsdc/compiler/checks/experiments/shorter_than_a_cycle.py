"""EXP012"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.experiments import Experiments
from mlsdc.compiler.checks.tests_of_traffic import deciding, variants
from mlsdc.compiler.checks.typed import duration_at_least
from mlsdc.compiler.design import Design
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import DAY, show

WEEK = 7 * DAY


@check(
    "EXP012",
    "shorter-than-a-cycle",
    Severity.WARNING,
    source="Kohavi, Tang and Xu, Trustworthy Online Controlled Experiments (2020), chapter 2",
)
def shorter_than_a_cycle(design: Design, experiments: Experiments) -> Iterator[Finding]:
    """The experiment is shorter than a week, or than its labels need to become known.

    Why: people behave otherwise at weekends, so part of a week measures part of them; and an
    outcome that is known weeks later is missing for most units when the result is read.

    Bad:

        endpoint old { }
        endpoint new { }
        experiment ranking {
          control   = old
          treatment = new
          duration  = 3d
        }

    Good:

        endpoint old { }
        endpoint new { }
        experiment ranking {
          control   = old
          treatment = new
          duration  = 7d
        }
    """
    for one in deciding(design):
        if one.duration is None:
            yield Finding(
                design.place(one),
                f"how long `{one.name}` runs is not stated",
                subject=one.name,
                missing=(f"{one.name}.duration",),
            )
            continue
        if one.duration.value < WEEK * (1 - 1e-9):
            yield Finding(
                design.place(one, "duration"),
                f"`{one.name}` runs {show(one.duration)}, less than one week",
                subject=one.name,
                labels=variants(design, one),
                help="duration = 7d",
            )
        for label in experiments.of[one.name].labels:
            if label.matures is not None and one.duration.value < label.matures.value:
                yield Finding(
                    design.place(one, "duration"),
                    f"`{one.name}` runs {show(one.duration)}, but `{label.name}` is known only "
                    f"{show(label.matures)} later",
                    subject=one.name,
                    labels=(Label(design.place(label, "matures"), "when an outcome is known"),),
                    help=f"duration = {duration_at_least(label.matures.value)}",
                )
