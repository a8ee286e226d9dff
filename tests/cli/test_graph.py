"""`mlsdc graph`: a drawing on standard output, findings beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.conftest import SLOW, SOUND, Ended

Design = Callable[..., str]
Mlsdc = Callable[..., Ended]


def test_mermaid_by_default(mlsdc: Mlsdc, design: Design) -> None:
    ended = mlsdc("graph", design())
    assert (ended.code, ended.err) == (0, "")
    assert "flowchart LR" in ended.out
    assert "score" in ended.out


def test_json_names_components_and_edges(mlsdc: Mlsdc, design: Design) -> None:
    text = SOUND.replace("  call score", "  call edge\n  call score") + "gateway edge { }\n"
    document = json.loads(mlsdc("graph", design(text), "--format", "json", "--env", "prod").out)
    assert document["schema_version"] == 1
    assert (document["system"], document["environment"]) == ("shop", "prod")
    assert [node["name"] for node in document["nodes"]] == ["edge", "rank", "score"]
    (edge,) = document["edges"]
    assert (edge["source"], edge["verb"], edge["target"]) == ("edge", "calls", "score")


def test_svg_into_a_file(mlsdc: Mlsdc, design: Design, here: Path) -> None:
    ended = mlsdc("graph", design(), "--format", "svg", "-O", "pictures/shop.svg")
    assert (ended.code, ended.out) == (0, "")
    root = ElementTree.fromstring((here / "pictures/shop.svg").read_text())
    assert root.tag.endswith("svg")


def test_a_design_with_errors_is_drawn_and_its_findings_stand_aside(
    mlsdc: Mlsdc, design: Design
) -> None:
    ended = mlsdc("graph", design(SLOW))
    assert ended.code == 1
    assert "flowchart LR" in ended.out
    assert "! error" in ended.out
    assert "error[LAT002]" in ended.err
    assert "LAT002" not in ended.out


def test_lineage(mlsdc: Mlsdc, design: Design) -> None:
    text = SOUND + "source payments { }\nlake history { from = payments }\n"
    assert "payments" in mlsdc("graph", design(text), "--view", "lineage").out


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("design.mlsd", "this is the design itself, and would be overwritten"),
        (".", "this is a folder, a file is needed"),
        ("", "-O names no file"),
    ],
)
def test_paths_that_cannot_be_written(
    mlsdc: Mlsdc, design: Design, here: Path, path: str, message: str
) -> None:
    ended = mlsdc("graph", design(), "-O", path)
    assert ended.code == 2
    assert message in ended.err
    assert (here / "design.mlsd").read_text() == SOUND


def test_a_wrong_environment(mlsdc: Mlsdc, design: Design) -> None:
    ended = mlsdc("graph", design(), "--env", "prodd")
    assert (ended.code, ended.out) == (2, "")
    assert "did you mean `prod`?" in ended.err
