"""What is wanted of production systems only: those whose stated tier is one of these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlsdc.compiler.design import Design
from mlsdc.compiler.schedule import Finding

PRODUCTION = ("production", "critical")


def of_production(design: Design, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings where the design says that it is a production system.

    A design without a tier is judged by MON001 alone, which asks for it: one note, not five.
    """
    if design.system.tier in PRODUCTION:
        yield from findings
