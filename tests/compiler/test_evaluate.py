"""Expressions: their values, their dimensions, and what is said where they have none."""

from __future__ import annotations

import pytest

from mlsdc.compiler.evaluate import Scope, Symbol, Unreadable, describe, evaluate
from mlsdc.diagnostics import Diagnostic
from mlsdc.dsl import ast
from mlsdc.dsl.parse import parse
from mlsdc.units import Accelerators, Quantity


def scope(**definitions: str) -> Scope:
    text = "\n".join(f"let {name} = {value}" for name, value in definitions.items())
    tree, said = parse(text, "lets")
    assert said == []
    statements = [s for s in tree.statements if isinstance(s, ast.Declaration)]
    return Scope({s.name.text: s for s in statements if s.name is not None})


def value(expression: str, **definitions: str) -> tuple[object, list[Diagnostic]]:
    """The value of an expression, and what was said about it."""
    tree, said = parse(f"let it = {expression}", "it")
    assert said == []
    (statement,) = tree.statements
    assert isinstance(statement, ast.Declaration)
    assert statement.value is not None
    around = scope(**definitions)
    return evaluate(statement.value, around), around.diagnostics


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 + 2 * 3", "7"), ("(1 + 2) * 3", "9"), ("7 / 2", "3.5"), ("-3", "-3"), ("2 - -2", "4"),
        ("100ms + 1s", "1.1s"), ("1h / 2", "30m"), ("30 * 1d", "30d"), ("1GiB / 1s", "1GiB/s"),
        ("1000/s * 1m", "60000"), ("10% + 5%", "15%"), ("100/s * 10%", "10/s"),
        ("1s / 1ms", "1000"), ("2 * 300EUR/month", "600EUR/month"), ("50% * 50%", "0.25"),
        ("min(3, 1, 2)", "1"), ("max([2s, 90ms])", "2s"), ("sum([1, 2, 3])", "6"),
        ("ceil(2.1)", "3"), ("floor(2.9)", "2"), ("round(2.5)", "2"), ("abs(-4ms)", "4ms"),
        ("len([1, 2])", "2"), ('len("abc")', "3"), ("[1, 2, 3][1]", "2"), ("[1, 2][-1]", "2"),
        ("ceil(1000/s / 150/s)", "7"),
        ("1 < 2", "True"), ("1s <= 900ms", "False"), ("2 == 2", "True"), ("1s != 1s", "False"),
        ("true and false", "False"), ("true or false", "True"), ("not true", "False"),
        ("kafka", "kafka"), ('"text"', "text"),
    ],
)  # fmt: skip
def test_values(expression: str, expected: str) -> None:
    """Arithmetic with units, comparison, logic, functions."""
    found, said = value(expression)

    assert said == []
    assert str(found) == expected


def test_kinds_of_values() -> None:
    """Whole numbers stay whole, bare names stay names, accelerators keep their model."""
    assert isinstance(value("4 / 2")[0], int)
    assert isinstance(value("kafka.topic")[0], Symbol)
    assert value("8 x h100")[0] == Accelerators(8, "h100")
    found = value("80%")[0]
    assert isinstance(found, Quantity)
    assert found.percent


@pytest.mark.parametrize(
    ("expression", "code", "where", "message", "others"),
    [
        ("100ms + 2GiB", "TYP001", "100ms + 2GiB", "`100ms` (duration) with `2GiB` (bytes)",
         ["100ms", "2GiB"]),
        ("1s < 2", "TYP001", "1s < 2", "`1s` (duration) with `2` (number)", ["1s", "2"]),
        ("1 and true", "TYP001", "1 and true", "(number)", ["1", "true"]),
        ("kafka + 1", "TYP001", "kafka + 1", "`kafka` (a name)", ["kafka", "1"]),
        ("-true", "TYP002", "-true", "wants a number", []),
        ("not 1", "TYP002", "not 1", "wants true or false", []),
        ("1 / 0", "TYP007", "1 / 0", "by zero", ["0"]),
        ("1s / (1 - 1)", "TYP007", "1s / (1 - 1)", "by zero", ["1 - 1"]),
        ("ciel(2)", "TYP006", "ciel", "no function `ciel`", []),
        ("ceil(2s)", "TYP006", "ceil(2s)", "without a unit", []),
        ("min(1, 2s)", "TYP006", "min(1, 2s)", "do not measure the same", []),
        ("min(kafka)", "TYP006", "min(kafka)", "wants numbers", []),
        ("[1, 2][5]", "TYP007", "[1, 2][5]", "2 items has no item", []),
        ("1s.name", "TYP007", "name", "has no attribute `name`", []),
    ],
)  # fmt: skip
def test_mistakes(expression: str, code: str, where: str, message: str, others: list[str]) -> None:
    """One finding with both sides; the value is unreadable and causes nothing further."""
    found, said = value(expression)
    text = f"let it = {expression}"

    assert isinstance(found, Unreadable)
    (one,) = said
    assert one.code == code
    assert message in one.message
    assert text[one.span.start : one.span.end].strip("()") == where.strip("()")
    covered = [text[label.span.start : label.span.end].strip("()") for label in one.labels]
    assert covered == others


