"""A design that answers questions from manuals is sound, and each fault put into it is found."""

from __future__ import annotations

import pytest

from mlsdc.diagnostics import Diagnostic, Source
from mlsdc.pipeline import check
from mlsdc.stdlib.find import standard_catalog
from tests.damage import Damage
from tests.damages_language import DESIGN, LANGUAGE

FILE = "assistant.mlsd"
JUDGED = {damage.code for damage in LANGUAGE}
NAMES = [f"{d.code}-{(d.new or d.old).strip().splitlines()[-1][:40]}" for d in LANGUAGE]


def judged(text: str) -> list[Diagnostic]:
    """What is said of a design by the checks that the damages are for, and of its form."""
    found = check([Source(FILE, text)], standard_catalog()).diagnostics
    return [d for d in found if d.code in JUDGED or d.code[:3] in ("SYN", "TYP", "INT", "LLM")]


def line_of(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def covered(text: str, piece: str) -> range:
    """The numbers of the lines that a text stands on."""
    assert text.count(piece) == 1, f"{piece!r} stands {text.count(piece)} times"
    first = line_of(text, text.index(piece))
    return range(first, first + len(piece.rstrip("\n").split("\n")))


def test_the_design_is_clean() -> None:
    """Nothing is wrong with it, and each of these checks can decide."""
    assert [f"{d.code} {d.message}" for d in judged(DESIGN)] == []


@pytest.mark.parametrize("damage", LANGUAGE, ids=NAMES)
def test_damage_is_found(damage: Damage) -> None:
    """Exactly the expected code appears, on the expected line, with both halves."""
    assert DESIGN.count(damage.old) == 1, f"{damage.old!r} stands {DESIGN.count(damage.old)} times"
    text = DESIGN.replace(damage.old, damage.new)
    said = judged(text)
    shown = [f"{d.code} {d.subject}: {d.message}" for d in said]

    assert {d.code for d in said} - {damage.code} <= damage.follows, shown
    lines = covered(text, damage.line or damage.new)
    pointed = [d for d in said if d.code == damage.code and line_of(text, d.span.start) in lines]
    assert pointed, (shown, [line_of(text, d.span.start) for d in said], lines)
    one = pointed[0]
    assert one.severity is damage.severity
    assert not one.undecided
    assert one.help
    assert [word for word in damage.says if word not in one.message] == [], one.message
    others = {line_of(text, label.span.start) for label in one.labels}
    for piece in damage.labels:
        assert others & set(covered(text, piece)), f"no secondary span on {piece!r}"
