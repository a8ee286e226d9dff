"""TSC039"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.decisions import Decision, Decisions
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.data import Label as LabelComponent
from mlsdc.compiler.model.features import Dataset
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.operations import Experiment
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "TSC039",
    "self-selected-data",
    Severity.NOTE,
    source="Zinkevich, Rules of Machine Learning, rules 34 and 35; Sculley et al., Hidden "
    "Technical Debt in Machine Learning Systems (2015): direct feedback loops",
)
def self_selected_data(design: Design, decisions: Decisions) -> Iterator[Finding]:
    """A model trains on what it let through itself, and nothing else is ever tried.

    Why: what it turns away has no outcome, so that its mistakes are never seen; what it never shows
    is never clicked. A small share of answers that do not depend on it tells what it misses.

    Bad:

        stream shown { event { user_id: string  item: string  at: timestamp  event_time } }
        dataset rows { spine = shown }
        model ranker { dataset = rows }
        endpoint rank { model = ranker }
        request page {
          rate = 10/s
          call rank
          call shown  asynchronous
        }

    Good:

        stream shown { event { user_id: string  item: string  at: timestamp  event_time } }
        dataset rows { spine = shown }
        model ranker { dataset = rows }
        endpoint rank { model = ranker }
        request page {
          rate    = 10/s
          holdout = 1%
          call rank
          call shown  asynchronous
        }
    """
    bandits = [one for one in design.of(Experiment) if one.kind == "bandit"]
    for decision in decisions.of.values():
        if decision.request.holdout or _explored(bandits, decision):
            continue
        told: set[str] = set()
        for model in decision.models:
            dataset = design.get(model.dataset, Dataset)
            log = _own_log(design, decision, dataset) if dataset is not None else None
            if dataset is not None and log is not None and dataset.name not in told:
                told.add(dataset.name)
                yield _finding(design, decision, model, dataset, log)


def _own_log(design: Design, decision: Decision, dataset: Dataset) -> Component | None:
    """What the answers are written to that the rows, or their label, are read from."""
    label = design.get(dataset.label, LabelComponent)
    read = {dataset.spine, *(label.origin if label is not None else ())}
    return next((log for log in decision.logs if log.name in read), None)


def _explored(bandits: list[Experiment], decision: Decision) -> bool:
    """Whether a bandit chooses among its answers."""
    served = {one.name for one in decision.endpoints}
    return any(
        one.request == decision.request.name or {one.control, one.treatment} & served
        for one in bandits
    )


def _finding(
    design: Design, decision: Decision, model: Model, dataset: Dataset, log: Component
) -> Finding:
    request = decision.request
    field = "spine" if dataset.spine == log.name else "label"
    return Finding(
        design.place(dataset, field),
        f"`{model.name}` learns from `{log.name}`, what `{request.name}` answered with it, and no "
        "answer is independent of it",
        subject=dataset.name,
        labels=(
            Label(design.place(request), "its answers are what it learns from"),
            Label(design.place(model, "dataset"), "learns from it"),
        ),
        help=f"holdout = 0.5% in `{request.name}`; or a bandit with logged propensities",
    )
