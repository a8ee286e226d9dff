"""The parse tables are those of the grammar, and the driver reads as Lark itself would."""

from __future__ import annotations

from pathlib import Path

import mlsdc.dsl.tables as tables
from mlsdc.dsl.generate import generate, grammar_text


def test_the_tables_are_fresh() -> None:
    """Generating them again gives the same bytes."""
    assert generate(grammar_text()) == Path(tables.__file__).read_text("utf-8")


def test_the_grammar_knows_no_word_of_the_field() -> None:
    """A new role or system never touches the grammar."""
    from mlsdc.compiler.catalog import roles
    from mlsdc.compiler.model.part import clause_classes
    from mlsdc.stdlib.find import standard_catalog

    words = {*roles(), *standard_catalog().names(), *clause_classes(), "p99", "environment"}
    rules = {line.partition(":")[0].strip() for line in grammar_text().splitlines() if ":" in line}

    assert words & rules == set()
