"""A pair and what the checks said in, which conditions of consistency are decided for it out.

An endpoint and a model trained on a dataset are consistent when all seven hold. A condition fails
where a check that judges it found a fault in what the pair is made of; it holds where the facts it
rests on are stated and no such check has anything to say; else it is undecided, and names what the
design would have to state. The last but one cannot be decided from a design: a monitor has to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from mlsdc.compiler.analyses.callers import Callers
from mlsdc.compiler.analyses.evidence import Level, ModelEvidence
from mlsdc.compiler.analyses.inputs import unstated_inputs
from mlsdc.compiler.analyses.lineage import mentioned_views, on_demand
from mlsdc.compiler.analyses.pairs import Pair
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Label
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.model.operations import Monitor
from mlsdc.diagnostics import Diagnostic, Severity

Verdict = Literal["holds", "fails", "undecided"]

CONDITIONS = {
    "C1": "coverage",
    "C2": "same function",
    "C3": "same information",
    "C4": "same representation",
    "C5": "no future",
    "C6": "same population",
    "C7": "currency",
}
CODES = {
    "C1": (1, 2, 4, 13, 15, 28, 41, 45),
    "C2": (3, 8, 9, 10, 26, 35, 42, 43, 50),
    "C3": (11, 12, 16, 30, 34, 36, 49),
    "C4": (5, 6, 7, 14, 21, 24, 25, 27, 47),
    "C5": (22, 23, 32, 33),
    "C6": (37, 38, 39, 46),
    "C7": (17, 18, 19, 20, 31, 44),
}
"""The numbers of the checks that judge each condition: 1 is TSC001."""


@dataclass(frozen=True)
class Condition:
    """One condition of one pair."""

    name: str
    title: str
    verdict: Verdict
    because: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def conditions(
    design: Design, callers: Callers, found: ModelEvidence, diagnostics: Iterable[Diagnostic]
) -> tuple[Condition, ...]:
    """The seven conditions of a pair, in order."""
    parts = made_of(design, callers, found.pair)
    said = [d for d in diagnostics if d.subject in parts]
    return tuple(_judge(design, found, name, said) for name in CONDITIONS)


def made_of(design: Design, callers: Callers, pair: Pair) -> frozenset[str]:
    """The names of what a pair consists of: both of them, what they read, and who asks."""
    names = {pair.endpoint.name, pair.model.name, pair.model.training or ""}
    if pair.dataset is not None:
        names |= {pair.dataset.name, pair.dataset.label or "", pair.dataset.spine or ""}
    open_views = [*pair.endpoint.features, *(pair.dataset.features if pair.dataset else ())]
    while open_views:
        view = design.get(open_views.pop(), Features)
        if view is not None and view.name not in names:
            names |= {view.name, view.computed or ""}
            open_views += [other.name for other in mentioned_views(design, view)]
    names |= {request for chain in callers.of(pair.endpoint.name) for request in chain}
    return frozenset(names - {""})


def _judge(design: Design, found: ModelEvidence, name: str, said: list[Diagnostic]) -> Condition:
    codes = {f"TSC{number:03}" for number in CODES[name]}
    own = [d for d in said if d.code in codes and d.severity > Severity.NOTE]
    faults = tuple(f"{d.code}: {d.message}" for d in own if not d.undecided)
    title = CONDITIONS[name]
    if faults:
        return Condition(name, title, "fails", faults)
    if name == "C2" and found.level is Level.NONE:
        because = tuple(f"{one.name}: {one.because}" for one in found.weakest)
        return Condition(name, title, "fails", because)
    open_ = [m for d in said if d.code in codes and d.undecided for m in d.missing]
    missing = tuple(dict.fromkeys([*_FACTS[name](design, found), *open_]))
    because = tuple(_because(design, found, name))
    return Condition(name, title, "undecided" if missing else "holds", because, missing)


def _because(design: Design, found: ModelEvidence, name: str) -> Iterator[str]:
    if name == "C2" and found.level is not None:
        yield f"weakest evidence: {found.level.words}, {found.weakest[0].name}"
    if name == "C3" and found.pair.dataset is not None and found.pair.dataset.join:
        yield f"{found.pair.dataset.name} joins {found.pair.dataset.join}"
    if name == "C6":
        watching = _monitors(design, found.pair)
        yield from (f"not to be seen in a design; watched by {one}" for one in watching)


def _coverage(design: Design, found: ModelEvidence) -> Iterator[str]:
    endpoint = found.pair.endpoint
    unknown = unstated_inputs(design, found.pair.model)
    if unknown:
        yield unknown
    if not (endpoint.features or endpoint.request_features):
        yield f"{endpoint.name}.features"


def _function(design: Design, found: ModelEvidence) -> Iterator[str]:
    if found.level is None:
        yield from _coverage(design, found)
    for one in found.features:
        if one.level is Level.ASSERTED:
            yield f"evidence for {one.name}"


def _information(design: Design, found: ModelEvidence) -> Iterator[str]:
    dataset = found.pair.dataset
    if dataset is None:
        yield f"{found.pair.model.name}.dataset"
    elif dataset.join is None:
        yield f"{dataset.name}.join"
    elif dataset.join == "point_in_time" and dataset.availability == "event_time":
        # That an event had happened is not enough: its row had to be there.
        views = [v for n in dataset.features if (v := design.get(n, Features)) is not None]
        if any(dataset.delay_of(v) is None and not on_demand(v) for v in views):
            yield f"{dataset.name}.join_delay"


def _representation(design: Design, found: ModelEvidence) -> Iterator[str]:
    model = found.pair.model
    for field in ("signature", "preprocessing"):
        if getattr(model, field) is None:
            yield f"{model.name}.{field}"


def _future(design: Design, found: ModelEvidence) -> Iterator[str]:
    dataset = found.pair.dataset
    label = design.get(dataset.label, Label) if dataset is not None else None
    if label is not None:
        fields = ("horizon", "matures")
        yield from (f"{label.name}.{field}" for field in fields if getattr(label, field) is None)
    elif dataset is not None:
        yield f"{dataset.name}.label"
    else:
        yield f"{found.pair.model.name}.dataset"


def _population(design: Design, found: ModelEvidence) -> Iterator[str]:
    watched = _monitors(design, found.pair)
    yield "what its monitor sees" if watched else f"a monitor of {found.pair.endpoint.name}"


def _monitors(design: Design, pair: Pair) -> list[str]:
    parts = {pair.endpoint.name, pair.model.name}
    return [one.name for one in design.of(Monitor) if one.drift and parts & set(one.watches)]


def _currency(design: Design, found: ModelEvidence) -> Iterator[str]:
    model = found.pair.model
    if model.max_staleness is None:
        yield f"{model.name}.max_staleness"
    for name in found.pair.endpoint.features:
        view = design.get(name, Features)
        if view is not None and view.freshness is None and not on_demand(view):
            yield f"{name}.freshness"


_FACTS: dict[str, Callable[[Design, ModelEvidence], Iterator[str]]] = {
    "C1": _coverage,
    "C2": _function,
    "C3": _information,
    "C4": _representation,
    "C5": _future,
    "C6": _population,
    "C7": _currency,
}
"""What has to be stated before a condition can be said to hold: fields that are not."""
