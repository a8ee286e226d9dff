"""Rows of a dated price list in; out, what a name costs in a region, or nothing where no row tells.

Law: every price has a unit, a source and a date, and a name without a row has no price: it is never
taken for free, nor for what it costs elsewhere.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mlsdc.units import CURRENCIES, digits

EVERYWHERE = "*"
HOURS = 730.0
"""Hours of a month, as cloud price lists count it: 8,760 over 12."""
PER_HOUR, PER_MONTH = "USD/h", "USD/month"
UNITS = (PER_HOUR, PER_MONTH, "USD/GB-month", "USD/GB")
RATE = "USD"
"""The unit of a currency's row: what one of it is worth."""
SHARE = "of the on-demand price, at least"
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_COLUMNS = {"name": str, "value": (int, float), "unit": str, "source": str, "date": str}


@dataclass(frozen=True, slots=True)
class Price:
    """One row: what one unit costs, who says so, and when."""

    name: str
    region: str
    value: float
    unit: str
    source: str
    date: str

    @property
    def monthly(self) -> float:
        """USD of one unit for a month."""
        return self.value * (HOURS if self.unit == PER_HOUR else 1.0)

    @property
    def each(self) -> str:
        """`0.204 USD/h`"""
        return f"{money(self.value)} {self.unit}"

    @property
    def cited(self) -> str:
        """The row as arithmetic cites it."""
        where = "" if self.region == EVERYWHERE else f" in {self.region}"
        return f"{self.name}{where}: {self.each} ({self.source}, {self.date})"


@dataclass(frozen=True)
class Prices:
    """A price list; rows of `given` win over those of `standard`, name by name."""

    rows: Mapping[tuple[str, str], Price] = field(default_factory=dict[tuple[str, str], Price])

    def of(self, name: str, region: str | None) -> Price | None:
        """The row of a name: that of the region, else one that holds everywhere."""
        found = self.rows.get((name.lower(), region or EVERYWHERE))
        return found or self.rows.get((name.lower(), EVERYWHERE))

    def over(self, other: Prices) -> Prices:
        """Both lists; where both have a row, this one's counts."""
        named = {name for name, region in self.rows if region == EVERYWHERE}
        kept = {key: row for key, row in other.rows.items() if key[0] not in named}
        return Prices({**kept, **self.rows})

    def rate(self, currency: str) -> Price | None:
        """What one of a currency is worth in USD."""
        return self.of(currency, None)


def listed(rows: Sequence[Price]) -> Prices:
    """A price list of rows."""
    return Prices({(row.name.lower(), row.region): row for row in rows})


def read_prices(document: Mapping[str, Any]) -> tuple[Prices, list[str]]:
    """The `[[price]]` rows of a TOML document, and what is wrong with those that are left out."""
    wrong = [f"there is no key `{key}`, only [[price]]" for key in document if key != "price"]
    table: object = document.get("price", [])
    if not isinstance(table, list):
        return Prices(), [*wrong, "`price` is a list of tables, [[price]]"]
    rows: list[Price] = []
    for number, row in enumerate(table, 1):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        read = _row(row if isinstance(row, dict) else {})  # pyright: ignore[reportUnknownArgumentType]
        if isinstance(read, Price):
            rows.append(read)
        else:
            wrong.append(f"row {number}: {read}")
    return listed(rows), wrong


def _row(row: Mapping[str, Any]) -> Price | str:
    for column, kind in _COLUMNS.items():
        if column not in row:
            return f"`{column}` is missing"
        if not isinstance(row[column], kind) or isinstance(row[column], bool):
            return f"`{column}` is {'a number' if column == 'value' else 'a text'}"
    region = row.get("region", EVERYWHERE)
    if not isinstance(region, str):
        return "`region` is a text"
    unknown = [key for key in row if key not in _COLUMNS and key != "region"]
    if unknown:
        return f"there is no column `{unknown[0]}`"
    if not math.isfinite(row["value"]) or row["value"] < 0:
        return f"`value` is at least 0, this is {row['value']}"
    if row["unit"] not in _units(row["name"]):
        return f"`unit` is one of {', '.join(_units(row['name']))}, this is `{row['unit']}`"
    if not _DATE.fullmatch(row["date"]):
        return f"`date` is written YYYY-MM-DD, this is `{row['date']}`"
    return Price(row["name"], region, float(row["value"]), row["unit"], row["source"], row["date"])


def _units(name: str) -> tuple[str, ...]:
    if name.upper() in CURRENCIES:
        return (RATE,)
    return (SHARE,) if name.startswith("purchase.") else UNITS


def money(value: float) -> str:
    """A price as lists print it: `0.204`, `1.7976`, `12`."""
    return f"{value:.6f}".rstrip("0").rstrip(".") if value < 100 else digits(value)
