"""CAP010"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.partitions import Partitions
from mlsdc.compiler.analyses.stores import Stores
from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.checks.typed import share_at_most
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known, Unknown
from mlsdc.compiler.model.data import Entity, OnlineStore, Stream
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span
from mlsdc.units import DATA_RATE, RATE, Dimension, Quantity, show, show_percent


@check(
    "CAP010",
    "hot-key",
    Severity.WARNING,
    source="Amazon DynamoDB Developer Guide, best practices for partition keys; Amazon Kinesis "
    "Data Streams Developer Guide, strategies for resharding",
)
def hot_key(
    design: Design, partitions: Partitions, stores: Stores, workload: Workload
) -> Iterator[Finding]:
    """The most frequent key needs more than one partition carries.

    Why: all events and reads of one key go to one partition. More partitions do not help it: the
    others are idle while the one that holds the celebrity or the largest merchant falls behind.

    Bad:

        stream clicks: kafka {
          rate       = 40000/s
          event_size = 2KiB
          top_key    = 20%
        }

    Good:

        stream clicks: kafka {
          rate       = 40000/s
          event_size = 2KiB
          top_key    = 2%
        }
    """
    for stream in design.of(Stream):
        if stream.top_key is not None:
            yield from _streamed(design, stream, stream.top_key, partitions, workload)
    for store in design.of(OnlineStore):
        stored = stores.of.get(store.name)
        limit = stored.limits.key_reads if stored and stored.limits else None
        for kept in stored.kept if stored and limit is not None else ():
            if kept.entity.top_key is not None and limit is not None and stored is not None:
                rows = stored.reads_of[kept.entity.name]
                yield from _looked_up(design, store, kept.entity, rows, limit)


def _streamed(
    design: Design, stream: Stream, share: float, partitions: Partitions, workload: Workload
) -> Iterator[Finding]:
    limits = partitions.of[stream.name].limits
    if limits is None:
        return
    size = None if stream.event_size is None else stream.event_size.value
    arriving = workload.of(stream)
    labels = [
        Label(design.place(stream, field), said)
        for field, said in (("rate", "of so many events"), ("event_size", "of this size"))
        if design.wrote(stream, field)
    ] or [Label(design.place(stream), "the stream")]
    noun = limits.noun
    for limit, each, dimension in (
        (limits.records, 1.0, RATE),
        (limits.written, size, DATA_RATE),
    ):
        if limit is None:
            continue
        place, missing = design.place(stream, "top_key"), _missing(stream, arriving, each)
        if missing:
            yield _unknown(place, stream.name, noun, missing)
        elif isinstance(arriving, Figure) and each is not None:
            value = arriving.value * each
            if value * share > limit * (1 + 1e-9):
                yield _hot(place, stream.name, share, value, limit, dimension, noun, labels,
                           "a salt on this key, joined again behind it")  # fmt: skip
                return


def _missing(stream: Stream, arriving: Known | None, each: float | None) -> tuple[str, ...]:
    rate = arriving.missing if isinstance(arriving, Unknown) else ()
    return (*rate, *((f"{stream.name}.event_size",) if each is None else ()))


def _looked_up(
    design: Design, store: OnlineStore, entity: Entity, rows: Known, limit: float
) -> Iterator[Finding]:
    share, place = entity.top_key or 0.0, design.place(entity, "top_key")
    if isinstance(rows, Unknown):
        yield _unknown(place, entity.name, "node", rows.missing)
    elif rows.value * share > limit * (1 + 1e-9):
        labels = [Label(design.place(store), "where it is read")]
        yield _hot(place, entity.name, share, rows.value, limit, RATE, "node", labels,
                   "a cache in front of the store")  # fmt: skip


def _unknown(place: Span, name: str, noun: str, missing: tuple[str, ...]) -> Finding:
    return Finding(
        place,
        f"whether one {noun} carries the most frequent key of `{name}` is not known",
        subject=name,
        missing=missing,
    )


def _hot(
    place: Span, name: str, share: float, value: float, limit: float, dimension: Dimension,
    noun: str, labels: list[Label], remedy: str,
) -> Finding:  # fmt: skip
    whole, carried = Quantity(value, dimension), Quantity(limit, dimension)
    hot = Quantity(value * share, dimension)
    return Finding(
        place,
        f"the most frequent key of `{name}` is {show(hot)}, one {noun} carries {show(carried)}",
        subject=name,
        labels=tuple(labels),
        arithmetic=(
            f"{show(whole)} x {show_percent(share)} = {show(hot)}",
            f"one {noun}: {show(carried)}",
        ),
        help=f"{remedy}, until top_key = {share_at_most(limit / value)}",
    )
