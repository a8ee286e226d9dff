"""Every word of the vocabulary is read by something: a check, an analysis, a target."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

from mlsdc.compiler.model.part import Part, shape

ROOT = Path(__file__).parents[2] / "mlsdc"
MODEL = ROOT / "compiler" / "model"
READERS = ("compiler", "stdlib", "targets")
NO_READERS = ("compiler/estimates/", "targets/diagrams/")
"""The calculator with its own words, and words of drawings."""
UNREAD = {
    "Expectations.cardinality": "MON007 asks for a contract at all; its values are the team's",
    "Expectations.nulls": "as above",
    "Expectations.volume": "as above",
    "Split.validation": "judged where it is typed: with `train` it must leave rows for the test",
    "Review.deadline": "a promise of people; SEC009 compares how many cases come and are decided",
}
"""Fields that no code reads, with the reason to keep them."""


def _parts() -> Iterator[type[Part]]:
    for path in sorted(MODEL.glob("*.py")):
        module = importlib.import_module(f"mlsdc.compiler.model.{path.stem}")
        for one in vars(module).values():
            if (
                isinstance(one, type)
                and issubclass(one, Part)
                and one.__module__ == module.__name__
            ):
                yield one


def _read() -> set[str]:
    """Attributes that are taken, and words that a table of fields may hold for `getattr`."""
    found: set[str] = set()
    for path in (p for reader in READERS for p in (ROOT / reader).rglob("*.py")):
        if path.relative_to(ROOT).as_posix().startswith(NO_READERS):
            continue
        of_model = path.parent == MODEL
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                found.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and not of_model:
                found.add(node.value)
    return found


def _unread() -> set[str]:
    read = _read()
    return {
        f"{one.__name__}.{field.attribute}"
        for one in _parts()
        for field in shape(one).fields.values()
        # A reference is read by the graph, whatever it is called.
        if field.refers is None
        and field.attribute in one.__annotations__
        and field.attribute not in read
    }


def test_every_field_is_read_somewhere() -> None:
    assert _unread() == set(UNREAD)
