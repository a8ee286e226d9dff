"""Laws that hold for every tree and every layout of the language."""

from __future__ import annotations

from random import Random

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mlsdc.dsl import ast
from mlsdc.dsl.format import WIDTH, format  # noqa: A004
from mlsdc.dsl.parse import parse
from mlsdc.dsl.unparse import unparse
from tests.dsl.scatter import scatter
from tests.dsl.trees import trees

Written = tuple[str, ast.Tree]
MANY = settings(max_examples=60, deadline=None)


@MANY
@given(trees())
def test_a_tree_printed_and_read_is_the_same(written: Written) -> None:
    text, tree = written
    again, found = parse(text, "design.mlsd")
    assert found == []
    assert again == tree


@MANY
@given(trees())
def test_what_is_printed_is_in_canonical_layout(written: Written) -> None:
    text, tree = written
    assert format(tree, text) == text
    assert unparse(parse(text, "design.mlsd")[0]) == text


@MANY
@given(trees(), st.randoms(use_true_random=False))
def test_layout_means_nothing_and_formatting_finds_back(written: Written, chance: Random) -> None:
    text, tree = written
    other = scatter(text, chance)
    read, found = parse(other, "design.mlsd")
    assert found == []
    assert read == tree
    made = format(read, other)
    again, found = parse(made, "design.mlsd")
    assert found == []
    assert again == tree
    assert format(again, made) == made
    assert [c.text for c in again.comments] == [c.text for c in read.comments]


printable = st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp"])


@MANY
@given(trees(), st.lists(st.text(printable, max_size=10), max_size=6), st.data())
def test_comments_on_lines_of_their_own_stay_in_order(
    written: Written, words: list[str], data: st.DataObject
) -> None:
    lines = written[0].split("\n")
    assume('"""' not in written[0])
    for word in words:
        lines.insert(data.draw(st.integers(0, len(lines))), f"# {word}")
    text = "\n".join(lines)
    tree, found = parse(text, "design.mlsd")
    assert found == []
    assert tree == written[1]
    back, _ = parse(format(tree, text), "design.mlsd")
    assert back == tree
    assert [c.text for c in back.comments] == [c.text for c in tree.comments]


@MANY
@given(trees())
def test_no_line_is_too_long_that_could_be_broken(written: Written) -> None:
    text, _ = written
    for line in text.splitlines():
        if len(line) > WIDTH:
            assert "," not in line.split('"')[0].removesuffix(","), (
                "a list could stand on several lines"
            )
            assert "{ " not in line.split('"')[0], "a block could stand on several lines"


@MANY
@given(trees())
def test_spans_nest_and_stand_in_order(written: Written) -> None:
    text, _ = written
    tree, _ = parse(text, "design.mlsd")
    for statement in ast.walk(tree.statements):
        assert 0 <= statement.span.start < statement.span.end <= len(text)
        for block in ast.blocks(statement):
            assert statement.span.start <= block.span.start < block.span.end <= statement.span.end
            assert text[block.span.start] == "{"
            assert text[block.span.end - 1] == "}"
            ends = [block.span.start + 1]
            for inner in block.statements:
                assert ends[-1] <= inner.span.start
                ends.append(inner.span.end)
            assert ends[-1] < block.span.end


@MANY
@given(trees(), trees())
def test_reading_is_local(first: Written, second: Written) -> None:
    """Two designs, one behind the other, read as each alone."""
    tree, found = parse(first[0] + second[0], "design.mlsd")
    assert found == []
    assert tree.statements == first[1].statements + second[1].statements
