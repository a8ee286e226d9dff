"""A compiled design in, its points in every test and section out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from mlsdc.compiler.schedule import Verdicts
from mlsdc.compiler.score import of_data, of_infrastructure, of_model, of_monitoring
from mlsdc.compiler.score.rubric import SECTIONS, TESTS, Item
from mlsdc.compiler.score.view import Mechanism, Mechanisms, View

Outcome = Literal["pass", "fail", "undecided"]
MECHANISMS: Mapping[str, Callable[[View], Mechanisms]] = {
    "Data1": of_data.schema,
    "Data2": of_data.beneficial,
    "Data3": of_data.cost,
    "Data4": of_data.requirements,
    "Data5": of_data.privacy,
    "Data6": of_data.quickly,
    "Data7": of_data.tested,
    "Model1": of_model.reviewed,
    "Model2": of_model.correlates,
    "Model3": of_model.tuned,
    "Model4": of_model.staleness,
    "Model5": of_model.simpler,
    "Model6": of_model.slices,
    "Model7": of_model.inclusion,
    "Infra1": of_infrastructure.reproducible,
    "Infra2": of_infrastructure.unit_tested,
    "Infra3": of_infrastructure.integrated,
    "Infra4": of_infrastructure.validated,
    "Infra5": of_infrastructure.debuggable,
    "Infra6": of_infrastructure.canaried,
    "Infra7": of_infrastructure.rolled_back,
    "Mon1": of_monitoring.announced,
    "Mon2": of_monitoring.invariants,
    "Mon3": of_monitoring.no_skew,
    "Mon4": of_monitoring.not_stale,
    "Mon5": of_monitoring.stable,
    "Mon6": of_monitoring.performance,
    "Mon7": of_monitoring.quality,
}
"""What a design shows for each test."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One check, or a family of them, and what it found."""

    code: str
    outcome: Outcome
    failing: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    """Codes of the family; those that the catalogue does not have are undecided."""


@dataclass(frozen=True)
class Scored:
    """One test."""

    test: Item
    points: float
    found: tuple[Mechanism, ...]
    lacking: tuple[Mechanism, ...]
    checks: tuple[Judged, ...]

    @property
    def word(self) -> str:
        """What the points mean; never that the test passed."""
        if self.points == 1.0:
            return "mechanism present and coherent"
        return "mechanism present" if self.points else "no mechanism"


@dataclass(frozen=True)
class Score:
    """All tests of one environment."""

    tests: tuple[Scored, ...]

    @property
    def sections(self) -> dict[str, float]:
        """Points by section."""
        return {
            name: sum(one.points for one in self.tests if one.test.section == name)
            for name in SECTIONS
        }

    @property
    def final(self) -> float:
        """The least of the four sections."""
        return min(self.sections.values())


def score(
    view: View, verdicts: Verdicts, known: Sequence[str], planned: Sequence[str] = ()
) -> Score:
    """The points of a design.

    `known` are the codes that were judged, `planned` those that the catalogue will have.
    """
    outcomes = _outcomes(verdicts, known)
    return Score(tuple(_scored(test, view, outcomes, planned) for test in TESTS))


def _outcomes(verdicts: Verdicts, known: Sequence[str]) -> dict[str, Outcome]:
    found: dict[str, Outcome] = dict.fromkeys(known, "pass")
    for diagnostic in verdicts.diagnostics:
        if not diagnostic.undecided:
            found[diagnostic.code] = "fail"
        elif found.get(diagnostic.code) != "fail":
            found[diagnostic.code] = "undecided"
    return found


def _scored(
    test: Item, view: View, outcomes: Mapping[str, Outcome], planned: Sequence[str]
) -> Scored:
    every = tuple(MECHANISMS[test.id](view))
    tainted = view.design.tainted
    found = tuple(one for one in every if one.present and one.component not in tainted)
    lacking = tuple(one for one in every if not one.present or one.component in tainted)
    checks = tuple(_judged(code, outcomes, planned) for code in test.checks)
    points = 0.0
    if found:
        coherent = not lacking and all(one.outcome == "pass" for one in checks)
        points = min(test.most, 1.0 if coherent else 0.5)
    return Scored(test, points, found, lacking, checks)


def _judged(code: str, outcomes: Mapping[str, Outcome], planned: Sequence[str]) -> Judged:
    """A check that nobody has written yet decides nothing."""
    if not code.endswith("*"):
        return Judged(code, outcomes.get(code, "undecided"))
    family = code.rstrip("*")
    codes = dict.fromkeys(sorted(one for one in (*outcomes, *planned) if one.startswith(family)))
    failing = tuple(one for one in codes if outcomes.get(one) == "fail")
    undecided = tuple(one for one in codes if outcomes.get(one, "undecided") == "undecided")
    word: Outcome = "fail" if failing else "undecided" if undecided or not codes else "pass"
    return Judged(code, word, failing, undecided)
