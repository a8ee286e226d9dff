"""Every code of the catalogue is a check, or is listed as not yet decided; never both."""

from __future__ import annotations

import re
from pathlib import Path

from mlsdc.compiler.schedule import standard_checks
from mlsdc.compiler.undecided_checks import CATALOGUE, UNDECIDED
from tests.docs import pages

CHECKED = {check.rule.code for check in standard_checks()}
LISTED = [one.code for one in UNDECIDED]
EVERY = {f"{family}{n:03d}" for family, last in CATALOGUE.items() for n in range(1, last + 1)}


def test_no_line_is_superfluous() -> None:
    """These are checks now: delete their lines in mlsdc/compiler/undecided_checks.py."""
    assert sorted(CHECKED & set(LISTED)) == []


def test_every_code_of_the_catalogue_is_accounted_for() -> None:
    """These are neither: a check was taken away, and its line has to come back."""
    assert sorted(EVERY - CHECKED - set(LISTED)) == []


def test_no_code_is_invented_or_listed_twice() -> None:
    assert sorted(set(LISTED) - EVERY) == []
    assert len(set(LISTED)) == len(LISTED)
    families = list(CATALOGUE)
    assert sorted(LISTED, key=lambda code: (families.index(code[:3]), code)) == LISTED


def test_each_has_a_title_and_a_reason() -> None:
    for one in UNDECIDED:
        assert one.title
        assert len(one.reason.split()) >= 2
        assert not one.reason.endswith(".")
        assert set(re.findall(r"\b[A-Z]{3}\d{3}\b", one.reason)) <= EVERY


def test_one_line_is_one_code() -> None:
    """Arriving is deleting a line."""
    from mlsdc.compiler import undecided_checks

    text = Path(undecided_checks.__file__).read_text("utf-8")
    lines = [line for line in text.splitlines() if line.startswith("    Undecided(")]
    assert [re.search(r'"([A-Z]{3}\d{3})"', line)[1] for line in lines] == LISTED  # type: ignore[index]


def test_the_index_lists_them() -> None:
    index = pages()["checks/index.md"]
    assert ("## Not yet decided" in index) == bool(UNDECIDED)
    for one in UNDECIDED:
        assert f"| {one.code} | {one.title} | {one.reason} |" in index
