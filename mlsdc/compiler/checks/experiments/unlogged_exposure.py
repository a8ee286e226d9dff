"""EXP013"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.experiments import PER_REQUEST
from mlsdc.compiler.checks.tests_of_traffic import deciding, variants
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Stream
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity

LOGGED = ("variant", "model_version")


@check(
    "EXP013",
    "unlogged-exposure",
    Severity.WARNING,
    source="Sculley et al., Hidden Technical Debt in Machine Learning Systems (2015); Kohavi, Tang "
    "and Xu 2020, chapter 20 (triggering)",
)
def unlogged_exposure(design: Design) -> Iterator[Finding]:
    """Who saw which variant is not logged where it is decided.

    Why: without the unit, the variant and the model's version of each exposure, units that never
    met the difference dilute the result, and nobody can say later what was compared.

    Bad:

        stream shown { rate = 50/s  event { user_id: string  item: string } }
        endpoint old { }
        endpoint new { }
        experiment ranking {
          control   = old
          treatment = new
          unit      = user_id
          exposures = shown
        }

    Good:

        stream shown {
          rate = 50/s
          event { user_id: string  variant: string  model_version: string }
        }
        endpoint old { }
        endpoint new { }
        experiment ranking {
          control   = old
          treatment = new
          unit      = user_id
          exposures = shown
        }
    """
    for one in deciding(design, "ab", "interleaving", "bandit"):
        if one.exposures is None:
            yield Finding(
                design.place(one),
                f"`{one.name}` does not log who saw which variant",
                subject=one.name,
                labels=variants(design, one),
                help="exposures = NAME, a stream with the unit, variant and model_version",
            )
            continue
        log = design.get(one.exposures, Stream)
        if log is None or log.event is None:
            yield Finding(
                design.place(one, "exposures"),
                f"what `{one.exposures}` holds of an exposure is not stated",
                subject=one.name,
                missing=(f"{one.exposures}.event",),
            )
            continue
        unit = (one.unit,) if one.unit and one.unit != PER_REQUEST else ()
        lacking = [name for name in (*unit, *LOGGED) if name not in log.event.columns]
        if lacking:
            named = ", ".join(f"`{name}`" for name in lacking)
            yield Finding(
                design.place(one, "exposures"),
                f"`{log.name}` does not hold {named} of an exposure",
                subject=one.name,
                labels=(Label(design.place(log, "event"), "what is logged"),),
                help="  ".join(f"{name}: string" for name in lacking)
                + f" in the `event` of `{log.name}`",
            )
