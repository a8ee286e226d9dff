"""What a system does with the words of a design, as data that each system owns.

A word such as `max_age` or `exactly_once` is a claim: it counts only where the named system, at the
version that is named, does what the word says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Claim = Literal[
    "lookback", "max_age", "expiry", "point_in_time", "join_delay", "created_time", "exactly_once",
    "transactions",
]  # fmt: skip
"""The words: fields of feature views and datasets, the delivery of a job, and `transactions`: what
a job writes becomes visible all at once, or not at all."""


@dataclass(frozen=True)
class Capability:
    """Whether a system honours a claim, and where that is known from.

    `source` names the vendor's page or issue and, for what may change, the version it was true of.
    """

    supported: bool
    source: str
    requires: str = ""
    """The field of the system without which it does not."""
    since: str = ""
    """The first version of the system that does, where earlier ones do not."""
    limits: str = ""
    """What it still does not do: one clause for a message."""
    instead: str = ""
    """What to write or do where it does not: a line that can be typed."""
