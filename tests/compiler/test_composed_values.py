"""Templates, conditional values, comprehensions, limits of parameters and assertions."""

from __future__ import annotations

import pytest

from tests.compiler.composing import STREAM, design, outcome, said, told

SCORE = """
endpoint score: container {
  image    = "registry.example.com/score:1"
  latency  { p50 = 8ms  p99 = 20ms  at = 100/s }
  replicas = 4
}
request ask {
  rate = 100/s
  budget { p99 <= 50ms }
  call score
}
"""


def title(expression: str) -> str:
    """What a text with expressions becomes."""
    text = f"""
    param peak: rate = 1200/s
    let many = [1ms, 2ms]
    system s {expression} {{ owner = "x" }}
    let used = [peak, many]
    assert len(used) > 0
    """
    return design(text).system.title


class TestTexts:
    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ('"at ${peak}"', "at 1200/s"),
            ('"${peak / 2} and ${1 + 1}"', "600/s and 2"),
            ('"${true} ${80%} ${8 x h100} ${0.5} ${name}"', "true 80% 8 x h100 0.5 name"),
            ('"\\${peak} $ {peak} $"', "${peak} $ {peak} $"),
            ('"""${peak}"""', "${peak}"),
            ('"${join(many)}"', "1ms, 2ms"),
            ('"${many[1]} of ${len(many)}"', "2ms of 2"),
            ('"${"', None),
        ],
    )
    def test_expressions_in_texts(self, written: str, read: str | None) -> None:
        if read is None:
            assert told(f"system s {written} {{}}") == [("SYN003", "${")]
        else:
            assert title(written) == read

    @pytest.mark.parametrize(
        ("written", "found"),
        [
            ('"${many}"', ("TYP002", "many")),
            ('"${1 / 0}"', ("TYP007", "1 / 0")),
            ('"${3ms + 2GiB}"', ("TYP001", "3ms + 2GiB")),
            ('"${}"', ("SYN002", "${}")),
            ('"${a b}"', ("SYN001", "b")),
            ('"${a = b}"', ("SYN001", "a")),
        ],
    )
    def test_mistakes_in_texts(self, written: str, found: tuple[str, str]) -> None:
        text = f"let many = [1ms]\nassert len(many) == 1\nsystem s {{ owner = {written} }}"
        assert told(text) == [found]

    def test_texts_do_not_explode(self) -> None:
        lines = ['let t0 = "xxxxxxxxxxxxxxxx"']
        lines += [f'let t{n + 1} = "${{t{n}}}${{t{n}}}"' for n in range(40)]
        text = "\n".join(lines) + '\nsystem s { owner = "${t40}" }'
        assert [d.code for d in said(text)] == ["SYN046"]


class TestLists:
    @pytest.mark.parametrize(
        ("expression", "value"),
        [
            ("[x * 2 for x in [1, 2, 3]]", [2, 4, 6]),
            ("[x for x in range(6) if x > 2 and x < 5]", [3, 4]),
            ("[[y * x for y in [1, 2]] for x in [3, 4]]", [[3, 6], [4, 8]]),
            ("[x for x in [x for x in [1]]]", [1]),
            ("range(0)", []),
            ("[1 if x > 2 else 0 for x in [2, 3]]", [0, 1]),
        ],
    )
    def test_comprehensions(self, expression: str, value: list[object]) -> None:
        from mlsdc.compiler.evaluate import Scope, evaluate
        from mlsdc.dsl import ast
        from mlsdc.dsl.parse import parse

        statement = parse(f"x = {expression}", "f")[0].statements[0]
        assert isinstance(statement, ast.Assignment)
        scope = Scope()
        assert (evaluate(statement.value, scope), scope.diagnostics) == (value, [])

    @pytest.mark.parametrize(
        ("expression", "found"),
        [
            ("[x for x in 3]", ("TYP002", "3")),
            ("[x for x in [1] if x]", ("TYP002", "x")),
            ("[x + 2ms for x in [1]]", ("TYP001", "x + 2ms")),
            ("[y for y in range(9000) for]", None),
            ("range(1ms)", ("TYP006", "range(1ms)")),
            ("contains(3, 3)", ("TYP006", "contains(3, 3)")),
            ("join([1], 2)", ("TYP006", "join([1], 2)")),
            ("[[y for y in range(900)] for x in range(900)]", ("SYN046", "range(900)")),
            ("1 if 3 else 2", ("TYP002", "3")),
            ("f(a: count)", ("TYP006", "a: count")),
        ],
    )
    def test_mistakes(self, expression: str, found: tuple[str, str] | None) -> None:
        every = told(f"let v = {expression}\nassert v == v")
        assert len(every) >= 1
        assert found is None or every == [found]


