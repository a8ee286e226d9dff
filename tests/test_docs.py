"""What the documents show is what the program understands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mlsdc.dsl.parse import parse

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("examples/*/README.md")]
)
SNIPPETS = [
    pytest.param(text, id=f"{path.relative_to(ROOT)}:{number}")
    for path in DOCUMENTS
    for number, text in enumerate(re.findall(r"```mlsd\n(.*?)```", path.read_text("utf-8"), re.S))
]


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_snippets_can_be_read(snippet: str) -> None:
    """Every piece of mlsd in a document parses."""
    tree, diagnostics = parse(snippet, "snippet.mlsd")

    assert [d.message for d in diagnostics] == []
    assert tree.statements


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    """Every relative link of a document names a file that exists."""
    links = re.findall(r"\]\(([^)#:]+)\)", document.read_text("utf-8"))

    assert [link for link in links if not (document.parent / link).exists()] == []


def test_make_targets_named_in_documents_exist() -> None:
    """No document names a make target that is gone."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    known = set(re.findall(r"^([a-z]+):", makefile, re.M))
    named = {
        name
        for document in DOCUMENTS
        for name in re.findall(r"(?:`|\$ )make ([a-z]+)", document.read_text("utf-8"))
    }

    assert named - known == set()
