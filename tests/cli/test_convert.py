"""`mlsdc convert`: whole files or none, nothing lost, nothing overwritten unasked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mlsdc.cli.exits import Exit
from mlsdc.dsl.parse import parse
from mlsdc.dsl.yaml_reader import read_yaml
from tests.cli.conftest import SOUND, Ended

Run = Callable[..., Ended]


def test_printed_yaml_says_the_same(design: Callable[..., str], mlsdc: Run) -> None:
    """Without a path the YAML goes to standard output, and only that."""
    ended = mlsdc("convert", design())
    tree, complaints = read_yaml(ended.out, "f")

    assert (ended.code, ended.err, complaints) == (Exit.CLEAN, "", [])
    assert tree.statements == parse(SOUND, "f")[0].statements


def test_converted_design_is_sound(design: Callable[..., str], mlsdc: Run) -> None:
    """The written file can be checked like the design itself."""
    mlsdc("convert", design(), "-O", "copy.mlsd.yaml")

    assert mlsdc("check", "copy.mlsd.yaml").code == mlsdc("check", "design.mlsd").code == Exit.CLEAN


def test_no_file_is_replaced_unasked(design: Callable[..., str], mlsdc: Run, here: Path) -> None:
    """A file that exists stays, unless `--force` is given."""
    (here / "copy.yaml").write_text("mine")

    refused = mlsdc("convert", design(), "-O", "copy.yaml")
    assert (refused.code, (here / "copy.yaml").read_text()) == (Exit.UNUSABLE, "mine")
    assert "--force" in refused.err

    forced = mlsdc("convert", "design.mlsd", "-O", "copy.yaml", "--force")
    assert forced.code == Exit.CLEAN
    assert (here / "copy.yaml").read_text() != "mine"


def test_mistakes_are_told_and_nothing_is_written(
    design: Callable[..., str], mlsdc: Run, here: Path
) -> None:
    """A design that cannot be read has no other form."""
    ended = mlsdc("convert", design("endpoint score { latency = = }\n"), "-O", "copy.yaml")

    assert ended.code == Exit.FINDINGS
    assert "design.mlsd:1" in ended.err
    assert not (here / "copy.yaml").exists()


def test_a_missing_file_is_told(mlsdc: Run, here: Path) -> None:
    """No traceback for a name that is wrong."""
    ended = mlsdc("convert", "nothing.mlsd")

    assert ended.code == Exit.UNUSABLE
    assert "no such file" in ended.err
    assert list(here.iterdir()) == []


def test_there_and_back(design: Callable[..., str], mlsdc: Run, here: Path) -> None:
    """The YAML of a design becomes a design of the same statements and comments."""
    pytest.importorskip("mlsdc.dsl.format")
    mlsdc("convert", design("# head\n" + SOUND + "# tail\n"), "-O", "copy.mlsd.yaml")
    ended = mlsdc("convert", "copy.mlsd.yaml", "-O", "back.mlsd")
    first, second = (
        parse((here / name).read_text("utf-8"), "f")[0] for name in ("design.mlsd", "back.mlsd")
    )

    assert ended.code == Exit.CLEAN
    assert first.statements == second.statements
    assert [c.text for c in first.comments] == [c.text for c in second.comments]
