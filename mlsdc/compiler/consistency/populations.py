"""Limits on columns in, a row that one side has and the other has not, out.

Both sides are conjunctions of limits on single columns, so that one column decides: what is served
is covered by what was trained on when no value of any column passes here and fails there.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any, cast

from mlsdc.compiler.model.features import Restriction
from mlsdc.units import Quantity

_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge
}  # fmt: skip
OTHER = "any other"
"""Stands for a value that nobody has named."""


def witness(served: Iterable[Restriction], trained: Restriction) -> object | None:
    """A value that what is served has and what was trained on has not; None where there is none."""
    own = [one for one in served if one.measure == trained.measure]
    for value in _candidates([*own, trained]):
        if all(holds(one, value) for one in own) and not holds(trained, value):
            return value
    return None


def holds(limit: Restriction, value: object) -> bool:
    """Whether a value of the column passes a limit."""
    listed = _values(limit)
    if limit.operator in ("==", "!="):
        return (value in listed) == (limit.operator == "==")
    compares = _ORDER[limit.operator]
    return isinstance(value, float) and all(
        isinstance(one, float) and compares(value, one) for one in listed
    )


def _values(limit: Restriction) -> list[object]:
    """The values of a limit; all numbers are of one kind, truths and texts are not numbers."""
    given: object = limit.limit
    listed = cast("list[object]", given) if isinstance(given, list | tuple) else [given]
    return [_plain(value) for value in listed]


def _plain(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return float(value)
    return value.value if isinstance(value, Quantity) else str(value)


def _candidates(limits: list[Restriction]) -> list[object]:
    """Enough values of a column to tell any two sets of limits on it apart."""
    named = [value for limit in limits for value in _values(limit)]
    numbers = sorted({value for value in named if isinstance(value, float)})
    between = [(low + high) / 2 for low, high in pairwise(numbers)]
    beyond = [numbers[0] - 1, numbers[-1] + 1] if numbers else []
    words = list(dict.fromkeys(value for value in named if not isinstance(value, float)))
    if words and {*words} <= {"true", "false"}:
        return [*numbers, "true", "false"]
    rest: list[object] = [] if numbers else [OTHER]
    return [*words, *numbers, *between, *beyond, *rest]
