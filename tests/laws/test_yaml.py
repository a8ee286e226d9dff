"""Both forms of a design say the same, whatever it says."""

from __future__ import annotations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mlsdc.dsl import ast
from mlsdc.dsl.parse import parse
from mlsdc.dsl.unparse import unparse
from mlsdc.dsl.yaml_expressions import heading_text
from mlsdc.dsl.yaml_reader import read_yaml
from mlsdc.dsl.yaml_writer import to_yaml
from tests.laws.design_trees import text_of, trees


def said(comments: list[ast.Comment]) -> list[tuple[str, bool | None]]:
    """What comments say, and whether something stands before them (None behind a brace)."""
    return [(c.text, None if c.text.startswith("#closing") else c.trailing) for c in comments]


@settings(max_examples=300, deadline=None)
@given(trees)
def test_yaml_gives_every_tree_back(tree: ast.Tree) -> None:
    """Writing a tree as YAML and reading it again gives the same tree and no complaint."""
    written = to_yaml(tree)
    back, complaints = read_yaml(written, "design.mlsd")

    assert [d.message for d in complaints] == []
    assert back.statements == tree.statements


@settings(max_examples=100, deadline=None)
@given(trees, st.data())
def test_comments_go_both_ways(tree: ast.Tree, data: st.DataObject) -> None:
    """Comments survive, in order and of their kind, wherever they stand between lines.

    Behind a closing brace they may come to stand on a line of their own: YAML has no such brace.
    """
    lines = text_of(tree, heading_text).split("\n")
    for at in range(len(lines)):
        if '"""' in "".join(lines):
            break
        kind = data.draw(st.integers(0, 5))
        if kind == 0:
            lines[at] = f"# own {at} \"quote' : {{ -\n{lines[at]}"
        elif kind == 1 and lines[at].strip():
            where = "closing" if lines[at].strip() == "}" else "trailing"
            lines[at] += f" #{where}: {at} ]"
    text = "\n".join(lines)
    read, complaints = parse(text, "design.mlsd")
    assume(not complaints)

    back, more = read_yaml(to_yaml(read, text), "design.mlsd")

    assert [d.message for d in more] == []
    assert back.statements == read.statements
    assert sorted(said(back.comments), key=str) == sorted(said(read.comments), key=str)


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from(list("ab:-{}[]'\"#&*!|>%@\\ \n\t,?0\ufeff\x00é$<=~")), max_size=60))
def test_any_text_gives_a_tree_or_a_complaint(text: str) -> None:
    """Whatever a file holds, reading it ends, and every complaint lies within it."""
    _, complaints = read_yaml(text, "f.yaml")

    for diagnostic in complaints:
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)
        assert diagnostic.message


@settings(max_examples=100, deadline=None)
@given(trees)
def test_yaml_can_be_written_in_the_language(tree: ast.Tree) -> None:
    """A design read from YAML and formatted parses to the same tree."""
    written = to_yaml(tree)
    read, _ = read_yaml(written, "design.mlsd")

    back, complaints = parse(unparse(read), "design.mlsd")

    assert complaints == []
    assert back.statements == tree.statements
