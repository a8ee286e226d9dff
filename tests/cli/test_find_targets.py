"""The targets of mlsdc are known by name; the package's metadata says the same."""

from __future__ import annotations

import tomllib
from pathlib import Path

from mlsdc.cli.find_targets import GROUP, TARGETS, find_targets


def test_the_table_is_what_the_package_declares() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["entry-points"][GROUP] == TARGETS


def test_all_of_mlsdcs_targets_where_none_is_named() -> None:
    assert [target.name for target in find_targets([])] == sorted(TARGETS)


def test_a_target_named_twice_is_one() -> None:
    assert [target.name for target in find_targets(["diagrams", "diagrams"])] == ["diagrams"]
