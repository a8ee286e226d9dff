"""`import mlsdc`: what it offers, what it costs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import mlsdc
from mlsdc.cli.api import UnreadableDesign
from mlsdc.diagnostics import Source
from tests.cli.conftest import SLOW, SOUND

Design = Callable[..., str]


def test_the_names() -> None:
    assert mlsdc.__all__ == sorted(mlsdc.__all__)
    assert set(mlsdc.__all__) <= set(dir(mlsdc))
    for name in mlsdc.__all__:
        assert getattr(mlsdc, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = mlsdc.nonsense  # type: ignore[attr-defined]


def test_importing_it_loads_nothing() -> None:
    code = "import sys, mlsdc; print(sorted(m for m in sys.modules if m.startswith('mlsdc')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "['mlsdc']\n"


def test_check_takes_paths_and_texts(design: Design, here: Path) -> None:
    assert not mlsdc.check(design()).failed
    assert not mlsdc.check(here / "design.mlsd", environment="prod").failed
    outcome = mlsdc.check(Source("slow.mlsd", SLOW))
    assert outcome.failed
    (found,) = outcome.diagnostics
    assert isinstance(found, mlsdc.Diagnostic)
    assert (found.code, found.severity) == ("LAT002", mlsdc.Severity.ERROR)
    assert isinstance(found.span, mlsdc.Span)
    assert isinstance(outcome.compiled[0].design, mlsdc.Design)


def test_load_raises_for_what_is_no_design(design: Design) -> None:
    assert [source.text for source in mlsdc.load(design())] == [SOUND]
    with pytest.raises(UnreadableDesign, match="there is no such file") as raised:
        mlsdc.load("gone.mlsd")
    assert raised.value.diagnostics[0].code == "USE001"


def test_an_unknown_environment_or_target_is_a_value_error(design: Design) -> None:
    name = design()
    with pytest.raises(ValueError, match="no environment 'x', only dev, prod"):
        mlsdc.check(name, environment="x")
    with pytest.raises(ValueError, match="no target 'x'"):
        mlsdc.compile_design(name, targets=["x"])


def test_compile_design_makes_files_and_writes_none(design: Design, here: Path) -> None:
    outcome, files = mlsdc.compile_design(design(), targets=["diagrams"], environment="prod")
    assert not outcome.failed
    assert files
    assert all(path.startswith("prod/diagrams/") for path in files)
    assert [path.name for path in here.iterdir()] == ["design.mlsd"]
    failed, none = mlsdc.compile_design(design(SLOW), targets=["diagrams"])
    assert failed.failed
    assert not none
