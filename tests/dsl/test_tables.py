"""The parse tables are those of the grammar, and the driver reads them as Lark does."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlsdc.dsl.findings import Findings
from mlsdc.dsl.generate import generate, grammar_text
from mlsdc.dsl.lalr import Automaton, recognises
from mlsdc.dsl.lexer import lex
from mlsdc.dsl.parse import arrange, read
from mlsdc.dsl.tables import ACTIONS, GRAMMAR
from mlsdc.dsl.tokens import Token
from tests.dsl.oracle import read_with_lark
from tests.dsl.seeded import DESIGN, MISTAKES
from tests.dsl.trees import trees


def arranged(text: str) -> list[Token]:
    findings = Findings("design.mlsd")
    return arrange(lex(text, findings).tokens, text, findings)


def test_the_tables_are_fresh() -> None:
    assert hashlib.sha256(grammar_text().encode()).hexdigest() == GRAMMAR
    written = files("mlsdc.dsl").joinpath("tables.py").read_text("utf-8")
    assert generate(grammar_text()) == written


def test_the_tables_do_not_depend_on_hashing() -> None:
    made = {
        subprocess.run(
            [sys.executable, "-m", "mlsdc.dsl.generate"],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(made) == 1


def test_parsing_needs_no_lark() -> None:
    script = (
        "import sys; from mlsdc.dsl.parse import parse; parse('a = 1', 'f');"
        "print(sorted({'lark', 'pydantic', 'networkx', 'numpy'} & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert ended.stdout == b"[]\n"


@pytest.mark.parametrize("text", [DESIGN, "", "\n", "a", *(m.seed() for m in MISTAKES)])
def test_designs_read_as_lark_reads_them(text: str) -> None:
    _agree(arranged(text))


def test_the_example_reads_as_lark_reads_it(fraud: str) -> None:
    tokens = arranged(fraud)
    assert read_with_lark(tokens)
    _agree(tokens)


@settings(max_examples=60, deadline=None)
@given(trees())
def test_trees_read_as_lark_reads_them(text_and_tree: tuple[str, object]) -> None:
    tokens = arranged(text_and_tree[0])
    assert read_with_lark(tokens) is not None
    _agree(tokens)


def test_the_grammar_knows_no_word_of_the_field() -> None:
    """A new role or system never touches the grammar."""
    from mlsdc.compiler.catalog import roles
    from mlsdc.compiler.model.part import clause_classes
    from mlsdc.stdlib.find import standard_catalog

    words = {*roles(), *standard_catalog().names(), *clause_classes(), "p99", "environment"}
    rules = {line.partition(":")[0].strip() for line in grammar_text().splitlines() if ":" in line}
    assert words & rules == set()


KINDS = sorted({kind for row in ACTIONS for kind in row} - {"$END"})


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(KINDS), max_size=12))
def test_any_tokens_are_accepted_as_lark_accepts_them(kinds: list[str]) -> None:
    tokens = [Token(kind, _TEXTS.get(kind, "a"), at, at + 1) for at, kind in enumerate(kinds)]
    end = len(kinds)
    _agree([*tokens, Token("$END", "", end, end)])


_TEXTS = {"QUANTITY": "1", "STRING": '"a"', "BOOLEAN": "true", "ACCELERATORS": "8 x h100"}


def _agree(tokens: list[Token]) -> None:
    """Both accept the same tokens and make the same tree of them, with the same spans."""
    theirs = read_with_lark(tokens)
    assert recognises(tokens) is (theirs is not None)
    if theirs is not None:
        assert repr(read(tokens, Findings("design.mlsd"))) == repr(theirs)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(KINDS), max_size=8))
def test_what_is_expected_is_accepted(kinds: list[str]) -> None:
    """Behind any prefix that fits, exactly the kinds said to be expected fit next."""
    from mlsdc.dsl.build import Builder

    tokens = [Token(kind, _TEXTS.get(kind, "a"), at, at + 1) for at, kind in enumerate(kinds)]
    automaton = Automaton(Builder(Findings("prefix")))
    if automaton.feed(tokens, 0) < len(tokens):
        return
    expected = automaton.expected()
    for kind in [*KINDS, "$END"]:
        again = Automaton(Builder(Findings("again")))
        again.feed(tokens, 0)
        fits = again.feed([Token(kind, _TEXTS.get(kind, "a"), 99, 100)], 0) == 1
        assert fits is (kind in expected)
