"""EXP001"""

import math
from collections.abc import Iterator

from mlsdc.compiler.analyses.experiments import Experiments, Exposure
from mlsdc.compiler.checks.tests_of_traffic import deciding
from mlsdc.compiler.checks.typed import duration_at_least
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Unknown
from mlsdc.compiler.model.operations import Experiment
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import DAY, digits, show


@check(
    "EXP001",
    "underpowered",
    Severity.ERROR,
    source="Kohavi, Tang and Xu, Trustworthy Online Controlled Experiments (2020), chapter 17; "
    "Fleiss 1981",
)
def underpowered(design: Design, experiments: Experiments) -> Iterator[Finding]:
    """The experiment is too short, or has too little traffic, to detect the effect it is for.

    Why: an experiment without power ends in "no difference" whether there is one or not, and what
    seems to win is more often chance than not. The required sample grows with the square of 1 /
    effect.

    Bad:

        endpoint old { }
        endpoint new { }
        experiment ranking {
          control   = old
          treatment = new
          share     = 50%
          unit      = user_id
          units     = 2000/d
          metric    = click_rate { baseline = 0.1  minimum_effect = 5% }
          duration  = 14d
        }

    Good:

        endpoint old { }
        endpoint new { }
        experiment ranking {
          control   = old
          treatment = new
          share     = 50%
          unit      = user_id
          units     = 9000/d
          metric    = click_rate { baseline = 0.1  minimum_effect = 5% }
          duration  = 14d
        }
    """
    for one in deciding(design, "ab"):
        if one.metric is None:
            continue  # one mistake, one finding: EXP002 asks for the metric
        found = experiments.of[one.name]
        needed, had, most = found.required, found.collected, found.most
        if isinstance(needed, Figure) and isinstance(most, Figure) and most.value < needed.value:
            yield _short(design, one, found, needed, most)
            continue
        missing = [
            m for known in (needed, had) if isinstance(known, Unknown) for m in known.missing
        ]
        if missing:
            yield Finding(
                design.place(one),
                f"whether `{one.name}` can detect its effect is not known",
                subject=one.name,
                missing=tuple(dict.fromkeys(missing)),
            )


def _short(
    design: Design, one: Experiment, found: Exposure, needed: Figure, most: Figure
) -> Finding:
    days = found.days
    if isinstance(days, Figure):
        weeks = math.ceil(days.value / 7)
        advice = f"duration = {duration_at_least(weeks * 7 * DAY)}"
    else:
        advice = "a longer duration, more traffic or a larger minimum_effect"
    ran = show(one.duration) if one.duration else ""
    return Finding(
        design.place(one, "duration"),
        f"at most {digits(most.value)} units enter in {ran}, {digits(needed.value)} are needed",
        subject=one.name,
        labels=(
            Label(design.place(one, "metric"), "the effect to detect"),
            *((Label(design.place(one, "units"), "the traffic"),) if one.units else ()),
        ),
        arithmetic=(*needed.because, *most.because),
        help=advice,
    )
