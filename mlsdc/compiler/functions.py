"""The functions that a feature's definition may use, with the fewest and the most arguments."""

from __future__ import annotations

from collections.abc import Mapping

AGGREGATIONS: Mapping[str, tuple[int, int]] = {
    "count": (0, 1),
    "sum": (1, 1),
    "mean": (1, 1),
    "min": (1, 1),
    "max": (1, 1),
    "last": (1, 1),
    "first": (1, 1),
    "stddev": (1, 1),
    "variance": (1, 1),
    "count_distinct": (1, 1),
    "percentile": (2, 2),
    "last_n": (2, 2),
}
"""Functions of many rows; they need a window."""

ROW_FUNCTIONS: Mapping[str, tuple[int, int]] = {
    "abs": (1, 1),
    "log": (1, 1),
    "log1p": (1, 1),
    "exp": (1, 1),
    "sqrt": (1, 1),
    "min": (2, 9),
    "max": (2, 9),
    "coalesce": (2, 9),
    "hour_of_day": (1, 1),
    "day_of_week": (1, 1),
    "seconds_between": (2, 2),
    "haversine": (2, 4),
    "hash": (1, 2),
    "bucket": (2, 9),
    "dot": (2, 2),
    "cosine": (2, 2),
    "lower": (1, 1),
    "length": (1, 1),
    "concat": (2, 9),
}
"""Functions of one row."""

ELSEWHERE: Mapping[str, str] = {
    "avg": "mean",
    "average": "mean",
    "std": "stddev",
    "stdev": "stddev",
    "var": "variance",
    "nunique": "count_distinct",
    "distinct": "count_distinct",
    "approx_count_distinct": "count_distinct",
    "median": "percentile",
    "quantile": "percentile",
    "len": "length",
    "ln": "log",
    "ifnull": "coalesce",
    "nvl": "coalesce",
}
"""What SQL and data frames call them."""


def is_aggregation(function: str, arguments: int) -> bool:
    """Whether a call aggregates rows; `min(a, b)` compares two values of one row."""
    row = ROW_FUNCTIONS.get(function)
    if row is not None and row[0] <= arguments <= row[1]:
        return False
    return function in AGGREGATIONS
