"""TSC002"""

from collections.abc import Iterable, Iterator

from mlsdc.compiler.analyses.callers import Callers, Chain
from mlsdc.compiler.analyses.lineage import on_demand, read_names
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.features import Dataset, Features
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, nearest


@check(
    "TSC002",
    "trained-not-served",
    Severity.ERROR,
    source="Breck et al., The ML Test Score (2017), Monitor 3; Sculley et al., Hidden Technical "
    "Debt in Machine Learning Systems (2015)",
)
def trained_not_served(design: Design, callers: Callers) -> Iterator[Finding]:
    """A model needs a feature that its endpoint cannot resolve.

    Why: the input is missing at every prediction, or silently replaced by a default that the
    model has never seen this often. An on-demand feature resolves only if the request carries its
    fields and the endpoint has the features it is computed from.

    Bad:

        entity user { key user_id: string }
        features clicks { entity = user  ctr_7d: float64 }
        features prices { entity = user  basket: float64 }
        dataset history { features = [clicks, prices] }
        model ranker { dataset = history }
        endpoint rank { model = ranker  features = [clicks] }

    Good:

        entity user { key user_id: string }
        features clicks { entity = user  ctr_7d: float64 }
        features prices { entity = user  basket: float64 }
        dataset history { features = [clicks, prices] }
        model ranker { dataset = history }
        endpoint rank { model = ranker  features = [clicks, prices] }
    """
    for endpoint in design.of(Endpoint):
        model = design.get(endpoint.model, Model)
        if model is None:
            continue
        dataset = design.get(model.dataset, Dataset)
        views = [v for n in endpoint.features if (v := design.get(n, Features)) is not None]
        resolved = {*endpoint.request_features, *(c for v in views for c in v.columns)}
        yield from _needed(design, endpoint, model, dataset, resolved)
        requests = _Requests(design, callers.of(endpoint.name))
        for at, name in enumerate(endpoint.request_features):
            place = ("request_features", at)
            yield from requests.carry(endpoint, place, name, f"`{name}` comes with the request")
        for view in views:
            if on_demand(view):
                yield from _computed(design, endpoint, view, requests)


def _needed(
    design: Design, endpoint: Endpoint, model: Model, dataset: Dataset | None, resolved: set[str]
) -> Iterator[Finding]:
    """Every view of the dataset and every column of the signature is among what is resolved."""
    unserved: list[tuple[tuple[str, str], str, Label]] = []
    for at, name in enumerate(dataset.features if dataset else ()):
        view = design.get(name, Features)
        if view is None or dataset is None or name in endpoint.features:
            continue
        lacking = [column for column in view.columns if column not in resolved]
        if lacking or not view.columns:
            whole = len(lacking) == len(view.columns)
            what = f"`{name}`" if whole else ", ".join(f"`{name}.{c}`" for c in lacking)
            span = design.place(dataset, "features", at)
            label = Label(span, f"`{model.name}` is trained on it")
            unserved.append((("features", name), what, label))
            resolved = resolved | set(view.columns)  # said once, not again for the signature
    for name in model.signature.columns if model.signature else ():
        if name not in resolved:
            span = design.place(model, "signature", "columns", name)
            label = Label(span, f"`{model.name}` takes it in")
            unserved.append((("request_features", name), f"`{name}`", label))
    stated = design.wrote(endpoint, "features") or design.wrote(endpoint, "request_features")
    place = design.place(endpoint, "features" if stated else "model")
    if unserved and not stated:
        yield Finding(
            place,
            f"`{model.name}` needs {', '.join(what for _, what, _ in unserved)}; "
            f"where `{endpoint.name}` gets them is not stated",
            subject=endpoint.name,
            labels=tuple(label for *_, label in unserved),
            missing=(f"{endpoint.name}.features",),
        )
        return
    for (field, name), what, label in unserved:
        yield Finding(
            place,
            f"`{model.name}` needs {what}; `{endpoint.name}` has no path to it: it is not among "
            "its features or request_features",
            subject=endpoint.name,
            labels=(label,),
            help=f"{_listed(endpoint, field, name)} in `{endpoint.name}`, or retrain without it",
        )


def _listed(endpoint: Endpoint, field: str, name: str) -> str:
    """A list of the endpoint with one name more, as it would be written."""
    return f"{field} = [{', '.join([*getattr(endpoint, field), name])}]"


def _computed(
    design: Design, endpoint: Endpoint, view: Features, requests: "_Requests"
) -> Iterator[Finding]:
    """An on-demand view resolves when the request's fields and the other features are there."""
    place = ("features", endpoint.features.index(view.name))
    for feature in view.columns:
        for name in read_names(view, feature):
            head, _, tail = name.partition(".")
            other = design.get(head, Features)
            why = f"`{view.name}.{feature}` is computed from `{name}`"
            if head == "request" and tail:
                yield from requests.carry(endpoint, place, tail, why)
            elif other is None or other is view or tail not in other.columns:
                continue  # a name that means nothing is reported where it stands
            elif head not in endpoint.features and not requests.call(head):
                yield Finding(
                    design.place(endpoint, *place),
                    f"{why}, and neither `{endpoint.name}` nor its request reads `{head}`",
                    subject=endpoint.name,
                    labels=(Label(design.place(view, "columns", feature, "definition"), why),),
                    help=f"{_listed(endpoint, 'features', head)} in `{endpoint.name}`",
                )


class _Requests:
    """The requests whose traffic reaches one endpoint."""

    def __init__(self, design: Design, chains: Iterable[Chain]) -> None:
        self._design = design
        self._chains = tuple(chains)

    def call(self, target: str) -> bool:
        """Whether every chain of requests fetches a component."""
        calls = [m for m in self._design.mentions if m.target == target]
        sources = {m.source for m in calls if m.refers.verb == "calls"}
        return bool(self._chains) and all(sources & set(chain) for chain in self._chains)

    def carry(
        self, endpoint: Endpoint, place: tuple[str, int], field: str, why: str
    ) -> Iterator[Finding]:
        """Complain about requests whose body lacks a field."""
        at = self._design.place(endpoint, *place)
        if not self._chains:
            yield Finding(
                at,
                f"{why}, and no request reaches `{endpoint.name}`",
                subject=endpoint.name,
                missing=(f"a request that calls {endpoint.name}",),
            )
        for chain in self._chains:
            requests = [r for n in chain if (r := self._design.get(n, Request)) is not None]
            carried = {c for r in requests if r.body is not None for c in r.body.columns}
            silent = tuple(f"{r.name}.body" for r in requests if r.body is None)
            last = requests[-1]
            if field in carried:
                continue
            if silent:
                message = f"{why}, and what `{last.name}` carries is not stated"
                yield Finding(at, message, subject=endpoint.name, missing=silent)
                continue
            near = nearest(field, carried)
            yield Finding(
                at,
                f"{why}, and `{last.name}` does not carry `{field}`",
                subject=endpoint.name,
                labels=(Label(self._design.place(last, "body"), f"`{last.name}` carries these"),),
                help=f"did you mean `{near}`?" if near else f"add `{field}: ...` to this body",
            )
