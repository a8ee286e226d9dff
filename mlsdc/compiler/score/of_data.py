"""The mechanisms behind the tests of data."""

from __future__ import annotations

from collections.abc import Sequence

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Entity, Pipeline, Source, Stream
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.model.part import Part
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.score.view import Mechanisms, View, has, lacks, listed


def schema(view: View) -> Mechanisms:
    """Data1: types of features and of the events behind them."""
    for one in view.views:
        if one.columns:
            yield has(one, f"{len(one.columns)} of its features have a type", "columns")
        else:
            yield lacks(one, "declares no feature")
    for origin in view.inputs:
        if origin.event is None:
            yield lacks(origin, "its event has no schema")
        elif view.views:
            yield has(origin, f"{len(origin.event.columns)} of its columns have a type", "event")


def beneficial(view: View) -> Mechanisms:
    """Data2: no design tells."""
    yield from ()


def cost(view: View) -> Mechanisms:
    """Data3: a budget on the path that features are read on."""
    for decision in view.decisions.of.values():
        request = decision.request
        if not any(endpoint.features for endpoint in decision.endpoints):
            continue
        if request.budget is not None and request.budget.objectives:
            yield has(request, "features are read within a budget", "budget")
        else:
            yield lacks(request, "reads features without a budget")


def requirements(view: View) -> Mechanisms:
    """Data4: attributes that no model may decide by."""
    if "SEC005" in view.policy.unsuppressible:
        yield has(view.design.system, "the policy makes SEC005 unsuppressible")
    for component in view.design.components.values():
        named = [name for name, column in _columns(component) if _states(column, "protected")]
        if named:
            yield has(component, f"protected: {listed(named)}")


def privacy(view: View) -> Mechanisms:
    """Data5: how sensitive what is held is."""
    for component in view.design.components.values():
        named = [name for name, column in _columns(component) if _states(column, "sensitivity")]
        classification: object = getattr(component, "classification", None)
        if named:
            yield has(component, f"sensitivity of {listed(named)}")
        elif classification is not None:
            yield has(component, f"classification = {classification}", "classification")


def quickly(view: View) -> Mechanisms:
    """Data6: a feature is written in one place."""
    for one in view.views:
        twice = one.offline is not None and one.online is not None
        if twice:
            yield lacks(one, "is written twice, offline and online", "online")
        elif one.computed is not None or _on_demand(one):
            yield has(one, "one definition for both paths")
        else:
            yield lacks(one, "nothing computes it")


def tested(view: View) -> Mechanisms:
    """Data7: a parity test, or tests of the job."""
    for one in view.views:
        job = view.design.get(one.computed, Pipeline)
        if one.parity is not None:
            yield has(one, f"parity test {one.parity.test}", "parity")
        elif job is not None and job.tests is not None:
            yield has(one, f"tests of {job.name}: {job.tests}")
        else:
            yield lacks(one, "names no test")


def protected(design: Design) -> set[str]:
    """The names of attributes that no model may decide by."""
    every = design.components.values()
    return {name for one in every for name, column in _columns(one) if _states(column, "protected")}


def _on_demand(view: Features) -> bool:
    return any(column.definition is not None for column in view.columns.values())


def _states(column: Part, field: str) -> bool:
    return bool(getattr(column, field, None))


def _columns(component: object) -> Sequence[tuple[str, Part]]:
    if isinstance(component, Source | Stream):
        return list(component.event.columns.items()) if component.event else []
    if isinstance(component, Entity):
        return list(component.keys.items())
    if isinstance(component, Features):
        return list(component.columns.items())
    if isinstance(component, Request):
        return list(component.body.columns.items()) if component.body else []
    return []
