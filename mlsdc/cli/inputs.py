"""Names of design files in, their texts out, and a finding for each that is no text.

Law: whatever stands at a path (nothing, a folder, a device, bytes of any kind, a gigabyte) gives a
text or a finding, and at most 8 MiB are read. Sources are named relative to the design's folder, so
that generated files do not depend on where the command was typed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from mlsdc.cli import rules
from mlsdc.diagnostics import Diagnostic, Source, Span
from mlsdc.dsl.rules import NOT_TEXT, TOO_LARGE

STDIN = "<stdin>"
LARGEST = 8 * 2**20
"""Bytes of one design file."""


@dataclass
class Inputs:
    """The files of one design.

    `names` gives each source's name as the user typed it, `contents` its bytes.
    """

    sources: list[Source] = field(default_factory=list[Source])
    contents: dict[str, bytes] = field(default_factory=dict[str, bytes])
    names: dict[str, str] = field(default_factory=dict[str, str])
    faults: list[Diagnostic] = field(default_factory=list[Diagnostic])
    evidence: dict[str, Source] = field(default_factory=dict[str, Source])
    """What could be read of the files that are no text, to point into."""


def read_inputs(paths: Sequence[str]) -> Inputs:
    """Read every file once, however often it is named."""
    inputs = Inputs()
    for name, typed in _named(paths).items():
        inputs.names[name] = typed
        try:
            content = _read(typed)
        except (OSError, ValueError) as error:
            inputs.faults.append(_unreadable(name, typed, error))
            continue
        _take(name, content, inputs)
    return inputs


def _named(paths: Sequence[str]) -> dict[str, str]:
    """Each file under its name relative to the folder that holds all of them."""
    typed = dict.fromkeys(STDIN if path == "-" else path for path in paths)
    files = {os.path.abspath(path): path for path in reversed(typed) if path != STDIN}
    folders = [os.path.dirname(path) for path in files]
    try:
        folder = os.path.commonpath(folders) if folders else ""
    except ValueError:  # two drives of Windows have no folder in common
        return {path: path for path in typed}
    return {
        STDIN if path == STDIN else _relative(path, folder): path
        for path in typed
        if path == STDIN or files[os.path.abspath(path)] == path
    }


def _relative(path: str, folder: str) -> str:
    return os.path.relpath(os.path.abspath(path), folder).replace(os.sep, "/")


def _read(typed: str) -> bytes:
    """At most one byte more than is allowed."""
    if typed == STDIN:
        return sys.stdin.buffer.read(LARGEST + 1) if sys.stdin else b""
    with open(typed, "rb") as file:
        return file.read(LARGEST + 1)


def _unreadable(name: str, typed: str, error: Exception) -> Diagnostic:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    hint = ""
    if isinstance(error, FileNotFoundError):
        reason, hint = "there is no such file", _neighbour(typed)
    elif isinstance(error, IsADirectoryError):
        reason = "this is a folder"
        hint = f"name its files: {os.path.join(typed, '*.mlsd')}"
    elif isinstance(error, PermissionError):
        reason = "permission to read it is denied"
    return rules.UNREADABLE.at(Span(name, 0, 0), reason[:1].lower() + reason[1:], help=hint)


def _neighbour(typed: str) -> str:
    from mlsdc.diagnostics import nearest

    folder, wanted = os.path.split(typed)
    try:
        found = nearest(wanted, os.listdir(folder or "."))
    except OSError:
        return f"there is no folder `{folder}` either" if folder else ""
    return f"did you mean `{os.path.join(folder, found)}`?" if found else ""


def _take(name: str, content: bytes, inputs: Inputs) -> None:
    if len(content) > LARGEST:
        inputs.faults.append(
            TOO_LARGE.at(
                Span(name, 0, 0),
                f"the file is larger than {LARGEST >> 20} MiB, the most one file may hold",
                help="split the design into several files: mlsdc check one.mlsd two.mlsd",
            )
        )
        return
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _refuse(name, content, error.start, f"the byte 0x{content[error.start]:02x}", inputs)
        return
    if "\0" in text:
        _refuse(name, content, content.index(0), "a NUL byte", inputs)
        return
    inputs.sources.append(Source(name, text))
    inputs.contents[name] = content


def _refuse(name: str, content: bytes, at: int, what: str, inputs: Inputs) -> None:
    """Point at the first byte that is no text."""
    text = content.decode("utf-8", "replace")
    offset = len(content[:at].decode("utf-8", "replace"))
    inputs.evidence[name] = Source(name, text)
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    inputs.faults.append(
        NOT_TEXT.at(
            Span(name, offset, offset + 1),
            f"this is not UTF-8 text: {what} at offset {at} cannot be part of it",
            help="the file is UTF-16; save it as UTF-8" if wide else "",
        )
    )
