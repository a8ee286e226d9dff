"""Any text whatever gives a tree and reports that a person can read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlsdc.diagnostics import Diagnostic, Source
from mlsdc.dsl import ast
from mlsdc.dsl.findings import MOST_FINDINGS
from mlsdc.dsl.format import format  # noqa: A004
from mlsdc.dsl.lexer import MOST_TOKENS
from mlsdc.dsl.parse import LARGEST_FILE, parse
from mlsdc.dsl.tables import ACTIONS
from mlsdc.pipeline import check
from mlsdc.stdlib.find import standard_catalog

FRAUD = Path(__file__).parents[2].joinpath("examples/fraud/design.mlsd").read_text("utf-8")
TERMINALS = {kind for row in ACTIONS for kind in row} | {"SOFT", "EXCESS", "GONE"}
PIECES = [
    "{", "}", "[", "]", "(", ")", "=", ":", ",", ".", "+", "-", "*", "/", "<=", "<", "==", "!=",
    "and", "or", "not", "true", '"', '"""', "'", "#", "//", "/*", "*/", "\n", "\r\n", "\r", " ",
    "a", "b", "p99", "20ms", "3", "8 x h100", "7 d", "1e9", "stream", "x_y", "é", "\0", "\ufeff",
    "\u202e", ";", "@", "->", "::", "🙂", "\\", "$", "“", "”", ".5", "3.", "a.b", "%", "5%", "µs",
]  # fmt: skip


def judge(text: str) -> tuple[ast.Tree, list[Diagnostic]]:
    """Parse a text and hold the result against what is promised of every text."""
    tree, found = parse(text, "design.mlsd")
    repr(tree)
    assert tree == parse(text, "design.mlsd")[0]
    assert [d.span for d in found] == sorted({d.span for d in found})
    for diagnostic in found:
        _check_report(diagnostic, text)
    for statement in ast.walk(tree.statements):
        assert 0 <= statement.span.start <= statement.span.end <= len(text)
    if any(isinstance(statement, ast.Broken) for statement in ast.walk(tree.statements)):
        assert found
    made = format(tree, text)
    if not found:
        assert parse(made, "design.mlsd") == (tree, [])
    return tree, found


def _check_report(diagnostic: Diagnostic, text: str) -> None:
    assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)
    assert diagnostic.message
    assert diagnostic.help
    assert len(diagnostic.message) < 400
    quoted = re.sub(r"`[^`]*`", "", diagnostic.message + diagnostic.help)
    assert not set(re.findall(r"[$A-Z_]{2,}", quoted)) & TERMINALS
    for edit in diagnostic.fix.edits if diagnostic.fix else ():
        assert 0 <= edit.span.start <= edit.span.end <= len(text)


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=80))
def test_any_text(text: str) -> None:
    judge(text)


@settings(max_examples=600, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(["", " ", "\n"])), max_size=40))
def test_any_pieces_of_the_language(pieces: list[tuple[str, str]]) -> None:
    judge("".join(piece + gap for piece, gap in pieces))


edits = st.tuples(st.integers(0, 1500), st.integers(0, 6), st.sampled_from(["", *PIECES]))


@settings(max_examples=400, deadline=None)
@given(st.integers(0, len(FRAUD)), st.lists(edits, min_size=1, max_size=6))
def test_the_example_with_any_edits(start: int, changes: list[tuple[int, int, str]]) -> None:
    text = FRAUD[start : start + 1500]
    for at, length, piece in changes:
        text = text[:at] + piece + text[at + length :]
    judge(text)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(FRAUD)))
def test_the_example_half_written(end: int) -> None:
    tree, _ = judge(FRAUD[:end])
    whole, _ = parse(FRAUD, "design.mlsd")
    complete = [s for s in whole.statements if s.span.end < end]
    assert tree.statements[: len(complete)] == complete


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(FRAUD)), st.sampled_from([0, 1, 5, 40]),
                          st.sampled_from(PIECES)), min_size=1, max_size=6))  # fmt: skip
