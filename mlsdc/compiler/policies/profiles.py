"""The profiles: how severe the catalogue's findings are for a design of a certain standing.

Data only. Law: a profile moves severities and never a predicate, so the same things are found under
every profile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mlsdc.diagnostics import Severity


@dataclass(frozen=True, slots=True)
class Move:
    """Findings of the rules whose code begins with `codes` go from one severity to another."""

    codes: str
    before: Severity
    after: Severity
    reason: str


_EXPIRED = Move(
    "SUP002",
    Severity.WARNING,
    Severity.ERROR,
    "a risk that was accepted until a date is not accepted after it",
)

PROFILES: Mapping[str, tuple[Move, ...]] = {
    "dev": (
        Move(
            "CAP", Severity.ERROR, Severity.WARNING, "loads and sizes of a first design are guesses"
        ),
        Move("LAT", Severity.ERROR, Severity.WARNING, "service times are measured later"),
        Move("SEC009", Severity.ERROR, Severity.WARNING, "reviewers are hired before production"),
        Move("POL", Severity.ERROR, Severity.WARNING, "owners and tiers settle before production"),
    ),
    "prod": (_EXPIRED,),
    "regulated": (
        _EXPIRED,
        Move("SUP003", Severity.WARNING, Severity.ERROR, "the record of accepted risks is audited"),
        Move("TSC", Severity.WARNING, Severity.ERROR, "data governance (EU AI Act, article 10)"),
        Move("MON", Severity.WARNING, Severity.ERROR, "record-keeping (EU AI Act, article 12)"),
        Move("REL", Severity.WARNING, Severity.ERROR, "robustness (EU AI Act, article 15)"),
        Move(
            "SEC", Severity.WARNING, Severity.ERROR, "oversight and security (articles 14 and 15)"
        ),
    ),
}
