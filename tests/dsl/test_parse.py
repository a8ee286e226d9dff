"""Each construct gives its tree, and each node the text it was read from."""

from __future__ import annotations

import time

import pytest

from mlsdc.dsl import ast
from mlsdc.dsl.parse import parse
from mlsdc.units import Accelerators, Quantity


def only(text: str) -> ast.Statement:
    """The one statement of a text without mistakes."""
    tree, said = parse(text, "d.mlsd")
    assert [d.message for d in said] == []
    (statement,) = tree.statements
    return statement


def value(text: str) -> ast.Expression:
    """An expression, read as the value of a let."""
    statement = only(f"let x = {text}")
    assert isinstance(statement, ast.Declaration)
    assert statement.value is not None
    return statement.value


def shown(node: ast.Expression) -> str:
    """An expression with every operation in parentheses."""
    if isinstance(node, ast.Binary):
        return f"({shown(node.left)} {node.operator} {shown(node.right)})"
    if isinstance(node, ast.Unary):
        return f"({node.operator} {shown(node.operand)})"
    if isinstance(node, ast.Call):
        return f"{shown(node.function)}({', '.join(shown(a.value) for a in node.arguments)})"
    if isinstance(node, ast.Attribute):
        return f"{shown(node.base)}.{node.name.text}"
    if isinstance(node, ast.Index):
        return f"{shown(node.base)}[{shown(node.index)}]"
    if isinstance(node, ast.ListLiteral):
        return f"[{', '.join(map(shown, node.items))}]"
    return node.name if isinstance(node, ast.Reference) else node.text


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("1 + 2 * 3", "(1 + (2 * 3))"),
        ("1 - 2 - 3", "((1 - 2) - 3)"),
        ("(1 - 2) * 3", "((1 - 2) * 3)"),
        ("-a * b", "((- a) * b)"),
        ("not a and b or c", "(((not a) and b) or c)"),
        ("a <= b and c > d", "((a <= b) and (c > d))"),
        ("request.amount / spend", "(request.amount / spend)"),
        ("max(a, b[0], [c, d])", "max(a, b[0], [c, d])"),
        ("sum(x).y", "sum(x).y"),
    ],
)
def test_operators_bind_as_in_arithmetic(text: str, tree: str) -> None:
    """Products before sums before comparisons before `not`, `and`, `or`."""
    assert shown(value(text)) == tree


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("20ms", Quantity(0.02, value("20ms").value.dimension)),  # type: ignore[union-attr]
        ("8 x h100", Accelerators(8, "h100")),
        ('"a \\"b\\""', 'a "b"'),
        ('"""\n  select 1\n    from t\n"""', "select 1\n  from t\n"),
        ("true", True),
    ],
)
def test_a_constant_is_one_word(text: str, meaning: object) -> None:
    """A quantity with its unit, accelerators with their model, a text, a truth value."""
    node = value(text)

    assert isinstance(node, ast.Literal)
    assert node.value == meaning
    assert node.text == text


def test_statements_may_share_a_line() -> None:
    """Assignments follow each other; a block behind one of them opens a statement of its own."""
    statement = only("endpoint s: triton { replicas = 3  batching { size = 8 }  cpu = 4 }")

    assert isinstance(statement, ast.Declaration)
    assert statement.body is not None
    heads = [
        s.key.text if isinstance(s, ast.Assignment) else s.head.text  # type: ignore[union-attr]
        for s in statement.body.statements
    ]
    assert heads == ["replicas", "batching", "cpu"]


def test_no_word_of_the_vocabulary_is_reserved() -> None:
    """Components, fields and members may be called like roles and statements."""
    text = "model model { model = model }\nparam param: rate = 1/s\nlet call = call2\n"

    _, said = parse(text, "d.mlsd")

    assert said == []


def test_a_clause_has_words_and_a_body() -> None:
    """`call score timeout 20ms fallback rules { ... }`"""
    statement = only("call score timeout 20ms fallback a.b -3 { call x }")

    assert isinstance(statement, ast.Declaration)
    assert [shown(w) for w in statement.words] == [
        "score",
        "timeout",
        "20ms",
        "fallback",
        "a.b",
        "(- 3)",
    ]
    assert statement.body is not None
    assert len(statement.body.statements) == 1


def test_a_member_has_type_value_and_modifiers() -> None:
    """`spend: float32[64] = sum(amount) over 30d default 0`"""
    statement = only("key spend: float32[64] = sum(amount) over 30d default 0")

    assert isinstance(statement, ast.Declaration)
    assert statement.head is not None
    assert statement.head.text == "key"
    assert statement.type is not None
    assert statement.type.name == "float32"
    assert [shown(a) for a in statement.type.arguments] == ["64"]
    assert statement.value is not None
    assert shown(statement.value) == "sum(amount)"
    assert [shown(w) for w in statement.value_modifiers] == ["over", "30d", "default", "0"]


def test_spans_are_the_text_itself(fraud: str) -> None:
    """Every node of the example lies in its parent, and names stand where they were read."""
    tree, said = parse(fraud, "d.mlsd")

    assert said == []
    for statement in ast.walk(tree.statements):
        for block in ast.blocks(statement):
            assert fraud[block.span.start] == "{"
            assert fraud[block.span.end - 1] == "}"
            for inner in block.statements:
                assert block.span.start < inner.span.start <= inner.span.end < block.span.end
        name = getattr(statement, "name", None) or getattr(statement, "key", None)
        if name is not None:
            assert fraud[name.span.start : name.span.end] == name.text


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_line_ends_and_marks_change_nothing(fraud: str, ending: str) -> None:
    """Windows line ends and a byte order mark give the same tree."""
    plain, _ = parse(fraud, "d.mlsd")

    other, said = parse("\ufeff" + fraud.replace("\n", ending), "d.mlsd")

    assert said == []
    assert other == plain


@pytest.mark.parametrize(
    "text",
    [
        "{" * 10_000,
        "(" * 10_000,
        "let x = " + "[" * 10_000,
        "let x = " + "-" * 100_000 + "1",
        "let x = 1" + " + 1" * 100_000,
        "let x = a" + ".b" * 100_000,
        "let x = " + "f(" * 5_000 + ")" * 5_000,
        "a" * 1_000_000 + " { }",
        "x" * 9_000_000,
        "\x00" * 1000,
        "\u202e\u2066 stream a: kafka { }",
        "}" * 200_000,
        "@" * 500_000,
        "a = 1x\n" * 50_000,
        "let a = 1\n" * 30_000,
        '"' * 100_001,
        "stream a: kafka {\n" * 3_000,
    ],
    ids=lambda text: f"{text[:12]!r}",
)
def test_anything_is_answered_in_time(text: str) -> None:
    """Two seconds, a bounded number of complaints, and no exception."""
    start = time.process_time()

    tree, said = parse(text, "d.mlsd")

    assert time.process_time() - start < 2
    assert isinstance(tree, ast.Tree)
    assert len(said) <= 1001
    assert all(0 <= d.span.start <= d.span.end <= len(text) for d in said)
