"""EXP006"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.experiments import PER_REQUEST
from mlsdc.compiler.checks.tests_of_traffic import deciding
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.operations import Experiment
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "EXP006",
    "randomisation-unit-mismatch",
    Severity.ERROR,
    source="Kohavi, Tang and Xu, Trustworthy Online Controlled Experiments (2020), chapters 14 and "
    "22; Deng, Knoblich and Lu 2018",
)
def randomisation_unit_mismatch(design: Design) -> Iterator[Finding]:
    """Units are randomised more finely than they are analysed, or the request does not carry them.

    Why: where requests are randomised and users analysed, one user gets both variants and the
    difference is blurred; a unit that the request does not carry cannot be assigned at all.

    Bad:

        endpoint old { }
        endpoint new { }
        request search {
          body { query: string  session: string }
          call old
        }
        experiment ranking {
          control   = old
          treatment = new
          request   = search
          unit      = user_id
        }

    Good:

        endpoint old { }
        endpoint new { }
        request search {
          body { query: string  user_id: string }
          call old
        }
        experiment ranking {
          control   = old
          treatment = new
          request   = search
          unit      = user_id
        }
    """
    for one in deciding(design, "ab", "interleaving", "bandit"):
        if one.unit is None:
            yield _unknown(design, one, f"{one.name}.unit")
            continue
        if one.unit == PER_REQUEST:
            if one.analysis_unit not in (None, PER_REQUEST):
                yield Finding(
                    design.place(one, "analysis_unit"),
                    f"`{one.analysis_unit}` is analysed, but each request is assigned by itself",
                    subject=one.name,
                    labels=(Label(design.place(one, "unit"), "what is randomised"),),
                    help=f"unit = {one.analysis_unit}",
                )
            continue
        request = design.get(one.request, Request)
        if request is None or request.body is None:
            yield _unknown(design, one, f"{one.request}.body" if request else f"{one.name}.request")
        elif one.unit not in request.body.columns:
            yield Finding(
                design.place(one, "unit"),
                f"requests of `{request.name}` carry no `{one.unit}` to assign by",
                subject=one.name,
                labels=(Label(design.place(request, "body"), "what a request carries"),),
                help=f"{one.unit}: string in the `body` of `{request.name}`",
            )


def _unknown(design: Design, one: Experiment, field: str) -> Finding:
    return Finding(
        design.place(one),
        f"whether requests carry what `{one.name}` randomises is not known",
        subject=one.name,
        missing=(field,),
    )