def test_a_damaged_design_is_checked_as_far_as_it_goes(damages: list[tuple[int, int, str]]) -> None:
    """The whole check answers, and never with a fault of its own."""
    text = FRAUD
    for at, length, piece in damages:
        text = text[:at] + piece + text[at + length :]
    outcome = check([Source("design.mlsd", text)], standard_catalog())
    assert [d.message for d in outcome.diagnostics if d.code == "INT001"] == []


MONSTERS = {
    "nested braces": ("{" * 10_000, "SYN009"),
    "nested named blocks": ("a { " * 10_000, "SYN009"),
    "nested parentheses": ("x = " + "(" * 10_000, "SYN009"),
    "nested parentheses, closed": ("x = " + "(" * 10_000 + "1" + ")" * 10_000, "SYN009"),
    "nested lists, closed": ("x = " + "[" * 10_000 + "]" * 10_000, "SYN009"),
    "a name of a million letters": ("a" * 2**20, "SYN009"),
    "a number of a million digits": ("x = " + "9" * 2**20, "SYN009"),
    "accelerators without number": ("x = " + "9" * 5000 + " x h100", "SYN009"),
    "sixty thousand additions": ("x = 1" + " + 1" * 60_000, "SYN009"),
    "sixty thousand negations": ("x = " + "not " * 60_000 + "a", "SYN009"),
    "sixty thousand signs": ("x = " + "-" * 60_000 + "1", "SYN009"),
    "sixty thousand fields": ("x = a" + ".b" * 60_000, "SYN009"),
    "sixty thousand calls": ("x = a" + "()" * 60_000, "SYN009"),
    "a file too long": ("a = 1\n" * (LARGEST_FILE // 6 + 1), "SYN009"),
    "a file too full": ("a " * (MOST_TOKENS + 1), "SYN009"),
    "too many comments": ("#\n" * (MOST_TOKENS + 1), "SYN009"),
    "quotes": ("'" * 200_000, "SYN012"),
    "curly quotes": ("“" * 200_000, "SYN006"),
    "open quotes": ('"\n' * 20_000, "SYN005"),
    "long quotes": ('"""a' * 20_001, "SYN005"),
    "backslashes": ('"' + "\\" * 200_000, "SYN005"),
    "open comments": ("/*" * 100_000, "SYN012"),
    "direction marks": ("\u202e" * 100_000, "SYN006"),
    "semicolons": (";" * 100_000, "SYN011"),
    "zeroes": ("\0" * 100_000, "SYN010"),
    "closers": ("x = (" + "]" * 50_000 + ")", "SYN004"),
    "unclosed in lines": ("a { ( }\n" * 20_000, "SYN003"),
    "missing values": ("x =\n" * 20_000, "SYN002"),
    "hyphens": ("a-b-c-d " * 10_000, "SYN012"),
    "a list in lines": ("x =\n" + "- a\n" * 20_000, "SYN002"),
    "alternating brackets": ("x = " + "(]" * 20_000, "SYN004"),
}


@pytest.mark.parametrize("monster", MONSTERS.values(), ids=list(MONSTERS))
def test_monsters_are_refused_in_good_order(monster: tuple[str, str]) -> None:
    text, code = monster
    tree, found = parse(text, "design.mlsd")
    assert code in {diagnostic.code for diagnostic in found}
    assert len(found) <= MOST_FINDINGS
    assert max(len(d.message) + len(d.help) for d in found) < 600
    repr(tree.statements[:10])
    assert format(tree, text) == text


PEACEFUL = {
    "one long line": "a { b = 1 } " * 5_000,
    "many words": "a " * 20_000,
    "many items": f"x = [{'a.b, ' * 20_000}]",
    "many arguments": f"x = f({'a = b.c + 1, ' * 10_000})",
    "deep enough": "a { " * 64 + "}" * 64,
    "operators enough": "x = 1" + " + 1" * 100,
    "blank lines": "a = 1\n" + "\n" * 100_000,
    "blanks": " " * 1_000_000,
    "a long text": f'x = "{"é" * 500_000}"',
    "a long comment": "# " + "é" * 500_000,
}


@pytest.mark.parametrize("text", PEACEFUL.values(), ids=list(PEACEFUL))
def test_large_designs_are_no_mistake(text: str) -> None:
    tree, found = parse(text, "design.mlsd")
    assert found == []
    assert parse(format(tree, text), "design.mlsd") == (tree, [])
