"""Each construct of the language, and the tree it becomes."""

from __future__ import annotations

import gc
import sys

import pytest

from mlsdc.diagnostics import NOWHERE
from mlsdc.dsl import ast
from mlsdc.dsl.parse import parse
from mlsdc.units import Accelerators, parse_quantity


def read(text: str) -> list[ast.Statement]:
    """The statements of a text without mistakes."""
    tree, found = parse(text, "design.mlsd")
    assert found == []
    return tree.statements


def value(text: str) -> ast.Expression:
    """The tree of an expression."""
    (statement,) = read(f"a = {text}")
    assert isinstance(statement, ast.Assignment)
    return statement.value


def name(text: str) -> ast.Name:
    return ast.Name(text, NOWHERE)


def ref(text: str) -> ast.Reference:
    return ast.Reference(text, NOWHERE)


def number(text: str) -> ast.Literal:
    return ast.Literal(parse_quantity(text), text, NOWHERE)


def string(text: str) -> ast.Literal:
    return ast.Literal(text, f'"{text}"', NOWHERE)


def field(key: str, of: ast.Expression, block: ast.Block | None = None) -> ast.Assignment:
    return ast.Assignment(name(key), of, block, NOWHERE)


def block(*statements: ast.Statement) -> ast.Block:
    return ast.Block(list(statements), NOWHERE)


def attribute(base: ast.Expression, of: str) -> ast.Attribute:
    return ast.Attribute(base, name(of), NOWHERE)


def binary(left: ast.Expression, operator: str, right: ast.Expression) -> ast.Binary:
    return ast.Binary(operator, left, right, NOWHERE)


def unary(operator: str, operand: ast.Expression) -> ast.Unary:
    return ast.Unary(operator, operand, NOWHERE)


def call(function: ast.Expression, *arguments: ast.Argument) -> ast.Call:
    return ast.Call(function, list(arguments), NOWHERE)


def argument(of: ast.Expression, key: str | None = None) -> ast.Argument:
    return ast.Argument(name(key) if key else None, of, NOWHERE)


def kind(text: str, *arguments: ast.Expression) -> ast.TypeName:
    return ast.TypeName(text, list(arguments), NOWHERE)


def declared(
    head: str | None = None,
    words: list[ast.Expression] | None = None,
    called: str | None = None,
    of: ast.TypeName | None = None,
    modifiers: list[ast.Expression] | None = None,
    given: ast.Expression | None = None,
    tail: list[ast.Expression] | None = None,
    body: ast.Block | None = None,
) -> ast.Declaration:
    return ast.Declaration(
        name(head) if head else None, words or [], name(called) if called else None, of,
        modifiers or [], given, tail or [], body, NOWHERE,
    )  # fmt: skip


A, B, C, D = ref("a"), ref("b"), ref("c"), ref("d")

STATEMENTS: list[tuple[str, list[ast.Statement]]] = [
    ("", []),
    ("# only a comment", []),
    ("rate = 8000/s", [field("rate", number("8000/s"))]),
    ("a = b c = d", [field("a", B), field("c", D)]),
    ("a = b\nc = d\n", [field("a", B), field("c", D)]),
    ("a = b { c = d }", [field("a", B, block(field("c", D)))]),
    ("a = b c { d = a }", [field("a", B), declared("c", body=block(field("d", A)))]),
    ("p99 <= 50ms", [ast.Comparison(name("p99"), "<=", number("50ms"), NOWHERE)]),
    (
        "b { p50 <= 1ms  p99 < 2ms }",
        [
            declared(
                "b",
                body=block(
                    ast.Comparison(name("p50"), "<=", number("1ms"), NOWHERE),
                    ast.Comparison(name("p99"), "<", number("2ms"), NOWHERE),
                ),
            )
        ],
    ),
    ("call", [declared("call")]),
    ("call score", [declared("call", [ref("score")])]),
    (
        "call score timeout 20ms fallback rules",
        [
            declared(
                "call",
                [ref("score"), ref("timeout"), number("20ms"), ref("fallback"), ref("rules")],
            )
        ],
    ),
    ("branch 10% { }", [declared("branch", [number("10%")], body=block())]),
    ("offset -3 a.b", [declared("offset", [unary("-", number("3")), attribute(A, "b")])]),
    ("stream x: kafka { }", [declared("stream", [], "x", kind("kafka"), body=block())]),
    (
        'stream x: kafka "Why" { }',
        [declared("stream", [], "x", kind("kafka"), [string("Why")], body=block())],
    ),
    ('system x "Why" { }', [declared("system", [ref("x"), string("Why")], body=block())]),
    (
        "param peak: rate = 1200/s",
        [declared("param", [], "peak", kind("rate"), [], number("1200/s"))],
    ),
    ("let share = 0.4%", [declared("let", [], "share", given=number("0.4%"))]),
    ("key card: string", [declared("key", [], "card", kind("string"))]),
    ("card: string", [declared(called="card", of=kind("string"))]),
    (
        "amount: float64 unit EUR",
        [declared(called="amount", of=kind("float64"), modifiers=[ref("unit"), ref("EUR")])],
    ),
    (
        "v: float32[128, a] unit b",
        [declared(called="v", of=kind("float32", number("128"), A), modifiers=[ref("unit"), B])],
    ),
    (
        "n: int64 = count() over 10m default 0",
        [
            declared(
                called="n",
                of=kind("int64"),
                given=call(ref("count")),
                tail=[ref("over"), number("10m"), ref("default"), number("0")],
            )
        ],
    ),
    ("a: b = c { }", [declared(called="a", of=kind("b"), given=C, body=block())]),
    ("a: b c { }", [declared(called="a", of=kind("b"), modifiers=[C], body=block())]),
    (
        "a { b { d = a } }",
        [declared("a", body=block(declared("b", body=block(field("d", A)))))],
    ),
    ("model = model", [field("model", ref("model"))]),
]

