"""Every rule has a page, and a test that shows it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from mlsdc.cli.known_rules import known_rules
from mlsdc.compiler.schedule import standard_checks
from mlsdc.diagnostics import Source
from mlsdc.pipeline import check
from mlsdc.stdlib.find import standard_catalog
from tests.dsl.recovery_corpus import FILES, judge
from tests.dsl.shown import SHOWN

TESTS = Path(__file__).parents[1]
DOCS = TESTS.parent / "docs" / "checks"
RULES = known_rules()
CHECKS = {one.rule.code for one in standard_checks()}
NEVER_TOLD = {
    "TYP009": "two edges that hand over one name: no edge is checked for it yet",
}
"""Rules that nothing tells of; a rule that is told of has to leave this list."""

each = pytest.mark.parametrize("code", RULES)


@each
def test_a_rule_has_a_page_of_its_own(code: str) -> None:
    """A text that says more than its title, as `mlsdc explain` and as docs/checks."""
    rule = RULES[code]
    assert len(rule.page.split()) >= 5
    assert rule.page.strip() != rule.title
    written = DOCS.joinpath(f"{code}.md")
    assert written.exists(), "run `make docs`"
    assert written.read_text("utf-8").startswith(f"# {code}: {rule.slug}\n")


@pytest.mark.parametrize("code", SHOWN)
def test_a_shown_rule_is_broken_by_its_design(code: str) -> None:
    """What the table shows is told."""
    name, text = SHOWN[code]
    outcome = check([Source(name, text)], standard_catalog(), today="2027-01-01")
    assert code in {diagnostic.code for diagnostic in outcome.diagnostics}


@each
def test_a_rule_is_shown(code: str) -> None:
    """By the corpus, by the table, by the page of a check, or by a test that names its code."""
    shown = code in SHOWN or code in CHECKS or code in _told_by_the_corpus() | _named_by_tests()
    assert shown != (code in NEVER_TOLD), NEVER_TOLD.get(code, "show it in tests/dsl/shown.py")


@cache
def _told_by_the_corpus() -> frozenset[str]:
    return frozenset(diagnostic.code for name in FILES for diagnostic in judge(name).said)


@cache
def _named_by_tests() -> frozenset[str]:
    """Codes that stand between quotes in an assertion's file outside this folder's tables."""
    files = [path for path in TESTS.glob("*/test_*.py") if path != Path(__file__)]
    texts = "".join(path.read_text("utf-8") for path in files)
    return frozenset(re.findall(r"\b([A-Z]{3}\d{3})\b", texts))
