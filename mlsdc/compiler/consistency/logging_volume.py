"""A pair in, what logging its features writes: rate x rows of a call x bytes of a row."""

from __future__ import annotations

from collections.abc import Iterator

from mlsdc.compiler.analyses.pairs import Pair, view_columns
from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.called_steps import calls_made
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known, Unknown
from mlsdc.compiler.model.data import Entity
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.model.types import DataType
from mlsdc.units import BYTES, DATA_RATE, DAY, digits, show_bytes, show_percent

SIZES = {
    "bool": 1, "int8": 1, "int16": 2, "int32": 4, "int64": 8, "float16": 2, "bfloat16": 2,
    "float32": 4, "float64": 8, "timestamp": 8, "date": 4,
}  # fmt: skip
"""Bytes of one value; texts, bytes and decimals are as long as they are."""


def row_bytes(design: Design, pair: Pair) -> tuple[Figure, tuple[str, ...]]:
    """The bytes of a row's features and keys, and the columns whose length is not fixed."""
    log = pair.endpoint.logging
    if log is not None and log.row is not None:
        return Figure(log.row.value, BYTES, (f"{show_bytes(log.row.value)} each row",)), ()
    types = list(_types(design, pair))
    sizes = [_size(one) for _, one in types]
    varying = tuple(name for (name, _), size in zip(types, sizes, strict=True) if size is None)
    total = float(sum(size for size in sizes if size is not None))
    count = len(types) - len(varying)
    return Figure(total, BYTES, (f"{show_bytes(total)} for {count} columns",)), varying


def _types(design: Design, pair: Pair) -> Iterator[tuple[str, DataType]]:
    names = tuple(dict.fromkeys(pair.dataset.features if pair.dataset else ()))
    keys: dict[str, DataType] = {}
    for name, column in view_columns(design, names):
        view = design.get(name, Features)
        assert view is not None
        yield f"{name}.{column}", view.columns[column].type
        entity = design.get(view.entity, Entity)
        keys |= {key: one.type for key, one in entity.keys.items()} if entity is not None else {}
    yield from keys.items()


def _size(one: DataType) -> int | None:
    size = SIZES.get(one.name)
    if size is None or any(dimension < 0 for dimension in one.dimensions):
        return None
    for dimension in one.dimensions:
        size *= dimension
    return size


def volume(design: Design, workload: Workload, pair: Pair) -> Known:
    """Bytes per second of a full log, or of the sampled one that is stated."""
    arriving = workload.of(pair.endpoint)
    if arriving is None:
        return Unknown((f"a request that calls {pair.endpoint.name}",))
    if isinstance(arriving, Unknown):
        return arriving
    row, varying = row_bytes(design, pair)
    rows, log = _rows(design, pair.endpoint.name), pair.endpoint.logging
    sampled = log.sampled if log is not None else 1.0
    value = sampled * arriving.value * rows * row.value
    least = "at least " if varying else ""
    of_rows = f" x {rows} rows" if rows > 1 else ""
    because = (
        f"log rate {show_percent(sampled)} x {digits(arriving.value)}/s{of_rows} x {least}"
        f"{show_bytes(row.value)} = {least}{show_bytes(value)}/s, "
        f"{least}{show_bytes(value * DAY)} a day",
    )
    return Figure(value, DATA_RATE, because)


def _rows(design: Design, endpoint: str) -> int:
    """The most items that one call hands over."""
    calls = (made.call for made in calls_made(design))
    return max((call.batch for call in calls if call.target == endpoint), default=1)
