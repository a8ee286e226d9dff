"""Tests in the language: their form, and what is said of mistakes in it."""

from __future__ import annotations

import pytest

from tests.compiler.composing import told

BASE = """
param peak: rate = 10/s
let half = peak / 2
endpoint score: container {
  image    = "registry.example.com/score:1"
  latency  { p50 = 8ms  p99 = 20ms  at = 100/s }
}
request ask {
  rate = half
  budget { p99 <= 50ms }
  call score
}
environment prod { platform = kubernetes }
"""


def scenario(*lines: str) -> str:
    inner = "\n".join(f"  {line}" for line in lines)
    return f'{BASE}test "it" {{\n{inner}\n}}'


@pytest.mark.parametrize(
    "lines",
    [
        ["given peak = 20/s", "expect nothing"],
        ["given environment = prod", "expect no errors"],
        ["given score { replicas = 2 }", "given ask { rate = 3/s }", "expect LAT002 on ask"],
        ["expect no LAT002", 'expect "path-over-budget"', "expect no path_over_budget on ask"],
        ['assert ask.p99 <= 45ms "text"'],
        ["expect lat002"],
    ],
)
def test_what_a_test_may_say(lines: list[str]) -> None:
    assert told(scenario(*lines)) == []


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["expect LAT0002"], [("SYN049", "LAT0002")]),
        (["expect"], [("SYN049", "expect")]),
        (["expect no"], [("SYN049", "expect no")]),
        (["expect LAT002 in ask"], [("SYN049", "expect LAT002 in ask")]),
        (["expect LAT002 on asks"], [("SYN020", "asks")]),
        (["expects LAT002"], [("SYN049", "expects")]),
        (["given peak = 3ms", "expect nothing"], [("TYP002", "3ms")]),
        (["given peek = 3/s", "expect nothing"], [("SYN020", "peek")]),
        (["given half = 3/s", "expect nothing"], [("SYN020", "half")]),
        (["given score = 3/s", "expect nothing"], [("SYN020", "score")]),
        (["given peak = 3/s", "given peak = 4/s", "expect nothing"], [("SYN021", "peak")]),
        (["given environment = dev", "expect nothing"], [("SYN027", "dev")]),
        (["given environment = 3", "expect nothing"], [("SYN027", "3")]),
        (["given scores { replicas = 2 }", "expect nothing"], [("SYN020", "scores")]),
        (["given score", "expect nothing"], [("SYN049", "given score")]),
        (["given peak: rate = 3/s", "expect nothing"], [("SYN049", "given peak: rate = 3/s")]),
        (["peak = 3/s", "expect nothing"], [("SYN049", "peak = 3/s")]),
        (["assert"], [("SYN049", "assert")]),
        ([], [("SYN049", '"it"')]),
        (["given peak = 3/s"], [("SYN049", '"it"')]),
    ],
)
def test_mistakes(lines: list[str], found: list[tuple[str, str]]) -> None:
    assert told(scenario(*lines)) == found


def test_a_test_has_a_name_of_its_own() -> None:
    assert told(f"{BASE}test it {{ expect nothing }}")[0][0] == "SYN049"
    twice = 'test "it" { expect nothing }\n' * 2
    assert [code for code, _ in told(BASE + twice)] == ["SYN021"]


def test_the_block_of_a_component_is_read_in_the_test_only() -> None:
    assert told(scenario("given score { replicas = 0 }", "expect no errors")) == []
