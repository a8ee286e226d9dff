"""What is written is read back the same, on trees of every shape."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from mlsdc.dsl import ast
from mlsdc.dsl.format import format as format_design
from mlsdc.dsl.parse import parse
from mlsdc.dsl.unparse import unparse
from tests.laws.test_yaml import trees


@settings(max_examples=300, deadline=None)
@given(trees)
def test_a_printed_tree_parses_to_itself(tree: ast.Tree) -> None:
    """parse(unparse(tree)) == tree"""
    back, said = parse(unparse(tree), "d.mlsd")

    assert [d.message for d in said] == []
    assert back.statements == tree.statements


@settings(max_examples=300, deadline=None)
@given(trees)
def test_formatting_keeps_the_meaning_and_is_done_once(tree: ast.Tree) -> None:
    """parse(format(t)) == t, and formatting again changes nothing."""
    text = unparse(tree)
    read, _ = parse(text, "d.mlsd")

    once = format_design(read, text)
    again, said = parse(once, "d.mlsd")

    assert [d.message for d in said] == []
    assert again.statements == tree.statements
    assert format_design(again, once) == once


comments = st.lists(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=10), max_size=6
)


@settings(max_examples=200, deadline=None)
@given(trees, comments, st.randoms(use_true_random=False))
def test_formatting_keeps_every_comment(tree: ast.Tree, words: list[str], chance: object) -> None:
    """Comments come out in the order they went in."""
    import random

    assert isinstance(chance, random.Random)
    lines = unparse(tree).split("\n")
    for word in words:
        lines.insert(chance.randint(0, len(lines)), f"# {word}")
    text = "\n".join(lines)
    read, said = parse(text, "d.mlsd")
    if said:
        return  # a comment fell into a text of several lines

    result = format_design(read, text)
    back, _ = parse(result, "d.mlsd")

    assert [c.text.rstrip() for c in back.comments] == [c.text.rstrip() for c in read.comments]
    assert back.statements == read.statements
