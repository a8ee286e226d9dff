"""Every check's page tells why, shows a bad and a good design, and both do what it says."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from mlsdc.compiler.schedule import Check, standard_checks
from mlsdc.diagnostics import Severity
from mlsdc.pipeline import check as check_design
from tests.compiler.checking import outcome, shown

CHECKS = standard_checks()
CODES = [one.rule.code for one in CHECKS]
FAMILIES = {
    "TSC": "consistency",
    "LAT": "latency",
    "CAP": "capacity",
    "REL": "reliability",
    "SEC": "security",
    "EXP": "experiments",
    "MON": "monitoring",
    "LLM": "language_models",
}
FIRST_RELEASE = {
    "LAT002", "LAT003", "CAP001", "TSC001", "TSC002", "TSC009", "TSC011", "TSC017", "TSC019",
    "TSC022", "SEC009", "REL013",
}  # fmt: skip

each = pytest.mark.parametrize("one", CHECKS, ids=CODES)


def sections(page: str) -> dict[str, str]:
    """The parts of a page by their headings: Why is a paragraph, Bad and Good are designs."""
    body = inspect.cleandoc(page)
    marks = list(re.finditer(r"^(Why|Bad|Good):", body, re.MULTILINE))
    ends = [mark.start() for mark in marks[1:]] + [len(body)]
    return {
        mark[1]: dedent(body[mark.end() : end]).strip("\n")
        for mark, end in zip(marks, ends, strict=True)
    }


def wrong(design: str) -> Iterator[str]:
    """What keeps a page's design from being one at all."""
    for diagnostic in outcome(design).diagnostics:
        if diagnostic.code[:3] in ("SYN", "TYP", "INT", "EMT"):
            yield shown(diagnostic)


def test_the_first_release_is_complete() -> None:
    """Nothing that was promised is missing."""
    assert set(CODES) >= FIRST_RELEASE


def test_codes_and_slugs_are_unique() -> None:
    """A code or a slug means one check."""
    assert len(set(CODES)) == len(CODES)
    assert len({one.rule.slug for one in CHECKS}) == len(CHECKS)


@each
def test_page_has_its_parts(one: Check) -> None:
    """A title, and Why, Bad and Good in this order."""
    assert one.rule.title
    assert not one.rule.title.endswith(".")
    assert list(sections(one.rule.page)) == ["Why", "Bad", "Good"]
    assert len(sections(one.rule.page)["Why"].split()) >= 10


@each
def test_names_agree(one: Check) -> None:
    """File, function, slug, family and code say the same."""
    path = Path(inspect.getfile(one.function))
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", one.rule.slug)
    assert one.rule.slug == path.stem.replace("_", "-")
    assert one.function.__name__ == path.stem
    assert re.fullmatch(r"[A-Z]{3}\d{3}", one.rule.code)
    assert FAMILIES[one.rule.code[:3]] == path.parent.name


@each
def test_source_is_named(one: Check) -> None:
    """A rule says what justifies it."""
    assert len(one.rule.source) >= 10


@each
def test_bad_design_fails(one: Check) -> None:
    """The bad design is sound but for this one fault, which is decided and complete."""
    design = sections(one.rule.page)["Bad"]
    assert list(wrong(design)) == []

    decided = [
        d for d in outcome(design).diagnostics if d.code == one.rule.code and not d.undecided
    ]

    assert decided != []
    for diagnostic in decided:
        assert diagnostic.severity >= min(one.rule.severity, Severity.WARNING)
        assert design[diagnostic.span.start : diagnostic.span.end].strip()
        assert diagnostic.subject
        assert diagnostic.help
        for label in diagnostic.labels:
            assert design[label.span.start : label.span.end].strip()


@each
def test_bad_design_names_the_other_half(one: Check) -> None:
    """A finding points at a second place that is part of the mismatch."""
    design = sections(one.rule.page)["Bad"]
    found = [d for d in outcome(design).diagnostics if d.code == one.rule.code and not d.undecided]

    assert all(any(label.span != d.span for label in d.labels) for d in found)


@each
def test_good_design_passes(one: Check) -> None:
    """The good design is judged, and has nothing of this code."""
    design = sections(one.rule.page)["Good"]
    assert list(wrong(design)) == []

    assert [shown(d) for d in outcome(design).diagnostics if d.code == one.rule.code] == []


@each
def test_bad_and_good_differ_little(one: Check) -> None:
    """A reader sees the fault by comparing the two."""
    parts = sections(one.rule.page)
    bad, good = parts["Bad"].split(), parts["Good"].split()

    assert bad != good
    assert len(set(bad) ^ set(good)) <= 12


def test_a_check_that_breaks_hides_no_other() -> None:
    """An internal fault is a finding of its own."""
    from mlsdc.compiler.design import Design
    from mlsdc.compiler.schedule import Finding
    from mlsdc.diagnostics import Rule, Source
    from mlsdc.stdlib.find import standard_catalog

    def breaking(design: Design) -> Iterator[Finding]:
        raise KeyError(design.system.name)
        yield

    broken = Check(Rule("TSC999", "breaking", "Breaks"), breaking, (Design,))
    capacity = next(one for one in CHECKS if one.rule.code == "CAP001")
    text = sections(capacity.rule.page)["Bad"]

    found = check_design(
        [Source("design.mlsd", text)], standard_catalog(), checks=[broken, capacity]
    ).diagnostics

    assert sorted(d.code for d in found) == ["CAP001", "INT001"]
    assert "TSC999" in next(d.message for d in found if d.code == "INT001")
