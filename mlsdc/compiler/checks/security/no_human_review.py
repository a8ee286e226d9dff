"""SEC006"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.decisions import Decision, Decisions
from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "SEC006",
    "no-human-review",
    Severity.ERROR,
    source="GDPR, article 22: automated individual decision-making",
)
def no_human_review(design: Design, decisions: Decisions) -> Iterator[Finding]:
    """A model alone decides what weighs on a person, and nobody reviews it.

    Why: a person has the right to have a refused payment, loan or job looked at by a human. Without
    a queue of cases there is nobody who could.

    Bad:

        model ranker { }
        endpoint score { model = ranker }
        request apply {
          rate   = 10/s
          effect = significant
          call score
        }
        review cases { request = apply  fraction = 0%  reviewers = 4  throughput = 6/m }

    Good:

        model ranker { }
        endpoint score { model = ranker }
        request apply {
          rate   = 10/s
          effect = significant
          call score
        }
        review cases { request = apply  fraction = 2%  reviewers = 4  throughput = 6/m }
    """
    for decision in decisions.of.values():
        request = decision.request
        if request.effect is None:
            unknown = Finding(
                design.place(request),
                f"what an answer to `{request.name}` does to a person is not known",
                subject=request.name,
                missing=(f"{request.name}.effect",),
            )
            yield from of_production(design, [unknown])
        elif request.effect == "significant" and not _reviewed(decision):
            yield Finding(
                design.place(request, "effect"),
                f"`{request.name}` weighs on a person, and a model alone decides it",
                subject=request.name,
                labels=(
                    *(
                        Label(design.place(one, "fraction"), "reviews none of it")
                        for one in decision.reviews
                    ),
                    *(Label(design.place(one), "decides") for one in decision.endpoints),
                ),
                help=design.proposed(
                    "review",
                    f"{request.name}_cases",
                    f"request = {request.name}  fraction = 1%  reviewers = 4  throughput = 6/m",
                ),
            )


def _reviewed(decision: Decision) -> bool:
    """Whether somebody looks at a share; one that is not stated is asked for by SEC009."""
    return any(one.fraction is None or one.fraction > 0 for one in decision.reviews)
