"""TSC002"""

from collections.abc import Iterator
from dataclasses import dataclass

from mlsdc.compiler.analyses.callers import Callers
from mlsdc.compiler.analyses.inputs import unstated_inputs
from mlsdc.compiler.analyses.lineage import on_demand, read_names
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.features import Dataset, Features
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span, nearest


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
        unknown = unstated_inputs(design, model)
        if unknown and (endpoint.features or endpoint.request_features):
            yield Finding(
                design.place(endpoint, "model"),
                f"what `{model.name}` needs is not stated",
                subject=endpoint.name,
                missing=(unknown,),
            )
        yield from _needed(design, endpoint, model)
        serving = _Serving(design, endpoint, callers)
        for at, name in enumerate(endpoint.request_features):
            place = design.place(endpoint, "request_features", at)
            yield from serving.carried(place, name, f"`{name}` comes with the request")
        for at, name in enumerate(endpoint.features):
            view = design.get(name, Features)
            if view is not None and on_demand(view):
                yield from serving.computed(design.place(endpoint, "features", at), view)


def _needed(design: Design, endpoint: Endpoint, model: Model) -> Iterator[Finding]:
    """Every view of the dataset and every column of the signature is among what is resolved."""
    dataset = design.get(model.dataset, Dataset)
    views = [v for n in endpoint.features if (v := design.get(n, Features)) is not None]
    resolved = {*endpoint.request_features, *(c for v in views for c in v.columns)}
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


@dataclass(frozen=True)
class _Serving:
    """An endpoint and the requests whose traffic reaches it."""

    design: Design
    endpoint: Endpoint
    callers: Callers

    def computed(self, at: Span, view: Features) -> Iterator[Finding]:
        """An on-demand view resolves when the request's fields and the other features are there."""
        needed: dict[str, list[str]] = {}
        for feature in view.columns:
            for name in read_names(view, feature):
                needed.setdefault(name, []).append(feature)
        for name, features in needed.items():
            head, _, tail = name.partition(".")
            other = self.design.get(head, Features)
            more = f" and {len(features) - 1} more" if len(features) > 1 else ""
            why = f"`{view.name}.{features[0]}`{more} is computed from `{name}`"
            if head == "request" and tail:
                yield from self.carried(at, tail, why)
            elif other is not None and other is not view and tail in other.columns:
                definition = self.design.place(view, "columns", features[0], "definition")
                yield from self._read(at, head, why, definition)

    def _read(self, at: Span, view: str, why: str, definition: Span) -> Iterator[Finding]:
        """Another view is among the endpoint's features, or fetched by every request before."""
        chains = self.callers.of(self.endpoint.name)
        fetched = bool(chains) and all(self.callers.fetched(view, chain) for chain in chains)
        if view in self.endpoint.features or fetched:
            return
        yield Finding(
            at,
            f"{why}, and neither `{self.endpoint.name}` nor its request reads `{view}`",
            subject=self.endpoint.name,
            labels=(Label(definition, f"computed from `{view}`"),),
            help=f"{_listed(self.endpoint, 'features', view)} in `{self.endpoint.name}`",
        )

    def carried(self, at: Span, field: str, why: str) -> Iterator[Finding]:
        """A field is in the body of every request that reaches the endpoint."""
        subject = self.endpoint.name
        chains = self.callers.of(subject)
        if not chains and not self.design.broken:  # else a broken request may well reach it
            message = f"{why}, and no request reaches `{subject}`"
            missing = (f"a request that calls {subject}",)
            yield Finding(at, message, subject=subject, missing=missing)
        for chain in chains:
            requests = [r for n in chain if (r := self.design.get(n, Request)) is not None]
            carried = {c for r in requests if r.body is not None for c in r.body.columns}
            silent = tuple(f"{r.name}.body" for r in requests if r.body is None)
            last = chain[-1]
            if field in carried:
                continue
            if silent:
                message = f"{why}, and what `{last}` carries is not stated"
                yield Finding(at, message, subject=subject, missing=silent)
                continue
            near = nearest(field, carried)
            yield Finding(
                at,
                f"{why}, and `{last}` does not carry `{field}`",
                subject=subject,
                labels=(Label(self.design.place(last, "body"), f"`{last}` carries these"),),
                help=f"did you mean `{near}`?" if near else f"add `{field}: ...` to this body",
            )
