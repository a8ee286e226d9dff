"""Neighbouring lines in, the same lines with their columns below one another out.

Fields align at their sign and the braces of one-line blocks with them; members align at their types
and at the `=` behind; comments at the end of lines align at their `#`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

FIELD, MEMBER = "field", "member"


@dataclass(slots=True)
class Row:
    """One line: `kind` tells what it aligns with, if with anything.

    The cells of a field are its name and the rest; those of a member its name, type, words and
    the rest from `=`, which may be empty.
    """

    kind: str
    cells: list[str]
    apart: bool
    text: str = ""
    remark: str = ""


def align(rows: Sequence[Row | None]) -> None:
    """Set the text of each row; None stands for what no run of rows goes across."""
    for run in _runs(rows, lambda row: row.kind):
        if run[0].kind == FIELD:
            width = max(len(row.cells[0]) for row in run)
            for row in run:
                row.text = f"{row.cells[0]:{width}} {row.cells[1]}"
        elif run[0].kind == MEMBER:
            _align_members(run)
        else:
            for row in run:
                row.text = row.cells[0]


def _align_members(run: list[Row]) -> None:
    name = max(len(row.cells[0]) for row in run)
    kind = max((len(row.cells[1]) for row in run if row.cells[2]), default=0)
    for row in run:
        row.text = f"{row.cells[0]:{name}} {row.cells[1]}"
        if row.cells[2]:
            row.text = f"{row.cells[0]:{name}} {row.cells[1]:{kind}}  {row.cells[2]}"
    sign = max((len(row.text) for row in run if row.cells[3]), default=0)
    for row in run:
        if row.cells[3]:
            row.text = f"{row.text:{sign}} {row.cells[3]}"


def align_remarks(rows: Sequence[Row | None]) -> None:
    """Add the comments at the end of lines."""
    for run in _runs(rows, lambda row: bool(row.remark)):
        width = max(len(row.text) for row in run)
        for row in run:
            if row.remark:
                row.text = f"{row.text:{width}}  {row.remark}"


def _runs(rows: Sequence[Row | None], key: Callable[[Row], object]) -> Iterator[list[Row]]:
    """Rows that follow one another with the same key and no empty line between them."""
    run: list[Row] = []
    for row in rows:
        if row is not None and run and not row.apart and key(row) == key(run[0]):
            run.append(row)
            continue
        if run:
            yield run
        run = [row] if row is not None else []
    if run:
        yield run
