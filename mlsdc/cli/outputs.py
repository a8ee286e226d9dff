"""`-o FORMAT[=FILE]` in, reports on standard output and in files out.

Law: what cannot be written is refused before anything is computed; a file holds its old or its new
content, never half; an input is never overwritten.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TextIO

from mlsdc.cli.exits import ReaderGone
from mlsdc.cli.formats import FORMATS, render
from mlsdc.cli.report import Report, summary
from mlsdc.cli.terminal import Style, style_of
from mlsdc.diagnostics import nearest


class Unusable(Exception):  # noqa: N818 - named for what happened
    """An option that cannot be followed; the message is one line for the user."""


@dataclass(frozen=True, slots=True)
class Output:
    """One report to write; standard output where there is no path."""

    format: str
    path: str | None = None


def read_outputs(options: Sequence[str], inputs: Sequence[str]) -> list[Output]:
    """The reports asked for; text on standard output where none is.

    Raises `Unusable`.
    """
    outputs = [_read(option) for option in options] or [Output("text")]
    printed = [output.format for output in outputs if output.path is None]
    if len(printed) > 1:
        raise Unusable(
            f"-o {printed[0]} and -o {printed[1]} cannot both go to standard output: "
            f"give one a file, -o {printed[1]}=FILE"
        )
    paths = [output.path for output in outputs if output.path is not None]
    for path in paths:
        check_path(path, "-o", inputs)
    if len({os.path.realpath(path) for path in paths}) < len(paths):
        raise Unusable("two -o options name the same file")
    return outputs


def _read(option: str) -> Output:
    name, equals, path = option.partition("=")
    if name not in FORMATS:
        near = nearest(name, FORMATS)
        hint = f"did you mean {near}?" if near else "formats: " + ", ".join(FORMATS)
        raise Unusable(f"there is no format {name!r}; {hint}")
    if equals and not path:
        raise Unusable(f"-o {name}= names no file")
    return Output(name, path or None)


def check_path(path: str, option: str, inputs: Sequence[str]) -> None:
    """Raise `Unusable` where a file cannot go to this path."""
    if not path or "\0" in path:
        raise Unusable(f"{option} names no file")
    if os.path.isdir(path):
        raise Unusable(f"{option} {path}: this is a folder, a file is needed")
    if os.path.realpath(path) in {os.path.realpath(name) for name in inputs}:
        raise Unusable(f"{option} {path}: this is the design itself, and would be overwritten")
    above = os.path.dirname(os.path.abspath(path))
    while not os.path.lexists(above):
        above = os.path.dirname(above)
    if not os.path.isdir(above):
        raise Unusable(f"{option} {path}: {os.path.relpath(above)} is not a folder")


def write_reports(outputs: Sequence[Output], report: Report) -> None:
    """Write every report.

    Where none goes to standard output, the summary goes to standard error: a run that says nothing
    is mistaken for one that did nothing. Raises `Unusable` for a file that cannot be written.
    """
    for output in outputs:
        if output.path is not None:
            write_file(output.path, render(output.format, report, Style()), "-o")
    if all(output.path is not None for output in outputs):
        say(summary(report), sys.stderr)
    for output in outputs:
        if output.path is None:
            say(render(output.format, report, style_of(sys.stdout)).removesuffix("\n"), sys.stdout)


def say(text: str, stream: TextIO | None) -> None:
    """Print, whatever the stream can encode; a closed stream is told nothing."""
    if stream is None or stream.closed:
        return
    encoding = stream.encoding or "utf-8"
    try:
        print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream, flush=True)
    except BrokenPipeError as error:
        raise ReaderGone from error


def write_file(path: str, text: str, option: str) -> None:
    """Replace a file by a text, at once; devices and pipes are written to.

    Raises `Unusable` where the system refuses.
    """
    content = text.encode("utf-8", "backslashreplace")
    try:
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        if os.path.exists(path) and not stat.S_ISREG(os.stat(path).st_mode):
            with open(path, "wb") as file:
                file.write(content)
        else:
            _replace(os.path.realpath(path), content)
    except BrokenPipeError as error:
        raise ReaderGone from error
    except OSError as error:
        raise Unusable(f"{option} {path}: {error.strerror or error}") from error


def _replace(path: str, content: bytes) -> None:
    from tempfile import mkstemp

    handle, staged = mkstemp(prefix=".mlsdc.", dir=os.path.dirname(path))
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        with suppress(OSError):
            os.chmod(staged, _mode(path))
        os.replace(staged, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(staged)
        raise


def _mode(path: str) -> int:
    """The mode the file has, or a new one would get."""
    with suppress(OSError):
        return stat.S_IMODE(os.stat(path).st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
