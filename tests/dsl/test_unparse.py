"""Trees from elsewhere, as text."""

from __future__ import annotations

from mlsdc.diagnostics import NOWHERE
from mlsdc.dsl import ast
from mlsdc.dsl.parse import parse
from mlsdc.dsl.unparse import unparse


def test_the_example_survives(fraud: str) -> None:
    tree, _ = parse(fraud, "design.mlsd")
    text = unparse(tree)
    again, found = parse(text, "design.mlsd")
    assert found == []
    assert again == tree
    assert [c.text for c in again.comments] == [c.text for c in tree.comments]
    assert unparse(again) == text


def test_short_blocks_stand_on_one_line() -> None:
    tree, _ = parse("a b {\n  c = 1\n  d {\n    e = 2\n  }\n}\nf g { h = 1 }", "design.mlsd")
    assert unparse(tree) == "a b {\n  c = 1\n  d { e = 2 }\n}\n\nf g { h = 1 }\n"


def test_parentheses_stand_where_the_tree_needs_them() -> None:
    tree, _ = parse("a = ((b) + c) * (d)\ne = (f < g) == h", "design.mlsd")
    assert unparse(tree) == "a = (b + c) * d\n\ne = (f < g) == h\n"


def test_what_was_not_read_is_left_out() -> None:
    statements: list[ast.Statement] = [ast.Broken(["a"], None, NOWHERE)]
    assert unparse(ast.Tree("design.mlsd", statements)) == ""
