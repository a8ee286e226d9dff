"""Parameters take values of their declared type only, wherever the value comes from."""

from __future__ import annotations

import pytest

from mlsdc.compiler.parameter_types import TYPES
from mlsdc.diagnostics import Source
from mlsdc.pipeline import check
from mlsdc.stdlib.find import standard_catalog


def said(text: str) -> list[tuple[str, str]]:
    """Codes and messages of a design's errors."""
    outcome = check([Source("d.mlsd", text)], standard_catalog())
    return [(d.code, d.message) for d in outcome.diagnostics if d.subject == "p"]


@pytest.mark.parametrize("name", TYPES)
def test_each_type_takes_its_own_example(name: str) -> None:
    """The example that the error shows is itself accepted."""
    found = said(f"param p: {name} = {TYPES[name][1]}\n")

    assert [code for code, _ in found] == ["SYN028"], "only that it is not used"


@pytest.mark.parametrize("name", [n for n in TYPES if n not in ("duration", "list", "name")])
def test_each_type_refuses_a_duration(name: str) -> None:
    """Both the wanted and the given kind are named."""
    ((_, message), *_) = [f for f in said(f"param p: {name} = 20ms\n") if f[0] == "TYP002"]

    assert f"wants a {name}" in message
    assert "duration" in message


def test_an_environment_may_not_change_the_type() -> None:
    """The overriding value is judged as the default is, and is pointed at."""
    text = "param p: rate = 5/s\nenvironment dev {\n  platform = kubernetes\n  p = 3GiB\n}\n"

    assert "TYP002" in [code for code, _ in said(text)]


def test_a_misspelt_type_is_suggested() -> None:
    """`durration` is close to `duration`."""
    outcome = check([Source("d.mlsd", "param p: durration = 3s\n")], standard_catalog())

    assert "did you mean `duration`?" in [d.help for d in outcome.diagnostics]
