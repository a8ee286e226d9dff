"""One mistake, one report on its line; three mistakes, three reports; nothing else is lost."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from mlsdc.diagnostics import Confidence, Diagnostic, Edit, Source
from mlsdc.dsl import ast
from mlsdc.dsl.parse import parse
from mlsdc.dsl.tables import ACTIONS
from tests.dsl.seeded import DESIGN, MISTAKES, NAMES, Mistake

TERMINALS = {kind for row in ACTIONS for kind in row} | {"SOFT", "EXCESS", "GONE"}


def said(text: str) -> list[str]:
    """The reports on a text, as "code:line"."""
    _, found = parse(text, "design.mlsd")
    return [f"{d.code}:{Source('', text).position(d.span.start).line}" for d in found]


def names(tree: ast.Tree) -> list[str]:
    """What the top-level declarations are called."""
    found: list[str] = []
    for statement in tree.statements:
        if isinstance(statement, ast.Declaration):
            name, word = statement.name, next(iter(statement.words), None)
            if name is not None:
                found.append(name.text)
            elif isinstance(word, ast.Reference):
                found.append(word.name)
    return found


def broken(tree: ast.Tree) -> int:
    return sum(isinstance(statement, ast.Broken) for statement in ast.walk(tree.statements))


def by_name(mistake: Mistake) -> str:
    return mistake.name.replace(" ", "-").replace(",", "")


def test_the_design_is_good() -> None:
    tree, found = parse(DESIGN, "design.mlsd")
    assert found == []
    assert names(tree) == NAMES


@pytest.mark.parametrize("mistake", MISTAKES, ids=by_name)
def test_one_mistake_gives_one_report(mistake: Mistake) -> None:
    text = mistake.seed()
    tree, found = parse(text, "design.mlsd")
    assert said(text) == [mistake.said]
    assert broken(tree) == mistake.broken
    if not mistake.lost:
        assert names(tree) == NAMES
    for diagnostic in found:
        _reads_well(diagnostic)


def _reads_well(diagnostic: Diagnostic) -> None:
    words = set(re.findall(r"[$A-Z_]{2,}", f"{diagnostic.message} {diagnostic.help}"))
    assert not words & TERMINALS
    assert diagnostic.help
    assert "  " not in diagnostic.message
    assert "``" not in diagnostic.message + diagnostic.help


@pytest.mark.parametrize("mistake", MISTAKES, ids=by_name)
def test_a_fix_mends_what_it_says(mistake: Mistake) -> None:
    text = mistake.seed()
    _, found = parse(text, "design.mlsd")
    for fix in [d.fix for d in found if d.fix is not None]:
        left = said(_apply(text, list(fix.edits)))
        if fix.confidence is Confidence.SAFE:
            assert left == []
        else:
            assert mistake.said not in left


def _apply(text: str, edits: list[Edit]) -> str:
    for edit in sorted(edits, key=lambda edit: edit.span.start, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


LINES = {mistake.name: int(mistake.said.split(":")[1]) for mistake in MISTAKES}
INDEPENDENT = [
    mistake
    for mistake in MISTAKES
    if "\n" not in mistake.old + mistake.new and "brace" not in mistake.name
]


@pytest.mark.parametrize("shift", range(8))
def test_three_mistakes_give_three_reports(shift: int) -> None:
    """Every mistake that leaves the lines alone, with two others on other lines."""
    all_trios = combinations(INDEPENDENT, 3)
    trios = [trio for trio in all_trios if len({LINES[m.name] for m in trio}) == 3]
    for first, second, third in trios[shift::400]:
        text = third.seed(second.seed(first.seed()))
        expected = sorted((m.said for m in (first, second, third)), key=lambda s: int(s[7:]))
        assert said(text) == expected, (first.name, second.name, third.name)


TWENTY = [
    ('owner   = "risk-ml"', 'owner   = "risk-ml'),
    ("tier    = production", "tier    : 3"),
    ("entity card { key card_id: string }", "entity card { key card_id: }"),
    ("event_size = 600B", "event_size = 600 B"),
    ("retention  = 7d\n", "retention  =\n"),
    ("retention  = 14d", "retention  = 14dd"),
    ("rate = 2/m", "rate = 2/m,"),
    ("[payments, decisions, chargebacks]", "[payments decisions, chargebacks]"),
    ("watermark   = 2s", "watermark   = 2s;"),
    ("slide       = 1s", "slide       == = 1s"),
    ("memory = 16GiB", "memory = 16GiB )"),
    ("online  = features_online", "online  = 'features_online'"),
    ("lookback  = 3d", "lookback  = 3d 30d"),
    ("from    = [chargebacks, cases]", "from    = [chargebacks, cases"),
    ("strategy = single", "strategy = single // one node"),
    ("size      = 40MiB", "size      40MiB = 3"),
    ("limit  = 2000/s", "limit  = 2000/s *"),
    ("budget { p50 <= 20ms", "budget { p50 =< 20ms"),
    ("reviewers  = 60", "reviewers  = é60"),
    ("share     = 10%", "share     := 10%"),
]


def test_twenty_mistakes_in_one_file(fraud: str) -> None:
    text, expected = fraud, []
    for old, new in TWENTY:
        found_at = re.search(re.sub(r"(?:\\ )+", " +", re.escape(old)), text)
        assert found_at is not None, old
        expected.append(text[: found_at.start()].count("\n") + 1)
        text = text[: found_at.start()] + new + text[found_at.end() :]
    found = said(text)
    lines = [int(one.split(":")[1]) for one in found]
    assert lines == sorted(expected)
    tree, _ = parse(text, "design.mlsd")
    assert len(names(tree)) == len(names(parse(fraud, "design.mlsd")[0]))
