"""What the documents show is what the program understands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mlsdc.diagnostics import Severity, Source
from mlsdc.dsl.parse import parse
from mlsdc.pipeline import check
from mlsdc.stdlib.find import standard_catalog

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("examples/*/README.md")]
)
PAGES = [*DOCUMENTS, *sorted(ROOT.glob("docs/reference/**/*.md"))]
FENCE = re.compile(r"^```mlsd *([^\n]*)\n(.*?)^```$", re.S | re.M)
"""A piece of mlsd: what is done with it stands behind the word `mlsd`.

Nothing: it parses. `design`: it is a whole design in which no check finds an error. `part`: the
parts of a page, one after the other, are such a design. Codes: these are what is found, and no
other (`mlsd TYP001`).
"""


def _fences(*kinds: str) -> list[object]:
    return [
        pytest.param(text, info, id=f"{path.relative_to(ROOT)}:{number}")
        for path in PAGES
        for number, (info, text) in enumerate(FENCE.findall(path.read_text("utf-8")))
        if (info.strip() in kinds) or (not kinds and info.strip() not in ("", "design", "part"))
    ]


def _found(text: str) -> list[str]:
    outcome = check([Source("design.mlsd", text)], standard_catalog())
    return [
        f"{d.code} {text[d.span.start : d.span.end]!r}: {d.message}"
        for d in outcome.diagnostics
        if d.severity > Severity.NOTE
    ]


@pytest.mark.parametrize(("snippet", "info"), _fences("", "design", "part"))
def test_snippets_can_be_read(snippet: str, info: str) -> None:
    """Every piece of mlsd in a document parses."""
    tree, diagnostics = parse(snippet, "snippet.mlsd")

    assert [d.message for d in diagnostics] == []
    assert tree.statements


@pytest.mark.parametrize(("snippet", "info"), _fences("design"))
def test_designs_are_clean(snippet: str, info: str) -> None:
    """What a document shows as a design is one."""
    assert _found(snippet) == []


@pytest.mark.parametrize(("snippet", "info"), _fences())
def test_mistakes_are_found(snippet: str, info: str) -> None:
    """What a document shows as a mistake is found to be this mistake."""
    assert [line.split()[0] for line in _found(snippet)] == info.split()


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_parts_of_a_page_make_a_design(page: Path) -> None:
    """A page that builds a design step by step ends with a design."""
    parts = [text for info, text in FENCE.findall(page.read_text("utf-8")) if info == "part"]

    assert not parts or _found("\n".join(parts)) == []


@pytest.mark.parametrize("document", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
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
