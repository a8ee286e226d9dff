"""`mlsdc convert`: a design in one form in, the same design in the other form out.

Law: the result is read back and compared before anything is written; it appears whole or not at
all, and replaces a file only where `--force` says so. A file with mistakes is not converted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlsdc.cli.complain import complain
from mlsdc.cli.exits import Exit
from mlsdc.cli.fault import fault
from mlsdc.cli.inputs import read_inputs
from mlsdc.cli.outputs import Unusable, check_path, say, write_file
from mlsdc.diagnostics import Diagnostic, Severity, Source, in_reading_order

if TYPE_CHECKING:
    from mlsdc.dsl.ast import Tree

FORMS = ("yaml", "mlsd")


@dataclass(frozen=True)
class Conversion:
    """Into which form, where to (printed where there is no path), and whether over a file."""

    form: str | None = None
    path: str | None = None
    force: bool = False


def convert(design: str, wish: Conversion) -> Exit:
    """Write a design in the other form.

    Raises `Unusable` for a path that cannot be written.
    """
    if wish.path is not None:
        _check_path(wish.path, design, wish.force)
    inputs = read_inputs([design])
    if inputs.faults:
        return complain(inputs, inputs.faults, Exit.UNUSABLE)
    try:
        written, said = _convert(inputs.sources[0], _form(wish, inputs.sources[0]))
    except Exception as error:
        return complain(inputs, [fault(error)], Exit.FAULT)
    if any(d.severity is Severity.ERROR for d in said):
        return complain(inputs, in_reading_order(said), Exit.FINDINGS)
    if wish.path is not None:
        write_file(wish.path, written, "-O")
    else:
        say(written.removesuffix("\n"), sys.stdout)
    return Exit.CLEAN


def _check_path(path: str, design: str, force: bool) -> None:
    check_path(path, "-O", [design])
    if os.path.lexists(path) and not force:
        raise Unusable(f"-O {path}: this file exists; --force replaces it")


def _form(wish: Conversion, source: Source) -> str:
    """The form asked for; else that of the file's name; else the one the design does not have."""
    from mlsdc.dsl.yaml_reader import is_yaml

    if wish.form is not None:
        return wish.form
    return "yaml" if is_yaml(wish.path or "") or not (wish.path or is_yaml(source.file)) else "mlsd"


def _convert(source: Source, form: str) -> tuple[str, Sequence[Diagnostic]]:
    tree, said = _read(source)
    if any(d.severity is Severity.ERROR for d in said):
        return "", said
    written = _write(tree, source.text, form)
    back, complaints = _read(Source(f"converted.mlsd{'.yaml' if form == 'yaml' else ''}", written))
    if complaints or back.statements != tree.statements or _notes(back) != _notes(tree):
        raise ValueError("the converted design does not say the same")
    return written, said


def _read(source: Source) -> tuple[Tree, Sequence[Diagnostic]]:
    from mlsdc.pipeline import parse_source

    return parse_source(source)


def _write(tree: Tree, text: str, form: str) -> str:
    if form == "yaml":
        from mlsdc.dsl.yaml_writer import to_yaml

        return to_yaml(tree, text)
    from mlsdc.dsl.format import format as format_design
    from mlsdc.dsl.unparse import unparse
    from mlsdc.dsl.yaml_reader import is_yaml

    return unparse(tree) if is_yaml(tree.file) else format_design(tree, text)


def _notes(tree: Tree) -> list[str]:
    return [comment.text.rstrip() for comment in tree.comments]
