"""EXP011"""

from collections.abc import Iterator

from mlsdc.compiler.checks.tests_of_traffic import deciding
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Stream
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity

ATTRIBUTION = ("ranker", "team", "variant")
"""Columns that tell who put an item into its slot."""


@check(
    "EXP011",
    "impossible-interleaving",
    Severity.ERROR,
    source="Radlinski, Kurup and Joachims, How Does Clickthrough Data Reflect Retrieval Quality? "
    "(2008)",
)
def impossible_interleaving(design: Design) -> Iterator[Finding]:
    """An interleaved test of something that is no list, or whose slots nobody can attribute.

    Why: interleaving mixes two ranked lists and counts which of them the clicked results came from:
    one answer cannot be mixed, and without the ranker of each slot in the log nothing can be
    counted.

    Bad:

        stream views { rate = 50/s  event { user_id: string  item: string } }
        endpoint old { }
        endpoint new { }
        experiment ranking {
          control   = old
          treatment = new
          kind      = interleaving
          surface   = list
          exposures = views
        }

    Good:

        stream views { rate = 50/s  event { user_id: string  item: string  ranker: string } }
        endpoint old { }
        endpoint new { }
        experiment ranking {
          control   = old
          treatment = new
          kind      = interleaving
          surface   = list
          exposures = views
        }
    """
    for one in deciding(design, "interleaving"):
        if one.surface == "item":
            yield Finding(
                design.place(one, "surface"),
                f"`{one.name}` interleaves, but a user sees one answer and no list",
                subject=one.name,
                labels=(Label(design.place(one, "kind"), "mixes two lists"),),
                help="kind = ab",
            )
        log = design.get(one.exposures, Stream)
        missing = [f"{one.name}.surface"] if one.surface is None else []
        if log is None or log.event is None:
            missing.append(f"{log.name}.event" if log else f"{one.name}.exposures")
        elif not {*ATTRIBUTION} & {*log.event.columns}:
            yield Finding(
                design.place(one, "exposures"),
                f"`{log.name}` does not hold which ranker filled a slot",
                subject=one.name,
                labels=(Label(design.place(log, "event"), "what is logged"),),
                help=f"{ATTRIBUTION[0]}: string in the `event` of `{log.name}`",
            )
        if missing:
            yield Finding(
                design.place(one),
                f"whether slots of `{one.name}` can be attributed is not known",
                subject=one.name,
                missing=tuple(missing),
            )
