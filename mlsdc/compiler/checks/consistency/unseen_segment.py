"""TSC046"""

from collections.abc import Iterator

from mlsdc.compiler.consistency.populations import OTHER, witness
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.features import Dataset
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.compiler.values import Symbol, in_words
from mlsdc.diagnostics import Label, Severity


@check(
    "TSC046",
    "unseen-segment",
    Severity.ERROR,
    source="Breck et al., The ML Test Score (2017), Model 6: quality on all important slices",
)
def unseen_segment(design: Design) -> Iterator[Finding]:
    """An endpoint answers for a segment that its model was not trained on.

    Why: a model has an opinion about everyone, those included whom it has never seen. Offline the
    segment is missing from the test rows as well, so that no metric shows it.

    Bad:

        dataset history { population { country == ["DE", "AT"] } }
        model scorer { dataset = history }
        endpoint score { model = scorer  serves { country == ["DE", "AT", "CH"] } }

    Good:

        dataset history { population { country == ["DE", "AT"] } }
        model scorer { dataset = history }
        endpoint score { model = scorer  serves { country == ["DE", "AT"] } }
    """
    for endpoint in design.of(Endpoint):
        model = design.get(endpoint.model, Model)
        dataset = design.get(model.dataset, Dataset) if model is not None else None
        if dataset is None or dataset.population is None:
            continue
        if endpoint.serves is None:
            yield Finding(
                design.place(endpoint, "model"),
                f"whether `{endpoint.name}` answers only for what `{dataset.name}` holds is not "
                "stated",
                subject=endpoint.name,
                labels=(Label(design.place(dataset, "population"), "these rows only"),),
                missing=(f"{endpoint.name}.serves",),
            )
            continue
        yield from _judge(design, endpoint, dataset)


def _judge(design: Design, endpoint: Endpoint, dataset: Dataset) -> Iterator[Finding]:
    assert endpoint.serves is not None, endpoint.name
    assert dataset.population is not None, dataset.name
    served = endpoint.serves.objectives
    for at, limit in enumerate(dataset.population.objectives):
        found = witness(served, limit)
        if found is None:
            continue
        own = [i for i, one in enumerate(served) if one.measure == limit.measure]
        path = ("serves", "objectives", own[0]) if own else ("serves",)
        value = OTHER if found == OTHER else in_words(_shown(found))
        wanted = f"{limit.measure} {limit.operator} {in_words(limit.limit)}"
        yield Finding(
            design.place(endpoint, *path),
            f"`{endpoint.name}` serves `{limit.measure}` {value}, and `{dataset.name}` has no such "
            f"row: {wanted}",
            subject=endpoint.name,
            labels=(
                Label(design.place(dataset, "population", "objectives", at), "only these rows"),
            ),
            help=f"{wanted} in the `serves` of `{endpoint.name}`, or train on those rows as well",
        )


def _shown(value: object) -> object:
    return Symbol(value) if value in ("true", "false") else value