EXPRESSIONS: list[tuple[str, ast.Expression]] = [
    ("b", B),
    ("7", number("7")),
    ("8 x h100", ast.Literal(Accelerators(8, "h100"), "8 x h100", NOWHERE)),
    ("8   x  h100", ast.Literal(Accelerators(8, "h100"), "8 x h100", NOWHERE)),
    ('"a # b"', string("a # b")),
    ("true", ast.Literal(True, "true", NOWHERE)),
    ("-3", unary("-", number("3"))),
    ("not a", unary("not", A)),
    ("a.b.c", attribute(attribute(A, "b"), "c")),
    ("a.b(c)[d]", ast.Index(call(attribute(A, "b"), argument(C)), D, NOWHERE)),
    ("f()", call(ref("f"))),
    ("f(a, b = c,)", call(ref("f"), argument(A), argument(C, "b"))),
    ("[]", ast.ListLiteral([], NOWHERE)),
    ("[a, [b], c,]", ast.ListLiteral([A, ast.ListLiteral([B], NOWHERE), C], NOWHERE)),
    ("[\n a, # one\n b\n]", ast.ListLiteral([A, B], NOWHERE)),
    ("a + b * c", binary(A, "+", binary(B, "*", C))),
    ("(a + b) * c", binary(binary(A, "+", B), "*", C)),
    ("a - b - c", binary(binary(A, "-", B), "-", C)),
    ("a - (b - c)", binary(A, "-", binary(B, "-", C))),
    ("a / b", binary(A, "/", B)),
    ("a < b and not c or d", binary(binary(binary(A, "<", B), "and", unary("not", C)), "or", D)),
    ("not a == b", unary("not", binary(A, "==", B))),
    ("-a * b", binary(unary("-", A), "*", B)),
    ("--a", unary("-", unary("-", A))),
    ("a +\n  b", binary(A, "+", B)),
    ("(a)", A),
]


@pytest.mark.parametrize(("text", "expected"), STATEMENTS, ids=[text for text, _ in STATEMENTS])
def test_statements(text: str, expected: list[ast.Statement]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(("text", "expected"), EXPRESSIONS, ids=[text for text, _ in EXPRESSIONS])
def test_expressions(text: str, expected: ast.Expression) -> None:
    assert value(text) == expected


def test_comparisons_do_not_chain() -> None:
    _, found = parse("a = b < c < d", "design.mlsd")
    assert [diagnostic.code for diagnostic in found] == ["SYN001"]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("a = (b + c) * d", {"(b + c) * d", "(b + c)", "b", "c", "d", "a", "a = (b + c) * d"}),
        ("x y: z[1] = f(a, b = 2) over 3m { c = d }",
         {"x y: z[1] = f(a, b = 2) over 3m { c = d }", "z[1]", "1", "f(a, b = 2)", "f", "a",
          "b = 2", "b", "2", "over", "3m", "{ c = d }", "c = d", "c", "d", "x", "y"}),
        ("p <= [a.b, -1]", {"p <= [a.b, -1]", "p", "[a.b, -1]", "a.b", "a", "b", "-1", "1"}),
    ],
)  # fmt: skip
def test_every_node_knows_its_text(text: str, spans: set[str]) -> None:
    tree, found = parse(text, "design.mlsd")
    assert not found
    assert set(_texts(tree.statements, text)) == spans


def _texts(node: object, text: str) -> list[str]:
    if isinstance(node, list):
        return [found for item in node for found in _texts(item, text)]
    if not hasattr(node, "span"):
        return []
    found = [text[node.span.start : node.span.end]]
    for slot in node.__slots__:
        if slot not in ("span", "value") or not isinstance(node, ast.Literal):
            found += _texts(getattr(node, slot), text)
    return found


def test_the_example_has_no_mistake(fraud: str) -> None:
    tree, found = parse(fraud, "design.mlsd")
    assert found == []
    assert len(tree.statements) > 30
    assert len(tree.comments) == fraud.count("# ") - fraud.count('"# ')


def test_a_broken_statement_keeps_its_names_and_its_block() -> None:
    tree, _ = parse("call (edge) a.b { c = d }", "design.mlsd")
    (statement,) = tree.statements
    assert isinstance(statement, ast.Broken)
    assert statement.names == ["call", "edge", "a", "b"]
    assert statement.body == block(field("c", D))
    assert isinstance(statement.body.statements[0], ast.Assignment)


def test_walking_goes_in_reading_order() -> None:
    tree, _ = parse("a { b { c = d } e = f } g = h { i = j } k (", "design.mlsd")
    seen = [statement.span.start for statement in ast.walk(tree.statements)]
    assert seen == sorted(seen)
    assert len(seen) == 7


def _work(text: str) -> int:
    """How many functions are called to parse a text."""
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        parse(text, "design.mlsd")
    finally:
        sys.setprofile(None)
    return calls


def test_work_grows_with_the_text_and_no_faster(fraud: str) -> None:
    _work(fraud)  # fills what is remembered between calls
    assert _work(fraud * 8) <= 8 * _work(fraud)


@pytest.mark.parametrize("running", [True, False])
def test_the_collector_is_left_as_it_was(running: bool) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if running else gc.disable)()
        parse("a = 1 )", "design.mlsd")
        assert gc.isenabled() is running
    finally:
        (gc.enable if before else gc.disable)()
