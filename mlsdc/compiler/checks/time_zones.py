"""A training set in, the clocks out that its rows and its features are told by."""

from collections.abc import Iterator

from mlsdc.compiler.analyses.lineage import Lineage
from mlsdc.compiler.consistency.measures import same
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Source, Stream
from mlsdc.compiler.model.features import Dataset, Features
from mlsdc.compiler.schedule import Finding
from mlsdc.diagnostics import Label


def time_zones(design: Design, lineage: Lineage, dataset: Dataset) -> Iterator[Finding]:
    """The time zones in which the spine, and the events behind its features, tell the time."""
    origins = [dataset.spine] if dataset.spine else []
    for view in (design.get(name, Features) for name in dataset.features):
        for column in list(view.columns)[:1] if view is not None else ():
            assert view is not None
            origins += lineage.features[view.name, column].origins
    told = [zone for name in dict.fromkeys(origins) if (zone := _zone(design, name)) is not None]
    stated = [one for one in told if one[2] is not None]
    if not stated:
        return
    first, column, zone = stated[0]
    assert zone is not None, first
    place = design.place(first, "event", "columns", column, "timezone")
    for name, other, theirs in told:
        here = design.place(name, "event", "columns", other)
        if theirs is None:
            yield Finding(
                here,
                f"`{first}` tells the time in {zone}; in which zone `{name}` does is not stated",
                subject=name,
                missing=(f"{name}.{other}.timezone",),
            )
        elif not same(theirs, zone):
            yield Finding(
                here,
                f"`{name}` tells the time in {theirs}, `{first}` in {zone}: `{dataset.name}` "
                "joins them as if it were one",
                subject=dataset.name,
                labels=(Label(place, f"{zone} here"),),
                help="timezone UTC in both",
            )


def _zone(design: Design, origin: str) -> tuple[str, str, str | None] | None:
    """The column of the event time, and its zone."""
    one = design.components.get(origin)
    if not isinstance(one, Stream | Source) or one.event is None:
        return None
    column = one.event.event_time
    return (origin, column, one.event.columns[column].timezone) if column else None
