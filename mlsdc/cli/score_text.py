"""The points of a design in, a table for a terminal or plain data for programs out.

Law: a mechanism is present or not; no word here says that a test passed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from mlsdc.cli.cells import safe
from mlsdc.cli.report import counted
from mlsdc.cli.terminal import BOLD, CYAN, GREEN, YELLOW, Style
from mlsdc.compiler.score.rubric import SECTIONS, TESTS
from mlsdc.compiler.score.score import Judged, Score, Scored
from mlsdc.compiler.score.view import Mechanism
from mlsdc.units import digits

Document = dict[str, object]
LABEL = "mechanism present, as the design states it; not that a test passed"
_MOST = 3
"""Mechanisms of one test that are named."""
_COLOURS = {1.0: GREEN, 0.5: YELLOW}


def text(scores: Sequence[tuple[list[str], Score]], style: Style) -> str:
    """One table for each group of environments that score the same."""
    blocks = ["\n".join(_table(names, score, style)) for names, score in scores]
    return "\n\n".join(blocks)


def _table(environments: list[str], score: Score, style: Style) -> Iterator[str]:
    where = f" ({', '.join(environments)})" if environments else ""
    final = style.paint(digits(score.final), BOLD, CYAN)
    yield f"{style.paint('ML Test Score, design-readable', BOLD)}{where}: {final}"
    sums = " · ".join(f"{name} {digits(points)}" for name, points in score.sections.items())
    yield f"the least of {sums}"
    yield LABEL
    for section in SECTIONS:
        own = [one for one in score.tests if one.test.section == section]
        most = sum(one.test.most for one in own)
        head = f"{section}: {digits(score.sections[section])} of {digits(most)} readable"
        yield ""
        yield style.paint(f"{head}, of {counted(len(own), 'test')}", BOLD)
        for one in own:
            yield from _row(one, style)


def _row(one: Scored, style: Style) -> Iterator[str]:
    points = style.paint(f"{digits(one.points):>3}", _COLOURS.get(one.points, BOLD))
    yield f"{points}  {one.test.id:<6}  {one.test.title}: {one.word}"
    if one.found:
        yield f"              found: {_named(one.found)}"
    if one.lacking:
        yield f"              lacks: {_named(one.lacking)}"
    if one.lacking or not one.found:
        yield f"              wants: {one.test.wanted}"
    if one.checks:
        yield f"              checks: {', '.join(map(_judged, one.checks))}"
    elif one.test.reach == "partly":
        yield "              checks: none"


def _named(mechanisms: Sequence[Mechanism]) -> str:
    said = [safe(f"{one.component}: {one.text}") for one in mechanisms[:_MOST]]
    more = len(mechanisms) - len(said)
    return "; ".join([*said, *([f"{more} more"] if more else [])])


def _judged(one: Judged) -> str:
    codes = one.failing or one.undecided
    if len(codes) > _MOST:
        return f"{one.code} {one.outcome} ({len(codes)} codes)"
    named = f" ({', '.join(codes)})" if codes else ""
    return f"{one.code} {one.outcome}{named}"


def document(
    scores: Sequence[tuple[str, Score]], place: Callable[[str, Mechanism], Document | None]
) -> list[Document]:
    """Every environment with its tests; `place` names where a mechanism stands."""
    return [
        {
            "name": name,
            "score": score.final,
            "sections": [
                {
                    "name": section,
                    "points": points,
                    "readable": sum(one.most for one in TESTS if one.section == section),
                }
                for section, points in score.sections.items()
            ],
            "tests": [_test(one, name, place) for one in score.tests],
        }
        for name, score in scores
    ]


def _test(
    one: Scored, environment: str, place: Callable[[str, Mechanism], Document | None]
) -> Document:
    def mechanism(each: Mechanism) -> Document:
        where = place(environment, each)
        return {"component": each.component, "text": each.text, "place": where}

    return {
        "id": one.test.id,
        "section": one.test.section,
        "title": one.test.title,
        "points": one.points,
        "readable": one.test.most,
        "reach": one.test.reach,
        "verdict": one.word,
        "found": [mechanism(each) for each in one.found],
        "lacking": [mechanism(each) for each in one.lacking],
        "wanted": one.test.wanted,
        "checks": [
            {
                "code": each.code,
                "outcome": each.outcome,
                "failing": list(each.failing),
                "undecided": list(each.undecided),
            }
            for each in one.checks
        ],
    }
