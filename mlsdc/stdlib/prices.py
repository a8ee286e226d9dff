"""The dated price lists of the standard library, as one list."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from mlsdc.compiler.capacity.prices import PER_HOUR, Price, Prices, listed, read_prices

LISTS = ("prices_ec2.toml", "prices_aws.toml")
MACHINES = "prices_gpu.toml"
"""Machines with accelerators, in the form the calculator reads."""


@cache
def standard_prices() -> Prices:
    """Every price that mlsdc knows, each with its unit, source and date."""
    found = Prices()
    for name in LISTS:
        read, wrong = read_prices(table(name))
        assert not wrong, f"{name}: {wrong[0]}"
        found = Prices({**found.rows, **read.rows})
    machines = [
        Price(row["name"], row["region"], row["usd_per_hour"]["value"], PER_HOUR, row["source"],
              row["date"])
        for row in table(MACHINES)["price"]
    ]  # fmt: skip
    return Prices({**found.rows, **listed(machines).rows})


def table(name: str) -> dict[str, Any]:
    """One file of the hardware tables."""
    text = files("mlsdc.stdlib").joinpath("hardware", name).read_text(encoding="utf-8")
    return tomllib.loads(text)
