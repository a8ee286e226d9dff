"""A file of results and a plan in, tallies out, or every wrong cell with its row and column."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from mlsdc.cli.experiment.rows import rows
from mlsdc.cli.outputs import Unusable
from mlsdc.compiler.experiments.plan import Plan
from mlsdc.compiler.experiments.results import Collector, Contradiction, Pair, Results
from mlsdc.diagnostics import nearest

MOST_TOLD = 20
"""Wrong cells that are told one by one; the rest is counted."""
MOST_VARIANTS = 100
_TRUE = {"true": 1.0, "false": 0.0}


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column means what."""

    variant: str = "variant"
    unit: str | None = None
    segment: str | None = None


@dataclass
class _Told:
    """The wrong cells found so far."""

    path: str
    lines: list[str] = field(default_factory=list[str])
    count: int = 0

    def say(self, row: int, column: str, message: str) -> None:
        self.count += 1
        if self.count <= MOST_TOLD:
            self.lines.append(f"{self.path}: row {row}, column `{column}`: {message}")

    def raise_any(self) -> None:
        if self.count > MOST_TOLD:
            self.lines.append(f"{self.path}: {self.count - MOST_TOLD} more wrong rows")
        if self.lines:
            raise WrongRows(self.lines)


class WrongRows(Exception):  # noqa: N818 - named for what happened
    """Cells that cannot be used, one line each."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


def read_results(path: str, plan: Plan, columns: Columns) -> Results:
    """Every row, tallied.

    Raises Unusable for a file that cannot be read or lacks a column, WrongRows for wrong cells.
    """
    found = rows(path)
    _, header = next(found, (0, list[str]()))
    at = _positions(path, header, plan, columns)
    collector = Collector(plan, columns.segment or "segment", columns.unit or "unit")
    readers = [_pair_reader(at, plan, index) for index in range(len(plan.metrics))]
    variant_at = at[columns.variant]
    unit_at = at[columns.unit] if columns.unit else None
    segment_at = at[columns.segment] if columns.segment else None
    told = _Told(path)
    seen: set[str] = set()
    for number, row in found:
        if len(row) != len(header):
            column = header[min(len(row), len(header) - 1)]
            told.say(number, column, f"the row has {len(row)} cells, the header {len(header)}")
            continue
        try:
            variant = _named(row[variant_at], columns.variant)
            unit = None if unit_at is None else _named(row[unit_at], header[unit_at])
            segment = "" if segment_at is None else _named(row[segment_at], header[segment_at])
            pairs = [reader(row) for reader in readers]
            seen.add(variant)
            if len(seen) > MOST_VARIANTS:
                raise Unusable(
                    f"{path}: column `{columns.variant}` has more than {MOST_VARIANTS} values; "
                    "name the column of the variant: --variant COLUMN"
                )
            collector.add(variant, segment, unit, pairs, number)
        except Contradiction as error:
            told.say(number, error.column, str(error))
    told.raise_any()
    results = collector.finish()
    _check_variants(path, plan, columns, results)
    return results


def _positions(path: str, header: Sequence[str], plan: Plan, columns: Columns) -> dict[str, int]:
    if not header:
        raise Unusable(f"{path}: the file is empty; its first row names the columns")
    names = [name.strip() for name in header]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise Unusable(f"{path}: row 1: two columns are named `{twice[0]}`")
    wanted = [columns.variant, columns.unit, columns.segment, plan.covariate]
    for metric in plan.metrics:
        wanted += [metric.column, metric.denominator]
    at = {name: index for index, name in enumerate(names)}
    for name in wanted:
        if name is not None and name not in at:
            near = nearest(name, names)
            if near is None and len(names) == 1 and ";" in names[0]:
                hint = "columns are separated by commas, not by semicolons"
            else:
                hint = f"did you mean `{near}`?" if near else "columns: " + ", ".join(names[:20])
            raise Unusable(f"{path}: row 1: there is no column `{name}`; {hint}")
    return at


def _pair_reader(at: dict[str, int], plan: Plan, index: int) -> Callable[[Sequence[str]], Pair]:
    metric = plan.metrics[index]
    other = metric.denominator or (plan.covariate if index == 0 else None)
    value_at, other_at = at[metric.column], at[other] if other else None
    binary = metric.kind == "binary"

    def read(row: Sequence[str]) -> Pair:
        value = _number(row[value_at], metric.column)
        if binary and value not in (0.0, 1.0):
            raise Contradiction(metric.column, f"`{row[value_at]}` is neither 0 nor 1")
        return value, 1.0 if other_at is None else _number(row[other_at], other or "")

    return read


def _number(text: str, column: str) -> float:
    try:
        value = float(text)
    except ValueError:
        known = _TRUE.get(text.strip().lower())
        if known is not None:
            return known
        if not text.strip():
            raise Contradiction(
                column, "the cell is empty; state the value, or leave the unit out knowingly"
            ) from None
        raise Contradiction(column, f"`{text[:40]}` is no number") from None
    if not math.isfinite(value):
        raise Contradiction(column, f"`{text[:40]}` is no finite number")
    return value


def _named(text: str, column: str) -> str:
    name = text.strip()
    if not name:
        raise Contradiction(column, "the cell is empty")
    return name


def _check_variants(path: str, plan: Plan, columns: Columns, results: Results) -> None:
    found = results.variants
    listed = ", ".join(found[:10])
    if not found:
        raise Unusable(f"{path}: there are no rows below the header")
    if plan.control not in found:
        near = nearest(plan.control, found)
        hint = f"did you mean `{near}`?" if near else f"variants: {listed}"
        raise Unusable(
            f"{path}: column `{columns.variant}` has no variant `{plan.control}`; {hint} "
            "(--control NAME)"
        )
    if len(found) < 2:
        raise Unusable(f"{path}: there is only one variant, `{found[0]}`; nothing to compare")
    for name in plan.allocation:
        if name not in found:
            raise Unusable(
                f"{path}: no unit is in `{name}`, which has {plan.allocation[name]:.4g} of the "
                f"traffic; variants: {listed}"
            )
    for name in found:
        if plan.allocation and name not in plan.allocation:
            raise Unusable(
                f"{path}: variant `{name}` has no planned share: --allocation {name}=SHARE,..."
            )
