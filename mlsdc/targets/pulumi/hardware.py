"""Dated tables of machines in, the smallest one that fits out.

The rows lie in the standard library's `hardware` folder, each with its unit, source and date, and
are read when a program is made. Law: what no row offers is not guessed.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

GIB = 2.0**30


@dataclass(frozen=True)
class Machine:
    """One row: a type a service sells."""

    name: str
    cores: int
    memory: float
    """Bytes."""
    gpu: str = ""
    gpus: int = 0
    partitions: int = 0
    """Kafka replicas of partitions that one broker should hold at most."""


@cache
def _table(name: str) -> dict[str, object]:
    text = files("mlsdc.stdlib").joinpath("hardware", f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def machines(name: str) -> tuple[Machine, ...]:
    """All rows of a table, smallest first."""
    rows = _table(name)["machine"]
    found: list[Machine] = []
    assert isinstance(rows, list)
    for row in rows:  # pyright: ignore[reportUnknownVariableType]
        fields = dict[str, str | int | float](row)  # pyright: ignore[reportUnknownArgumentType]
        found.append(
            Machine(
                str(fields["name"]),
                int(fields.get("cores", 0)),
                float(fields["memory"]) * GIB,
                str(fields.get("gpu", "")),
                int(fields.get("gpus", 0)),
                int(fields.get("partitions", 0)),
            )
        )
    return tuple(sorted(found, key=lambda m: (m.gpus, m.cores, m.memory, m.name)))


def release(name: str, key: str) -> str:
    """A dated fact of a table that is no machine, such as the newest version of a service."""
    fact = _table(name)[key]
    assert isinstance(fact, dict)
    return str(fact["value"])  # pyright: ignore[reportUnknownArgumentType]


def fitting(
    name: str, *, cores: float = 0, memory: float = 0, gpu: str = "", gpus: int = 0,
    partitions: int = 0,
) -> Machine | None:  # fmt: skip
    """The smallest machine of a table with at least this much of everything, or None."""
    return next(
        (
            m
            for m in machines(name)
            if m.cores >= cores and m.memory >= memory and m.gpu == gpu and m.gpus >= gpus
            and (not partitions or m.partitions >= partitions)
        ),
        None,
    )  # fmt: skip
