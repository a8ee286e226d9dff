"""`mlsdc compile`: a design in, checked, and then everything that runs it, written or compared.

Law: nothing is written while an error stands, and a run of one environment or target leaves the
files of the others as they are.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from mlsdc import __version__
from mlsdc.cli.cells import safe
from mlsdc.cli.examine import Examined, Question, examine
from mlsdc.cli.exits import Exit
from mlsdc.cli.fault import fault
from mlsdc.cli.find_targets import TARGETS, find_targets
from mlsdc.cli.keep import Scope, keep_others
from mlsdc.cli.outputs import Output, Unusable, read_outputs, say, write_reports
from mlsdc.cli.report import counted
from mlsdc.pipeline import Outcome, emit
from mlsdc.targets.files import MANIFEST, FileSet, UnsafeFile
from mlsdc.targets.outcome import Difference, OutputError, WriteReport


@dataclass(frozen=True)
class Wish:
    """Where the files go and how."""

    targets: Sequence[str]
    folder: str
    compare: bool = False
    force: bool = False


def compile_design(question: Question, wish: Wish, outputs: Sequence[str]) -> Exit:
    """Check a design, then write its files or compare them with those on the disk.

    Raises `Unusable` for a target or path that cannot be used.
    """
    wanted = read_outputs(outputs, question.designs)
    _check_folder(wish.folder)
    targets = find_targets(wish.targets)
    examined = examine(question)
    report, outcome = examined.report, examined.outcome
    if report.exit is not Exit.CLEAN or outcome is None:
        write_reports(wanted, report)
        return report.exit
    try:
        files, said = emit(outcome, targets)
    except UnsafeFile as error:
        raise Unusable(f"{error}; rename what it is named after") from error
    except Exception as error:
        report = examined.ended(Exit.FAULT, [fault(error)])
        write_reports(wanted, report)
        return report.exit
    if said:
        report = examined.ended(Exit.FINDINGS, said)
        write_reports(wanted, report)
        return report.exit
    names = [target.name for target in targets]
    scope = Scope([one.environment for one in outcome.compiled], names, examined.declared,
                  {*TARGETS, *names})  # fmt: skip
    return _deliver(examined, outcome, files, scope, wish, wanted)


def _check_folder(folder: str) -> None:
    if not folder or "\0" in folder:
        raise Unusable("-O names no folder")
    if os.path.lexists(folder) and not os.path.isdir(folder):
        raise Unusable(f"-O {folder}: this is a file, a folder is needed")


def _deliver(
    examined: Examined,
    outcome: Outcome,
    files: FileSet,
    scope: Scope,
    wish: Wish,
    wanted: Sequence[Output],
) -> Exit:
    inputs = dict(examined.inputs.contents)
    if examined.given:
        inputs["<command line>"] = examined.given.encode("utf-8", "surrogateescape")
    from mlsdc.targets.write import compare, write

    root = Path(wish.folder)
    try:
        everything = keep_others(files, wish.folder, scope)
        if wish.compare:
            found = compare(everything, root, inputs=inputs, version=__version__)
            lines = list(_differences(found, wish))
            end = Exit.STALE if found else Exit.CLEAN
        else:
            done = write(everything, root, inputs=inputs, force=wish.force, version=__version__)
            lines = [*_counts(files, scope, wish), *_done(done, wish), *_told(outcome)]
            end = Exit.CLEAN
    except UnsafeFile as error:
        raise Unusable(f"{error}; rename what it is named after") from error
    except OutputError as error:
        write_reports(wanted, examined.ended(Exit.UNUSABLE))
        say(f"mlsdc: error: {wish.folder}: {error}", sys.stderr)
        return Exit.UNUSABLE
    write_reports(wanted, examined.ended(end))
    stream = _channel(wanted)
    say("\n".join(["", *map(safe, lines)] if stream is sys.stdout else map(safe, lines)), stream)
    return end


def _channel(wanted: Sequence[Output]) -> TextIO:
    """Standard output, unless a program reads it."""
    machine = any(output.path is None and output.format != "text" for output in wanted)
    return sys.stderr if machine else sys.stdout


def _counts(files: FileSet, scope: Scope, wish: Wish) -> Iterator[str]:
    """How many files each environment and target has."""
    counts = Counter("/".join(path.split("/")[:2]) for path in files)
    folders = [f"{one}/{target}" for one in scope.environments for target in scope.targets]
    width = max(map(len, folders), default=0)
    for folder in folders:
        told = counted(counts[folder], "file") if counts[folder] else "nothing to write"
        yield f"{os.path.join(wish.folder, f'{folder:<{width}}')}  {told}"


def _done(done: WriteReport, wish: Wish) -> Iterator[str]:
    def generated(paths: Sequence[str]) -> int:
        return len([path for path in paths if path != MANIFEST])

    parts = [f"{generated(done.written):,} written", f"{generated(done.unchanged):,} unchanged"]
    if done.deleted:
        parts.append(f"{len(done.deleted):,} deleted")
    if done.kept:
        parts.append(f"{len(done.kept):,} kept")
    yield ", ".join(parts)
    for path in done.deleted:
        yield f"deleted {os.path.join(wish.folder, path)}: it is generated no more"
    for path in done.kept:
        yield f"kept {os.path.join(wish.folder, path)}: generated no more, but edited by hand"
    yield from done.notes


def _told(outcome: Outcome) -> Iterator[str]:
    from mlsdc.cli.requests_told import told

    for one in outcome.compiled:
        yield from told(one)


def _differences(found: Sequence[Difference], wish: Wish) -> Iterator[str]:
    for difference in found:
        yield f"{os.path.join(wish.folder, difference.path)} {difference.reason}"
    if found:
        yield f"{counted(len(found), 'file')} out of date; run the same without --check"
    else:
        yield f"{wish.folder} is up to date"
