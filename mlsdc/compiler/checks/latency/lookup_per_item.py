"""LAT013"""

from __future__ import annotations

from collections.abc import Iterator

from mlsdc.compiler.analyses.paths import Paths
from mlsdc.compiler.design import Design
from mlsdc.compiler.latency.path import Attempt, Leaf, Node, Series, attempts, nodes
from mlsdc.compiler.model.data import FeatureStore, OnlineStore
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.model.serving import Index
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity

LOOKED_UP = Features | FeatureStore | OnlineStore | Index
MOST_IN_A_ROW = 2
"""Views of one entity that are read one after the other: a third is a pattern."""


@check(
    "LAT013",
    "lookup-per-item",
    Severity.WARNING,
    source="Feast, online retrieval: one call reads many entities and many views; the N+1 queries "
    "of object mappers",
)
def lookup_per_item(design: Design, paths: Paths) -> Iterator[Finding]:
    """A store is asked once for every candidate, or for every feature view in turn.

    Why: each look-up is a round trip, and they are made one after the other: four hundred of 1 ms
    are 400 ms, where one call for four hundred keys takes a few. The tail of so many draws is
    longer still.

    Bad:

        online_store fast { }
        feature_store store { online = fast }
        entity item { key item_id: string }
        features popularity { entity = item  store = store  clicks: int64  default 0 }
        request rank {
          rate = 50/s
          call popularity  times 400
        }

    Good:

        online_store fast { }
        feature_store store { online = fast }
        entity item { key item_id: string }
        features popularity { entity = item  store = store  clicks: int64  default 0 }
        request rank {
          rate = 50/s
          call popularity  batch 400
        }
    """
    said: set[tuple[str, object]] = set()
    for request in design.of(Request):
        for attempt in attempts(paths.of[request.name], waited=True):
            place = (attempt.request, attempt.place)
            if place not in said and _repeated(design, attempt):
                said.add(place)
                yield _each(design, attempt)
        for group in _in_a_row(design, paths.of[request.name]):
            first = (group[0].request, group[0].place)
            if first not in said:
                said.add(first)
                yield _row(design, group)


def _repeated(design: Design, attempt: Attempt) -> bool:
    target = design.components.get(attempt.call.target)
    return attempt.call.times > 1 and isinstance(target, LOOKED_UP)


def _each(design: Design, attempt: Attempt) -> Finding:
    call = attempt.call
    return Finding(
        design.place(attempt.request, *attempt.place, "times"),
        f"`{call.target}` is looked up {call.times} times one after the other, "
        f"{call.times} round trips",
        subject=attempt.request,
        labels=(Label(design.place(call.target), f"`{call.target}` is declared here"),),
        help=f"call {call.target}  batch {call.times}",
    )


def _in_a_row(design: Design, node: Node) -> Iterator[list[Attempt]]:
    """Look-ups of views of one entity in one store, each waiting for the one before."""
    for series in nodes(node, waited=True):
        groups: dict[tuple[str, str], list[Attempt]] = {}
        for part in series.parts if isinstance(series, Series) else ():
            view = _view(design, part)
            if view is not None and isinstance(part, Attempt) and view.store:
                groups.setdefault((view.store, view.entity or ""), []).append(part)
        yield from (
            group
            for group in groups.values()
            if len({attempt.call.target for attempt in group}) > MOST_IN_A_ROW
        )


def _view(design: Design, part: Node) -> Features | None:
    """The view that a call reads and waits for."""
    if not isinstance(part, Attempt) or part.call.asynchronous or not part.part.parts:
        return None
    first = part.part.parts[0]
    return design.get(first.component, Features) if isinstance(first, Leaf) else None


def _row(design: Design, group: list[Attempt]) -> Finding:
    names = [attempt.call.target for attempt in group]
    told = ", ".join(f"`{name}`" for name in names[:-1]) + f" and `{names[-1]}`"
    view = design.get(names[0], Features)
    assert view is not None
    return Finding(
        design.place(group[0].request, *group[0].place, "target"),
        f"{told} are read from `{view.store}` one after the other, {len(names)} round trips for "
        f"one `{view.entity}`",
        subject=group[0].request,
        labels=tuple(
            Label(design.place(one.request, *one.place, "target"), "waits for the one before")
            for one in group[1:]
        ),
        help=f"parallel {{ {'  '.join(f'call {name}' for name in names)} }}",
    )
