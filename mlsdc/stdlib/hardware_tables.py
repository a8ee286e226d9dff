"""The dated tables of accelerators, model shapes and prices, as the calculator takes them."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from mlsdc.compiler.estimates.hardware import Accelerator, Hardware, ModelShape, Price

GIGA, TERA = 1e9, 1e12


@cache
def standard_hardware() -> Hardware:
    """Everything the standard library knows."""
    rows = _table("hardware", "gpus.toml")["accelerator"]
    return Hardware(tuple(_accelerator(row) for row in rows), _shapes(), _prices())


def _table(*path: str) -> dict[str, Any]:
    text = files("mlsdc.stdlib").joinpath(*path).read_text(encoding="utf-8")
    return tomllib.loads(text)


def _accelerator(row: dict[str, Any]) -> Accelerator:
    flops: dict[str, Any] = row["flops"]
    link = row.get("link")
    return Accelerator(
        name=row["name"],
        chip=row["chip"],
        qualifiers=frozenset(row["qualifiers"]),
        memory=row["memory"]["value"] * GIGA,
        bandwidth=row["bandwidth"]["value"] * GIGA,
        flops={name: value * TERA for name, value in flops.items() if name != "unit"},
        link=link["value"] * GIGA if link else None,
        source=row["source"],
        date=row["date"],
        compute_capability=row.get("compute_capability"),
    )


def _shapes() -> dict[str, ModelShape]:
    found: dict[str, ModelShape] = {}
    for row in _table("model_shapes.toml")["model"]:
        shape = ModelShape(
            name=row["name"],
            params=row["params"],
            active=row.get("active", row["params"]),
            layers=row.get("layers"),
            hidden=row.get("hidden"),
            heads=row.get("heads"),
            kv_heads=row.get("kv_heads"),
            head_dim=row.get("head_dim"),
            vocab=row.get("vocab"),
            latent=row.get("latent"),
            flops_per_item=row["gflops"] * GIGA if "gflops" in row else None,
            source=row["source"],
        )
        for name in (row["name"], *row.get("aliases", ())):
            found[re.sub(r"[^a-z0-9]", "", name.lower())] = shape
    return found


def _prices() -> dict[str, Price]:
    return {
        row["name"]: Price(
            name=row["name"],
            usd_per_hour=row["usd_per_hour"]["value"],
            gpu=row["gpu"],
            gpus=row["gpus"],
            region=row["region"],
            source=row["source"],
            date=row["date"],
        )
        for row in _table("hardware", "prices_gpu.toml")["price"]
    }
