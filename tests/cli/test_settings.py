"""`--env` and `--set`: what they choose, and how their mistakes point into the command line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cli.conftest import SLOW, Ended

Design = Callable[..., str]
Mlsdc = Callable[..., Ended]

DESIGN = """\
param peak: rate = 200/s
param region: text = "eu-west-1"
param bound: rate
let share = 10%
endpoint score {
  owner    = region
  latency  { p50 = 8ms  p99 = 30ms  at = 100/s }
  replicas = 2
}
request rank {
  rate = peak
  call score
}
request other { rate = bound }
environment prod { platform = kubernetes }
"""


def check(mlsdc: Mlsdc, design: Design, *options: str) -> Ended:
    return mlsdc("check", design(DESIGN), *options)


def test_a_parameter_is_set(mlsdc: Mlsdc, design: Design) -> None:
    assert check(mlsdc, design, "--set", "bound=1/s").code == 0
    loaded = check(mlsdc, design, "--set", "bound=1/s", "--set", "peak = 900/s")
    assert loaded.code == 1
    assert "error[CAP001]" in loaded.out
    assert "900/s" in loaded.out


def test_a_parameter_without_default_asks_for_a_value(mlsdc: Mlsdc, design: Design) -> None:
    ended = check(mlsdc, design)
    assert ended.code == 1
    assert "= help: --set bound=..." in ended.out


@pytest.mark.parametrize("value", ["us-east-1", '"us-east-1"', "1", "a b"])
def test_a_text_needs_no_quotes_where_its_default_is_one(
    mlsdc: Mlsdc, design: Design, value: str
) -> None:
    assert check(mlsdc, design, "--set", "bound=1/s", "--set", f"region={value}").code == 0


@pytest.mark.parametrize(
    ("assignment", "column", "code", "message"),
    [
        ("peak", 7, "USE003", "`peak` gives no parameter a value"),
        ("peak=", 7, "USE003", "`peak=` gives no parameter a value"),
        ("=1/s", 7, "USE003", "`=1/s` gives no parameter a value"),
        ("2peak=1/s", 7, "USE003", "`2peak=1/s` gives no parameter a value"),
        ("peek=1/s", 7, "SYN020", "the design has no parameter `peek`"),
        ("share=5%", 7, "SYN020", "`share` is a `let`, which only the design itself gives a value"),
        ("score=1", 7, "SYN020", "`score` is a component, not a parameter"),
        ("peak=5GiB", 12, "TYP002", "`peak` wants what its default `200/s` (rate) is"),
        ("peak=80%", 12, "TYP002", "`peak` wants what its default `200/s` (rate) is"),
        ("peak=1/s + 2GiB", 12, "TYP001", "`+` cannot combine `1/s` (rate) with `2GiB` (bytes)"),
        ("peak=12/x", 12, "SYN007", "`x` is no unit of time"),
    ],
)
def test_a_wrong_setting_points_into_the_command_line(
    mlsdc: Mlsdc, design: Design, assignment: str, column: int, code: str, message: str
) -> None:
    ended = check(mlsdc, design, "--set", assignment)
    assert ended.code == 2
    assert ended.out.startswith(f"<command line>:1:{column}: error[{code}] {message}")
    assert f"1 | --set {assignment}\n" in ended.out
    assert ended.last.startswith("nothing was checked · 1 error")


@pytest.mark.parametrize("value", ["1/s }", "1/s\npeak = 2/s", "{", "1/s { x = 1 }", "'", '"'])
def test_a_value_that_is_more_or_less_than_a_value(
    mlsdc: Mlsdc, design: Design, value: str
) -> None:
    ended = check(mlsdc, design, "--set", f"peak={value}")
    assert ended.code == 2
    assert ended.out.startswith("<command line>:")


def test_a_parameter_set_twice(mlsdc: Mlsdc, design: Design) -> None:
    ended = check(mlsdc, design, "--set", "peak=1/s", "--set", "peak=2/s")
    assert ended.code == 2
    assert "<command line>:1:22: error[SYN021] `peak` is set twice" in ended.out
    assert "---- first set here" in ended.out


def test_all_wrong_settings_are_reported_at_once(mlsdc: Mlsdc, design: Design) -> None:
    ended = check(mlsdc, design, "--set", "peek=1/s", "--set", "peak", "--env", "prdo")
    assert ended.code == 2
    assert ended.out.count("error[") == 3
    assert "= help: did you mean `prod`?" in ended.out
    assert "1 | --set peek=1/s --set peak --env prdo\n" in ended.out


def test_an_unknown_environment(mlsdc: Mlsdc, design: Design) -> None:
    ended = mlsdc("check", design(SLOW), "--env", "staging")
    assert ended.code == 2
    assert "error[SYN027] there is no environment `staging`" in ended.out
    assert "= help: environments: dev, prod" in ended.out


def test_an_environment_of_a_design_without_any(mlsdc: Mlsdc, design: Design) -> None:
    ended = mlsdc("check", design("endpoint score { }\n"), "--env", "prod")
    assert ended.code == 2
    assert "the design declares no environment" in ended.out
    assert "environment prod { platform = kubernetes }" in ended.out
