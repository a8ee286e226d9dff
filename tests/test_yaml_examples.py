"""The examples as YAML: the same findings at places in the YAML, and the same files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mlsdc.cli.find_targets import find_targets
from mlsdc.diagnostics import Diagnostic, Source
from mlsdc.dsl.parse import parse
from mlsdc.dsl.yaml_reader import read_yaml
from mlsdc.dsl.yaml_writer import to_yaml
from mlsdc.pipeline import Outcome, check, emit
from mlsdc.stdlib.find import standard_catalog
from tests.test_damaged_fraud import DAMAGES, DESIGN, Damage

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*/design.mlsd"))
YAML = "design.mlsd.yaml"
PLACE = re.compile(rb"design\.mlsd(\.yaml)?(:\d+(:\d+)?)?")


def as_yaml(text: str) -> str:
    """A design in the language as YAML."""
    tree, complaints = parse(text, "design.mlsd")
    assert complaints == []
    return to_yaml(tree, text)


def found(text: str, file: str) -> Outcome:
    """What is said about a design in all environments."""
    return check([Source(file, text)], standard_catalog())


def content(outcome: Outcome) -> dict[str, bytes]:
    """Every generated file, without the places of the design that it mentions."""
    files, complaints = emit(outcome, find_targets([]))
    assert complaints == []
    return {path: PLACE.sub(b"<place>", files[path].content) for path in files}


def said(diagnostic: Diagnostic) -> tuple[object, ...]:
    """A finding without its places."""
    d = diagnostic
    return (d.code, d.subject, d.severity, d.message, d.arithmetic, d.environments, len(d.labels))


@pytest.mark.parametrize("design", EXAMPLES, ids=lambda p: p.parent.name)
def test_yaml_compiles_to_the_same_bytes(design: Path) -> None:
    """Manifests, Pulumi program and diagrams do not depend on the form of the design."""
    text = design.read_text("utf-8")
    expected = content(found(text, "design.mlsd"))
    made = content(found(as_yaml(text), YAML))

    assert expected
    assert made.keys() == expected.keys()
    assert [path for path in made if made[path] != expected[path]] == []


@pytest.mark.parametrize("design", EXAMPLES, ids=lambda p: p.parent.name)
def test_yaml_keeps_statements_and_comments(design: Path) -> None:
    """The tree and the comments of an example survive."""
    text = design.read_text("utf-8")
    tree, _ = parse(text, "design.mlsd")
    back, complaints = read_yaml(to_yaml(tree, text), YAML)

    assert complaints == []
    assert back.statements == tree.statements
    assert [(c.text, c.trailing) for c in back.comments] == [
        (c.text, c.trailing) for c in tree.comments
    ]


@pytest.mark.parametrize("damage", DAMAGES, ids=[f"{d.code}-{n}" for n, d in enumerate(DAMAGES)])
def test_faults_are_found_in_the_yaml(damage: Damage) -> None:
    """A faulty design has the same findings in both forms, each at the same words."""
    mlsd = DESIGN.read_text("utf-8").replace(damage.old, damage.new)
    yaml = as_yaml(mlsd)
    expected, made = found(mlsd, "design.mlsd"), found(yaml, YAML)

    assert sorted(map(said, made.diagnostics), key=str) == sorted(
        map(said, expected.diagnostics), key=str
    )
    assert expected.diagnostics
    for one in made.diagnostics:
        for span in [one.span, *(label.span for label in one.labels)]:
            assert span.file == YAML
            assert 0 <= span.start < span.end <= len(yaml)
        twin = next(d for d in expected.diagnostics if said(d) == said(one))
        word = mlsd[twin.span.start : twin.span.end]
        if re.fullmatch(r"[\w%./]+", word) and word not in ("system", "environment"):
            assert yaml[one.span.start : one.span.end] == word
