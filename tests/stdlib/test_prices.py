"""The price lists are dated and sourced, and agree with what others list."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import libcloud
import pytest
from libcloud.compute.constants.ec2_instance_types import INSTANCE_TYPES

from mlsdc.compiler.capacity.prices import Price, Prices, listed, read_prices
from mlsdc.stdlib.prices import LISTS, MACHINES, standard_prices, table

FOLDER = Path(str(files("mlsdc.stdlib"))) / "hardware"
TABLES = sorted(path.name for path in FOLDER.glob("*.toml"))
PRICE_LISTS = (*LISTS, MACHINES)
DEDICATED = 1.1
"""libcloud's list holds dedicated tenancy, 10 % dearer, where its scrape met that row last."""


def rows(name: str) -> list[dict[str, Any]]:
    """Every row of a table: of its lists, and its single facts."""
    found: list[dict[str, Any]] = []
    for value in table(name).values():
        found += value if isinstance(value, list) else [value]
    return found


def unit_of(row: dict[str, Any]) -> str | None:
    """The unit of a row, or of the quantities in it."""
    inner = [value.get("unit") for value in row.values() if isinstance(value, dict)]
    return row.get("unit") or (inner[0] if inner and all(inner) else None)


@pytest.mark.parametrize("name", TABLES)
def test_every_row_has_unit_source_and_date(name: str) -> None:
    """No number without what it is, who says so, and since when."""
    assert rows(name)
    for row in rows(name):
        assert unit_of(row), row
        assert len(row["source"]) > 10, row
        assert date(2020, 1, 1) <= date.fromisoformat(row["date"]) <= date(2027, 1, 1), row


@pytest.mark.parametrize("name", LISTS)
def test_every_price_has_its_four_columns(name: str) -> None:
    """Value, unit, source, date; and no name is priced twice in a region."""
    found = table(name)["price"]
    for row in found:
        assert set(row) == {"name", "region", "value", "unit", "source", "date"}
        assert row["value"] > 0
    assert len({(row["name"], row["region"]) for row in found}) == len(found)


def test_no_price_stands_in_two_lists() -> None:
    """One fact has one row."""
    names = [(row["name"], row["region"]) for name in PRICE_LISTS for row in table(name)["price"]]
    assert len(names) == len(set(names)) == len(standard_prices().rows)


@cache
def others() -> dict[str, dict[str, float | None]]:
    """On-demand prices of EC2 as apache-libcloud lists them, by machine and region."""
    path = Path(libcloud.__file__).parent / "data" / "pricing.json"
    return json.loads(path.read_text())["compute"]["ec2_linux"]


def test_machine_prices_agree_with_libcloud() -> None:
    """Wherever both have a price it is the same, tenancy apart."""
    compared = 0
    for row in table("prices_ec2.toml")["price"]:
        listed_at = others().get(row["name"], {}).get(row["region"])
        if not listed_at:
            continue
        compared += 1
        same = (row["value"], row["value"] * DEDICATED)
        assert any(listed_at == pytest.approx(value, rel=1e-4) for value in same), row
    assert compared >= 60


def test_machines_have_the_sizes_that_libcloud_lists() -> None:
    """Cores, memory and accelerators."""
    compared = 0
    for row in table("ec2.toml")["machine"]:
        other = INSTANCE_TYPES.get(row["name"])
        if other is None:
            continue
        compared += 1
        extra = other["extra"]
        assert (int(extra["vcpu"]), other["ram"]) == (row["cores"], row["memory"] * 1024)
        assert int(extra.get("gpu", 0)) == row.get("gpus", 0)
    assert compared >= 30


def test_every_machine_has_a_price_somewhere_or_is_known_to_have_none() -> None:
    """What the sizing may choose is priced in us-east-1, but for what the list names here."""
    names = [row["name"] for row in table("ec2.toml")["machine"]]
    names += [row["name"] for row in table("elasticache.toml")["machine"]]
    names += [row["name"] for row in table("msk.toml")["machine"]]
    unpriced = {name for name in names if standard_prices().of(name, "us-east-1") is None}
    assert unpriced == {
        "p5en.48xlarge", "p6-b200.48xlarge", "cache.m7g.large",
        "kafka.m7g.4xlarge", "kafka.m7g.8xlarge", "kafka.m7g.12xlarge", "kafka.m7g.16xlarge",
    }  # fmt: skip


ROW = {"name": "x", "value": 2, "unit": "USD/h", "source": "a contract", "date": "2026-01-31"}


def one(**changed: Any) -> list[str]:
    """What is wrong with one row."""
    row = {key: value for key, value in {**ROW, **changed}.items() if value is not None}
    return read_prices({"price": [row]})[1]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"value": None}, "`value` is missing"),
        ({"value": "2"}, "`value` is a number"),
        ({"value": True}, "`value` is a number"),
        ({"value": -1}, "at least 0"),
        ({"value": float("nan")}, "at least 0"),
        ({"unit": "USD"}, "USD/GB-month"),
        ({"name": "EUR"}, "`unit` is one of USD, "),
        ({"date": "2026-1-31"}, "YYYY-MM-DD"),
        ({"region": 3}, "`region` is a text"),
        ({"per": "h"}, "no column `per`"),
    ],
)
def test_a_wrong_row_is_told_and_left_out(changed: dict[str, Any], words: str) -> None:
    """Each mistake by itself, and never a guess."""
    assert one() == []
    (said,) = one(**changed)
    assert words in said


@pytest.mark.parametrize("document", [{"price": 3}, {"price": [3]}, {"rate": []}])
def test_a_wrong_document_is_told(document: dict[str, Any]) -> None:
    """Whatever a TOML file can hold."""
    prices, wrong = read_prices(document)
    assert wrong
    assert prices.rows == {}


def price(name: str, region: str, value: float) -> Price:
    return Price(name, region, value, "USD/h", "a list", "2026-01-01")


def test_a_region_wins_over_everywhere_and_no_other_region_counts() -> None:
    """A price elsewhere is no price here."""
    prices = listed([price("a", "*", 1), price("a", "eu", 2), price("b", "us", 3)])
    assert [prices.of("a", r).value for r in ("eu", "us", None)] == [2, 1, 1]  # pyright: ignore
    assert prices.of("b", "eu") is None


def test_ones_own_rows_win() -> None:
    """Those that hold everywhere win over the standard ones of every region."""
    standard = listed([price("a", "eu", 1), price("a", "us", 1), price("b", "eu", 1)])
    own = listed([price("a", "*", 5), price("b", "us", 6)])
    both = own.over(standard)
    assert [both.of("a", r).value for r in ("eu", "us")] == [5, 5]  # pyright: ignore
    assert [both.of("b", r).value for r in ("eu", "us")] == [1, 6]  # pyright: ignore
    assert Prices().over(standard) == standard
