"""Files of results in, rows of text out: CSV, and Parquet where pyarrow is installed.

Law: a row is held only while it is looked at; what is wrong with the file as a whole is one line.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from mlsdc.cli.outputs import Unusable

_WIDEST = 1 << 20
"""Characters of one cell."""


def rows(path: str) -> Iterator[tuple[int, list[str]]]:
    """The header first, then every row; with the number of its line, or of its row in Parquet.

    Raises Unusable for a file that cannot be read.
    """
    return _parquet(path) if path.lower().endswith((".parquet", ".pq")) else _csv(path)


def _csv(path: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(_WIDEST)
    line = 1
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            for row in reader:
                if row:
                    yield reader.line_num, row
                line = reader.line_num + 1
    except OSError as error:
        raise Unusable(f"{path}: {(error.strerror or str(error)).lower()}") from error
    except UnicodeDecodeError as error:
        raise Unusable(
            f"{path}: in or below row {line}: this is not UTF-8 text: byte "
            f"0x{error.object[error.start]:02x}"
        ) from error
    except (csv.Error, ValueError) as error:
        raise Unusable(f"{path}: row {line}: this is no CSV: {error}") from error


def _parquet(path: str) -> Iterator[tuple[int, list[str]]]:
    try:
        parquet: Any = import_module("pyarrow.parquet")
    except ImportError:
        raise Unusable(
            f"{path}: Parquet is read by pyarrow, which is not installed; pip install pyarrow, or "
            "give the results as CSV"
        ) from None
    try:
        file: Any = parquet.ParquetFile(path)
        names: list[str] = list(file.schema_arrow.names)
        yield 0, names
        number = 0
        for batch in file.iter_batches():
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                number += 1
                yield number, [_text(cell) for cell in row]
    except OSError as error:
        raise Unusable(f"{path}: {(error.strerror or str(error)).splitlines()[0]}") from error
    except ValueError as error:  # pyarrow's own errors are ValueErrors
        raise Unusable(f"{path}: this is no Parquet: {str(error).splitlines()[0]}") from error


def _text(cell: Any) -> str:
    return "" if cell is None else repr(cell) if isinstance(cell, float) else str(cell)