class TestLimits:
    @pytest.mark.parametrize(
        ("declared", "given", "found"),
        [
            ("param p: rate = 10/s { p <= 20/s }", "30/s", [("TYP012", "30/s")]),
            ("param p: rate = 10/s { p <= 20/s }", "20/s", []),
            ("param p: rate = 10/s { p > 1/s  p < 20/s }", "1/s", [("TYP012", "1/s")]),
            ("param p: name = eu { one_of = [eu, us] }", "as", [("TYP012", "as")]),
            ("param p: name = eu { one_of = [eu, us] }", "us", []),
            ("param p: rate = 10/s { p <= 20ms }", "9/s", [("TYP001", "p <= 20ms")]),
            ("param p: rate = 10/s { one_of = 3 }", "9/s", [("TYP002", "3")]),
            ("param p: rate = 10/s { q <= 20/s }", "9/s", [("SYN026", "q <= 20/s")]),
            ("param p: rate = 10/s { p = 20/s }", "9/s", [("SYN026", "p = 20/s")]),
        ],
    )
    def test_limits(self, declared: str, given: str, found: list[tuple[str, str]]) -> None:
        text = f"{declared}\nassert p == p\n"
        every = [(d.code, d) for d in outcome(text, p=given).diagnostics]
        assert [code for code, _ in every] == [code for code, _ in found]

    def test_an_environment_is_held_to_them(self) -> None:
        text = "param p: rate = 1/s { p <= 9/s }\nassert p > 0/s\nenvironment e { p = 99/s }"
        assert told(text) == [("TYP012", "99/s")]

    def test_a_parameter_may_name_a_role(self) -> None:
        text = f"""
        param from_stream: stream = s
        stream s: kafka {{ {STREAM} }}
        lake l: s3 {{ from = from_stream }}
        """
        assert told(text) == []
        assert told(text, from_stream="l")[0][0] == "TYP004"
        assert told(text, from_stream="nothing")[0][0] == "SYN020"

    def test_a_parameter_may_have_a_description(self) -> None:
        assert told('param p: rate = 1/s "the busiest minute"\nassert p > 0/s') == []


class TestAssertions:
    @pytest.mark.parametrize(
        "condition",
        [
            "score.replicas == 4",
            "score.latency.p99 <= 20ms",
            "ask.p99 <= 50ms and ask.p50 > 1ms",
            "score.rate == 100/s",
            "ask.mean < ask.p99",
            "score.utilisation < 80%",
            "contains([1, 2], 2)",
            "not false",
        ],
    )
    def test_what_holds(self, condition: str) -> None:
        assert told(f"{SCORE}assert {condition}") == []

    def test_what_does_not_hold_shows_both_sides(self) -> None:
        (found,) = said(f'{SCORE}let most = 3\nassert score.replicas <= most "too many"')
        assert (found.code, found.message) == ("TYP011", "this does not hold: too many")
        assert found.arithmetic == ("score.replicas is `4` (number)", "most is `3` (number)")

    def test_what_cannot_be_told_names_what_is_missing(self) -> None:
        text = SCORE.replace("latency  { p50 = 8ms  p99 = 20ms  at = 100/s }", "")
        (found,) = said(f"{text}assert ask.p99 < 50ms")
        assert found.undecided
        assert found.missing == ("score.latency",)

    @pytest.mark.parametrize(
        ("condition", "found"),
        [
            ("scor.replicas == 4", ("SYN020", "scor")),
            ("score.replica == 4", ("SYN024", "replica")),
            ("score.replicas", ("TYP002", "score.replicas")),
            ("score.latency.p99 > 2GiB", ("TYP001", "score.latency.p99 > 2GiB")),
            ("ask.p98 > 2ms", ("SYN024", "p98")),
            ("3", ("TYP002", "3")),
        ],
    )
    def test_mistakes(self, condition: str, found: tuple[str, str]) -> None:
        assert told(f"{SCORE}assert {condition}") == [found]

    def test_nothing_follows_from_what_is_broken(self) -> None:
        text = SCORE.replace("p50 = 8ms", "p50 = 8GiB")
        assert [code for code, _ in told(f"{text}assert ask.p99 < 1ms")] == ["TYP002"]

    def test_in_a_pattern(self) -> None:
        text = (
            'pattern p(n: count) { assert n >= 2 "two are needed" }\nuse p(1) as x\nuse p(2) as y'
        )
        assert told(text) == [("TYP011", "n >= 2")]


class TestAccelerators:
    @pytest.mark.parametrize(
        "condition",
        [
            "2 * (4 x h100) == 8 x h100",
            "(8 x h100) / (2 x h100) == 4",
            "8 x h100 - 2 x h100 > 4 x h100",
            "(4 x l4).count == 4",
            "(4 x l4).model == l4",
        ],
    )
    def test_arithmetic(self, condition: str) -> None:
        assert told(f"assert {condition}") == []

    @pytest.mark.parametrize(
        "expression", ["8 x h100 + 2 x l4", "8 x h100 < 3", "2 x l4 - 4 x l4", "(2 x l4) * 2ms"]
    )
    def test_mistakes(self, expression: str) -> None:
        assert told(f"let v = {expression}\nassert v == v")[0][0] == "TYP001"
