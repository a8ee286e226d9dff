"""Streaming views in, whether the event that is scored is among the events they count, out.

Online that is stated, or follows from the order in which a request publishes the event and reads
the view. Offline it is stated, or follows from whether the join takes rows at the prediction time
itself, where the rows of the dataset are the very events that the view counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mlsdc.compiler.analyses.refresh import serving_job
from mlsdc.compiler.called_steps import calls_of
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Pipeline
from mlsdc.compiler.model.features import Dataset, Features
from mlsdc.compiler.model.request import Call, Request
from mlsdc.compiler.schedule import analysis
from mlsdc.diagnostics import Span


@dataclass(frozen=True)
class Side:
    """Whether one path counts the event being scored, where that is said, and how."""

    included: bool
    at: Span
    because: str
    own: bool = False
    """The implementation says so itself; where both do, that is a matter of windows (TSC009)."""


@dataclass(frozen=True)
class Counted:
    """One streaming view in one dataset."""

    view: Features
    dataset: Dataset
    offline: Side | None
    online: Side | None
    own_rows: bool
    """The rows of the dataset are the events that the view counts."""


@dataclass(frozen=True)
class CurrentEvent:
    """Every streaming view in every dataset that reads it."""

    all: tuple[Counted, ...] = field(default_factory=tuple)


@analysis
def current_event(design: Design) -> CurrentEvent:
    """Look at all views that aggregate a stream."""
    streaming = {
        view.name: (view, job)
        for view in design.of(Features)
        if (job := serving_job(design, view)) is not None
        and job.every is None
        and any(column.over is not None for column in view.columns.values())
    }
    if not streaming:
        return CurrentEvent()
    orders = list(_orders(design, {name for _, job in streaming.values() for name in job.reads}))
    return CurrentEvent(
        tuple(
            _counted(design, dataset, *streaming[name], orders)
            for dataset in design.of(Dataset)
            for name in dict.fromkeys(dataset.features)
            if name in streaming
        )
    )


Calls = tuple[tuple[Call, Span], ...]
"""The calls of one request in their order, and where each stands."""


def _orders(design: Design, streams: set[str]) -> Iterator[Calls]:
    """The requests that publish to a stream that some view counts."""
    for request in design.of(Request):
        calls = tuple((made.call, made.place(design, "target")) for made in calls_of(request))
        if any(call.target in streams for call, _ in calls):
            yield calls


def _counted(
    design: Design, dataset: Dataset, view: Features, job: Pipeline, orders: list[Calls]
) -> Counted:
    own_rows = dataset.spine in job.reads
    online = _stated(design, view, "online") or _ordered(view, job, orders)
    offline = _stated(design, view, "offline")
    if offline is None and own_rows and dataset.boundary is not None:
        included = dataset.boundary == "at"
        words = "also at" if included else "strictly before"
        why = f"`{dataset.name}` joins rows {words} the prediction time"
        offline = Side(included, design.place(dataset, "boundary"), why)
    return Counted(view, dataset, offline, online, own_rows)


def _stated(design: Design, view: Features, path: str) -> Side | None:
    side = view.offline if path == "offline" else view.online
    if side is None or side.includes_current is None:
        return None
    place = design.place(view, path, "includes_current")
    return Side(side.includes_current, place, "as it is stated", own=True)


def _ordered(view: Features, job: Pipeline, orders: list[Calls]) -> Side | None:
    """A request that publishes the event, waits, and then reads the view, finds the event in it."""
    for order in orders:
        published: tuple[Call, Span] | None = None
        for call, at in order:
            if call.target in job.reads:
                published = published or (call, at)
            elif call.target == view.name:
                if published is None:
                    return Side(False, at, "the request reads the view before it publishes")
                if not published[0].asynchronous:
                    why = f"the request publishes to `{published[0].target}` before it reads"
                    return Side(True, published[1], why)
    return None
