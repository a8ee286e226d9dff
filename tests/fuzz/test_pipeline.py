"""The whole check answers any text in either notation, and never with a fault of its own."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from mlsdc.diagnostics import Source
from mlsdc.pipeline import check
from mlsdc.stdlib.find import standard_catalog
from tests.fuzz.soup import COMPOSED, FRAUD, WORDS, YAML, YAML_WORDS, damaged, soup

OFTEN = settings(max_examples=150, deadline=None)
SELDOM = settings(max_examples=40, deadline=None)


def judge(name: str, text: str) -> None:
    """Check a text; every report lies within it and says something."""
    outcome = check([Source(name, text)], standard_catalog())
    for diagnostic in outcome.diagnostics:
        assert diagnostic.code != "INT001", diagnostic.message
        assert diagnostic.message
        if diagnostic.span.file:
            assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)


@OFTEN
@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    text = content.decode("utf-8", "replace")
    judge("design.mlsd", text)
    judge("design.mlsd.yaml", text)


@OFTEN
@given(soup(WORDS))
def test_words_of_the_language(text: str) -> None:
    judge("design.mlsd", text)


@OFTEN
@given(soup(YAML_WORDS))
def test_words_of_yaml(text: str) -> None:
    judge("design.mlsd.yaml", text)


@SELDOM
@given(damaged(COMPOSED, WORDS))
def test_damaged_compositions(text: str) -> None:
    judge("design.mlsd", text)


@SELDOM
@given(damaged(FRAUD, WORDS))
def test_damaged_designs(text: str) -> None:
    judge("design.mlsd", text)


@SELDOM
@given(damaged(YAML, YAML_WORDS))
def test_damaged_yaml(text: str) -> None:
    judge("design.mlsd.yaml", text)
