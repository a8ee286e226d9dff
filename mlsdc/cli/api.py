"""The library's front door: paths in, sources, findings and files out. Nothing is printed.

Law: the same passes as on the command line, in the same order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from os import PathLike, fspath
from typing import TYPE_CHECKING

from mlsdc.cli.inputs import read_inputs
from mlsdc.diagnostics import Diagnostic, Source

if TYPE_CHECKING:
    from mlsdc.pipeline import Outcome
    from mlsdc.targets.files import FileSet

Path = str | PathLike[str]


class UnreadableDesign(ValueError):  # noqa: N818 - named for what happened
    """A file that is missing or no text; `diagnostics` say which and why."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("; ".join(f"{d.span.file}: {d.message}" for d in diagnostics))
        self.diagnostics = tuple(diagnostics)


def load(*paths: Path) -> list[Source]:
    """The texts of one design's files.

    Raises:
        UnreadableDesign: a file is missing, too large, or no UTF-8 text.
    """
    inputs = read_inputs([fspath(path) for path in paths])
    if inputs.faults:
        raise UnreadableDesign(inputs.faults)
    return inputs.sources


def check(*design: Path | Source, environment: str | None = None) -> Outcome:
    """Apply every check to a design, in one environment or in all of them.

    Files are named by path; a `Source` holds a text that stands in none.

    Raises:
        UnreadableDesign: a file is missing, too large, or no UTF-8 text.
        ValueError: the design does not declare the environment.
    """
    from mlsdc import pipeline
    from mlsdc.compiler.collect import environments
    from mlsdc.stdlib.find import standard_catalog

    written = pipeline.read(list(_sources(design)), standard_catalog())
    known = environments(written.collected)
    if environment is not None and environment not in known:
        raise ValueError(f"there is no environment {environment!r}, only {', '.join(known)}")
    return pipeline.check_written(written, environment)


def compile_design(
    *design: Path | Source, environment: str | None = None, targets: Sequence[str] = ()
) -> tuple[Outcome, FileSet]:
    """Check a design and make its files, without writing them; none while an error stands.

    `targets` are names; all of mlsdc's own where there is none. What a target complains of is among
    the outcome's diagnostics.

    Raises:
        UnreadableDesign: a file is missing, too large, or no UTF-8 text.
        ValueError: an unknown environment or target, or a name no file system can hold.
    """
    from dataclasses import replace

    from mlsdc.cli.find_targets import find_targets
    from mlsdc.cli.outputs import Unusable
    from mlsdc.diagnostics import in_reading_order
    from mlsdc.pipeline import emit

    try:
        chosen = find_targets(targets)
    except Unusable as error:
        raise ValueError(str(error)) from error
    outcome = check(*design, environment=environment)
    files, said = emit(outcome, chosen)
    found = in_reading_order([*outcome.diagnostics, *said])
    return replace(outcome, diagnostics=found), files


def _sources(design: Iterable[Path | Source]) -> Iterable[Source]:
    paths: list[Path] = []
    for part in design:
        if isinstance(part, Source):
            yield part
        else:
            paths.append(part)
    yield from load(*paths)
