"""SEC010"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.decisions import Decision, Decisions
from mlsdc.compiler.design import Design
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import show_percent


@check(
    "SEC010",
    "unexplained-answers",
    Severity.ERROR,
    source="AI Act, article 86: right to explanation; US Regulation B, 12 CFR 1002.9: "
    "adverse-action reasons",
)
def unexplained_answers(design: Design, decisions: Decisions) -> Iterator[Finding]:
    """Each answer has to carry its reasons, and some have none.

    Why: the reasons of a decision are asked for weeks later, one by one. What no explainer looked
    at when it was made cannot be explained with the model and the features of today.

    Bad:

        model ranker { }
        endpoint score { model = ranker }
        explainer why { explains = score  sampled = 5% }
        request apply {
          rate    = 10/s
          reasons = true
          call score
        }

    Good:

        model ranker { }
        endpoint score { model = ranker }
        explainer why { explains = score }
        request apply {
          rate    = 10/s
          reasons = true
          call score
        }
    """
    for decision in decisions.of.values():
        if decision.request.reasons:
            yield from _unexplained(design, decision)


def _unexplained(design: Design, decision: Decision) -> Iterator[Finding]:
    request = decision.request
    for endpoint in decision.endpoints:
        by = [one for one in decision.explainers if endpoint.name in one.explains]
        share = max((1.0 if one.sampled is None else one.sampled for one in by), default=0.0)
        if share >= 1:
            continue
        yield Finding(
            design.place(request, "reasons"),
            f"each answer to `{request.name}` has to carry its reasons, "
            + (f"{show_percent(share)} do" if by else f"and nothing explains `{endpoint.name}`"),
            subject=request.name,
            labels=(
                *(Label(design.place(one, "sampled"), "explains a share") for one in by),
                Label(design.place(endpoint, "model"), "decides"),
            ),
            help=f"explainer why {{ explains = {endpoint.name} }}"
            if not by
            else f"sampled = 100% in `{by[0].name}`",
        )