def test_an_unreadable_part_is_reported_once() -> None:
    """Whatever is computed from it says nothing more."""
    found, said = value("max(1 / 0, 2) + broken * 3", broken="1s + 1B")

    assert isinstance(found, Unreadable)
    assert [d.code for d in said] == ["TYP007", "TYP001"]


def test_near_function_is_proposed() -> None:
    """Else all of them are listed."""
    assert value("ciel(2)")[1][0].help == "did you mean `ceil`?"
    assert value("zzz(2)")[1][0].help.startswith("functions: min, max, sum")


class TestScope:
    """Parameters and lets."""

    def test_chain(self) -> None:
        found, said = value("a", a="b * 2", b="c + 1s", c="500ms")

        assert (str(found), said) == ("3s", [])

    def test_long_chain_ends(self) -> None:
        definitions = {f"v{n}": f"v{n - 1} + 1" for n in range(1, 60)}
        found, said = value("v59", v0="1", **definitions)

        assert (found, said) == (60, [])

    @pytest.mark.parametrize(
        ("definitions", "chain"),
        [
            ({"a": "a"}, "a -> a"),
            ({"a": "b + 1", "b": "a"}, "a -> b -> a"),
            ({"a": "b", "b": "c", "c": "[b, 1]"}, "b -> c -> b"),
        ],
    )
    def test_cycle_is_reported_once(self, definitions: dict[str, str], chain: str) -> None:
        around = scope(**definitions)
        for name in definitions:
            tree, _ = parse(f"let it = {name}", "it")
            (statement,) = tree.statements
            assert isinstance(statement, ast.Declaration)
            assert statement.value is not None
            evaluate(statement.value, around)

        (one,) = around.diagnostics
        assert one.code == "TYP005"
        assert chain in one.message

    def test_given_values_win(self) -> None:
        around = scope(a="1", b="a + 1")
        tree, _ = parse("let it = 10\nlet ask = b", "it")
        ten, ask = tree.statements
        assert isinstance(ten, ast.Declaration)
        assert isinstance(ask, ast.Declaration)
        assert ten.value is not None
        assert ask.value is not None
        around.given = {"a": ten.value}

        assert evaluate(ask.value, around) == 11
        assert around.used == {"a", "b"}

    def test_unknown_name_stays_a_name(self) -> None:
        assert value("unheard_of") == (Symbol("unheard_of"), [])


@pytest.mark.parametrize(
    ("thing", "words"),
    [
        (True, "`true` (true or false)"), (3, "`3` (number)"), (Quantity(0.5, percent=True),
                                                                "`50%` (share)"),
        ("text", '"text" (text)'), ("x" * 60, '"' + "x" * 37 + '..." (text)'),
        (Symbol("kafka"), "`kafka` (a name)"), (Accelerators(2, "l4"), "`2 x l4` (accelerators)"),
        ([], "`[]` (list)"), ({}, "a block"),
    ],
)  # fmt: skip
def test_values_are_described_with_their_kind(thing: object, words: str) -> None:
    """As messages name them."""
    assert describe(thing) == words


def test_a_long_chain_of_values_has_a_value() -> None:
    """Three thousand values, each made of the next."""
    chain = {f"a{at}": f"a{at + 1} + 1" for at in range(3000)}
    assert value("a0", **chain, a3000="1") == (3001, [])


def test_a_long_circle_is_told_once_and_in_short() -> None:
    found, said = value("a0", **{f"a{at}": f"a{(at + 1) % 3000} + 1" for at in range(3000)})
    assert isinstance(found, Unreadable)
    (one,) = said
    assert one.code == "TYP005"
    assert one.message.startswith("`a0` depends on itself: a0 -> a1 -> ")
    assert one.message.endswith(" -> ... -> a2995 -> a2996 -> a2997 -> a2998 -> a2999 -> a0")


def test_choices_that_never_lead_back_are_no_circle() -> None:
    """What the side that is not chosen would read is not needed."""
    sides = {"a": "b if flag else 1", "b": "2 if flag else a"}
    assert value("a + b", **sides, flag="false") == (2, [])
    assert value("a + b", **sides, flag="true") == (4, [])


def test_choices_deeper_than_the_language_goes() -> None:
    chain = {f"a{at}": f"a{at + 1} if true else 0" for at in range(1500)}
    found, said = value("a0", **chain, a1500="1")
    assert isinstance(found, Unreadable)
    (one,) = said
    assert one.code == "SYN046"
    assert one.message == "a value needs more than 200 operations, each the result of the next"


def test_a_result_too_large_names_both_numbers() -> None:
    (one,) = value("1e308 * 10")[1]
    assert one.code == "TYP007"
    assert "`1e+308` (number) and `10` (number)" in one.message
    assert one.help == "divide before you multiply, or write smaller numbers"
