"""CAP009"""

import math
from collections.abc import Iterator

from mlsdc.compiler.analyses.stores import Burst, Stored, Stores
from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Unknown
from mlsdc.compiler.model.data import OnlineStore
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import digits, show_bytes, show_duration


@check(
    "CAP009",
    "full-online-store",
    Severity.ERROR,
    source="Redis FAQ, memory footprint; Amazon DynamoDB Developer Guide, read and write capacity "
    "units",
)
def full_online_store(design: Design, stores: Stores) -> Iterator[Finding]:
    """An online store cannot hold its keys, or is written and read faster than it may be.

    Why: a store that runs out of memory evicts keys or refuses writes, and models get defaults.
    Loading a view writes every key at once: where write capacity is bought for the daily mean, the
    load is throttled, takes hours, and values are that much older.

    Bad:

        entity user {
          key user_id: string
          count = 200_000_000
        }
        online_store fast: redis {
          nodes  = 3
          memory = 8GiB
        }
        feature_store store { online = fast }
        pipeline profiles { every = 1d }
        features profile {
          entity   = user
          store    = store
          computed = profiles
          visits: int64 = count() over 30d
        }

    Good:

        entity user {
          key user_id: string
          count = 200_000_000
        }
        online_store fast: redis {
          nodes  = 3
          memory = 16GiB
        }
        feature_store store { online = fast }
        pipeline profiles { every = 1d }
        features profile {
          entity   = user
          store    = store
          computed = profiles
          visits: int64 = count() over 30d
        }
    """
    for store in design.of(OnlineStore):
        stored = stores.of.get(store.name)
        if stored is not None and store.existing is None:
            yield from _held(design, store, stored)
            yield from _written(design, store, stored)
            yield from _read(design, store, stored)


def _held(design: Design, store: OnlineStore, stored: Stored) -> Iterator[Finding]:
    memory = stored.limits.memory if stored.limits else _stated_memory(store)
    if memory is None:
        return
    if isinstance(stored.least, Figure) and stored.least.value > memory * (1 + 1e-9):
        yield _full(design, store, stored, stored.least, memory)
    elif isinstance(stored.most, Unknown) or stored.most.value > memory or stored.limits is None:
        missing = stored.most.missing if isinstance(stored.most, Unknown) else tuple(
            f"{k.entity.name}.count" for k in stored.kept if k.entity.count is None
        )  # fmt: skip
        if missing:
            unknown = Finding(
                design.place(store, "memory"),
                f"whether `{store.name}` holds its keys is not known",
                subject=store.name,
                missing=missing,
            )
            yield from of_production(design, [unknown])


def _stated_memory(store: OnlineStore) -> float | None:
    """What a store without a system has at the most, where nothing is a copy."""
    return None if store.memory is None else store.memory.value * store.nodes


def _full(
    design: Design, store: OnlineStore, stored: Stored, needed: Figure, memory: float
) -> Finding:
    limits = stored.limits
    each = (limits.node if limits else None) or memory / store.nodes
    enough = math.ceil(each * needed.value / memory / 2**30) if memory else None
    counted = [k.entity for k in stored.kept if k.entity.count is not None]
    labels = [Label(design.place(entity, "count"), "so many keys") for entity in counted]
    if store.keys is not None and len(counted) < len(stored.kept):
        labels = [Label(design.place(store, "keys"), "so many keys")]
    labels += [Label(design.place(v), "a row of each") for k in stored.kept for v in k.views]
    return Finding(
        design.place(store, "memory"),
        f"the keys of `{store.name}` take {show_bytes(needed.value)}, it has room for "
        f"{show_bytes(memory)}",
        subject=store.name,
        labels=tuple(labels),
        arithmetic=(
            *needed.because,
            *(limits.because if limits else (f"{store.nodes} x {show_bytes(each)}",)),
            *((f"limits: {limits.source}",) if limits else ()),
        ),
        help=f"memory = {enough}GiB" if enough is not None else "more memory",
    )


def _written(design: Design, store: OnlineStore, stored: Stored) -> Iterator[Finding]:
    allowed = stored.limits.writes if stored.limits else None
    if allowed is None:
        return
    for burst in stored.bursts:
        if isinstance(burst.units, Unknown):
            yield from _undecided(design, store, burst.units, "is loaded")
        elif burst.units.value > allowed * (1 + 1e-9):
            yield _throttled(design, store, burst, burst.units, allowed)


def _throttled(
    design: Design, store: OnlineStore, burst: Burst, units: Figure, allowed: float
) -> Finding:
    load = burst.view.materialize.load if burst.view.materialize else None
    longer = show_duration(load.value * units.value / allowed) if load and allowed else "for ever"
    return Finding(
        design.place(burst.view, "materialize", "load"),
        f"loading `{burst.view.name}` writes {digits(units.value)} units/s, `{store.name}` "
        f"takes {digits(allowed)}",
        subject=burst.view.name,
        labels=(Label(design.place(store), "what is written to"),),
        arithmetic=(*units.because, f"at {digits(allowed)} units/s the load takes {longer}"),
        help=f"{math.ceil(units.value)} write units, or a longer `load`",
    )


def _read(design: Design, store: OnlineStore, stored: Stored) -> Iterator[Finding]:
    allowed = stored.limits.reads if stored.limits else None
    if allowed is None or stored.reads is None:
        return
    if isinstance(stored.reads, Unknown):
        yield from _undecided(design, store, stored.reads, "is read")
    elif stored.reads.value > allowed * (1 + 1e-9):
        views = [view for kept in stored.kept for view in kept.views]
        yield Finding(
            design.place(store),
            f"reading takes {digits(stored.reads.value)} units/s of `{store.name}`, it gives "
            f"{digits(allowed)}",
            subject=store.name,
            labels=tuple(Label(design.place(view), "what is read") for view in views),
            arithmetic=stored.reads.because,
            help=f"{math.ceil(stored.reads.value)} read units",
        )


def _undecided(
    design: Design, store: OnlineStore, unknown: Unknown, what: str
) -> Iterator[Finding]:
    said = Finding(
        design.place(store),
        f"whether `{store.name}` {what} as fast as it may be is not known",
        subject=store.name,
        missing=unknown.missing,
    )
    yield from of_production(design, [said])
