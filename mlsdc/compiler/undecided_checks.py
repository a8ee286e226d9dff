"""Checks of the catalogue that no check decides yet, each with the reason.

`docs/checks/index.md` lists them. A line is deleted when its check arrives; codes are never reused.
"""

from __future__ import annotations

from typing import NamedTuple


class Undecided(NamedTuple):
    """A code of the catalogue without a check."""

    code: str
    title: str
    reason: str


CATALOGUE = {"TSC": 50, "LAT": 22, "CAP": 20, "REL": 21, "SEC": 18, "EXP": 15, "MON": 15, "LLM": 16}
"""The families of the catalogue and the last number of each; all of them count from 1. LAT021 and
LAT022 came with the failures that are looked at in every run."""

# fmt: off
UNDECIDED: tuple[Undecided, ...] = (
    Undecided("REL020", "selector that selects nothing", "selectors derive from edges; the tests of the target hold that none dangles"),  # noqa: E501
)
# fmt: on
"""One on each line, so that arriving is deleting a line."""
