"""`mlsdc fmt`: designs in, the same designs in their canonical layout out.

Law: a file with mistakes is told of and left alone; a file that is in layout is not touched.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import unified_diff

from mlsdc.cli.complain import complain
from mlsdc.cli.exits import Exit
from mlsdc.cli.inputs import STDIN, read_inputs
from mlsdc.cli.outputs import say, write_file
from mlsdc.diagnostics import Diagnostic, Severity, Source


@dataclass(frozen=True)
class Wish:
    """Only tell what would change (`check`), and show it (`diff`)."""

    check: bool = False
    diff: bool = False


def fmt(designs: Sequence[str], wish: Wish) -> Exit:
    """Bring every file into its canonical layout; standard input is printed."""
    inputs = read_inputs(designs)
    said: list[Diagnostic] = list(inputs.faults)
    changed = 0
    for source in inputs.sources:
        text, found = _formatted(source)
        said += found
        if found or (text == source.text and source.file != STDIN):
            continue
        name = inputs.names[source.file]
        changed += text != source.text
        if wish.diff:
            say("".join(_diff(source.text, text, name)).removesuffix("\n"), sys.stdout)
        if source.file == STDIN and not wish.check and not wish.diff:
            say(text.removesuffix("\n"), sys.stdout)
        elif wish.check:
            say(f"{name} would be changed", sys.stderr)
        elif not wish.diff:
            write_file(name, text, "fmt")
            say(f"{name} formatted", sys.stderr)
    if said:
        return complain(inputs, said, Exit.UNUSABLE)
    return Exit.STALE if changed and wish.check else Exit.CLEAN


def _formatted(source: Source) -> tuple[str, list[Diagnostic]]:
    from mlsdc.dsl.format import format as format_design
    from mlsdc.dsl.parse import parse
    from mlsdc.dsl.yaml_reader import is_yaml

    if is_yaml(source.file):
        return source.text, []  # YAML has formatters of its own
    tree, said = parse(source.text, source.file)
    errors = [d for d in said if d.severity is Severity.ERROR]
    return (source.text if errors else format_design(tree, source.text)), errors


def _diff(before: str, after: str, name: str) -> Iterator[str]:
    return unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), name, f"{name} formatted"
    )
