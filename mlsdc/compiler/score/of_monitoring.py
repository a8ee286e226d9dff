"""The mechanisms behind the tests of monitoring."""

from __future__ import annotations

from mlsdc.compiler.model.data import Label, Source
from mlsdc.compiler.model.operations import Metrics
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.score.view import Mechanism, Mechanisms, View, has, lacks


def announced(view: View) -> Mechanisms:
    """Mon1: an agreement with the owners of each source."""
    for source in view.inputs:
        if not isinstance(source, Source):
            continue
        if source.contract is None:
            yield lacks(source, "its owners have agreed to announce no change")
        else:
            yield has(source, f"contract {source.contract}", "contract")


def invariants(view: View) -> Mechanisms:
    """Mon2: what data has to look like on arrival."""
    for origin in view.inputs:
        if origin.expects is None:
            yield lacks(origin, "nothing tests what it brings in")
        else:
            yield has(origin, "is tested on arrival", "expects")


def no_skew(view: View) -> Mechanisms:
    """Mon3: served values are compared with those of training."""
    for endpoint in view.endpoints:
        found = [one for one in view.monitors(endpoint) if one.reference and one.drift]
        if found:
            yield has(found[0], f"compares {endpoint.name} with {found[0].reference}", "reference")
        else:
            yield lacks(endpoint, "nothing compares it with its training data")


def not_stale(view: View) -> Mechanisms:
    """Mon4: ages of features and of models are bounded and watched."""
    for one in view.views:
        if one.freshness is not None:
            yield has(one, f"freshness {one.freshness}", "freshness")
    for endpoint in view.endpoints:
        found = [one for one in view.monitors(endpoint) if "model" in one.staleness]
        if found:
            yield has(found[0], f"watches the age of {endpoint.model}", "staleness")
        else:
            yield lacks(endpoint, f"nothing watches how old {endpoint.model} gets")


def stable(view: View) -> Mechanisms:
    """Mon5: errors and saturation of every endpoint are measured."""
    for endpoint in view.endpoints:
        yield _scraped(view, endpoint)


def performance(view: View) -> Mechanisms:
    """Mon6: a budget, and what measures it."""
    for decision in view.decisions.of.values():
        request = decision.request
        if request.budget is not None and request.budget.objectives:
            yield has(request, "states a budget", "budget")
        else:
            yield lacks(request, "states no budget")
    yield from stable(view)


def quality(view: View) -> Mechanisms:
    """Mon7: a metric from labels, and the labels."""
    for endpoint in view.endpoints:
        found = [one for one in view.monitors(endpoint) if one.quality is not None]
        model = next((one for one in view.models if one.name == endpoint.model), None)
        dataset = view.dataset(model) if model is not None else None
        label = view.design.get(dataset.label, Label) if dataset is not None else None
        if not found:
            yield lacks(endpoint, "no quality is computed from labels")
        elif label is None:
            yield lacks(found[0], "no label leads to it", "quality")
        else:
            text = f"{found[0].quality} of {endpoint.name} from {label.name}"
            yield has(found[0], text, "quality")


def _scraped(view: View, endpoint: Endpoint) -> Mechanism:
    scraping = [one for one in view.design.of(Metrics) if endpoint.name in one.scrapes]
    if scraping:
        return has(scraping[0], f"measures {endpoint.name}", "scrapes")
    return lacks(endpoint, "nothing measures it")
