"""One run tells of every independent mistake in a file, once, and of little else."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from mlsdc.diagnostics import Diagnostic
from mlsdc.dsl.tables import ACTIONS
from tests.dsl.recovery_corpus import FILES, LANGUAGE, judge

TERMINALS = {kind for row in ACTIONS for kind in row if not kind.islower()} - {"NAME", "IN"}
TERMINALS |= {"SOFT", "EXCESS", "GONE", "$END"}
SYNTAX = ("SYN00", "SYN01", "SYN03")

# Nothing better can be said than the message: it names both sides, or what is missing.
_WITHOUT_HELP = re.compile(
    "^division of .* by zero|has no value: |^there is no component .* to override"
    "|^an objective stands in a|is not a type$"
)

each = pytest.mark.parametrize("name", FILES)


def test_the_corpus_is_large_and_mixed() -> None:
    """At least seventy files with 1 to 20 mistakes; half of them of syntax, half of meaning."""
    counts = [len(judge(name).seeded) for name in FILES]
    assert len(FILES) >= 70
    assert min(counts) >= 1
    assert max(counts) == 20
    marks = [mistake.codes[0] for name in FILES for mistake in judge(name).seeded]
    syntax = sum(code.startswith(SYNTAX) for code in marks)
    assert 0.4 <= syntax / len(marks) <= 0.6


def test_nineteen_of_twenty_mistakes_are_told() -> None:
    """The share over the whole corpus; the message lists what was missed."""
    judged = [judge(name) for name in FILES]
    missed = [
        f"{one.source.file}:{mistake.line} {'|'.join(mistake.codes)}: "
        f"{one.source.line(mistake.line).strip()}"
        for one in judged
        for mistake in one.missed
    ]
    total = sum(len(one.seeded) for one in judged)
    assert len(missed) <= 0.05 * total, "\n".join([f"{len(missed)} of {total} missed:", *missed])


def test_at_most_one_report_in_ten_mistakes_is_a_consequence() -> None:
    """Reports that match no mistake, over the whole corpus."""
    judged = [judge(name) for name in FILES]
    cascades = [
        f"{one.source.file}:{one.line(d)} {d.code} {d.message}"
        for one in judged
        for d in one.cascades
    ]
    total = sum(len(one.seeded) for one in judged)
    assert len(cascades) <= 0.1 * total, "\n".join([f"{len(cascades)} of {total}:", *cascades])


@each
def test_nothing_is_told_twice(name: str) -> None:
    """No two reports of one code at one place; checks may judge each instance of a pattern."""
    of_the_language = (d for d in judge(name).said if d.code.startswith(LANGUAGE))
    places = Counter((d.code, d.span.start) for d in of_the_language)
    assert [place for place, count in places.items() if count > 1] == []


@each
def test_every_report_can_be_acted_upon(name: str) -> None:
    """A place within the file, a message in the writer's words, and a line to type."""
    judged = judge(name)
    for diagnostic in judged.said:
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(judged.source.text)
        assert diagnostic.span.file == name
        assert diagnostic.message
        assert not _grammar_words(diagnostic)
        excused = diagnostic.undecided or _WITHOUT_HELP.search(diagnostic.message)
        assert diagnostic.help or excused, diagnostic.message


def _grammar_words(diagnostic: Diagnostic) -> set[str]:
    said = re.sub(r"`[^`]*`", "", f"{diagnostic.message} {diagnostic.help}")
    return set(re.findall(r"[$A-Z_]{2,}", said)) & TERMINALS
