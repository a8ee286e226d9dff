"""One fault put into one line of the example."""

from __future__ import annotations

from dataclasses import dataclass

from mlsdc.diagnostics import Severity


@dataclass(frozen=True)
class Damage:
    """One line made wrong: what stands there and what is put instead.

    `line` is a text of the line that the finding has to point at, the damaged one where empty;
    `follows` are other codes that the fault may bring about.
    """

    code: str
    old: str
    new: str
    line: str = ""
    severity: Severity = Severity.ERROR
    environments: tuple[str, ...] = ()
    follows: frozenset[str] = frozenset()
    says: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    """Texts of lines that secondary spans have to point at."""
