"""Characters to tokens: what belongs together, and what each identifier is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlsdc.dsl.ast import Comment
from mlsdc.dsl.findings import Findings
from mlsdc.dsl.lexer import lex
from mlsdc.dsl.parse import arrange


def kinds(text: str) -> str:
    """The kinds of the arranged tokens, as the grammar reads them."""
    findings = Findings("design.mlsd")
    tokens = arrange(lex(text, findings).tokens, text, findings)
    assert not findings.in_order()
    return " ".join(token.kind for token in tokens[:-1])


def texts(text: str) -> list[str]:
    return [token.text for token in lex(text, Findings("design.mlsd")).tokens]


def comments(text: str) -> list[Comment]:
    return lex(text, Findings("design.mlsd")).comments


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = b", "KEY EQUALS NAME"),
        ("a <= b", "KEY COMPARE NAME"),
        ("a: b", "KEY COLON NAME"),
        ("a b", "HEAD NAME"),
        ("a", "HEAD"),
        ("a { }", "HEAD LBRACE RBRACE"),
        ("a b: c", "HEAD LABEL COLON NAME"),
        ("a b = c", "HEAD LABEL EQUALS NAME"),
        ("a b c: d e", "HEAD NAME LABEL COLON NAME NAME"),
        ("a b = c d = e", "HEAD LABEL EQUALS NAME KEY EQUALS NAME"),
        ("a = b c = d", "KEY EQUALS NAME KEY EQUALS NAME"),
        ("a = b c { }", "KEY EQUALS NAME HEAD LBRACE RBRACE"),
        ("a = b { }", "KEY EQUALS NAME LBRACE RBRACE"),
        ("a = b < c", "KEY EQUALS NAME COMPARE NAME"),
        ("a < b c < d", "KEY COMPARE NAME KEY COMPARE NAME"),
        ("a: b c = d e = f", "KEY COLON NAME KEY EQUALS NAME KEY EQUALS NAME"),
        ("a: b = c { }", "KEY COLON NAME EQUALS NAME LBRACE RBRACE"),
        ("a: b c { }", "KEY COLON NAME NAME LBRACE RBRACE"),
        ("a: b c: d", "KEY COLON NAME KEY COLON NAME"),
        ("a = f(b = c)", "KEY EQUALS NAME LPAREN KEY EQUALS NAME RPAREN"),
        ("a = b.c == d", "KEY EQUALS NAME DOT NAME COMPARE NAME"),
    ],
)
def test_identifiers_are_told_apart_by_their_neighbours(text: str, expected: str) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(
    "text",
    ["20ms", "16GiB", "1200/s", "80%", "300EUR/month", "1_000", "1.5e-3s", "25h50m", "8 x h100",
     "5tokens/s", "0.5", "2e3"],
)  # fmt: skip
def test_a_quantity_is_one_token(text: str) -> None:
    assert texts(f"a = {text}") == ["a", "=", text]


def test_a_division_has_blanks_around_it() -> None:
    assert texts("a = 100 / s") == ["a", "=", "100", "/", "s"]
    assert texts("a = 100/s") == ["a", "=", "100/s"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_one(end: str) -> None:
    assert kinds(f"a = 1{end}{end}b = 2{end}") == "KEY EQUALS QUANTITY NL KEY EQUALS QUANTITY NL"


def test_lines_go_on_in_brackets_and_behind_operators() -> None:
    assert "NL" not in kinds("a = [\n  b,\n\n  c\n]")
    assert "NL" not in kinds("a = f(\n  b\n)")
    assert "NL" not in kinds("a = b +\n  c and\n  d")
    assert kinds("a = b\nc = d").count("NL") == 1


def test_a_byte_order_mark_is_nothing() -> None:
    assert kinds("\ufeffa = 1") == "KEY EQUALS QUANTITY"


def test_comments_know_whether_something_stands_before_them() -> None:
    found = comments("# one\na = 1  # two\n  # three\nb = [ # four\n # five\n 1] # six")
    assert [comment.text for comment in found] == [
        "# one", "# two", "# three", "# four", "# five", "# six"
    ]  # fmt: skip
    assert [comment.trailing for comment in found] == [False, True, False, True, False, True]


def test_a_sign_within_a_text_is_text() -> None:
    assert texts('a = "# { [ ( // \' ; \\" "') == ["a", "=", '"# { [ ( // \' ; \\" "']
    assert texts('a = """\n"quoted" # not a comment\n"""')[2].count("\n") == 2


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('"a"', "a"),
        ('""', ""),
        ('"a\\"b"', 'a"b'),
        ('"a\\\\"', "a\\"),
        ('"a\\nb\\tc"', "a\nb\tc"),
        ('"\\q"', "\\q"),
        ('"""one"""', "one"),
        ('"""\n  a\n    b\n  """', "a\n  b\n"),
        ('"""\n  a\n    b"""', "a\n  b"),
        ('"""\n  a\n\n  """', "a\n\n"),
        ('""" a """', " a "),
        ('"""\r\n  a\r\n  """', "a\n"),
        ('""""""', ""),
    ],
)
def test_texts_lose_their_quotes_and_escapes(written: str, value: str) -> None:
    from mlsdc.dsl.parse import parse

    tree, found = parse(f"a = {written}", "design.mlsd")
    assert not found
    assert tree.statements[0].value.value == value  # type: ignore[union-attr]


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from(list("ab=:{}[]()\n \"'#/.,5%-+<>&|\\é\t\r;\0")), max_size=40))
def test_every_character_is_in_one_place(text: str) -> None:
    """Tokens and comments do not overlap, stand in order, and leave only blanks between them."""
    lexed = lex(text, Findings("design.mlsd"))
    places = [(token.start, token.end) for token in lexed.tokens]
    places += [(comment.span.start, comment.span.end) for comment in lexed.comments]
    at = 0
    for start, end in sorted(places):
        assert at <= start < end <= len(text)
        at = end
    kept = {index for start, end in places for index in range(start, end)}
    left = {char for index, char in enumerate(text) if index not in kept}
    assert left <= set(" \t\r\n\f\0\\&|é'\"%#/<>-")
