"""Online stores in, what their keys take and how fast they are written and read, out.

A key of an entity is one entry: the key, the values of all its views, and for each view the time of
its row. Where a store says only how many keys it holds in all, every one of them may be of the
entity with the smallest or with the largest row.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mlsdc.compiler.analyses.lineage import on_demand
from mlsdc.compiler.analyses.paths import Paths
from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.consistency.column_size import key_bytes, row_bytes
from mlsdc.compiler.consistency.row_reads import Reading, units
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known, Unknown, total
from mlsdc.compiler.model.data import Entity, FeatureStore, OnlineStore
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.model.limits import StoreLimits
from mlsdc.compiler.schedule import analysis
from mlsdc.units import BYTES, RATE, digits, show_bytes


@dataclass(frozen=True)
class Kept:
    """The keys of one entity in one store."""

    entity: Entity
    views: tuple[Features, ...]
    entry: Known
    """Bytes of one key with all of its rows."""


@dataclass(frozen=True)
class Burst:
    """One load of a view: all keys at once."""

    view: Features
    units: Known
    """Write units per second while it lasts."""


@dataclass(frozen=True)
class Stored:
    """What one online store has to hold and to answer."""

    limits: StoreLimits | None
    kept: tuple[Kept, ...]
    least: Known
    """Bytes that all keys take at least, one copy of each counted."""
    most: Known
    bursts: tuple[Burst, ...] = ()
    """Only where writes are limited."""
    reads: Known | None = None
    """Read units per second; only where reads are limited."""
    reads_of: dict[str, Known] = field(default_factory=dict[str, Known])
    """Rows per second that are read of each entity; only where a key of it is hot."""


@dataclass(frozen=True)
class Stores:
    """Every online store that keeps the rows of a view."""

    of: dict[str, Stored] = field(default_factory=dict[str, Stored])


@analysis
def stores(design: Design, paths: Paths, workload: Workload) -> Stores:
    """Every online store of the design."""
    views = _views(design)
    read = Reading(design, paths, workload)
    return Stores(
        {
            store.name: _stored(design, read, store, views[store.name])
            for store in design.of(OnlineStore)
            if store.name in views
        }
    )


def _views(design: Design) -> dict[str, list[Features]]:
    """The views whose rows lie in each online store."""
    found: dict[str, list[Features]] = {}
    for view in design.of(Features):
        store = design.get(view.store, FeatureStore)
        if store is not None and store.online is not None and not on_demand(view):
            found.setdefault(store.online, []).append(view)
    return found


def _stored(design: Design, read: Reading, store: OnlineStore, views: list[Features]) -> Stored:
    limits = store.limits()
    by_entity: dict[str, list[Features]] = {}
    for view in views:
        by_entity.setdefault(view.entity or "", []).append(view)
    kept = tuple(
        Kept(entity, tuple(of), _entry(entity, of, limits))
        for name, of in by_entity.items()
        if (entity := design.get(name, Entity)) is not None
    )
    least, most = _sizes(store, kept)
    bursts = tuple(_bursts(store, kept, limits)) if limits and limits.writes is not None else ()
    taken = None
    if limits is not None and limits.reads is not None:
        taken = read.units([view for one in kept for view in one.views], limits)
    hot = {k.entity.name: read.rows(k.views) for k in kept if k.entity.top_key is not None}
    return Stored(limits, kept, least, most, bursts, taken, hot)


def _entry(entity: Entity, views: Iterable[Features], limits: StoreLimits | None) -> Known:
    """Bytes of one key with the rows of its views, and what the store adds to each."""
    entry, cell = (limits.entry, limits.cell) if limits else (0.0, 0.0)
    key = sum(key_bytes(column) for column in entity.keys.values())
    parts: list[Known] = [
        Figure(key + entry, BYTES, (f"{digits(key)} B key + {digits(entry)} B of the store",))
    ]
    for view in views:
        row = row_bytes(view)
        if isinstance(row, Figure):
            cells = (len(view.columns) + 1) * cell
            why = f"{view.name}: {digits(row.value)} B row + {digits(cells)} B of the store"
            row = Figure(row.value + cells, BYTES, (why,))
        parts.append(row)
    return total(parts, BYTES)


def _sizes(store: OnlineStore, kept: tuple[Kept, ...]) -> tuple[Known, Known]:
    """Bytes of all keys: exactly where every entity is counted, else between two bounds."""
    missing = [m for one in kept if isinstance(one.entry, Unknown) for m in one.entry.missing]
    if not kept or missing:
        unknown = Unknown(tuple(dict.fromkeys(missing)))
        return unknown, unknown
    if all(one.entity.count is not None for one in kept):
        exact = total([_times(one, one.entity.count or 0) for one in kept], BYTES)
        return exact, exact
    if store.keys is None:
        uncounted = [f"{k.entity.name}.count" for k in kept if k.entity.count is None]
        unknown = Unknown(tuple(uncounted) if len(kept) > 1 else (f"{store.name}.keys",))
        return unknown, unknown
    smallest, largest = min(kept, key=_entry_size), max(kept, key=_entry_size)
    return _times(smallest, store.keys), _times(largest, store.keys)


def _entry_size(kept: Kept) -> float:
    return kept.entry.value if isinstance(kept.entry, Figure) else math.inf


def _times(kept: Kept, keys: int) -> Known:
    if isinstance(kept.entry, Unknown):
        return kept.entry
    size = kept.entry.value * keys
    why = f"{digits(keys)} {kept.entity.name} keys x {digits(kept.entry.value)} B"
    return Figure(size, BYTES, (*kept.entry.because, f"{why} = {show_bytes(size)}"))


def _bursts(store: OnlineStore, kept: tuple[Kept, ...], limits: StoreLimits) -> Iterator[Burst]:
    """What loading a view on its schedule writes: every key, one after the other."""
    for one in kept:
        keys = one.entity.count if one.entity.count is not None else store.keys
        for view in one.views:
            if view.materialize is not None:
                yield Burst(view, _burst(store, view, keys, limits))


def _burst(store: OnlineStore, view: Features, keys: int | None, limits: StoreLimits) -> Known:
    load, row = (view.materialize and view.materialize.load), row_bytes(view)
    missing = list(row.missing) if isinstance(row, Unknown) else []
    missing += [f"{store.name}.keys"] if keys is None else []
    missing += [f"{view.name}.materialize.load"] if load is None or not load.value else []
    if missing or keys is None or load is None or not isinstance(row, Figure):
        return Unknown(tuple(missing))
    each = units(row.value, limits.write_unit)
    value = keys * each / load.value
    why = (f"{view.name}: {digits(keys)} keys x {digits(each)} units / {load} = "
           f"{digits(value)} units/s")  # fmt: skip
    return Figure(value, RATE, (why,))
