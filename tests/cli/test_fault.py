"""What nobody expected: code INT001, exit code 3, one line, never a traceback unless asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NoReturn

import pytest

from mlsdc.compiler.design import Design as ResolvedDesign
from tests.cli.conftest import SLOW, SOUND, Ended

Design = Callable[..., str]
Mlsdc = Callable[..., Ended]


def jam(*_: object, **__: object) -> NoReturn:
    raise KeyError("a\nb")


@pytest.fixture
def jammed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlsdc.pipeline.read", jam)


def test_a_fault_is_one_finding(mlsdc: Mlsdc, design: Design, jammed: None) -> None:
    ended = mlsdc("check", design())
    assert ended.code == 3
    assert ended.out.startswith("mlsdc: error[INT001] a fault of mlsdc itself: KeyError: 'a\\nb' (")
    assert "= help: report this line" in ended.out
    assert "Traceback" not in ended.out + ended.err


def test_a_fault_is_told_in_every_format(mlsdc: Mlsdc, design: Design, jammed: None) -> None:
    name = design()
    document = json.loads(mlsdc("check", name, "-o", "json").out)
    assert (document["exit_code"], document["diagnostics"][0]["code"]) == (3, "INT001")
    run = json.loads(mlsdc("check", name, "-o", "sarif").out)["runs"][0]
    assert run["invocations"] == [{"executionSuccessful": False, "exitCode": 3}]


def test_a_developer_sees_the_traceback(
    mlsdc: Mlsdc, design: Design, jammed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLSDC_DEBUG", "1")
    ended = mlsdc("check", design())
    assert ended.code == 3
    assert "Traceback" in ended.err


@pytest.mark.parametrize("place", ["mlsdc.cli.run.get_command", "mlsdc.cli.outputs.render"])
def test_a_fault_where_nothing_can_be_rendered(
    mlsdc: Mlsdc, design: Design, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setattr(place, jam)
    ended = mlsdc("check", design(), "--fail-on", "error")
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith("mlsdc: error[INT001] a fault of mlsdc itself: KeyError: ")
    assert ended.err.count("\n") == 1


def test_a_check_that_breaks_spoils_no_other(
    mlsdc: Mlsdc, design: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlsdc import pipeline
    from mlsdc.compiler.schedule import Check, standard_checks
    from mlsdc.diagnostics import Rule

    broken = Check(Rule("LAT999", "jammed", "t"), jam, (ResolvedDesign,))
    monkeypatch.setattr(pipeline, "standard_checks", lambda: (*standard_checks(), broken))
    ended = mlsdc("check", design(SLOW))
    assert ended.code == 3
    assert "check LAT999 (jammed) failed: KeyError" in ended.out
    assert "error[LAT002]" in ended.out


def test_an_interrupt_inside_a_command(
    mlsdc: Mlsdc, design: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr("mlsdc.pipeline.read", interrupt)
    ended = mlsdc("check", design(SOUND))
    assert ended.code == 130
    assert (ended.out, ended.err.strip()) == ("", "")
