"""A column or a view in, the bytes of one of its values or rows out.

Law: a type without a fixed width, of which no size is stated, is None and never 0.
"""

from __future__ import annotations

import math

from mlsdc.compiler.figures import Figure, Known, Unknown
from mlsdc.compiler.model.component import Column
from mlsdc.compiler.model.features import Features
from mlsdc.units import BYTES

WIDTHS = {
    "bool": 1, "int8": 1, "int16": 2, "int32": 4, "int64": 8, "float16": 2, "bfloat16": 2,
    "float32": 4, "float64": 8, "timestamp": 8, "date": 4, "decimal": 16,
}  # fmt: skip
"""Bytes of one number (Apache Arrow columnar format, fixed-size primitive layout)."""
ROW_TIME = float(WIDTHS["timestamp"])
"""Bytes of the time of a view's row, which is kept beside its values."""
IDENTIFIER = 36.0
"""Bytes of a key of which no size is stated: a UUID as text (RFC 9562, section 4)."""


def value_bytes(column: Column) -> float | None:
    """Mean bytes of one value."""
    if column.size is not None:
        return column.size.value
    width = WIDTHS.get(column.type.name)
    return None if width is None else float(width * math.prod(column.type.dimensions))


def key_bytes(column: Column) -> float:
    """Mean bytes of one key; an identifier of unknown length is taken for a UUID as text."""
    known = value_bytes(column)
    return IDENTIFIER if known is None else known


def row_bytes(view: Features) -> Known:
    """Bytes of the values of one row, and of its time."""
    sizes = {name: value_bytes(column) for name, column in view.columns.items()}
    missing = tuple(f"{view.name}.{name}.size" for name, size in sizes.items() if size is None)
    if missing:
        return Unknown(missing)
    return Figure(sum(size for size in sizes.values() if size is not None) + ROW_TIME, BYTES)
